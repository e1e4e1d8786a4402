package crm

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"cemigmas/crm/ident"
	"cemigmas/crm/store"
	"cemigmas/crm/text"
)

// ClientQuery asks for a list of clients within the actor's scope.
type ClientQuery struct {
	Q       string // words, or a number with or without punctuation
	Sector  string
	Agent   string // user id
	Status  string // one of ClientStatuses
	Tier    string // one of ClientTiers
	Segment string // one of ClientSegments
	Market  string // one of ClientMarkets
	City    string // whatever its accents and case, like Tag
	Tag     string
	Sort    string // one of ClientSorts; "" is name
	Limit   int    // 1..200; 0 is 50
	After   string
}

// ClientMarkets are those of a client's installations together.
var ClientMarkets = []string{MarketCaptive, MarketFree, MarketMixed}

// ClientSorts maps the sorts of the API to declared fields. lastContact begins
// with those that nobody ever spoke with, then the longest ago.
var ClientSorts = map[string]string{
	"name": "name", "lastContact": "lastContactAt", "contracted": "-contractedW", "worst": "-worst",
	"notice": "notice", "next": "nextAt",
}

// RawPage is a page of documents in the form in which they are stored and
// served.
type RawPage struct {
	Items json.RawMessage `json:"items"` // an array
	Next  string          `json:"next,omitempty"`
}

// MaxListLimit is the largest page that the API serves.
const MaxListLimit = 200

func limitOf(n, fallback int) int {
	if n <= 0 {
		return fallback
	}
	return min(n, MaxListLimit)
}

func (q ClientQuery) where(a Actor) []store.Cond {
	where := append([]store.Cond{}, a.scope()...)
	if len(where) == 0 {
		where = append(where, store.Has("name")) // merged clients have no fields at all
	}
	// An agent's scope is its own portfolio; another's has nothing in it to find.
	if q.Agent != "" && (a.Role != RoleAgent || a.StandsIn || q.Agent != a.UserID) {
		where = append(where, store.Is("agent", q.Agent))
	}
	return where
}

// query refuses what is no choice: a filter that is silently ignored, or
// matches nothing, looks like an answer.
func (q ClientQuery) query(ctx context.Context, s *Service, a Actor) (store.Query, error) {
	bad := problems{}
	sectors, err := s.SectorTable(ctx)
	if err != nil {
		return store.Query{}, err
	}
	sort, known := ClientSorts[q.Sort]
	if q.Sort == "" {
		sort, known = ClientSorts["name"], true
	}
	if !known {
		bad.add("sort", "error.field.choice")
	}
	if q.Sector != "" && !sectors.Has(q.Sector) {
		bad.add("sector", "error.field.choice")
	}
	out := store.Query{
		In: Clients.In, Where: q.where(a), Words: text.QueryWords(q.Q), Sort: []string{sort},
		After: q.After, Limit: limitOf(q.Limit, 50),
	}
	if q.Sector != "" {
		out.Where = append(out.Where, store.Is("sector", q.Sector))
	}
	listFilter{name: "status", values: ClientStatuses}.ask(&out, q.Status, bad)
	listFilter{name: "tier", values: ClientTiers}.ask(&out, q.Tier, bad)
	listFilter{name: "segment", values: ClientSegments}.ask(&out, q.Segment, bad)
	listFilter{name: "market", values: ClientMarkets}.ask(&out, q.Market, bad)
	listFilter{name: "city"}.ask(&out, q.City, bad)
	listFilter{name: "tag", field: "tags"}.ask(&out, q.Tag, bad)
	return out, bad.err()
}

// ClientRows lists clients as they are stored, for the API.
func (s *Service) ClientRows(ctx context.Context, a Actor, q ClientQuery) (RawPage, error) {
	sq, err := q.query(ctx, s, a)
	if err != nil {
		return RawPage{}, err
	}
	page, err := s.rawPage(ctx, sq)
	if err != nil {
		return RawPage{}, err
	}
	return RawPage{Items: masked(page.Rows), Next: page.Next}, nil
}

var (
	// It begins with a letter that is rare in JSON: quotes are everywhere, and
	// the search stops at each.
	cpfMark  = []byte(`Kind":"cpf"`)
	taxIDKey = []byte(`"taxId":"`)
)

// masked masks CPFs, which are personal data, wherever clients are listed, in
// the stored bytes; all else goes out as it is.
func masked(rows store.Rows) []byte {
	if !bytes.Contains(rows.JSON, cpfMark) {
		return array(rows)
	}
	out := make([]byte, 0, len(rows.JSON)+8*len(rows.Ends))
	next := byte('[')
	for row := range rows.All() {
		out = appendMasked(append(out, next), row)
		next = ','
	}
	return append(out, ']')
}

func appendMasked(out, row []byte) []byte {
	if !bytes.Contains(row, cpfMark) {
		return append(out, row...)
	}
	at := bytes.Index(row, taxIDKey) + len(taxIDKey)
	end := at + max(0, bytes.IndexByte(row[at:], '"'))
	if at < len(taxIDKey) {
		return append(out, row...) // a rural holder whose number is not known
	}
	out = append(append(out, row[:at]...), ident.CPF(row[at:end]).Mask()...)
	return append(out, row[end:]...)
}

