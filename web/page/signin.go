package page

// SignIn is the page before everything: GET and POST /signin.
type SignIn struct {
	Base
	Form SignInForm
	Next string // where to go afterwards
}

// SignInForm holds the fields email and password.
type SignInForm struct {
	Email    Field
	Password Field // the value never comes back
	Error    string
}
