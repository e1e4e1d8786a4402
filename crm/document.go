package crm

import (
	"path"
	"strings"
	"time"

	"cemigmas/crm/store"
	"cemigmas/crm/text"
)

// MaxDocument is the largest document of a client in bytes; GoneDays is how long
// a deleted one can be brought back.
const MaxDocument, GoneDays = 50 << 20, 30

// DocumentKinds in the order in which they are offered; "" is DocumentOther.
var DocumentKinds = []string{"contract", "amendment", "letter", "bill", "technical", "picture", DocumentOther}

// DocumentOther is the kind of what has no other.
const DocumentOther = "other"

// Document is a file that is kept with a client, or with an amendment of one of
// its contracts. Its bytes are a blob.
type Document struct {
	ID      string `json:"id"`
	Version int64  `json:"-"`
	Client  string `json:"client"`
	Agent   string `json:"agent,omitempty"` // copies of the client's, for scope
	Team    string `json:"team,omitempty"`
	Acting  string `json:"acting,omitempty"`
	Name    string `json:"name"` // of the file, with its ending
	Kind    string `json:"kind"` // one of DocumentKinds
	Notes   string `json:"notes,omitempty"`
	Blob    string `json:"blob"` // see BlobsOf
	Size    int64  `json:"size"` // bytes
	// Contract and Amendment are set together.
	Contract  string `json:"contract,omitempty"`
	Amendment string `json:"amendment,omitempty"`
	By        string `json:"by"` // user id
	// GoneAt hides a document; it can be brought back for GoneDays.
	GoneAt    *time.Time `json:"goneAt,omitempty"`
	CreatedAt time.Time  `json:"createdAt"`
	UpdatedAt time.Time  `json:"updatedAt"`
}

// Documents is the table of documents.
var Documents = Table[Document]{
	In: &store.Collection{
		Name: "documents",
		Fields: []store.Field{
			{Name: "client", Kind: store.String},
			{Name: "agent", Kind: store.String},
			{Name: "team", Kind: store.String},
			{Name: "acting", Kind: store.String},
			{Name: "contract", Kind: store.String},
			{Name: "gone", Kind: store.Bool},
			{Name: "goneAt", Kind: store.Time},
			{Name: "at", Kind: store.Time},
		},
		Indexes: []store.Index{
			{Fields: []string{"client", "gone", "-at"}},
			{Fields: []string{"contract", "gone", "-at"}},
			{Fields: []string{"goneAt"}},
		},
	},
	Derived: copied,
	ID:      func(d *Document) string { return d.ID },
	Ver:     func(d *Document) *int64 { return &d.Version },
	Keys: func(d *Document) store.Keys {
		k := store.Keys{"client": d.Client, "agent": d.Agent, "team": d.Team, "acting": d.Acting, "contract": d.Contract, "gone": d.GoneAt != nil, "at": d.CreatedAt}
		if d.GoneAt != nil {
			k["goneAt"] = *d.GoneAt
		}
		return k
	},
}

// maxFileName bounds a document's name in letters.
const maxFileName = 200

// fileName is the name of a file without folders of any system, control
// characters and what is too long; its ending stays.
func fileName(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || 0x202a <= r && r <= 0x202e || 0x2066 <= r && r <= 0x2069 {
			return -1 // marks of direction would hide the ending
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.TrimSpace(s[strings.LastIndexAny(s, `/\`)+1:])
	if s == "." || s == ".." {
		return ""
	}
	if ext := path.Ext(s); len([]rune(s)) > maxFileName && len(ext) < 20 {
		return text.Clip(strings.TrimSuffix(s, ext), maxFileName-len([]rune(ext))) + ext
	}
	return text.Clip(s, maxFileName)
}
