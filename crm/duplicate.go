package crm

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"cemigmas/crm/ident"
	"cemigmas/crm/store"
)

// Pair is two clients that may be one. It is found when a client is made or
// edited, after each import and each night; a page only reads it.
type Pair struct {
	ID      string `json:"id"` // both ids, the lower first
	Version int64  `json:"-"`
	A       string `json:"a"`
	B       string `json:"b"`
	Why     string `json:"why"` // AlikeName, AlikeEmail, AlikeCNPJ
	// Who sees both clients: the agent and the team that they share, and who
	// serves both today without being the agent of both.
	Agent  string    `json:"agent,omitempty"`
	Team   string    `json:"team,omitempty"`
	Acting []string  `json:"acting,omitempty"`
	At     time.Time `json:"at"`
	// Apart says that somebody looked: they are two.
	Apart bool   `json:"apart,omitempty"`
	By    string `json:"by,omitempty"`
}

// Pairs is the table of possible duplicates.
var Pairs = Table[Pair]{
	In: &store.Collection{
		Name: "pairs",
		Fields: []store.Field{
			{Name: "clients", Kind: store.Strings},
			{Name: "agent", Kind: store.String},
			{Name: "team", Kind: store.String},
			{Name: "acting", Kind: store.Strings}, // two, where each agent stands in for the other
			{Name: "open", Kind: store.Bool},      // set only while nobody decided
			{Name: "at", Kind: store.Time},
		},
		Indexes: append([]store.Index{{Fields: []string{"clients"}}, {Fields: []string{"acting", "open", "-at"}}}, owned([][]string{{"open", "-at"}})...),
	},
	ID:  func(p *Pair) string { return p.ID },
	Ver: func(p *Pair) *int64 { return &p.Version },
	Keys: func(p *Pair) store.Keys {
		k := store.Keys{"clients": []string{p.A, p.B}, "agent": p.Agent, "team": p.Team, "acting": p.Acting, "at": p.At}
		if !p.Apart {
			k["open"] = true
		}
		return k
	},
}

// keep says who sees both clients.
func (p *Pair) keep(a, b kept) {
	p.Agent, p.Team, p.Acting = "", "", nil
	if a.agent == b.agent {
		p.Agent = a.agent
	}
	if a.team == b.team {
		p.Team = a.team
	}
	for _, who := range []string{a.agent, a.acting} {
		if who != "" && who != p.Agent && (who == b.agent || who == b.acting) {
			p.Acting = append(p.Acting, who)
		}
	}
}

func (p *Pair) sameKeepers(o *Pair) bool {
	return p.Agent == o.Agent && p.Team == o.Team && slices.Equal(p.Acting, o.Acting)
}

func pairID(a, b string) string { return min(a, b) + "|" + max(a, b) }

// PairView is a pair with its clients.
type PairView struct {
	Pair
	First, Second Client
}

// ListPairs lists the possible duplicates in the actor's scope that nobody has
// decided on, newest first.
func (s *Service) ListPairs(ctx context.Context, a Actor, limit int, after string) ([]PairView, string, error) {
	list, next, err := Pairs.Find(ctx, s.store, store.Query{Where: append(a.scope(), store.Is("open", true)), Sort: []string{"-at"},
		Limit: limitOf(limit, 50), After: after})
	if err != nil {
		return nil, "", err
	}
	var ids []string
	for _, p := range list {
		ids = append(ids, p.A, p.B)
	}
	clients, err := Clients.GetMany(ctx, s.store, ids)
	if err != nil {
		return nil, "", err
	}
	var out []PairView
	for _, p := range list {
		// A client may have gone to another agent since the pair was found.
		x, y := clients[p.A], clients[p.B]
		if x.ID != "" && y.ID != "" && x.MergedInto == "" && y.MergedInto == "" && a.sees(x.kept()) && a.sees(y.kept()) {
			out = append(out, PairView{p, x, y})
		}
	}
	return out, next, nil
}

