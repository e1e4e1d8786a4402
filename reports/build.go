package reports

import (
	"cmp"
	"slices"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/crm/locale"
)

// builder words a workbook in one language.
type builder struct {
	d    *MonthData
	lang locale.Lang
}

// Build makes the monthly workbook of d: a summary with a row a sector, a sheet
// a sector, and notes. It reads no clock and no store: the same data gives the
// same workbook.
func Build(d *MonthData, lang locale.Lang) *Workbook {
	if !lang.Valid() {
		lang = locale.PtBR
	}
	b := &builder{d: d, lang: lang}
	var names SheetNames
	first := names.Make(b.t("report.sheet.summary"))
	last := names.Make(b.t("report.sheet.notes"))
	var tables []*Table
	var rows []sectorFigures
	for _, s := range b.sectors() {
		sheets := b.sectorSheets(&names, s)
		tables = append(tables, sheets...)
		s.figures.sheet = sheets[0].Name
		rows = append(rows, s.figures)
	}
	tables = append([]*Table{b.summary(first, rows)}, tables...)
	tables = append(tables, b.notes(last))
	title := b.t("report.title") + " – " + b.month()
	return &Workbook{
		FileName: FileName(d.Month, lang),
		Title:    title, Subject: b.scope(), Author: d.By, Lang: string(lang),
		Footer: title + " · " + b.scope(), At: d.At, Tables: tables,
	}
}

// sectorClients are the clients of a sector in order of their names.
type sectorClients struct {
	key     string
	clients []*ClientMonth
	figures sectorFigures
}

// sectors groups the clients; sectors stand in the order of the table, in
// every language alike, what is no sector of it last.
func (b *builder) sectors() []*sectorClients {
	byKey := map[string]*sectorClients{}
	var all []*sectorClients
	for i := range b.d.Clients {
		c := &b.d.Clients[i]
		s := byKey[c.Sector]
		if s == nil {
			s = &sectorClients{key: c.Sector}
			s.figures.name = b.sectorName(c.Sector)
			byKey[c.Sector] = s
			all = append(all, s)
		}
		s.clients = append(s.clients, c)
		s.figures.Add(c)
	}
	slices.SortStableFunc(all, func(x, y *sectorClients) int {
		return cmp.Or(cmp.Compare(b.rank(x.key), b.rank(y.key)), cmp.Compare(x.key, y.key))
	})
	return all
}

// rank is the place of a sector; those that are gone, and what is none, stand
// last.
func (b *builder) rank(sector string) int {
	all := b.d.Sectors.All()
	if n := slices.IndexFunc(all, func(s crm.Sector) bool { return s.ID == sector }); n >= 0 {
		return n
	}
	return len(all)
}

func (b *builder) sectorName(key string) string {
	if key == "" {
		return b.t("report.noSector")
	}
	return b.d.Sectors.Name(b.lang, key)
}

// sheetRoom is how many rows of clients a sheet holds beside its title, header
// and total.
const sheetRoom = MaxRows - 16

// sectorSheets makes the sheet of a sector: several if it has more rows than a
// sheet.
func (b *builder) sectorSheets(names *SheetNames, s *sectorClients) []*Table {
	var out []*Table
	for _, part := range split(s.clients, sheetRoom) {
		out = append(out, b.sector(names.Make(s.figures.name), s.figures.name, part))
	}
	return out
}

func split(clients []*ClientMonth, room int) [][]*ClientMonth {
	var parts [][]*ClientMonth
	start, rows := 0, 0
	for i, c := range clients {
		n := 1 + len(c.Installations)
		if rows+n > room && i > start {
			parts = append(parts, clients[start:i])
			start, rows = i, 0
		}
		rows += n
	}
	return append(parts, clients[start:])
}

func (b *builder) t(key string, args ...any) string { return locale.T(b.lang, key, args...) }

func (b *builder) count(key string, n int64) string { return b.t(key, "count", n) }

func (b *builder) modality(m string) string {
	if m == "" {
		return ""
	}
	return b.t("modality." + m)
}

// month is the report's month in words.
func (b *builder) month() string { return locale.Month(b.lang, b.d.Month) }

func (b *builder) day(d calendar.Date) string { return locale.Date(b.lang, d) }

// made says when the report was made, in the zone of its borders.
func (b *builder) made() string { return locale.DateTime(b.lang, b.d.At.In(crm.Zone)) }

func (b *builder) scope() string {
	return b.t("report.scope."+b.d.Scope.Kind, "name", b.d.Scope.Name)
}

// lines stand under the title of each sheet.
func (b *builder) lines() []string { return []string{b.month() + " · " + b.scope()} }
