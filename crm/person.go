package crm

import (
	"slices"
	"strings"
	"time"

	"cemigmas/crm/store"
	"cemigmas/crm/text"
)

// Person is somebody who works at a client.
type Person struct {
	ID      string   `json:"id"`
	Version int64    `json:"-"`
	Client  string   `json:"client"`
	Agent   string   `json:"agent,omitempty"` // copies of the client's, for scope
	Team    string   `json:"team,omitempty"`
	Acting  string   `json:"acting,omitempty"`
	Name    string   `json:"name"`
	Role    string   `json:"role,omitempty"`  // decision, technical, financial, legal, other
	Title   string   `json:"title,omitempty"` // job title in its own words
	Emails  []string `json:"emails,omitempty"`
	Phones  []string `json:"phones,omitempty"`
	Lang    string   `json:"lang,omitempty"`
	Notes   string   `json:"notes,omitempty"`
	Former  bool     `json:"former,omitempty"`
	Channel string   `json:"channel,omitempty"` // by which they like to be reached: one of PersonChannels
	Hours   string   `json:"hours,omitempty"`   // when, in their own words
	// ConsentOn is the civil date on which they agreed to publicity (REN 1.000
	// art. 374); "" is no.
	ConsentOn string `json:"consentOn,omitempty"`
	// MergedInto is the person that this one became a part of; it is in no list.
	MergedInto string    `json:"mergedInto,omitempty"`
	CreatedAt  time.Time `json:"createdAt"`
	UpdatedAt  time.Time `json:"updatedAt"`
}

// People is the table of persons.
var People = Table[Person]{
	In: &store.Collection{
		Name: "people",
		Fields: []store.Field{
			{Name: "client", Kind: store.String},
			{Name: "agent", Kind: store.String},
			{Name: "team", Kind: store.String},
			{Name: "acting", Kind: store.String},
			{Name: "name", Kind: store.String},
			{Name: "role", Kind: store.String},
			{Name: "status", Kind: store.String},
			{Name: "emails", Kind: store.Strings},
		},
		Indexes: []store.Index{
			{Fields: []string{"client", "name"}},
			{Fields: []string{"emails"}},
			{Fields: []string{"name"}},
			{Fields: []string{"team", "name"}},
			{Fields: []string{"agent", "name"}},
			{Fields: []string{"acting", "name"}, Sparse: true},
		},
		Search: true, SearchBy: []string{"agent", "team", "acting", "name"},
	},
	Derived: copied,
	ID:      func(p *Person) string { return p.ID },
	Ver:     func(p *Person) *int64 { return &p.Version },
	Keys: func(p *Person) store.Keys {
		if p.MergedInto != "" {
			return store.Keys{}
		}
		return store.Keys{
			"client": p.Client, "agent": p.Agent, "team": p.Team, "acting": p.Acting,
			"name": text.SortKey(p.Name), "role": p.Role, "status": p.status(), "emails": lower(p.Emails),
		}
	},
	Words: func(p *Person) []string {
		if p.MergedInto != "" {
			return nil
		}
		return text.Words(slices.Concat([]string{p.Name}, p.Emails, phoneWords(p.Phones...))...)
	},
}

// PersonStatuses say whether somebody works there still.
var PersonStatuses = []string{"active", "former"}

func (p *Person) status() string {
	if p.Former {
		return "former"
	}
	return "active"
}

func lower(in []string) []string {
	out := make([]string, 0, len(in))
	for _, s := range in {
		if s = strings.ToLower(strings.TrimSpace(s)); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// phoneWords are what telephone numbers are found by: with the country, with the
// area, and without.
func phoneWords(numbers ...string) (out []string) {
	for _, n := range numbers {
		n, _, _ = strings.Cut(n, ";") // an extension
		digits := text.Digits(n)
		out = append(out, digits)
		if national, ok := strings.CutPrefix(digits, "55"); ok && strings.HasPrefix(n, "+") && len(national) >= 10 {
			out = append(out, national, national[2:])
		}
	}
	return out
}
