package crm

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"cemigmas/crm/store"
)

// UndoArgs are the arguments of a JobUndo.
type UndoArgs struct {
	Batch string `json:"batch"`
	Of    string `json:"of,omitempty"` // kind of the job that did it; "" is an import
}

// Undone says what became of the edits of a batch.
type Undone struct {
	Undone  int       `json:"undone"`
	Refused []Refusal `json:"refused,omitempty"` // at most maxRefusals are named
	Kept    int       `json:"kept"`              // how many were refused
}

// Refusal is a document that keeps what a batch did to it, and why.
type Refusal struct {
	Of     string `json:"of"`
	Doc    string `json:"doc"`
	Client string `json:"client,omitempty"` // it belongs to; "" when the actor does not see it
	Name   string `json:"name,omitempty"`
	Reason Text   `json:"reason"`
}

const maxRefusals = 500

// UndoBatch takes back what a batch did, newest first: new documents go, edited
// ones get their former values. What was edited since, or has something of its
// own by now, is refused, one by one. It may be repeated after a crash: what is
// undone already is skipped. The batch's own user and admins may; a document
// that the actor does not see any more is refused.
func (s *Service) UndoBatch(ctx context.Context, a Actor, batch string, progress func(done, total int)) (Undone, error) {
	if batch == "" {
		return Undone{}, notFound()
	}
	u := &undoing{s: s, a: a, batch: batch, progress: progress, touched: map[string]bool{}}
	if progress != nil {
		var err error
		if u.total, err = s.countEdits(ctx, store.Is("batch", batch)); err != nil {
			return u.sum, err
		}
	}
	// Last comes first: what depends on another document goes before it.
	for _, t := range slices.Backward(tables) {
		if err := u.collection(ctx, t); err != nil {
			return u.sum, err
		}
	}
	if u.seen == 0 {
		return u.sum, notFound()
	}
	if u.tariffs {
		if err := s.RecomputeAll(ctx); err != nil {
			return u.sum, err
		}
	}
	delete(u.touched, "")
	for client := range u.touched { // one that went itself is in no walk over clients
		if err := s.Recompute(ctx, client); err != nil {
			return u.sum, err
		}
	}
	return u.sum, nil
}

// BatchWrote reports whether a batch wrote anything that an undo could take back:
// of one that failed nothing else tells.
func (s *Service) BatchWrote(ctx context.Context, batch string) (bool, error) {
	r, err := Revisions.First(ctx, s.store, store.Query{Where: []store.Cond{store.Is("batch", orNone(batch))}, Sort: []string{"of", "-number"}})
	return r != nil, err
}

// BatchCount is what a batch did to a collection: documents that it made, and
// edits of others.
type BatchCount struct{ Made, Changed int }

// BatchCounts counts what a batch wrote, by collection, however often it was
// stopped and taken up again. What was undone is counted too.
func (s *Service) BatchCounts(ctx context.Context, batch string) (map[string]BatchCount, error) {
	out := map[string]BatchCount{}
	for _, t := range tables {
		of := []store.Cond{store.Is("batch", orNone(batch)), store.Is("of", t.collection().Name)}
		all, err := s.countEdits(ctx, of...)
		if err != nil {
			return nil, err
		}
		if all == 0 {
			continue
		}
		made, err := s.countEdits(ctx, append(of, store.Is("number", int64(1)))...)
		if err != nil {
			return nil, err
		}
		out[t.collection().Name] = BatchCount{made, all - made}
	}
	return out, nil
}

// maxBatchEdits bounds a count of edits.
const maxBatchEdits = 10_000_000

func (s *Service) countEdits(ctx context.Context, where ...store.Cond) (int, error) {
	n, err := s.store.Count(ctx, store.Query{In: Revisions.In, Where: where}, maxBatchEdits)
	return n, wrapStore(err)
}

// undoing is one undo of a batch on its way.
type undoing struct {
	s       *Service
	a       Actor
	batch   string
	sum     Undone
	seen    int
	touched map[string]bool
	tariffs bool // those of everybody changed

	progress func(done, total int)
	total    int // edits of the batch
}

// collection undoes the batch's revisions of one collection, the newest version
// of each document first.
func (u *undoing) collection(ctx context.Context, t stored) error {
	q := store.Query{Where: []store.Cond{store.Is("batch", u.batch), store.Is("of", t.collection().Name)}, Sort: []string{"-number"}}
	for e, err := range Revisions.All(ctx, u.s.store, q) {
		if err != nil {
			return err
		}
		if e.By != u.a.UserID && u.a.Role != RoleAdmin {
			return notFound()
		}
		if e.Gone {
			u.seen++
			u.touched[e.Client] = true // a run that was broken off may have left what was derived
			continue
		}
		if err := u.one(ctx, t, &e); err != nil {
			return err
		}
		if u.seen++; u.progress != nil {
			u.progress(u.seen, u.total)
		}
	}
	return nil
}

