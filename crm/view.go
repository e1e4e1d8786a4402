package crm

import (
	"time"

	"cemigmas/crm/store"
	"cemigmas/crm/text"
)

// View is a list as somebody likes to see it, under a name. It holds what is
// asked, never who may see what: a reader finds its own scope in it.
type View struct {
	ID      string `json:"id"`
	Version int64  `json:"-"`
	List    string `json:"list"` // one of ListNames
	Name    string `json:"name"`
	Owner   string `json:"owner"` // user id
	// Readers are who has it: "user:" and an id, "team:" and a team, or "all".
	Readers   string     `json:"readers"`
	State     ViewState  `json:"state"`
	GoneAt    *time.Time `json:"goneAt,omitempty"` // when it was deleted; it can be brought back for 30 days
	CreatedAt time.Time  `json:"createdAt"`
	UpdatedAt time.Time  `json:"updatedAt"`
}

// ViewState is what a list is asked for. What a list does not know any more is
// left out where it is shown.
type ViewState struct {
	Q       string            `json:"q,omitempty"`
	Sort    string            `json:"sort,omitempty"`
	Filters map[string]string `json:"filters,omitempty"`
	Columns []string          `json:"columns,omitempty"`
}

// Shared tells that others than its owner have it.
func (v *View) Shared() bool { return v.Readers != readerSelf(v.Owner) }

func readerSelf(user string) string { return "user:" + user }

// readersAll is every user of the house.
const readersAll = "all"

// Views is the table of views.
var Views = Table[View]{
	In: &store.Collection{
		Name: "views",
		Fields: []store.Field{
			{Name: "for", Kind: store.String}, // list|readers
			{Name: "name", Kind: store.String},
			{Name: "gone", Kind: store.Time},
		},
		Indexes: []store.Index{{Fields: []string{"for", "name"}}, {Fields: []string{"gone"}}},
	},
	ID:  func(v *View) string { return v.ID },
	Ver: func(v *View) *int64 { return &v.Version },
	Keys: func(v *View) store.Keys {
		if v.GoneAt != nil {
			return store.Keys{"gone": *v.GoneAt}
		}
		return store.Keys{"for": viewsFor(v.List, v.Readers), "name": text.SortKey(v.Name)}
	},
}

func viewsFor(list, readers string) string { return list + "|" + readers }
