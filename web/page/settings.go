package page

// Settings are the viewer's own: GET and POST /settings. On a phone it also
// holds the rest of the navigation.
type Settings struct {
	Base
	Form      SettingsForm
	Langs     []Option
	Themes    []Option
	Densities []Option
	Email     string
	Version   string
	TiersURL  string // GET /tiers; empty for who is no admin
}

// SettingsForm holds the fields lang, theme and density.
type SettingsForm struct {
	Lang    Field
	Theme   Field
	Density Field
}

// ErrorPage says what happened in plain words.
type ErrorPage struct {
	Base
	Status  string // "404"
	Heading string
	Label   string
	Action  Link
	Request string // the id to tell the administrator; empty hides it
}
