package page

// Serving says who serves whom, and which clients do not fit: GET and POST
// /serving.
type Serving struct {
	Base
	Rules    []ServingRule // for who may change them
	Facts    []Fact        // for who may not
	May      bool          // the viewer may change the rules
	Version  string
	Misfits  []MisfitRow
	More     *More
	BulkURL  string // POST with fields id: what is to be done with the chosen
	UsersURL string
}

// ServingRule is the rule of a segment: fields channel.SEGMENT and kind.SEGMENT.
type ServingRule struct {
	Segment string
	Channel FieldView
	Kind    FieldView
}

// MisfitRow is a client whose sector is none of its agent's.
type MisfitRow struct {
	ID     string
	Client Link
	Sector string
	Agent  string // and the sectors that it serves
	Better string // who would fit, and why; empty when nobody does
}

// AgentHint proposes who serves a client that is being made, beside the field
// agent: GET /serving/agents.
type AgentHint struct {
	Text
	Lines []string // the first is who is proposed
}
