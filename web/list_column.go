package web

import (
	"cemigmas/crm/calendar"
	"cemigmas/reports"
	"cemigmas/web/page"
)

// words is a column of text.
func words[T any](key, label string, say func(view, listNames, *T) string) column[T] {
	return column[T]{key: key, label: label, width: 24,
		cell: func(v view, n listNames, r *T) page.ListCell {
			return page.ListCell{Label: say(v, n, r), Quiet: true}
		},
		value: func(v view, n listNames, r *T) reports.Cell { return reports.Words(say(v, n, r)) }}
}

// linked is a column of texts that lead to a record.
func linked[T any](key, label string, quiet bool, say func(view, listNames, *T) (label, url string)) column[T] {
	return column[T]{key: key, label: label, width: 36,
		cell: func(v view, n listNames, r *T) (cell page.ListCell) {
			cell.Label, cell.URL = say(v, n, r)
			cell.Quiet = quiet
			return cell
		},
		value: func(v view, n listNames, r *T) reports.Cell {
			label, _ := say(v, n, r)
			return reports.Words(label)
		}}
}

// sorted says by which sort a column is ordered.
func (c column[T]) sorted(by string, down bool) column[T] {
	c.sort, c.down = by, down
	return c
}

// chosen is a column that is seen by who chooses it only.
func (c column[T]) chosen() column[T] {
	c.extra = true
	return c
}

// kilowatts is a column of demands, given in W; none below one.
func kilowatts[T any](sort string, of func(view, *T) int64) column[T] {
	return column[T]{key: "kw", label: "page.clients.c.kw", sort: sort, down: true, right: true, kind: reports.KW, width: 14,
		cell: func(v view, _ listNames, r *T) (cell page.ListCell) {
			if w := of(v, r); w > 0 {
				cell.Label = v.kilo(w)
			}
			return cell
		},
		value: func(v view, _ listNames, r *T) reports.Cell {
			if w := of(v, r); w > 0 {
				return reports.Number(w)
			}
			return reports.Cell{}
		}}
}

// utilisation is a column of bars, given in tenths of a percent and a state.
func utilisation[T any](label string, of func(*T) (int64, string)) column[T] {
	return column[T]{key: "util", label: label, sort: "worst", down: true, kind: reports.Percent, width: 14,
		cell: func(v view, _ listNames, r *T) page.ListCell { return page.ListCell{Util: v.util(of(r))} },
		value: func(_ view, _ listNames, r *T) reports.Cell {
			if tenths, state := of(r); state != "" {
				return reports.Number(tenths)
			}
			return reports.Cell{}
		}}
}

// yearly is a column of centavos a year.
func yearly[T any](key, label string, of func(*T) int64) column[T] {
	return column[T]{key: key, label: label, right: true, kind: reports.Money, width: 16,
		cell: func(v view, _ listNames, r *T) (cell page.ListCell) {
			if cents := of(r); cents > 0 {
				cell.Label = v.money(cents)
			}
			return cell
		},
		value: func(_ view, _ listNames, r *T) reports.Cell {
			if cents := of(r); cents > 0 {
				return reports.Number(cents)
			}
			return reports.Cell{}
		}}
}

// due is a column of civil dates that come nearer.
func due[T any](key, label string, of func(*T) string) column[T] {
	c := dated(key, label, of)
	plain := c.cell
	c.cell = func(v view, n listNames, r *T) page.ListCell {
		cell := plain(v, n, r)
		if d := of(r); d != "" {
			cell.State = dueState(calendar.DaysBetween(v.today, calendar.Date(d)))
		}
		return cell
	}
	return c
}

// dated is a column of civil dates.
func dated[T any](key, label string, of func(*T) string) column[T] {
	return column[T]{key: key, label: label, kind: reports.Date, width: 14,
		cell: func(v view, _ listNames, r *T) (cell page.ListCell) {
			if d := of(r); d != "" {
				cell.Label = v.date(d)
			}
			return cell
		},
		value: func(_ view, _ listNames, r *T) reports.Cell { return reports.Words(of(r)) }}
}
