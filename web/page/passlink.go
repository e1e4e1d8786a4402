package page

// PasswordLink is the page behind a one-time link: GET and POST /link, fields
// password and again.
type PasswordLink struct {
	Base
	Hello string
	Email string // for the browser's own memory of passwords
	Least string
	Form  PasswordForm // without Old
}
