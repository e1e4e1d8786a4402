package page

// Field is what was typed and what is wrong with it.
type Field struct {
	Value string
	Error string
}

// Flag is a checkbox.
type Flag struct {
	On    bool
	Error string
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
	return FieldView{Text: t, ID: "f-" + name, Name: name, Label: t.T(label), Kind: "text", Value: f.Value, Error: f.Error, Rows: 4}
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

// Choose makes the field a select.
func (v FieldView) Choose(options []Option) FieldView {
	v.Kind, v.Options = "select", options
	return v
}

// Area makes the field a text of some lines.
func (v FieldView) Area(rows int) FieldView { v.Kind, v.Rows = "area", rows; return v }

// Digits asks a phone for its number keys.
func (v FieldView) Digits() FieldView { v.Numeric = true; return v }
