package page

// Users lists who may sign in, and adds one: GET and POST /users.
type Users struct {
	Base
	Rows  []UserRow
	Form  UserForm
	Roles []Option
	Teams []Option
	Fresh *FreshPassword
	More  *More
}

// UserForm holds the fields email, name, role and team.
type UserForm struct {
	Email Field
	Name  Field
	Role  Field
	Team  Field
}

// FreshPassword is shown once.
type FreshPassword struct {
	Email    string
	Password string
}

// UserRow is one user.
type UserRow struct {
	Name        string
	Initials    string
	Email       string
	Role        string
	Team        string
	Clients     string
	Last        string // last sign-in
	Disabled    bool
	Me          bool
	DisableURL  string // POST
	EnableURL   string // POST
	PasswordURL string // POST
}
