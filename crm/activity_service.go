package crm

import (
	"context"
	"slices"
	"strings"
	"time"

	"cemigmas/crm/store"
	"cemigmas/crm/text"
)

// ActivityInput is what the quick log asks for: the kind and one line are
// enough.
type ActivityInput struct {
	Kind    string     `json:"kind"`
	Text    string     `json:"text"`
	At      *time.Time `json:"at,omitempty"` // now when absent; may lie back
	People  []string   `json:"people,omitempty"`
	Inbound bool       `json:"inbound,omitempty"`
	Minutes int64      `json:"minutes,omitempty"`
	// Visit plans a visit (State planned) or reports one at once (done).
	Visit *Visit `json:"visit,omitempty"`
}

// LogKinds are the kinds that the quick log offers.
var LogKinds = []string{KindCall, KindMeeting, KindMessage, KindNote}

// maxActivityText bounds what is said of one activity, in bytes; a document
// may not be over a megabyte with all its earlier wordings.
const maxActivityText = 20_000

// LogActivity records what happened with a client, or plans a visit.
func (s *Service) LogActivity(ctx context.Context, a Actor, clientID string, in ActivityInput) (Activity, error) {
	c, err := s.client(ctx, a, clientID)
	if err != nil {
		return Activity{}, err
	}
	now := s.Now()
	id, keyed := s.idFor(ctx, a, "activity")
	if keyed {
		if was, err := Activities.Get(ctx, s.store, id); err == nil && was.Client == c.ID {
			return was, nil
		}
	}
	act := Activity{ID: id, Client: c.ID, Agent: c.Agent, Team: c.Team, Acting: c.Acting, By: a.UserID, At: now, CreatedAt: now}
	names, err := s.fillActivity(ctx, &act, in)
	if err != nil {
		return Activity{}, err
	}
	act.UpdatedAt = now
	err = s.saveActivity(ctx, c, &act, names)
	if keyed && CodeOf(err) == CodeConflict { // the same request, sent twice at once
		return Activities.Get(ctx, s.store, id)
	}
	return act, err
}

// fillActivity validates the input into the activity and returns the names of
// the people in it.
func (s *Service) fillActivity(ctx context.Context, act *Activity, in ActivityInput) ([]string, error) {
	bad := problems{}
	in.Text = strings.TrimSpace(in.Text)
	if in.Kind == KindVisit {
		checkVisit(in.Visit, bad)
	} else {
		if !slices.Contains(LogKinds, in.Kind) {
			bad.add("kind", "error.field.choice")
		}
		bad.need("text", in.Text)
		in.Visit = nil
	}
	if len(in.Text) > maxActivityText {
		bad.add("text", "error.field.long")
	}
	if in.Minutes < 0 || in.Minutes > 24*60 {
		bad.add("minutes", "error.field.range")
	}
	if in.At != nil {
		at := in.At.UTC().Truncate(time.Millisecond)
		planned := in.Visit != nil && in.Visit.State == VisitPlanned
		if !planned && at.After(s.Now().Add(5*time.Minute)) {
			bad.add("at", "error.activity.future")
		}
		if y := at.Year(); y < 2000 || y > 2100 {
			bad.add("at", "error.field.range")
		}
		act.At = at
	}
	people, err := People.GetMany(ctx, s.store, in.People)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, id := range in.People {
		p, ok := people[id]
		if !ok || p.Client != act.Client {
			bad.add("people", "error.field.choice")
			break
		}
		names = append(names, p.Name)
	}
	act.Kind, act.Text, act.People, act.Inbound = in.Kind, in.Text, in.People, in.Inbound
	act.Minutes, act.Visit = in.Minutes, in.Visit
	return names, bad.err()
}

func checkVisit(v *Visit, bad problems) {
	if v == nil {
		bad.add("purpose", "error.field.required")
		return
	}
	bad.need("purpose", v.Purpose)
	switch v.State {
	case VisitPlanned:
	case VisitDone:
		bad.need("findings", v.Findings)
	case VisitMissed:
		bad.need("why", v.Why)
	default:
		bad.add("state", "error.field.choice")
	}
	for name, t := range map[string]string{"purpose": v.Purpose, "findings": v.Findings, "promises": v.Promises, "nextStep": v.NextStep, "who": v.Who, "why": v.Why} {
		if len(t) > maxActivityText {
			bad.add(name, "error.field.long")
		}
	}
}