func (u *undoing) refuse(e *Revision, d store.Doc, key string) {
	u.sum.Kept++
	if len(u.sum.Refused) < maxRefusals {
		r := Refusal{Of: e.Of, Doc: e.Doc, Name: nameIn(d.Body), Reason: Text{Key: key}}
		if len(d.Body) > 0 {
			r.Client = e.Client
		}
		u.sum.Refused = append(u.sum.Refused, r)
	}
}

func nameIn(body []byte) string {
	var v struct {
		Name  string `json:"name"`
		Month string `json:"month"`
	}
	_ = json.Unmarshal(body, &v) // a body without a name has none to show
	if v.Name == "" {
		return v.Month
	}
	return v.Name
}

// one undoes one edit. Another writer in between makes it look again.
func (u *undoing) one(ctx context.Context, t stored, e *Revision) error {
	for tries := 1; ; tries++ {
		d, err := u.s.store.Get(ctx, t.collection(), e.Doc)
		if store.IsNotFound(err) {
			return nil // it went already
		}
		if err != nil {
			return wrapStore(err)
		}
		err = u.back(ctx, t, e, d)
		if CodeOf(err) != CodeConflict || tries == maxTries {
			return err
		}
	}
}

func (u *undoing) back(ctx context.Context, t stored, e *Revision, d store.Doc) error {
	if !u.a.seesDoc(t.collection(), d.Keys) {
		u.refuse(e, store.Doc{}, "undo.gone")
		return nil
	}
	switch state, err := u.since(ctx, e, d.Version); {
	case err != nil:
		return err
	case state == edited:
		u.refuse(e, d, "undo.edited")
		return nil
	case state == undone:
		return nil
	}
	u.touched[e.Client] = true
	u.tariffs = u.tariffs || t.collection() == Tariffs.In
	if e.Made {
		return u.unmake(ctx, t, e, d)
	}
	return u.restore(ctx, t, e, d)
}

// What became of an edit since.
const (
	standing = iota // it is the last one, but for what this undo took back
	undone          // this undo took it back, in a run that was broken off
	edited          // somebody else changed the document
)

// since looks at the versions after an edit. Only the batch itself and its undo
// may have made them, and the undo takes edits back from the newest on: with as
// many taken back as were made, this one is next. What others did and took back
// left nothing.
func (u *undoing) since(ctx context.Context, e *Revision, now int64) (int, error) {
	left := map[string]int{} // edits of a batch that nobody took back
	for n := e.Version + 1; n <= now; n++ {
		next := Revision{Of: e.Of, Doc: e.Doc, Version: n}
		was, err := Revisions.Get(ctx, u.s.store, next.id())
		switch {
		case CodeOf(err) == CodeNotFound:
			return edited, nil
		case err != nil:
			return edited, err
		case was.Batch == "":
			return edited, nil
		}
		if of, undo := strings.CutPrefix(was.Batch, undoPrefix); undo {
			left[of]--
		} else {
			left[was.Batch]++
		}
	}
	own := left[u.batch]
	delete(left, u.batch)
	for _, n := range left {
		if n != 0 {
			return edited, nil
		}
	}
	switch {
	case own < 0:
		return undone, nil
	case own > 0:
		return edited, nil // a newer edit of the batch was refused
	}
	return standing, nil
}

// undoPrefix begins the batch of what an undo wrote.
const undoPrefix = "undo:"

func undoOf(batch string) string { return undoPrefix + batch }

// unmake deletes a document that the batch made, unless something depends on it
// by now.
func (u *undoing) unmake(ctx context.Context, t stored, e *Revision, d store.Doc) error {
	for _, dep := range dependents[t.collection()] {
		q := dep(e.Doc)
		q.Limit = 1
		page, err := u.s.store.Find(ctx, q)
		if err != nil {
			return wrapStore(err)
		}
		if len(page.Docs) > 0 {
			u.refuse(e, d, "undo.used")
			return nil
		}
	}
	changes := []store.Change{store.Delete{In: t.collection(), ID: e.Doc, Version: d.Version}}
	err := u.s.Apply(ctx, append(changes, u.bury(e, d.Version)...)...)
	if err == nil {
		u.sum.Undone++
	}
	return err
}

