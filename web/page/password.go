package page

// Password changes the viewer's own password: GET and POST /password, fields
// old, password, again. With Once it is the first page after a one-time
// password, before everything else.
type Password struct {
	Base
	Form  PasswordForm
	Once  bool
	Least string // how long a password must be
}

// PasswordForm never brings a value back.
type PasswordForm struct {
	Old      Field
	Password Field
	Again    Field
	Error    string
}
