package page

// Base is what every page knows: who looks, in which language, and the frame
// around the content. A page without a user (sign-in, errors before sign-in)
// shows no sidebar.
type Base struct {
	Text
	Title   string // of the browser's tab and, where no crumb names it, of the top bar
	Shape   Shape  // of the grey bars while the next page loads
	User    *User
	Nav     []NavItem
	Crumbs  []Link // the way here, without the page itself
	Near    *Near
	CSRF    string
	Demo    *DemoBar
	Toast   *Toast
	Notice  *Notice // what went wrong, on top of the page
	Sync    *SyncLine
	Theme   string // "", "light" or "dark"
	Density string // "" (compact) or "comfortable"
	Quick   LogForm
	Path    string // of this page with its query: where a form comes back to
	At      int64  // when it was asked for, in milliseconds: news since then are new to it
}

// Shape names the skeleton of a page that is being loaded.
type Shape string

// The shapes that a page can have while it loads.
const (
	ShapeList   Shape = "list"
	ShapeRecord Shape = "record"
	ShapePanels Shape = "panels"
	ShapeForm   Shape = "form"
)

// User is who is signed in.
type User struct {
	Name     string
	Initials string
	Role     string // "agent", "manager" or "admin"
}

// NavItem is one entry of the sidebar.
type NavItem struct {
	URL     string
	Icon    string
	Label   string
	Count   string // what waits for the user, never a total; empty shows nothing
	Current bool
	Phone   bool // stands in the bar at the foot of a phone
}

// Place names an entry of the navigation.
type Place string

// The places of the navigation, in their order.
const (
	PlaceToday     Place = "today"
	PlaceClients   Place = "clients"
	PlaceCalendar  Place = "calendar"
	PlaceTriage    Place = "triage"
	PlaceMoney     Place = "money"
	PlaceReports   Place = "reports"
	PlaceImports   Place = "imports"
	PlaceMailboxes Place = "mailboxes"
	PlaceUsers     Place = "users"
)

// NavFacts is what the navigation depends on.
type NavFacts struct {
	Current  Place
	Triage   string // held mails that wait, empty when none does
	Imports  bool   // the viewer may import
	Mailbox  bool   // the viewer may have mailboxes
	Accounts bool   // the viewer may manage users
}

// MainNav makes the navigation in the viewer's language.
func MainNav(t Text, f NavFacts) []NavItem {
	item := func(p Place, url, icon string, phone bool) NavItem {
		return NavItem{URL: url, Icon: icon, Label: t.T("page.nav." + string(p)), Current: f.Current == p, Phone: phone}
	}
	nav := []NavItem{
		item(PlaceToday, "/", "today", true),
		item(PlaceClients, "/clients", "client", true),
		item(PlaceCalendar, "/calendar", "cal", false),
		item(PlaceTriage, "/triage", "inbox", true),
		item(PlaceMoney, "/money", "bolt", false),
		item(PlaceReports, "/reports", "chart", false),
	}
	nav[3].Count = f.Triage
	if f.Imports {
		nav = append(nav, item(PlaceImports, "/imports", "upload", false))
	}
	if f.Mailbox {
		nav = append(nav, item(PlaceMailboxes, "/mailboxes", "mail", false))
	}
	if f.Accounts {
		nav = append(nav, item(PlaceUsers, "/users", "user", false))
	}
	return nav
}

// Link is a text that leads somewhere; without a URL it is a text.
type Link struct {
	Label string
	URL   string
}

// Near leads to the record before and after this one in the list one came from.
type Near struct {
	Position string // "7 de 312"
	PrevURL  string
	NextURL  string
}

// DemoBar says that this is a demonstration. The button posts to URL.
type DemoBar struct {
	Sentence string // empty shows the catalogue's sentence
	URL      string // POST; empty shows no button
}

// Toast says what was done. Undo posts to UndoURL.
type Toast struct {
	Text
	Label   string
	Next    Link // the next step, when there is one
	UndoURL string
	CSRF    string
	Back    string // the page that a form without script returns to
}

// SyncLine is the one line about mail at the foot of the sidebar.
type SyncLine struct {
	Label string
	URL   string
	State State
}
