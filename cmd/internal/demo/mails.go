package demo

import (
	"cmp"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/ident"
	"cemigmas/crm/text"
)

// Mails is how many mails the default demonstration's mailboxes hold in all. A
// smaller one has ten for each client.
const Mails = 600

// Folders of a mailbox.
const (
	inbox = "INBOX"
	sent  = "Sent"
)

// post is a mail in a folder of an agent's mailbox.
type post struct {
	agent  int
	folder string
	at     time.Time
	raw    []byte
}

// tail is where a conversation stands; the next reply goes on from it.
type tail struct {
	agent  int
	last   *letter
	client string // name
	person *crm.Person
	unit   *crm.Installation
	lang   string
}

// postOffice makes the mail of a world.
type postOffice struct {
	w       *World
	d       dice
	agents  int
	bundles map[int]*Bundle
	posts   []post
	tails   []tail
	serial  int
}

// mailboxes are at most these many, and their mail is with the first clients
// of each portfolio: making all clients of a large set would take too long.
const (
	maxMailboxes = 4
	mailClients  = 40
)

// write makes all mail up to the beginning of the last day.
func (w *World) write() *postOffice {
	o := &postOffice{w: w, d: newDice(w.Seed, streamMail), agents: min(maxMailboxes, len(w.agents)), bundles: map[int]*Bundle{}}
	o.oddities()
	for n := 0; len(o.posts) < w.Mails; n++ {
		o.thread(n%o.agents, w.Mails-len(o.posts))
	}
	slices.SortStableFunc(o.posts, func(a, b post) int {
		return cmp.Or(cmp.Compare(a.agent, b.agent), cmp.Compare(a.folder, b.folder), a.at.Compare(b.at))
	})
	slices.SortStableFunc(o.tails, func(a, b tail) int { return b.last.at.Compare(a.last.at) })
	return o
}

// client draws one of an agent's clients.
func (o *postOffice) client(agent int) *Bundle {
	w := o.w
	first := (agent*w.Clients + w.Agents - 1) / w.Agents
	count := ((agent+1)*w.Clients+w.Agents-1)/w.Agents - first
	n := first + o.d.IntN(max(1, min(count, mailClients)))
	if o.bundles[n] == nil {
		o.bundles[n] = w.Client(n)
	}
	return o.bundles[n]
}

// thread writes one conversation of at most room mails.
func (o *postOffice) thread(agent, room int) {
	b := o.client(agent)
	s := o.script(b.lang)
	t := tail{agent: agent, client: b.Client.Name, lang: s.lang,
		person: &b.People[o.d.IntN(len(b.People))], unit: &b.Units[o.d.IntN(len(b.Units))].Installation}
	contract := "CUSD"
	for _, u := range b.Units {
		if u.Installation.ID == t.unit.ID && len(u.Contracts) > 0 {
			contract = u.Contracts[0].Number
		}
	}
	at := o.moment(o.d.between(1, 362))
	cc := o.copies(agent, b, t.person)
	slot := func(name string) string { return o.slot(name, &t, b, contract, at) }
	subject := expand(s.subject, slot)
	for i, turn := range s.turns {
		if i == room || !at.Before(o.w.midnight) {
			break
		}
		l := o.letter(&t, turn, cc, subject, at, slot)
		o.deliver(agent, l, turn.agent, cc)
		t.last = l
		at = o.later(at)
	}
	if t.last == nil {
		return
	}
	o.tails = append(o.tails, t)
	if room > len(s.turns) && o.d.chance(5) {
		o.forward(&t, at)
	}
}

func (o *postOffice) script(lang string) script {
	for {
		s := one(o.d, scripts)
		if s.lang == lang || lang == "es" && o.d.chance(20) {
			return s
		}
	}
}

// moment is a working hour some days before the last day.
func (o *postOffice) moment(days int) time.Time {
	day := o.w.midnight.AddDate(0, 0, -days)
	for weekend(day) {
		day = day.AddDate(0, 0, -1)
	}
	return day.Add(clock(o.d)).Add(time.Duration(o.d.IntN(300)) * time.Second)
}

// later is when an answer comes: within hours, or on one of the next days.
func (o *postOffice) later(at time.Time) time.Time {
	next := at.Add(time.Duration(o.d.between(25, 400)) * time.Minute)
	if o.d.chance(55) || next.In(crm.Zone).Hour() >= 19 || next.In(crm.Zone).Hour() < 7 {
		day := time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC).AddDate(0, 0, o.d.between(1, 3))
		for weekend(day) {
			day = day.AddDate(0, 0, 1)
		}
		next = day.Add(3*time.Hour + clock(o.d)) // 3 h: the day begins later in Brazil
	}
	return next
}

// copies are who else gets the mails of a conversation.
type copies struct {
	list   []mail.Address
	agents []int // whose mailboxes hold it too
}

func (o *postOffice) copies(agent int, b *Bundle, person *crm.Person) (c copies) {
	if len(b.People) > 1 && o.d.chance(30) {
		for i := range b.People {
			if p := &b.People[i]; p.ID != person.ID {
				c.list = append(c.list, box(p))
				break
			}
		}
	}
	if o.d.chance(5) { // a second client, served by the same agent
		if other := o.client(agent); other.Client.ID != b.Client.ID {
			c.list = append(c.list, box(&other.People[0]))
		}
	}
	if o.agents > 1 && o.d.chance(4) {
		colleague := (agent + 1) % o.agents
		c.list = append(c.list, o.agentBox(colleague))
		c.agents = append(c.agents, colleague)
	}
	return c
}

