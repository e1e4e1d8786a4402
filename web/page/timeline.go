package page

// Kind is the kind of an entry of the timeline.
type Kind string

// The kinds, as the timeline's filter and the log's field kind send them.
const (
	KindCall     Kind = "call"
	KindMeeting  Kind = "meeting"
	KindMessage  Kind = "message"
	KindNote     Kind = "note"
	KindVisit    Kind = "visit"
	KindMail     Kind = "mail"
	KindRequest  Kind = "request"
	KindContract Kind = "contract"
	KindOverrun  Kind = "overrun"
)

// LogKinds are the kinds that the quick log offers.
var LogKinds = []Kind{KindCall, KindMeeting, KindMessage, KindNote}

// Icon answers the icon of the kind.
func (k Kind) Icon() string {
	switch k {
	case KindCall:
		return "phone"
	case KindMeeting:
		return "user"
	case KindMessage:
		return "chat"
	case KindVisit:
		return "pin"
	case KindMail:
		return "mail"
	case KindRequest:
		return "ticket"
	case KindContract:
		return "file"
	case KindOverrun:
		return "alert"
	}
	return "note"
}

// Key answers the catalogue key of the kind's word.
func (k Kind) Key() string { return "page.kind." + string(k) }

// Timeline is everything that happened with a client, newest first. Fragments:
// client/timeline (all of it), client/older (the next page).
type Timeline struct {
	Text
	ClientID string
	URL      string // the fragment with the filter in force: GET /clients/{id}/timeline?kind=
	CSRF     string
	Kinds    []Chip
	Planned  []Entry // soonest first
	Months   []Month
	Older    *More
	Empty    *Empty
	Fail     *Notice
	Swap     bool // out of band
}

// Month is a separator and its entries. A page that goes on with the month
// before it has no Label.
type Month struct {
	Label   string
	Entries []Entry
}

// Entry is one thing that happened: what (the kind, or Title), what was said,
// then its meta line.
type Entry struct {
	ID      string
	Kind    Kind
	State   State
	Title   string // bold instead of the kind's word: a mail's subject
	Rest    string // after the bold words: "de Helena Duarte, 12 min"
	Count   string // messages of a thread
	Said    string
	Hot     string // the figure that matters, coloured by State
	When    string
	ISO     string // RFC 3339, for machines
	Open    Link
	Files   []Link
	Why     string // why it stands here
	Marks   []Badge
	Nested  []Promise
	EditURL string
	DropURL string // POST /activities/{id}/delete
	Edited  string // "editada 19/11"
}