// SetApart remembers that two clients are not one, or forgets it again.
func (s *Service) SetApart(ctx context.Context, a Actor, id string, apart bool) error {
	p, err := Pairs.Get(ctx, s.store, id)
	if err != nil {
		return err
	}
	for _, c := range []string{p.A, p.B} {
		if err := s.mayClient(ctx, a, c); err != nil {
			return err
		}
	}
	p.Apart, p.By = apart, a.UserID
	return s.Apply(ctx, Pairs.Put(&p))
}

// pairUp finds the doubles of one client anew, after it was made or edited.
func (s *Service) pairUp(ctx context.Context, id string) error {
	c, err := Clients.Get(ctx, s.store, id)
	if err != nil {
		return err
	}
	found := map[string]Pair{}
	if c.MergedInto == "" {
		list, err := s.alikeOf(ctx, SystemActor(), &c)
		if err != nil {
			return err
		}
		for _, o := range list {
			s.note(found, &c, &o, whyAlike(&c, &o))
		}
	}
	have, _, err := Pairs.Find(ctx, s.store, store.Query{Where: []store.Cond{store.Is("clients", id)}, Limit: MaxListLimit})
	if err != nil {
		return err
	}
	if c.MergedInto == "" {
		// What only the whole walk finds is not looked for here.
		have = slices.DeleteFunc(have, func(p Pair) bool { _, again := found[p.ID]; return p.Why != AlikeName && !again })
	}
	return s.keepPairs(ctx, have, found)
}

// note adds a pair; why "" adds none.
func (s *Service) note(found map[string]Pair, a, b *Client, why string) {
	if why == "" || a.ID == b.ID {
		return
	}
	p := Pair{ID: pairID(a.ID, b.ID), A: min(a.ID, b.ID), B: max(a.ID, b.ID), Why: why, At: s.Now()}
	lower, higher := a, b
	if a.ID > b.ID {
		lower, higher = b, a
	}
	p.keep(lower.kept(), higher.kept())
	if was, ok := found[p.ID]; !ok || was.Why != AlikeCNPJ {
		found[p.ID] = p
	}
}