// ClientList lists clients for a page.
func (s *Service) ClientList(ctx context.Context, a Actor, q ClientQuery) ([]Client, string, error) {
	sq, err := q.query(ctx, s, a)
	if err != nil {
		return nil, "", err
	}
	list, next, err := Clients.Find(ctx, s.store, sq)
	for i := range list {
		if list[i].TaxKind == TaxCPF {
			list[i].TaxID = ident.CPF(list[i].TaxID).Mask()
		}
	}
	return list, next, err
}

// CountClients counts at most limit matches of a list.
func (s *Service) CountClients(ctx context.Context, a Actor, q ClientQuery, limit int) (int, error) {
	sq, err := q.query(ctx, s, a)
	if err != nil {
		return 0, err
	}
	sq.After = ""
	n, err := s.store.Count(ctx, sq, limit)
	return n, wrapStore(err)
}

// maxMerges bounds how many merges a former id is followed through.
const maxMerges = 20

// client reads a client that the actor sees; CodeNotFound alike when it is not
// there and when it is another's. The id of a merged client leads to the one
// that it became a part of.
func (s *Service) client(ctx context.Context, a Actor, id string) (Client, error) {
	c, err := Clients.Get(ctx, s.store, id)
	for hops := 0; err == nil && c.MergedInto != "" && hops < maxMerges; hops++ {
		c, err = Clients.Get(ctx, s.store, c.MergedInto)
	}
	if err != nil {
		return Client{}, err
	}
	if !a.sees(c.kept()) {
		return Client{}, notFound()
	}
	return c, nil
}

// Client reads one client.
func (s *Service) Client(ctx context.Context, a Actor, id string) (Client, error) {
	return s.client(ctx, a, id)
}

// mayClient is client without decoding the document: the check in front of
// every list of what belongs to a client.
func (s *Service) mayClient(ctx context.Context, a Actor, id string) error {
	_, scope, err := s.store.Peek(ctx, Clients.In, id, "agent", "team", "acting")
	if err != nil {
		return wrapStore(err)
	}
	var k kept
	k.agent, _ = scope[0].(string)
	k.team, _ = scope[1].(string)
	k.acting, _ = scope[2].(string)
	if !a.sees(k) {
		return notFound()
	}
	return nil
}

// Hit is one match of the search that every page has.
type Hit struct {
	Kind   string `json:"kind"` // client, person, installation
	ID     string `json:"id"`
	Client string `json:"client"`
	Name   string `json:"name"`
	Detail string `json:"detail,omitempty"`
}

// Search finds clients, people and installations by words and numbers.
func (s *Service) Search(ctx context.Context, a Actor, q string, limit int) ([]Hit, error) {
	words := text.QueryWords(q)
	if len(words) == 0 {
		return nil, nil
	}
	var hits []Hit
	clients, _, err := s.ClientList(ctx, a, ClientQuery{Q: q, Limit: limit})
	if err != nil {
		return nil, err
	}
	for _, c := range clients {
		hits = append(hits, Hit{Kind: "client", ID: c.ID, Client: c.ID, Name: c.Name, Detail: c.City})
	}
	by := store.Query{Where: a.scope(), Words: words, Sort: []string{"name"}, Limit: limit}
	insts, _, err := Installations.FindWithout(ctx, s.store, by, "strip", "year", "flags", "saving")
	if err != nil {
		return nil, err
	}
	for _, i := range insts {
		hits = append(hits, Hit{Kind: "installation", ID: i.ID, Client: i.Client, Name: i.Name, Detail: ucOf(i)})
	}
	people, _, err := People.Find(ctx, s.store, by)
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		hits = append(hits, Hit{Kind: "person", ID: p.ID, Client: p.Client, Name: p.Name, Detail: strings.Join(p.Emails, ", ")})
	}
	return hits, nil
}

func ucOf(i Installation) string {
	if i.UC != "" {
		return i.UC
	}
	return i.FormerUC
}

// Team lists the agents whose clients the actor may see, for choosing one.
func (s *Service) Team(ctx context.Context, a Actor) ([]User, error) {
	q := store.Query{Sort: []string{"name"}, Limit: MaxListLimit}
	switch a.Role {
	case RoleAgent:
		u, err := Users.Get(ctx, s.store, a.UserID)
		return []User{hideUser(u)}, err
	case RoleManager:
		q.Where = []store.Cond{store.Is("team", orNone(a.Team))}
	}
	users, _, err := Users.Find(ctx, s.store, q)
	out := users[:0]
	for _, u := range users {
		if u.Role == RoleAgent || a.Role == RoleAdmin {
			out = append(out, hideUser(u))
		}
	}
	return out, err
}

// hideUser drops what no page may show.
func hideUser(u User) User {
	u.Password, u.Link, u.Feed, u.Ended = "", "", "", nil
	return u
}
