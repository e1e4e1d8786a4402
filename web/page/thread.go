package page

// Thread is a conversation: GET /threads/{id}.
type Thread struct {
	Base
	Subject  string
	Count    string // "6 mensagens"
	Clients  []ThreadClient
	Privacy  string // who sees it
	Messages []Message
	People   []Person
	Why      []Why
	Files    []File
}

// ThreadClient is a client that the conversation is filed under.
type ThreadClient struct {
	Link Link
	Icon string
}

// Message is one mail, folded unless Open. The quoted text is folded in any case.
type Message struct {
	Text
	ID          string
	From        string
	Address     string
	Initials    string
	Mine        bool // sent by us
	To          string
	When        string
	ISO         string
	Preview     string
	Open        bool
	Lines       []string // paragraphs of the text
	Signed      []string // paragraphs of the signature
	Quoted      []string // paragraphs of what it answers
	HTMLURL     string   // GET /messages/{id}/html, shown sandboxed; empty shows Lines
	Height      int      // CSS pixels of the frame
	HeightPhone int      // the same on a phone
	Files       []File
	Notice      *Notice // not fetched yet, could not be parsed, gone from the server
}

// File is an attachment: GET /messages/{id}/parts/{n}.
type File struct {
	Name string
	Ext  string // "PDF"
	Size string
	Day  string
	URL  string
}

// Why says why a conversation stands under a client.
type Why struct {
	Client    string
	ClientID  string
	Reason    string
	Icon      string
	UnlinkURL string // POST /threads/{id}/unlink; empty when the viewer may not
}