// ActivityEntry makes the timeline row of an activity.
func ActivityEntry(act *Activity, people []string) Entry {
	e := Entry{
		ID: act.ID, Client: act.Client, Kind: act.Kind, At: act.At, Ref: act.ID, By: act.By,
		Text: text.Clip(act.Text, 600), People: people, Inbound: act.Inbound, Minutes: act.Minutes,
		Planned: act.Planned(), Edited: len(act.Edits) > 0,
	}
	if v := act.Visit; v != nil {
		e.State, e.Title, e.Next = v.State, v.Purpose, text.Clip(v.NextStep, 300)
		if v.State == VisitMissed {
			e.Text = text.Clip(v.Why, 600)
		} else if v.Findings != "" {
			e.Text = text.Clip(v.Findings, 600)
		}
	}
	return e
}

// ReplaceEntry makes the changes that put a timeline row in the place of
// whatever stood there.
func ReplaceEntry(e *Entry) []store.Change {
	return []store.Change{store.Delete{In: Timeline.In, ID: e.ID, Version: -1}, Timeline.Put(e)}
}

// Contacted makes the change that moves a client's last contact up to at.
func Contacted(client string, at time.Time, kind string) store.Change {
	return store.Patch{
		In: Clients.In, ID: client, OnlyAbove: "lastContactAt",
		Keys: store.Keys{"lastContactAt": at},
		Body: map[string][]byte{"lastContactAt": jsonTime(at), "lastContact": jsonString(kind)},
	}
}

// saveActivity writes an activity with its timeline row and what follows from
// it on the client.
func (s *Service) saveActivity(ctx context.Context, c Client, act *Activity, people []string) error {
	entry := ActivityEntry(act, people)
	changes := []store.Change{Activities.Put(act)}
	if act.Deleted {
		changes = append(changes, store.Delete{In: Timeline.In, ID: entry.ID, Version: -1})
	} else if act.Version == 0 {
		changes = append(changes, Timeline.Put(&entry))
	} else {
		changes = append(changes, ReplaceEntry(&entry)...)
	}
	if act.Counts() {
		changes = append(changes, Contacted(c.ID, act.At, act.Kind))
	}
	fresh := act.Version == 0
	if !fresh || act.Planned() {
		// In the same Apply, so that a crash leaves nothing stale; below again,
		// because somebody may log another at the same moment.
		patches, err := s.contactsWith(ctx, c.ID, act)
		if err != nil {
			return err
		}
		changes = append(changes, patches...)
	}
	if err := s.Apply(ctx, changes...); err != nil {
		return err
	}
	act.Version++
	if !fresh {
		if err := s.recomputeContact(ctx, c.ID); err != nil {
			return err
		}
	}
	if !fresh || act.Planned() {
		if err := s.recomputeNext(ctx, c.ID); err != nil {
			return err
		}
	}
	s.bus.Publish(Event{Kind: "client", ID: c.ID, Agent: c.Agent, Team: c.Team, Acting: c.Acting})
	return nil
}

// Activity reads one activity of a client that the actor sees, deleted ones
// too: undo must find them.
func (s *Service) Activity(ctx context.Context, a Actor, id string) (Activity, Client, error) {
	act, err := Activities.Get(ctx, s.store, id)
	if err != nil {
		return Activity{}, Client{}, err
	}
	c, err := s.client(ctx, a, act.Client)
	return act, c, err
}

// mayChange lets the author change what it wrote, and managers what their
// team wrote.
func mayChange(a Actor, act Activity) error {
	if act.By == a.UserID || a.Role == RoleManager || a.Role == RoleAdmin {
		return nil
	}
	// A visit planned by a former agent is the present agent's to report.
	if act.Planned() {
		return nil
	}
	return Errf(CodeForbidden, "error.activity.other")
}

// maxEdits keeps the newest wordings of an activity.
const maxEdits = 50

