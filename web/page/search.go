package page

// Search is the palette as a page, for a reader without script: GET /search.
type Search struct {
	Base
	Query   string
	Results SearchResults
}

// SearchResults are matches in groups. Fragments: search/results (the
// palette), search/pick (clients to choose from).
type SearchResults struct {
	Text
	Query  string
	Groups []SearchGroup
	None   bool // something was asked and nothing matched
}

// SearchGroup is matches of one kind, or the actions on the best match.
type SearchGroup struct {
	Label string
	Items []SearchItem
}

// SearchItem is one match.
type SearchItem struct {
	ID   string
	URL  string
	Icon string
	Name []Mark
	End  string
	Key  string // the key that does it
	Open string // "quick" opens the quick log for the client ID instead of URL
}

// Plain answers the name without marks.
func (s SearchItem) Plain() string {
	var name string
	for _, m := range s.Name {
		name += m.Label
	}
	return name
}

// Mark is a stretch of text; Hit is what was asked for.
type Mark struct {
	Label string
	Hit   bool
}
