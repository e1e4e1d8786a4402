package reports

import (
	"iter"
	"slices"

	"cemigmas/crm/demand"
)

// Places of the columns of a sector's sheet that rows refer to.
const (
	colClient = iota
	colInstallation
	colUC
	colCity
	colSubgroup
	colModality
	colContracted                     // three
	colMeasured   = colContracted + 3 // three
	colUse        = colMeasured + 3
	colOverKW     = colUse + 1
	colOverMoney  = colOverKW + 1
	colReactive   = colOverMoney + 1 // three
	colContacts   = colReactive + 3  // four
	colLast       = colContacts + 4
	colNotice     = colLast + 1
	sectorColumns = colNotice + 1
)

func sectorDefs() []column {
	return slices.Concat(
		[]column{
			{"client", "", Text, false}, {"installation", "", Text, false}, {"uc", "", Text, false},
			{"city", "", Text, false}, {"subgroup", "", Text, false}, {"modality", "", Text, false},
		},
		postos("contracted"), postos("measured"),
		[]column{{"use", "", Percent, false}}, overruns(), reactives(), contacts(),
		[]column{{"lastContact", "", Date, false}, {"notice", "", Date, false}},
	)
}

// sector makes the sheet of a sector, or of a part of one that has more rows
// than a sheet.
func (b *builder) sector(name, title string, clients []*ClientMonth) *Table {
	s := &sectorSheet{b: b, clients: clients}
	for _, c := range clients {
		s.total.Add(c)
		s.body += 1 + len(c.Installations)
	}
	cols := b.columns(sectorDefs())
	for _, c := range clients {
		cols[colClient].widen(c.Name)
		cols[colCity].widen(c.City)
		for i := range c.Installations {
			in := &c.Installations[i]
			cols[colInstallation].widen(in.Name)
			cols[colUC].widen(in.UC)
			cols[colCity].widen(in.City)
			cols[colModality].widen(b.modality(in.Modality))
		}
	}
	fit(cols, b.figures(make([]Cell, sectorColumns), &s.total, Fold{}))
	cols[colOverMoney].widen(b.t("report.noTariff"))
	cols[colReactive+2].widen(b.t("report.noTariff"))
	cols[colLast].Width, cols[colNotice].Width = 13, 13
	return &Table{
		Name: name, Title: title, Lines: b.lines(), Columns: cols,
		Rows: s.rows, Len: s.body + 1, Body: s.body, Filter: true, Freeze: 2,
	}
}

// sectorSheet yields the rows of a sector's sheet.
type sectorSheet struct {
	b       *builder
	clients []*ClientMonth
	total   Figures
	body    int
}

func (s *sectorSheet) rows(yield func(Row) bool) {
	next := 0
	cells := make([]Cell, sectorColumns)
	for _, c := range s.clients {
		n := len(c.Installations)
		if !yield(s.b.clientRow(cells, c, Fold{First: next + 1, Last: next + n})) {
			return
		}
		for i := range c.Installations {
			if !yield(s.b.installationRow(cells, c, &c.Installations[i])) {
				return
			}
		}
		next += 1 + n
	}
	yield(s.b.totalRow(cells, &s.total, Fold{First: 0, Last: s.body - 1}))
}

var _ iter.Seq[Row] = (&sectorSheet{}).rows

// clientRow heads a client: its demand is a SUBTOTAL of its installations, its
// contacts are its own.
func (b *builder) clientRow(cells []Cell, c *ClientMonth, over Fold) Row {
	clear(cells)
	var f Figures
	f.Add(c)
	b.figures(cells, &f, over)
	b.contacts(cells, c.Contacts, Fold{})
	cells[colClient] = Words(c.Name)
	cells[colInstallation] = Words(b.count("report.installations", f.Installations)).Toned(Muted)
	cells[colCity] = Words(c.City)
	cells[colLast] = Words(string(c.LastContact))
	if !c.Contacted {
		cells[colLast].Tone = Bad
		if c.LastContact == "" {
			cells[colLast].Text = b.t("report.never")
		}
	}
	return Row{Role: Group, Cells: cells}
}

