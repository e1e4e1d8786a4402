package reports

import "slices"

// sectorFigures is a row of the summary.
type sectorFigures struct {
	name  string // of the sector, in the language
	sheet string // where its clients stand
	Figures
}

func summaryDefs() []column {
	return slices.Concat(
		[]column{
			{"sector", "", Text, false}, {"clients", "", Int, false}, {"installations", "", Int, false},
		},
		postos("contracted"), []column{{"contractedLoad", "contracted", KW, false}},
		postos("measured"), overruns(), []column{{"unpriced", "overrun", Int, true}},
		reactives(), []column{{"reactiveUnpriced", "reactive", Int, true}},
		contacts(),
		[]column{{"silent", "", Int, true}, {"closing", "", Int, true}},
	)
}

// summary makes the sheet with a row a sector. A sector's row repeats the
// figures of its sheet as values: a filter that somebody leaves on a sheet
// must not change the summary.
func (b *builder) summary(name string, sectors []sectorFigures) *Table {
	cols := b.columns(summaryDefs())
	var all Figures
	for _, s := range sectors {
		all = all.Plus(s.Figures)
		cols[0].widen(s.name)
	}
	fit(cols, b.summaryCells(&all, Fold{}))
	rows := func(yield func(Row) bool) {
		for i := range sectors {
			s := &sectors[i]
			cells := b.summaryCells(&s.Figures, Fold{})
			cells[0] = Cell{Text: s.name, Link: s.sheet}
			if !yield(Row{Cells: cells}) {
				return
			}
		}
		cells := b.summaryCells(&all, Fold{Func: Sum, First: 0, Last: len(sectors) - 1})
		cells[0] = Words(b.t("report.total"))
		yield(Row{Role: Total, Cells: cells})
	}
	return &Table{
		Name: name, Title: b.t("report.title"), Lines: b.lines(), Columns: cols, Rows: rows,
		Len: len(sectors) + 1, Body: len(sectors), Filter: len(sectors) > 1, Freeze: 1,
	}
}

func (b *builder) summaryCells(f *Figures, over Fold) []Cell {
	if over.Last < over.First {
		over = Fold{} // no sector: nothing to add up
	}
	n := func(v int64) Cell { return Cell{Num: v, Has: true, Fold: over} }
	cells := make([]Cell, 0, 24)
	cells = append(cells, Cell{}, n(f.Clients), n(f.Installations))
	cells = append(cells, make([]Cell, 3)...)
	demands(cells[3:], f.Contracted, over)
	cells = append(cells, Cell{})
	if load := f.Contracted.Load(); load.Known {
		cells[6] = n(load.W)
	}
	cells = append(cells, make([]Cell, 3)...)
	demands(cells[7:], f.Measured, over)
	unpriced := func(v int64) Cell {
		if v > 0 {
			return n(v).Toned(Warn)
		}
		return n(v)
	}
	cells = append(cells, n(f.Over.OverW), b.money(f.Over, over), unpriced(f.Over.Unpriced))
	cells = append(cells, make([]Cell, 3)...)
	b.reactive(cells[13:], f.Reactive, over)
	cells = append(cells, unpriced(f.Reactive.Unpriced),
		n(f.Contacts.Visits), n(f.Contacts.Calls), n(f.Contacts.Meetings), n(f.Contacts.Mails),
		n(f.Silent), n(f.Closing))
	return cells
}
