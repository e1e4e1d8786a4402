package intake

import (
	"slices"
	"sync"

	"cemigmas/crm"
	"cemigmas/crm/locale"
	"cemigmas/crm/text"
)

// form says how the cells of a column are read.
type form uint8

const (
	formText   form = iota
	formList        // separated by ; or a line break
	formNumber      // a decimal number, scaled to an integer
	formDate
	formMonth
	formYes
	formChoice
	formChoices // several of a choice, as formList
	formTax     // CNPJ or CPF
	formUC      // either number of an installation
	formDigits
)

// column is one column of a sheet that the program knows. Its name in a
// language is the message import.col.SHEET.ID.
type column struct {
	id       string // the field of the API, by which crm names what is wrong
	form     form
	scale    int      // formNumber: powers of ten from the sheet's unit to the stored one
	choice   *choice  // formChoice
	also     []string // further names in headers
	required bool     // the sheet is not understood without it
	set      func(r *crm.Row, v value)
}

// sheet is one sheet of the portfolio workbook. Its name in a language is the
// message import.sheet.KIND.
type sheet struct {
	kind    string // as crm.Row.Kind
	columns []column
	begin   func(line int64) crm.Row
}

// choice maps words to ids. Its words are the messages PREFIX+id.
type choice struct {
	prefix string
	ids    []string
	former []string                                 // ids that are understood, and not offered
	also   map[string]string                        // folded word to id
	name   func(lang locale.Lang, id string) string // nil: the message prefix+id
	once   sync.Once
	exact  map[string]string
	loose  map[string]string // without what stands in brackets; "" where that means several
}

// find returns the id that a word means in any language.
func (c *choice) find(word string) (string, bool) {
	c.once.Do(c.learn)
	if id, ok := c.exact[text.SortKey(word)]; ok {
		return id, true
	}
	id := c.loose[headerKey(word)]
	return id, id != ""
}

// learn takes ids first: admins name sectors, and a name may be another's id.
func (c *choice) learn() {
	c.exact, c.loose = map[string]string{}, map[string]string{}
	is := func(word, id string) {
		c.exact[text.SortKey(word)] = id
		key := headerKey(word)
		if was, ok := c.loose[key]; ok && was != id {
			id = ""
		}
		c.loose[key] = id
	}
	all := slices.Concat(c.former, c.ids)
	for _, id := range all {
		is(id, id)
	}
	for word, id := range c.also {
		is(word, id)
	}
	for _, id := range all {
		for _, lang := range locale.Langs {
			is(c.word(lang, id), id)
		}
	}
}

// word is a choice in a language.
func (c *choice) word(lang locale.Lang, id string) string {
	if c.name != nil {
		return c.name(lang, id)
	}
	return locale.T(lang, c.prefix+id)
}

// words lists the choices in a language, for the notes of the template.
func (c *choice) words(lang locale.Lang) []string {
	out := make([]string, 0, len(c.ids))
	for _, id := range c.ids {
		out = append(out, c.word(lang, id))
	}
	return out
}

