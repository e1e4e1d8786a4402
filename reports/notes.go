package reports

import (
	"cemigmas/crm/demand"
)

// NoticeDays is how far behind the end of its month the report looks for
// notice windows that close.
const NoticeDays = 180

// definitions are the figures that the notes explain, in the order of the
// columns: report.def.key each.
var definitions = []string{
	"sector", "clients", "installations", "contracted", "load", "measured", "use", "overrun", "money", "reactive", "reactiveMoney", "noTariff",
	"visits", "calls", "mails", "silent", "lastContact", "closing", "filter",
}

// notes say what the report is and what each of its figures means.
func (b *builder) notes(name string) *Table {
	rows := b.noteRows()
	cols := []Column{
		{Key: "what", Kind: Text, Width: 26, Wrap: true},
		{Key: "meaning", Kind: Text, Width: 96, Wrap: true},
	}
	return &Table{
		Name: name, Title: b.t("report.title"), Lines: b.lines(), Columns: cols,
		Len: len(rows), Body: len(rows), Portrait: true,
		Rows: func(yield func(Row) bool) {
			for _, r := range rows {
				if !yield(r) {
					return
				}
			}
		},
	}
}

func (b *builder) noteRows() []Row {
	m := b.d.Month
	rules := demand.RulesAt(m)
	section := func(key string) Row {
		return Row{Role: Section, Cells: []Cell{Words(b.t(key)), {}}}
	}
	row := func(what, meaning string) Row {
		return Row{Cells: []Cell{Words(what), Words(meaning)}}
	}
	rows := []Row{
		section("report.notes.about"),
		row(b.t("report.notes.period"), b.t("report.notes.span", "from", b.day(m.First()), "to", b.day(m.Last()))),
		row(b.t("report.notes.scope"), b.scope()),
		row(b.t("report.notes.by"), b.d.By),
		row(b.t("report.notes.at"), b.made()),
		section("report.notes.definitions"),
	}
	args := []any{
		"percent", rules.OverrunPercent, "factor", rules.OverrunFactor, "days", NoticeDays,
		"end", b.day(m.Last()), "until", b.day(m.Last().AddDays(NoticeDays)),
	}
	for _, d := range definitions {
		rows = append(rows, row(b.t("report.term."+d), b.t("report.def."+d, args...)))
	}
	return rows
}
