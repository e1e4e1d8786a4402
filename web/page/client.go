package page

// Client is the record of a client: GET /clients/{id}.
type Client struct {
	Base
	ID         string
	Name       string
	Badges     []Badge
	Line       string // "Alimentos, Araguari"
	Phone      Tel
	MailURL    string
	VisitURL   string // GET /visits/new?client=
	EditURL    string // empty when the viewer may not
	MergeURL   string // GET /clients/{id}/merge
	HistoryURL string // GET /clients/{id}/history
	GroupURL   string // GET /clients/{id}/group
	// NameURL is the quick way from a placeholder to the client that it is.
	NameURL    string
	Stats      []Stat
	Beside     Link // how it stands among others of its sector and size
	Facts      []Fact
	Blank      []Fact // facts to be filled in
	People     []Person
	PersonURL  string // GET /clients/{id}/people/new
	PlaceURL   string // GET /clients/{id}/installations/new
	Places     []ClientInstallation
	PlacesMore *More
	Dates      []DateRow
	Documents  []DocumentRow
	FilesURL   string // GET /clients/{id}/documents
	FilesMore  *More
	Upload     DocumentUpload // Brief
	Promises   []Promise
	Composer   Composer
	Timeline   Timeline
}

// Top is the first line of the record.
func (c Client) Top() RecordTitle {
	return RecordTitle{Text: c.Text, Name: c.Name, Badges: c.Badges, Line: c.Line, Phone: c.Phone, MailURL: c.MailURL, VisitURL: c.VisitURL, EditURL: c.EditURL}
}

// Person is somebody who works at the client.
type Person struct {
	Name     string
	Initials string
	Role     string
	Phone    Tel
	MailURL  string
	Email    string
	Mine     bool // of the house
	Former   bool
	EditURL  string
	EditWord string
}

// PersonEdit is the form of a person: GET /clients/{id}/people/new and POST
// /clients/{id}/people, GET and POST /people/{id}.
type PersonEdit struct {
	Base
	URL      string
	BackURL  string
	Heading  string
	Version  string // field version: what was read; empty for a new one
	Form     PersonForm
	Roles    []Option
	Channels []Option
	Langs    []Option
	MergeURL string // GET /people/{id}/merge; empty when there is nobody to merge with
	// HistoryURL lists the edits (GET); empty for a new one.
	HistoryURL string
	LeftURL    string // POST: no longer works there; empty for a new or former one
	// ReturnURL is its opposite, for a former one.
	ReturnURL string
	Tied      []TiedPerson // the same human being at other clients
	Alike     []TiedPerson // somebody there with the same address
}

// TiedPerson is a person at another client.
type TiedPerson struct {
	Person Link
	Client Link
	URL    string // POST: ties or unties
}

// PersonForm holds the fields name, role, title, emails and phones (one a
// line), channel, hours, lang, consent_on and notes.
type PersonForm struct {
	Channel    Field
	Hours      Field
	PersonLang Field
	ConsentOn  Field
	Notes      Field
	Name       Field
	Role       Field
	Title      Field
	Emails     Field
	Phones     Field
}

// ClientInstallation is an installation and posto with its demand.
type ClientInstallation struct {
	Link  Link
	Posto string
	Util  *Util
	Strip Strip
	Note  string // "5 meses acima de 105 %"
	State State
}

// Promise is something that somebody will do.
type Promise struct {
	Label string
	Who   string
	Due   string
	State State
	URL   string
}

// Composer logs an activity from the client's page: POST
// /clients/{id}/activities. Fragment: client/composer.
type Composer struct {
	Text
	Log      LogForm
	VisitURL string
}

// LogForm is the quick log: fields kind, client, client_name, text, people,
// inbound, day, time, minutes. Two are required: client and text.
type LogForm struct {
	Text
	CSRF       string
	URL        string // POST
	FullURL    string // GET /activities/new, for more than a line
	ClientID   string
	ClientName string
	Fixed      bool // the client is given by the page
	Kind       Kind
	Kinds      []Kind
	Said       Field
	Client     Field // Error: which client?
	Person     Field // field people
	People     []Option
	Inbound    Flag // the client called or wrote
	Day        Field
	Time       Field
	Minutes    Field
	Back       string
	Error      string
}