var (
	modalityWords    = map[string]string{"green": "verde", "blue": "azul", "ths verde": "verde", "ths azul": "azul", "horo sazonal verde": "verde", "horo sazonal azul": "azul"}
	modalities       = &choice{prefix: "modality.", ids: []string{"verde", "azul", "unknown"}, also: modalityWords}
	tariffModalities = &choice{prefix: "modality.", ids: []string{"verde", "azul", "convencional"}, also: modalityWords}
	postos           = &choice{prefix: "posto.", ids: []string{"single", "peak", "offpeak"},
		also: map[string]string{"unica": "single", "nao se aplica": "single", "ponta": "peak", "punta": "peak", "fora ponta": "offpeak",
			"fora de ponta": "offpeak", "fuera de punta": "offpeak", "off peak": "offpeak", "fp": "offpeak", "p": "peak"}}
	markets = &choice{prefix: "market.", ids: []string{crm.MarketCaptive, crm.MarketFree},
		also: map[string]string{"acr": crm.MarketCaptive, "acl": crm.MarketFree, "regulado": crm.MarketCaptive, "regulated": crm.MarketCaptive}}
	statuses = &choice{prefix: "import.choice.status.", ids: crm.ClientStatuses,
		also: map[string]string{"ativa": "active", "activa": "active", "ex cliente": "former", "potencial": "prospect"}}
	unitStatuses = &choice{prefix: "import.choice.unit.", ids: crm.InstallationStatuses,
		also: map[string]string{"at": "active", "ds": "off", "ativo": "active", "activo": "active", "desligado": "off"}}
	roles      = &choice{prefix: "import.choice.role.", ids: crm.PersonRoles, also: map[string]string{"juridico": "legal", "legal": "legal", "representante legal": "legal", "procurador": "legal", "apoderado": "legal", "financiero": "financial"}}
	channels   = &choice{prefix: "web.channel.", ids: crm.PersonChannels, also: map[string]string{"email": "email", "correo electronico": "email", "whatsapp": "message", "ligacao": "phone", "llamada": "phone", "call": "phone"}}
	conditions = &choice{prefix: "inst.condition.", ids: crm.Conditions, also: map[string]string{"irrigante": crm.CondIrrigation, "irrigacao": crm.CondIrrigation, "aquicultura": crm.CondIrrigation, "riego": crm.CondIrrigation, "sazonal": crm.CondSeasonal, "sazonalidade": crm.CondSeasonal, "estacional": crm.CondSeasonal, "essencial": crm.CondEssential, "esencial": crm.CondEssential, "geracao": crm.CondGeneration, "generacion": crm.CondGeneration}}
	contracts  = &choice{prefix: "import.choice.contract.", ids: []string{crm.ContractCUSD, crm.ContractCCER}}
	segments   = &choice{prefix: "web.segment.", ids: crm.ClientSegments, also: map[string]string{"mt": "mv", "livre": "free", "libre": "free", "acl": "free", "publico": "public", "governo": "public", "gobierno": "public"}}
	languages  = &choice{prefix: "import.choice.lang.", ids: []string{"pt-BR", "es", "en"}, also: map[string]string{"pt": "pt-BR"}}
	tiers      = &choice{prefix: "import.choice.tier.", ids: []string{"A", "B", "C"}}
	sectors    = sectorChoice(crm.BuiltInSectors()) // an import takes the store's instead
)

// sectorChoice are the sectors that are offered. Those that are not any more are
// understood too: who has one keeps it.
func sectorChoice(t crm.SectorTable) *choice {
	c := &choice{name: t.Name}
	for _, s := range t.All() {
		if s.Disabled {
			c.former = append(c.former, s.ID)
		} else {
			c.ids = append(c.ids, s.ID)
		}
	}
	return c
}

// offer has the columns of a file understand the sectors of a store.
func offer(cols []*bound, t crm.SectorTable) {
	for _, b := range cols {
		if b != nil && b.choice == sectors {
			c := *b.column
			c.choice = sectorChoice(t)
			b.column = &c
		}
	}
}

// sheets are in the order in which rows depend on each other, which is that of
// the template and of taking them, whatever the file's order.
var sheets = []sheet{
	{crm.RowClient, clientColumns, func(n int64) crm.Row { return crm.Row{Line: n, Client: &crm.ClientRow{}} }},
	{crm.RowPerson, personColumns, func(n int64) crm.Row { return crm.Row{Line: n, Person: &crm.PersonRow{}} }},
	{crm.RowInstallation, installationColumns, func(n int64) crm.Row { return crm.Row{Line: n, Installation: &crm.InstallationRow{}} }},
	{crm.RowContract, contractColumns, func(n int64) crm.Row { return crm.Row{Line: n, Contract: &crm.ContractRow{}} }},
	{crm.RowReading, readingColumns, func(n int64) crm.Row {
		return crm.Row{Line: n, Reading: &crm.ReadingRow{Origin: "import"}}
	}},
	{crm.RowTariff, tariffColumns, func(n int64) crm.Row { return crm.Row{Line: n, Tariff: &crm.TariffRow{}} }},
}
