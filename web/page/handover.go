package page

// Handover is what whoever takes over clients must know of them: GET /handover.
// It is made to be printed.
type Handover struct {
	Base
	Heading string
	Stats   []Stat
	Clients []HandoverClient
	Quiet   []Link // with nothing open
	Empty   *Empty
	More    *More
}

// HandoverClient is a client with what is open.
type HandoverClient struct {
	Client Link
	Sub    string
	Rows   []DateRow // Left says what each is
}