func box(p *crm.Person) mail.Address { return mail.Address{Name: p.Name, Address: p.Emails[0]} }

func (o *postOffice) agentBox(agent int) mail.Address {
	return mail.Address{Name: o.w.agents[agent].Name, Address: o.w.agents[agent].Email}
}

func (o *postOffice) slot(name string, t *tail, b *Bundle, contract string, at time.Time) string {
	switch name {
	case "pessoa":
		return first(t.person.Name)
	case "agente":
		return first(o.w.agents[t.agent].Name)
	case "contrato":
		return contract
	case "antiga":
		return t.unit.FormerUC
	case "cnpj":
		if b.Client.CNPJ == "" {
			return "o do cadastro"
		}
		return ident.CNPJ(b.Client.CNPJ).Format()
	}
	return unitSlot(name, t.lang, at, t.unit)
}

func first(name string) string { return strings.Fields(name)[0] }

// letter writes one turn of a conversation.
func (o *postOffice) letter(t *tail, turn turn, cc copies, subject string, at time.Time, slot func(string) string) *letter {
	agent, person := o.agentBox(t.agent), box(t.person)
	l := &letter{from: person, to: []mail.Address{agent}, cc: cc.list, at: at, lang: t.lang, answers: t.last,
		program: programOf(t.person), sign: []string{t.person.Name, t.person.Title, t.client, t.person.Phones[0]}}
	if turn.agent {
		l.from, l.to, l.program = agent, []mail.Address{person}, outlook
		l.sign = []string{agent.Name, "Cemig Más - atendimento a grandes clientes", Distributor}
	}
	l.subject = subject
	if t.last != nil {
		l.subject = replyPrefix(l.program, l.lang) + subject
	}
	l.html = l.program == gmail || o.d.chance(45)
	l.id = o.messageID(l.from.Address, at)
	for _, p := range turn.paragraphs {
		l.paragraphs = append(l.paragraphs, expand(p, slot))
	}
	if turn.file != "" {
		l.files = []attachment{file(turn.file, fileName(subject), o.rows(t, at))}
	}
	return l
}

func programOf(p *crm.Person) program {
	if p.ID[len(p.ID)-1]%2 == 0 {
		return gmail
	}
	return outlook
}

// replyPrefix is how a program marks an answer.
func replyPrefix(p program, lang string) string {
	switch {
	case p == gmail:
		return "Re: "
	case lang == "es":
		return "RE: "
	}
	return "RES: "
}

func (o *postOffice) messageID(from string, at time.Time) string {
	o.serial++
	_, domain, _ := strings.Cut(from, "@")
	return fmt.Sprintf("%s.%d.%d@%s", at.Format("20060102150405"), o.w.Seed, o.serial, domain)
}

// fileName is a subject as the name of a file.
func fileName(subject string) string {
	var out []rune
	for _, r := range text.Fold(subject) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			out = append(out, r)
		} else if len(out) > 0 && out[len(out)-1] != '-' {
			out = append(out, '-')
		}
	}
	return strings.Trim(string(out), "-")
}

// rows are what an attachment shows: a few invented measurements of the unit.
func (o *postOffice) rows(t *tail, at time.Time) [][]string {
	rows := [][]string{
		{Distributor}, {t.client, t.unit.Name}, {"UC", ident.UC(t.unit.UC).Format()}, {"Data", "Hora", "Demanda kW"},
	}
	kw := t.unit.LoadW * 7 / 10 / 1000
	for i := range 24 {
		day := at.AddDate(0, 0, -1-i)
		rows = append(rows, []string{day.Format("02/01/2006"), "18:45", fmt.Sprint(kw * int64(o.d.between(70, 112)) / 100)})
	}
	return rows
}

// deliver puts a mail where it is found: the agent's Sent or INBOX, and the
// INBOX of colleagues in copy.
func (o *postOffice) deliver(agent int, l *letter, outgoing bool, cc copies) {
	raw, folder := l.raw(), inbox
	if outgoing {
		folder = sent
	}
	o.put(agent, folder, l.at, raw)
	for _, a := range cc.agents {
		o.put(a, inbox, l.at, raw)
	}
}

func (o *postOffice) put(agent int, folder string, at time.Time, raw []byte) {
	if len(o.posts) < o.w.Mails {
		o.posts = append(o.posts, post{agent, folder, at, raw})
	}
}

// forward hands a conversation on to a colleague: the installation's number in
// the text is then all that tells of the client.
func (o *postOffice) forward(t *tail, at time.Time) {
	if o.agents < 2 || !at.Before(o.w.midnight) {
		return
	}
	colleague := (t.agent + 2) % o.agents
	from := o.agentBox(t.agent)
	l := &letter{id: o.messageID(from.Address, at), from: from, to: []mail.Address{o.agentBox(colleague)}, at: at,
		subject: "ENC: " + bare(t.last.subject), lang: "pt",
		paragraphs: []string{"Para conhecimento, caso o cliente ligue na minha ausência. A unidade é a UC " + ident.UC(t.unit.UC).Format() + "."},
		sign:       []string{from.Name}, program: outlook, html: true, answers: t.last}
	o.deliver(t.agent, l, true, copies{agents: []int{colleague}})
}