// keepPairs writes the difference between the pairs that are stored and those
// that were found. What was decided stays decided.
func (s *Service) keepPairs(ctx context.Context, have []Pair, found map[string]Pair) error {
	var changes []store.Change
	for _, was := range have {
		is, again := found[was.ID]
		delete(found, was.ID)
		switch {
		case !again && !was.Apart:
			changes = append(changes, store.Delete{In: Pairs.In, ID: was.ID, Version: -1})
		case again && (!is.sameKeepers(&was) || is.Why != was.Why):
			was.Agent, was.Team, was.Acting, was.Why = is.Agent, is.Team, is.Acting, is.Why
			changes = append(changes, Pairs.Put(&was))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(found)) {
		p := found[id]
		changes = append(changes, Pairs.InsertIfAbsent(&p))
	}
	for part := range slices.Chunk(changes, chunk) {
		// Whoever decided in this moment is right: the next pass looks again.
		if err := s.Apply(ctx, part...); err != nil && CodeOf(err) != CodeConflict {
			return err
		}
	}
	return nil
}

// settlePairs says anew who sees the pairs of a client that gets other keepers.
// Where both clients of a pair change at once, the one that comes second reads
// what the first left, or meets its version and begins anew.
func (s *Service) settlePairs(ctx context.Context, client string, to kept) error {
	for tries := 1; ; tries++ {
		err := s.settlePairsOnce(ctx, client, to)
		if CodeOf(err) != CodeConflict || tries == maxTries {
			return err
		}
	}
}

func (s *Service) settlePairsOnce(ctx context.Context, client string, to kept) error {
	for p, err := range Pairs.All(ctx, s.store, store.Query{Where: []store.Cond{store.Is("clients", client)}}) {
		if err != nil {
			return err
		}
		is := p
		clients, err := Clients.GetMany(ctx, s.store, []string{p.A, p.B})
		if err != nil {
			return err
		}
		of := map[string]kept{client: to}
		for id, c := range clients {
			if id != client {
				of[id] = c.kept()
			}
		}
		if is.keep(of[p.A], of[p.B]); is.sameKeepers(&p) {
			continue
		}
		if err := s.Apply(ctx, Pairs.Put(&is)); err != nil && CodeOf(err) != CodeNotFound {
			return err
		}
	}
	return nil
}

// maxBucket is how many clients may share a key: one that more have says
// nothing. maxShared is the same for people with one address, who may be an
// accountant of them all.
const maxBucket, maxShared = 40, 4

// FindPairs looks for duplicates among all clients, in one walk over clients,
// people and installations.
func (s *Service) FindPairs(ctx context.Context) error {
	w := &pairing{s: s, keys: map[string][]string{}, roots: map[string]string{}, found: map[string]Pair{}}
	for _, step := range []func(context.Context) error{w.clients, w.people, w.installations, w.compare} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	var have []Pair
	for p, err := range Pairs.All(ctx, s.store, store.Query{}) {
		if err != nil {
			return err
		}
		have = append(have, p)
	}
	return s.keepPairs(ctx, have, w.found)
}

// pairing is one look for duplicates on its way.
type pairing struct {
	s      *Service
	keys   map[string][]string // client ids by key
	roots  map[string]string   // client id by CNPJ root
	across [][2]string         // client that has an installation with the CNPJ of the other
	found  map[string]Pair
}

func (w *pairing) add(key, client string) {
	if list := w.keys[key]; len(list) <= maxBucket && !slices.Contains(list, client) {
		w.keys[key] = append(list, client)
	}
}

func (w *pairing) clients(ctx context.Context) error {
	for c, err := range Clients.All(ctx, w.s.store, store.Query{}) {
		if err != nil {
			return err
		}
		if c.MergedInto != "" {
			continue
		}
		for _, k := range c.alike() {
			w.add(k, c.ID)
		}
		for _, m := range c.Emails {
			w.add("m:"+m, c.ID)
		}
		if c.TaxKind == TaxCNPJ {
			w.roots[c.TaxID] = c.ID
		}
	}
	return nil
}

func (w *pairing) people(ctx context.Context) error {
	for p, err := range People.All(ctx, w.s.store, store.Query{}) {
		if err != nil {
			return err
		}
		if p.Former || p.MergedInto != "" {
			continue
		}
		for _, m := range lower(p.Emails) {
			w.add("m:"+m, p.Client)
		}
	}
	return nil
}

func (w *pairing) installations(ctx context.Context) error {
	for i, err := range Installations.All(ctx, w.s.store, store.Query{}) {
		if err != nil {
			return err
		}
		if owner := w.roots[ident.CNPJ(i.CNPJ).Root()]; owner != "" && owner != i.Client {
			w.across = append(w.across, [2]string{owner, i.Client})
		}
	}
	return nil
}

// compare looks closely at what shares a key.
func (w *pairing) compare(ctx context.Context) error {
	for key, ids := range w.keys {
		mail := strings.HasPrefix(key, "m:")
		if len(ids) < 2 || len(ids) > maxBucket || mail && len(ids) > maxShared {
			continue
		}
		clients, err := Clients.GetMany(ctx, w.s.store, ids)
		if err != nil {
			return err
		}
		for n, x := range ids {
			for _, y := range ids[n+1:] {
				a, b := clients[x], clients[y]
				why := whyAlike(&a, &b)
				if mail {
					why = AlikeEmail
				}
				w.s.note(w.found, &a, &b, why)
			}
		}
	}
	for _, pair := range w.across {
		clients, err := Clients.GetMany(ctx, w.s.store, pair[:])
		if err != nil {
			return err
		}
		a, b := clients[pair[0]], clients[pair[1]]
		if a.ID != "" && b.ID != "" && b.MergedInto == "" {
			w.s.note(w.found, &a, &b, AlikeCNPJ)
		}
	}
	return nil
}
