package page

import (
	"slices"
	"strings"

	"cemigmas/crm/locale"
	"cemigmas/crm/text"
)

// Field is what was typed and what is wrong with it.
type Field struct {
	Value   string
	Error   string
	Own     bool   // of a record that was saved in between only the sender changed it
	Differs bool   // somebody else stored Now while it was typed
	Now     string // as the field would send it
}

// Flag is a checkbox.
type Flag struct {
	On     bool
	Error  string
	Theirs *Theirs
}

// TheirsPrefix stands before the name of a field of which a form keeps what
// somebody else stored.
const TheirsPrefix = "theirs."

// Theirs is what somebody else stored while a form was filled in: who filled it
// in chooses which of the two stays.
type Theirs struct {
	Text
	ID    string // of the words
	For   string // id of the field that shows what is chosen; empty where no single one does
	Name  string // of the field
	Value string // as the field sends it; several are parted by commas
	Label string // as a person reads it
}

// theirsClip is how many characters of a stored value are shown.
const theirsClip = 200

// Theirs is a stored value beside the field of that name; label is what a person
// reads, empty where nothing is stored.
func (t Text) Theirs(name, value, label string) *Theirs {
	if label == "" {
		label = "–"
	}
	return &Theirs{Text: t, ID: "theirs-" + name, Name: name, Value: value, Label: text.Clip(label, theirsClip)}
}

// FieldView is a field as a template draws it. The methods below make variants:
// {{template "field" ((.Field "email" "page.signin.email" .Form.Email).As "email").Req}}
type FieldView struct {
	Text
	ID           string
	Name         string
	Label        string
	Kind         string // an input's type, or "select" or "area"
	Value        string
	Error        string
	Differs      bool   // as of a Field
	Now          string // as of a Field
	Hint         string
	Placeholder  string
	Autocomplete string
	Options      []Option
	Rows         int
	Required     bool
	Focus        bool
	Numeric      bool
}

// Field makes the view of a field; label is a catalogue key.
func (t Text) Field(name, label string, f Field) FieldView {
	return FieldView{Text: t, ID: "f-" + name, Name: name, Label: t.T(label), Kind: "text", Value: f.Value, Error: f.Error, Differs: f.Differs, Now: f.Now, Rows: 4}
}

// As sets the input's type.
func (v FieldView) As(kind string) FieldView { v.Kind = kind; return v }

// In keeps ids apart when a name stands twice on a page.
func (v FieldView) In(prefix string) FieldView { v.ID = prefix + "-" + v.Name; return v }

// Req makes the field required.
func (v FieldView) Req() FieldView { v.Required = true; return v }

// First puts the cursor here when the page opens.
func (v FieldView) First() FieldView { v.Focus = true; return v }

// Help sets the hint under the field; key is a catalogue key.
func (v FieldView) Help(key string) FieldView { v.Hint = v.T(key); return v }

// Ghost sets the placeholder; key is a catalogue key.
func (v FieldView) Ghost(key string) FieldView { v.Placeholder = v.T(key); return v }

// Auto sets what the browser may fill in.
func (v FieldView) Auto(what string) FieldView { v.Autocomplete = what; return v }

// Choose makes the field a select. Of a field in conflict, what was typed and
// cannot be chosen any more gives way to what is stored: a select without its
// value would send another one. So it offers what stands in it already, in the
// words of whoever wrote it, where that is none of the choices.
func (v FieldView) Choose(options []Option) FieldView {
	v.Kind, v.Options = "select", options
	known := func(value string) bool {
		return slices.ContainsFunc(options, func(o Option) bool { return o.Value == value })
	}
	if v.Differs && !known(v.Value) {
		v.Value, v.Differs = v.Now, false
	}
	if v.Value != "" && v.Error == "" && !known(v.Value) {
		v.Options = append(slices.Clip(options), Option{Value: v.Value, Label: v.Value})
	}
	return v
}

// Area makes the field a text of some lines.
func (v FieldView) Area(rows int) FieldView { v.Kind, v.Rows = "area", rows; return v }

// Digits asks a phone for its number keys.
func (v FieldView) Digits() FieldView { v.Numeric = true; return v }

// Stored is what somebody else stored: of a select the label of the choice, of a
// date or a month the way it is written.
func (v FieldView) Stored() *Theirs {
	label := v.Now
	switch v.Kind {
	case "select":
		for _, o := range v.Options {
			if o.Value == v.Now {
				label = o.Label
			}
		}
	case "date":
		label = locale.Date(v.Lang, v.Now)
	case "month":
		label = locale.Month(v.Lang, v.Now)
	case "area":
		label = strings.TrimSpace(v.Now)
	}
	t := v.Theirs(v.Name, v.Now, label)
	t.ID, t.For = v.ID+"-hint", v.ID
	return t
}