// bury moves the history of a document that goes out of the way: a reading that
// is imported again has the same id, and its first version is another one.
func (u *undoing) bury(e *Revision, last int64) (changes []store.Change) {
	for n := e.Version; n <= last; n++ {
		was := Revision{Of: e.Of, Doc: e.Doc, Version: n}
		changes = append(changes, store.Delete{In: Revisions.In, ID: was.id(), Version: -1})
	}
	gone := *e
	gone.ID, gone.Gone = e.id()+"~"+u.batch, true
	return append(changes, Revisions.InsertIfAbsent(&gone))
}

// dependents are queries for what keeps a document from being unmade.
var dependents = map[*store.Collection][]func(id string) store.Query{
	Clients.In: {
		of(People.In, "client", "name"), of(Installations.In, "client", "name"),
		of(Timeline.In, "client", "-planned", "-at"), of(MailLinks.In, "client", "-contact", "-at"), of(Documents.In, "client", "gone", "-at"),
	},
	Contracts.In:     {of(Documents.In, "contract", "gone", "-at")},
	Installations.In: {of(Contracts.In, "installation", "kind", "start"), of(Readings.In, "installation", "-month")},
}

func of(in *store.Collection, field string, sort ...string) func(string) store.Query {
	return func(id string) store.Query {
		return store.Query{In: in, Where: []store.Cond{store.Is(field, id)}, Sort: sort}
	}
}

// restore gives the members of an edit their former values.
func (u *undoing) restore(ctx context.Context, t stored, e *Revision, d store.Doc) error {
	body := members(d.Body)
	for _, f := range e.Fields {
		if f.From == nil {
			delete(body, f.Name)
		} else {
			body[f.Name] = f.From
		}
	}
	if err := u.scope(ctx, t, body); err != nil {
		return err
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	back, err := t.encodedAnew(store.Doc{ID: d.ID, Version: d.Version, Body: raw})
	if err != nil {
		return err
	}
	by := editor{by: u.a.UserID, batch: undoOf(u.batch), at: u.s.Now()}
	note := Revision{Of: e.Of, Doc: e.Doc, Version: d.Version + 1, Client: e.Client, By: by.by, At: by.at, Batch: by.batch}
	note.ID = note.id()
	for _, f := range e.Fields {
		note.Fields = append(note.Fields, RevisedField{f.Name, f.To, f.From})
	}
	if err := u.s.Apply(ctx, store.Put{In: t.collection(), Doc: back}, Revisions.InsertIfAbsent(&note)); err != nil {
		return err
	}
	u.sum.Undone++
	return u.follow(ctx, t, e, back)
}

// scope gives a document of a client the keepers that the client has now, and a
// client itself who stands in by the dates that it has again.
func (u *undoing) scope(ctx context.Context, t stored, body map[string]json.RawMessage) error {
	in := t.collection()
	if in == Clients.In {
		return u.acting(body)
	}
	if _, copies := in.Field("agent"); !copies {
		return nil
	}
	var client string
	if err := json.Unmarshal(body["client"], &client); err != nil {
		return err
	}
	_, scope, err := u.s.store.Peek(ctx, Clients.In, client, copied...)
	if err != nil {
		return wrapStore(err)
	}
	for n, name := range copied {
		v, _ := scope[n].(string)
		setString(body, name, v)
	}
	return nil
}

func (u *undoing) acting(body map[string]json.RawMessage) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	c, err := Clients.Decode(store.Doc{Body: raw})
	if err == nil {
		setString(body, "acting", c.actingOn(u.s.Today()))
	}
	return err
}

// setString sets a member; "" removes it.
func setString(body map[string]json.RawMessage, name, v string) {
	if delete(body, name); v != "" {
		body[name] = jsonString(v)
	}
}

// follow gives what belongs to a document the scope that it has again.
func (u *undoing) follow(ctx context.Context, t stored, e *Revision, d store.Doc) error {
	moved := func(names ...string) bool {
		return slices.ContainsFunc(e.Fields, func(f RevisedField) bool { return slices.Contains(names, f.Name) })
	}
	str := func(name string) string { v, _ := d.Keys[name].(string); return v }
	switch {
	case t.collection() == Clients.In && moved("agent", "team", "standIn", "standInFrom", "standInUntil"):
		return u.s.settleClient(ctx, d.ID)
	case t.collection() == Installations.In && moved("client"):
		u.touched[str("client")] = true
		return u.s.moveInstallation(ctx, d.ID, &Client{ID: str("client"), Agent: str("agent"), Team: str("team"), Acting: str("acting")})
	}
	return nil
}

// seesDoc reports whether an actor sees a document by its scope fields; one
// without them is everybody's and changed by managers and admins.
func (a Actor) seesDoc(in *store.Collection, keys store.Keys) bool {
	if _, scoped := in.Field("agent"); !scoped {
		return a.Role == RoleAdmin || a.Role == RoleManager
	}
	return a.sees(keptIn(keys))
}
