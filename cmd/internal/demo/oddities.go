package demo

import (
	"bytes"
	"fmt"
	"net/mail"
	"time"

	"cemigmas/crm/ident"
)

// oddities are the mails that no conversation holds and every mailbox has.
func (o *postOffice) oddities() {
	for agent := range o.agents {
		for month := range 6 {
			o.newsletter(agent, o.moment(5+month*30))
		}
		o.absence(agent, o.moment(o.d.between(10, 60)))
		o.stranger(agent, o.moment(o.d.between(2, 20)), agent%2 == 0)
	}
	o.brokenCharset(0, o.moment(33))
	o.withoutID(o.agents-1, o.moment(12))
}

// newsletter is sent to many by a machine.
func (o *postOffice) newsletter(agent int, at time.Time) {
	l := &letter{
		id: o.messageID("x@energiaemfoco.example", at), at: at, lang: "pt", program: gmail, html: true,
		from:    mail.Address{Name: "Energia em Foco", Address: "boletim@energiaemfoco.example"},
		to:      []mail.Address{o.agentBox(agent)},
		subject: fmt.Sprintf("Boletim de %s: tarifas, mercado livre e eficiência", monthsPT[at.Month()-1]),
		paragraphs: []string{
			"Nesta edição: o que muda na próxima revisão tarifária, três casos de gestão de demanda e a agenda de cursos.",
			"Você recebe este boletim porque se inscreveu em nosso sítio. Para sair da lista use o endereço no cabeçalho.",
		},
		headers: [][2]string{
			{"List-Id", "<boletim.energiaemfoco.example>"},
			{"List-Unsubscribe", "<mailto:sair@energiaemfoco.example>, <https://energiaemfoco.example/sair>"},
			{"Precedence", "bulk"},
		},
	}
	o.put(agent, inbox, at, l.raw())
}

// absence is what a person's mail program answers by itself.
func (o *postOffice) absence(agent int, at time.Time) {
	b := o.client(agent)
	p := &b.People[0]
	l := &letter{
		id: o.messageID(p.Emails[0], at), at: at, lang: b.lang, program: outlook, from: box(p), to: []mail.Address{o.agentBox(agent)},
		subject:    "Resposta automática: Visita técnica",
		paragraphs: []string{"Estou em férias e volto no dia 20. Em caso urgente, procure a coordenação de manutenção."},
		sign:       []string{p.Name},
		headers:    [][2]string{{"Auto-Submitted", "auto-replied"}, {"X-Auto-Response-Suppress", "All"}, {"Precedence", "auto_reply"}},
	}
	o.put(agent, inbox, at, l.raw())
}

// stranger is somebody whom no client knows; one in two names an installation,
// by which the mail finds its client.
func (o *postOffice) stranger(agent int, at time.Time, named bool) {
	from := mail.Address{Name: one(o.d, firstNames) + " " + one(o.d, lastNames), Address: fmt.Sprintf("compras%d@novaindustria.example", agent+1)}
	l := &letter{
		id: o.messageID(from.Address, at), at: at, lang: "pt", program: gmail, from: from, to: []mail.Address{o.agentBox(agent)},
		subject:    "Pedido de informações sobre fornecimento em média tensão",
		paragraphs: []string{"Bom dia. Estamos avaliando um galpão em Minas Gerais e gostaríamos de saber prazos para ligação nova de 300 kW.", "Quem pode nos atender?"},
		sign:       []string{from.Name, "Nova Indústria (fictícia)"},
	}
	if named {
		units := o.client(agent).Units
		unit := &units[o.d.IntN(len(units))].Installation
		l.subject = "Consultoria: fatura da UC " + ident.UC(unit.UC).Format()
		l.paragraphs = []string{"Bom dia. Prestamos consultoria ao titular da instalação " + ident.UC(unit.UC).Format() + " e precisamos das três últimas faturas.", "Anexaremos a procuração se necessário."}
	}
	o.put(agent, inbox, at, l.raw())
}

// brokenCharset says UTF-8 and is Latin-1, in its header too.
func (o *postOffice) brokenCharset(agent int, at time.Time) {
	b := o.client(agent)
	p := &b.People[0]
	var raw bytes.Buffer
	fmt.Fprintf(&raw, "From: %s <%s>\r\nTo: %s\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%s>\r\n", latin1("Manutenção"), p.Emails[0],
		o.w.agents[agent].Email, latin1("Medição de março: correção"), at.UTC().Format(time.RFC1123Z), o.messageID(p.Emails[0], at))
	raw.WriteString("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n")
	raw.WriteString(latin1("Atenção: a medição da subestação não está correta. Há diferença na ponta.\r\nFavor verificar até amanhã.\r\n"))
	o.put(agent, inbox, at, raw.Bytes())
}

// withoutID lacks the one line that names a mail, as some scanners write it.
func (o *postOffice) withoutID(agent int, at time.Time) {
	b := o.client(agent)
	p := &b.People[0]
	l := &letter{at: at, lang: "pt", program: outlook, from: box(p), to: []mail.Address{o.agentBox(agent)},
		subject: "Documento digitalizado", paragraphs: []string{"Segue o documento digitalizado pela impressora do escritório."},
		files: []attachment{file("pdf", "digitalizado", [][]string{{"Documento fictício"}})}}
	o.put(agent, inbox, at, l.raw())
}