// ClientEdit is the form of a client: GET and POST /clients/{id}/edit, and
// /clients/new.
type ClientEdit struct {
	Base
	URL     string
	BackURL string
	Name    string
	Version string // field version: what was read
	Form    ClientForm
	Sectors []Option
	Agents  []Option   // empty: the viewer may not hand it over
	Hint    *AgentHint // who is proposed; nil for a client that is there
	Tiers   []Option
	States  []Option

	Segments []Option
	StandIns []Option // empty: the viewer may not choose one
	// Alike are clients that may be the one that is being made; the form then
	// offers to make it anyway (field anyway).
	Alike []AlikeClient
	Asked string // the field that the cursor goes to
}

// At is a field of the form as it is drawn, by its name.
func (p ClientEdit) At(name string) FieldView {
	f := p.at(name)
	f.Focus = name == p.Asked
	return f
}

func (p ClientEdit) at(name string) FieldView {
	f := p.Form
	switch name {
	case "name":
		return p.Field(name, "page.client.name", f.Name).Req()
	case "legal_name":
		return p.Field(name, "page.client.legal", f.LegalName)
	case "tax_id":
		return p.Field(name, "page.client.taxid", f.TaxID).Help("page.client.taxid.hint")
	case "cnae":
		return p.Field(name, "page.client.cnae", f.CNAE).Help("page.client.cnae.hint")
	case "sector":
		return p.Field(name, "page.sector", f.Sector).Choose(p.Sectors)
	case "sector_since":
		return p.Field(name, "web.sector.since", f.SectorSince).As("date").Help("web.sector.since.hint")
	case "agent":
		return p.Field(name, "page.agent", f.Agent).Choose(p.Agents)
	case "tier":
		return p.Field(name, "page.client.tier", f.Tier).Choose(p.Tiers)
	case "status":
		return p.Field(name, "page.client.status", f.Status).Choose(p.States).Req()
	case "segment":
		return p.Field(name, "page.client.segment", f.Segment).Choose(p.Segments)
	case "tags":
		return p.Field(name, "page.client.tags", f.Tags).Help("page.client.tags.hint")
	case "stand_in":
		return p.Field(name, "page.client.standin", f.StandIn).Choose(p.StandIns).Help("page.client.standin.help")
	case "stand_in_from":
		return p.Field(name, "page.client.standin.from", f.StandInFrom).As("date")
	case "stand_in_until":
		return p.Field(name, "page.client.standin.until", f.StandInUntil).As("date")
	case "address":
		return p.Field(name, "page.client.address", f.Address)
	case "city":
		return p.Field(name, "page.client.city", f.City)
	case "phone":
		return p.Field(name, "page.client.phone", f.Phone).As("tel")
	case "emails":
		return p.Field(name, "page.client.emails", f.Emails).Area(2).Help("page.client.emails.hint")
	case "domains":
		return p.Field(name, "page.client.domains", f.Domains).Area(2).Help("page.client.domains.hint")
	case "notes":
		return p.Field(name, "page.client.notes", f.Notes).Area(3)
	}
	panic("page: no field " + name + " of a client")
}

// AlikeClient is a client that may be the same company.
type AlikeClient struct {
	Link Link
	Sub  string // "Uberlândia, Marina Couto"
}

// ClientForm holds the fields name, legal_name, tax_id, cnae, sector,
// sector_since, agent,
// tier, status, city, address, phone, emails, domains, notes, segment, tags,
// stand_in, stand_in_from, stand_in_until. Emails and domains are one a line,
// tags parted by commas.
type ClientForm struct {
	Segment      Field
	Tags         Field
	StandIn      Field
	StandInFrom  Field
	StandInUntil Field

	Name      Field
	LegalName Field
	TaxID     Field
	CNAE      Field
	Sector    Field
	// SectorSince is from when a sector holds that is chosen now.
	SectorSince Field
	Agent       Field
	Tier        Field
	Status      Field
	City        Field
	Address     Field
	Phone       Field
	Emails      Field
	Domains     Field
	Notes       Field
}