func (b *builder) installationRow(cells []Cell, c *ClientMonth, in *InstallationMonth) Row {
	clear(cells)
	cells[colClient] = Words(c.Name).Toned(Muted) // so that a filter by client keeps its installations
	cells[colInstallation] = Words(in.Name)
	cells[colUC] = Words(in.UC)
	cells[colCity] = Words(in.City)
	cells[colSubgroup] = Words(in.Subgroup)
	cells[colModality] = Words(b.modality(in.Modality))
	demands(cells[colContracted:], in.Contracted, Fold{})
	demands(cells[colMeasured:], in.Measured, Fold{})
	if in.HasUse {
		cells[colUse] = Number(in.Use).Toned(toneOf(in.State))
	}
	if in.Over.OverW > 0 {
		cells[colOverKW] = Number(in.Over.OverW).Toned(Bad)
		cells[colOverMoney] = b.money(in.Over, Fold{})
	}
	if in.Reactive != (Reactive{}) {
		b.reactive(cells[colReactive:], in.Reactive, Fold{})
	}
	cells[colNotice] = Words(string(in.Notice))
	if in.Closing > 0 {
		cells[colNotice].Tone = Warn
	}
	return Row{Level: 1, Cells: cells}
}

func (b *builder) totalRow(cells []Cell, f *Figures, over Fold) Row {
	clear(cells)
	b.figures(cells, f, over)
	b.contacts(cells, f.Contacts, over)
	cells[colClient] = Words(b.t("report.total"))
	cells[colInstallation] = Words(b.count("report.installations", f.Installations))
	return Row{Role: Total, Cells: cells}
}

// figures fills what is folded from installations.
func (b *builder) figures(cells []Cell, f *Figures, over Fold) []Cell {
	if f.Installations == 0 {
		return cells
	}
	over.Func = Sum
	demands(cells[colContracted:], f.Contracted, over)
	demands(cells[colMeasured:], f.Measured, over)
	if f.HasUse {
		cells[colUse] = Cell{Num: f.Use, Has: true, Fold: Fold{Max, over.First, over.Last}}
	}
	cells[colOverKW] = Cell{Num: f.Over.OverW, Has: true, Fold: over}
	cells[colOverMoney] = b.money(f.Over, over)
	b.reactive(cells[colReactive:], f.Reactive, over)
	return cells
}

// demands fills three columns; what is unknown of all stays empty.
func demands(cells []Cell, p ByPosto, over Fold) {
	for i, w := range [...]Watts{p.Single, p.Peak, p.OffPeak} {
		if w.Known {
			cells[i] = Cell{Num: w.W, Has: true, Fold: over}
		}
	}
}

// money is the amount of overruns.
func (b *builder) money(o Overruns, over Fold) Cell {
	return b.amount(o.Cents, o.Priced, o.Unpriced, over)
}

// amount is a sum of what has a price. Where no tariff is known for any of it
// the cell says so: an amount of 0 would be a lie.
func (b *builder) amount(cents, priced, unpriced int64, over Fold) Cell {
	if priced == 0 && unpriced > 0 {
		return Words(b.t("report.noTariff")).Toned(Warn)
	}
	return Cell{Num: cents, Has: true, Fold: over}
}

// reactive fills three columns.
func (b *builder) reactive(cells []Cell, r Reactive, over Fold) {
	cells[0] = Cell{Num: r.Wh, Has: true, Fold: over}
	cells[1] = Cell{Num: r.W, Has: true, Fold: over}
	cells[2] = b.amount(r.Cents, r.Priced, r.Unpriced, over)
}

func (b *builder) contacts(cells []Cell, c Contacts, over Fold) {
	if over != (Fold{}) {
		over.Func = Sum
	}
	for i, n := range [...]int64{c.Visits, c.Calls, c.Meetings, c.Mails} {
		cells[colContacts+i] = Cell{Num: n, Has: true, Fold: over}
	}
}

func toneOf(s demand.State) Tone {
	switch s {
	case demand.StateBad:
		return Bad
	case demand.StateWarn:
		return Warn
	case demand.StateIdle:
		return Idle
	}
	return Plain
}
