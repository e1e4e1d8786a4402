package page

// SignIn is the page before everything: GET and POST /signin.
type SignIn struct {
	Base
	Form SignInForm
	Next string   // where to go afterwards
	Held HeldForm // what was typed when the session ended
}

// HeldForm is a form whose session had ended: the sign-in carries it, and it
// comes back filled afterwards.
type HeldForm struct {
	URL    string // where it is sent; "" holds nothing
	Fields []HeldField
}

// HeldField is what was typed into one control.
type HeldField struct{ Name, Value string }

// Add takes what was typed, but for tokens and passwords: these are never put
// into a page.
func (h *HeldForm) Add(name, value string) {
	switch name {
	case "csrf", "password", "old", "again":
		return
	}
	h.Fields = append(h.Fields, HeldField{name, value})
}

// Resume leads from the sign-in back to the form that it held.
type Resume struct {
	Base
	Held HeldForm
}

// SignInForm holds the fields email and password.
type SignInForm struct {
	Email    Field
	Password Field // the value never comes back
	Error    string
}
