package web

import (
	"errors"

	"cemigmas/crm"
	"cemigmas/crm/locale"
	"cemigmas/web/page"
)

// formField is one field of a record with many: what stands in it, and where
// what was typed goes. A form is a list of them, in groups.
type formField[T, In any] struct {
	name, api, label string
	value            func(v view, t T) string
	set              func(v view, raw string, in *In) error
	draw             func(v view, f page.FieldView) page.FieldView // nil: a line of text
}

func (f formField[T, In]) key() string {
	if f.api != "" {
		return f.api
	}
	return f.name
}

// quantity reads kW, kV, kVA or MW/1000 of the viewer's language; empty is 0.
func (v view) quantity(name, raw string) (int64, error) {
	if raw == "" {
		return 0, nil
	}
	n, err := locale.ParseNumber(raw, locale.StyleOf(v.Lang), 3)
	var wrong *locale.ParseError
	if errors.As(err, &wrong) {
		return 0, wrongField(name, wrong.Key)
	}
	return n, err
}

// thousands writes a quantity into a field; 0 is empty.
func (v view) thousands(n int64) string {
	if n == 0 {
		return ""
	}
	return v.kilo(n)
}

// yesNo are the choices of a question.
func (v view) yesNo() []page.Option {
	return []page.Option{{Value: "yes", Label: v.T("form.yes")}, {Value: "no", Label: v.T("form.no")}}
}

func yes(on bool) string {
	if on {
		return "yes"
	}
	return "no"
}

// drawn makes the view of a field with what was typed or stored.
func drawn[T, In any](v view, f formField[T, In], is page.Field) page.FieldView {
	view := v.Field(f.name, f.label, is)
	if f.draw != nil {
		view = f.draw(v, view)
	}
	return view
}

func asDate(_ view, f page.FieldView) page.FieldView { return f.As("date") }

// choose makes a select of words with a common prefix, "" first when it may be
// left open.
func choose(prefix string, open bool, words ...string) func(view, page.FieldView) page.FieldView {
	return func(v view, f page.FieldView) page.FieldView {
		options := v.options(prefix, words...)
		if open {
			options = append([]page.Option{{Label: nothing}}, options...)
		}
		return f.Choose(options)
	}
}

// conflicted reports that somebody saved in between.
func conflicted(err error) bool { return crm.CodeOf(err) == crm.CodeConflict }