// EditActivity changes an activity that was read with this version (0:
// whatever it is now) and keeps what it said before.
func (s *Service) EditActivity(ctx context.Context, a Actor, id string, version int64, in ActivityInput) (Activity, error) {
	act, c, err := s.Activity(ctx, a, id)
	if err != nil {
		return Activity{}, err
	}
	if err := mayChange(a, act); err != nil {
		return act, err
	}
	if version != 0 && version != act.Version {
		return act, Errf(CodeConflict, "error.conflict")
	}
	if (act.Kind == KindVisit) != (in.Kind == KindVisit) {
		return act, &Error{Code: CodeInvalid, Text: Text{Key: "error.invalid"}, Fields: map[string]Text{"kind": {Key: "error.field.choice"}}}
	}
	was := act
	names, err := s.fillActivity(ctx, &act, in)
	if err != nil {
		return was, err
	}
	act.UpdatedAt = s.Now()
	act.Edits = append(act.Edits, Edit{At: act.UpdatedAt, By: a.UserID, Kind: was.Kind, When: was.At, Text: wording(was)})
	if n := len(act.Edits); n > maxEdits {
		act.Edits = act.Edits[n-maxEdits:]
	}
	return act, s.saveActivity(ctx, c, &act, names)
}

// wording is what an activity said, in one text.
func wording(a Activity) string {
	if a.Visit == nil {
		return a.Text
	}
	v := a.Visit
	var parts []string
	for _, p := range []string{v.State, v.Purpose, v.Who, v.Findings, v.Promises, v.NextStep, v.Why, a.Text} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, "\n")
}

// DeleteActivity hides an activity; RestoreActivity brings it back.
func (s *Service) DeleteActivity(ctx context.Context, a Actor, id string) (Activity, error) {
	return s.hideActivity(ctx, a, id, true)
}

// RestoreActivity undoes DeleteActivity.
func (s *Service) RestoreActivity(ctx context.Context, a Actor, id string) (Activity, error) {
	return s.hideActivity(ctx, a, id, false)
}

func (s *Service) hideActivity(ctx context.Context, a Actor, id string, hide bool) (Activity, error) {
	act, c, err := s.Activity(ctx, a, id)
	if err != nil {
		return Activity{}, err
	}
	if err := mayChange(a, act); err != nil {
		return act, err
	}
	if act.Deleted == hide {
		return act, nil // done already: a second click, or two tabs
	}
	names, err := s.peopleNames(ctx, act.People)
	if err != nil {
		return act, err
	}
	act.Deleted, act.UpdatedAt = hide, s.Now()
	return act, s.saveActivity(ctx, c, &act, names)
}

func (s *Service) peopleNames(ctx context.Context, ids []string) ([]string, error) {
	people, err := People.GetMany(ctx, s.store, ids)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, id := range ids {
		if p, ok := people[id]; ok {
			names = append(names, p.Name)
		}
	}
	return names, nil
}

// TimelineQuery asks for entries of a client.
type TimelineQuery struct {
	Kind  string // one kind; "" for all
	Limit int    // 1..200; 0 is 50
	After string
}

// TimelineKinds are the kinds that a timeline can be narrowed to.
var TimelineKinds = []string{KindCall, KindMeeting, KindMessage, KindNote, KindVisit, KindMail}

func (q TimelineQuery) query(client string) (store.Query, error) {
	where := []store.Cond{store.Is("client", client)}
	if q.Kind != "" {
		if !slices.Contains(TimelineKinds, q.Kind) {
			return store.Query{}, &Error{Code: CodeInvalid, Text: Text{Key: "error.invalid"},
				Fields: map[string]Text{"kind": {Key: "error.field.choice"}}}
		}
		where = append(where, store.Is("kind", q.Kind))
	}
	return store.Query{In: Timeline.In, Where: where, Sort: []string{"-planned", "-at"},
		Limit: limitOf(q.Limit, 50), After: q.After}, nil
}

// TimelineRows lists a client's timeline as it is stored: planned ones on top,
// then newest first.
func (s *Service) TimelineRows(ctx context.Context, a Actor, client string, q TimelineQuery) (RawPage, error) {
	sq, err := q.query(client)
	if err != nil {
		return RawPage{}, err
	}
	if err := s.mayClient(ctx, a, client); err != nil {
		return RawPage{}, err
	}
	return s.rawRows(ctx, sq)
}

// TimelineList lists a client's timeline for a page.
func (s *Service) TimelineList(ctx context.Context, a Actor, client string, q TimelineQuery) ([]Entry, string, error) {
	sq, err := q.query(client)
	if err != nil {
		return nil, "", err
	}
	if err := s.mayClient(ctx, a, client); err != nil {
		return nil, "", err
	}
	return Timeline.Find(ctx, s.store, sq)
}
