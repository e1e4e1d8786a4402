package web

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/ident"
	"cemigmas/crm/locale"
	"cemigmas/crm/text"
	"cemigmas/web/page"
)

// historySize is a page of the history.
const historySize = 40

func (s *Server) historyPage(c *fiber.Ctx) error {
	ctx, a, v := c.UserContext(), actor(c), s.view(c)
	cl, err := s.Service.Client(ctx, a, c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	doc := c.Query("of")
	edits := func() ([]crm.Revision, string, error) {
		if doc != "" {
			return s.Service.DocumentRevisions(ctx, a, cl.ID, doc, historySize, c.Query("after"))
		}
		return s.Service.ClientRevisions(ctx, a, cl.ID, historySize, c.Query("after"))
	}
	list, next, err := edits()
	if err != nil {
		return s.fail(c, err)
	}
	told, err := s.telling(ctx, a, v, list)
	if err != nil {
		return s.fail(c, err)
	}
	p := page.History{Base: s.base(c, page.PlaceClients, v.T("web.history"), page.Link{Label: v.T("page.nav.clients"), URL: "/clients"}, clientLink(cl.ID, cl.Name)),
		Heading: v.T("web.history")}
	for _, r := range list {
		p.Rows = append(p.Rows, told.row(r))
	}
	if next != "" {
		p.More = &page.More{Label: v.T("page.timeline.older"), URL: at("/clients/"+cl.ID+"/history", "of", doc, "after", next)}
	}
	if len(p.Rows) == 0 {
		p.Empty = &page.Empty{Label: v.T("web.history.none")}
	}
	p.Shape = page.ShapeList
	return s.render(c, fiber.StatusOK, "history", p)
}

// historyOf is where the edits of one record of a client are listed.
func historyOf(client, doc string) string { return at("/clients/"+client+"/history", "of", doc) }

// telling prepares the words of revisions.
func (s *Server) telling(ctx context.Context, a crm.Actor, v view, list []crm.Revision) (*telling, error) {
	told := &telling{view: v, clients: map[string]string{}}
	var err error
	if told.docs, err = s.Service.RevisedNames(ctx, list); err != nil {
		return nil, err
	}
	if told.users, err = s.Service.UserNames(ctx); err != nil {
		return nil, err
	}
	told.client = func(id string) string { // another's is not named
		if _, ok := told.clients[id]; !ok {
			told.clients[id] = nothing
			if _, err := s.Service.Client(ctx, a, id); err == nil {
				names, _ := s.Service.ClientNames(ctx, []string{id}) // of a merged one its own
				told.clients[id] = orNothing(names[id])
			}
		}
		return told.clients[id]
	}
	return told, nil
}

// telling puts revisions into words.
type telling struct {
	view
	docs, users, clients map[string]string
	client               func(id string) string
}

// historyKinds are the collections that have a word.
var historyKinds = []string{"clients", "people", "installations", "contracts", "readings", "documents", "sectors"}

func (t *telling) row(r crm.Revision) page.HistoryRow {
	kind := "other"
	if slices.Contains(historyKinds, r.Of) {
		kind = r.Of
	}
	row := page.HistoryRow{What: join(" ", t.T("history.of."+kind), t.docs[r.Doc]), Did: t.T("history.changed"), Who: orNothing(t.users[r.By]), When: t.stamp(r.At)}
	if r.Made {
		row.Did = t.T("history.made")
	}
	if r.Of == "readings" {
		if _, month, ok := strings.Cut(r.Doc, ":"); ok {
			row.What += " " + slashMonth(month)
		}
	}
	if r.Batch != "" && !strings.HasPrefix(r.Batch, editPrefix) {
		row.Batch = t.T("history.batch")
		if strings.HasPrefix(r.Batch, "undo:") {
			row.Batch = t.T("history.undo")
		}
	}
	for _, f := range r.Fields {
		if slices.Contains(HistorySilent, f.Name) {
			continue
		}
		change := page.HistoryChange{Label: t.member(f.Name), From: t.value(f.Name, f.From), To: t.value(f.Name, f.To)}
		if f.Name == "schedule" || f.Name == "amendments" {
			change.From, change.To = apart(change.From, change.To)
		}
		row.Changes = append(row.Changes, change)
	}
	return row
}

// apart leaves out of two lists what stands in both.
func apart(from, to string) (string, string) {
	was, is := strings.Split(from, partsBy), strings.Split(to, partsBy)
	left := func(list, other []string) string {
		return orNothing(strings.Join(slices.DeleteFunc(slices.Clone(list), func(p string) bool { return slices.Contains(other, p) }), partsBy))
	}
	return left(was, is), left(is, was)
}

// partsBy parts the steps of a schedule, and requests.
const partsBy = "; "

// HistorySilent are members of which nothing is told: they follow from another one
// that is, or never change.
var HistorySilent = []string{"taxKind", "sectorBy", "source", "installation", "blob", "size", "by", "amendment"}

// HistoryMembers are the members of records that have a word of their own.
var HistoryMembers = []string{"name", "legalName", "taxId", "cnpj", "code", "cnae", "sector", "agent", "team", "tier", "status", "segment", "address", "city", "municipality",
	"phone", "emails", "domains", "notes", "tags", "parent", "standIn", "standInFrom", "standInUntil", "placeholder", "mergedInto", "client", "role", "title", "phones",
	"lang", "former", "channel", "hours", "consentOn", "uc", "formerUc", "distributor", "voltage", "subgroup", "tariffClass", "loadW", "market", "feeder", "substation",
	"connectedOn", "number", "modality", "start", "termMonths", "renews", "end", "denounced", "schedule", "test", "kind", "month", "singleW", "peakW", "offPeakW",
	"energyWh", "peakWh", "offPeakWh", "reactiveWh", "reactiveW", "accepted", "origin", "flags", "goneAt", "sectors", "tierBy",
	"nameEs", "nameEn", "divisions", "order", "disabled", "gone",
	"coordinates", "transformerVA", "secondaryMeter", "conditions", "agreed", "migration", "amendments", "contract"}

func (t *telling) member(name string) string {
	if slices.Contains(HistoryMembers, name) {
		return t.T("history.f." + name)
	}
	return t.T("history.f.other")
}

// value says a JSON value in words; what is a structure of its own is only said
// to be there.
func (t *telling) value(name string, raw json.RawMessage) string {
	var v any
	if raw == nil || json.Unmarshal(raw, &v) != nil {
		return nothing
	}
	if words, ok := t.structure(name, raw); ok {
		return orNothing(words)
	}
	switch x := v.(type) {
	case bool:
		if x {
			return t.T("history.yes")
		}
		return t.T("history.no")
	case float64:
		return t.quantity(name, int64(x))
	case string:
		return orNothing(text.Clip(t.word(name, x), 400))
	case []any:
		var words []string
		for _, e := range x {
			if s, ok := e.(string); ok {
				words = append(words, t.word(name, s))
			}
		}
		if len(words) == len(x) && len(x) > 0 {
			return text.Clip(strings.Join(words, ", "), 400)
		}
	}
	return t.T("history.some")
}

// structure says what is a structure of its own; false for a plain value.
func (t *telling) structure(name string, raw json.RawMessage) (string, bool) {
	switch name {
	case "sectors":
		return inWords(raw, t.stays), true
	case "schedule":
		return inWords(raw, t.stepList), true
	case "test":
		return inWords(raw, t.testPeriod), true
	case "migration":
		return inWords(raw, t.migration), true
	case "amendments":
		return inWords(raw, t.amendments), true
	case "flags":
		return inWords(raw, func(list []crm.Text) string {
			var words []string
			for _, x := range list {
				words = append(words, t.text(x))
			}
			return strings.Join(words, "; ")
		}), true
	}
	return "", false
}

// inWords reads a structure and says it; "" of one that cannot be read.
func inWords[T any](raw json.RawMessage, say func(T) string) string {
	var v T
	if json.Unmarshal(raw, &v) != nil {
		return ""
	}
	return say(v)
}

// stepList is "09/2026 1.200 kW; 01/2027 1.560 kW".
func (t view) stepList(list []crm.DemandStep) string {
	var words []string
	for _, s := range list {
		words = append(words, slashMonth(s.From)+" "+t.stepText(s))
	}
	return strings.Join(words, partsBy)
}

// testPeriod is "desde 09/2026, 3 ciclos, antes 800 kW".
func (t view) testPeriod(p crm.TestPeriod) string {
	if p.From == "" {
		return ""
	}
	former := ""
	if step := t.stepText(p.Former); step != nothing && step != "" {
		former = t.T("history.test.former", "kw", step)
	}
	return join(", ", t.T("history.since", "date", slashMonth(p.From)), t.n("history.cycles", int64(p.Cycles)), former)
}

func (t view) migration(m crm.Migration) string {
	if m.Requested == "" {
		return ""
	}
	simplified := ""
	if m.Simplified {
		simplified = t.T("contract.migration.simplified")
	}
	return join(", ", t.date(m.Requested), simplified)
}

// amendments says each request in a line, with what became of it.
func (t view) amendments(list []crm.Amendment) string {
	var words []string
	for _, m := range list {
		words = append(words, join(", ", t.T("contract.amend."+m.Kind), t.date(m.Asked), m.Protocol, t.T("contract.amend.state."+m.State)))
	}
	return strings.Join(words, partsBy)
}

// stays says since when a client had which sector.
func (t view) stays(list []crm.SectorStay) string {
	var words []string
	for _, s := range list {
		word := t.sector(s.Sector)
		if s.From != "" {
			word += " (" + t.date(s.From) + ")"
		}
		words = append(words, word)
	}
	return strings.Join(words, ", ")
}

func (t *telling) quantity(name string, n int64) string {
	switch {
	case strings.HasSuffix(name, "Wh"):
		return locale.Kilo(t.Lang, n) + " kWh"
	case strings.HasSuffix(name, "W"):
		return t.kw(n)
	case strings.HasSuffix(name, "VA"):
		return locale.Kilo(t.Lang, n) + "\u00a0kVA"
	case name == "voltage":
		return locale.Kilo(t.Lang, n) + "\u00a0kV"
	}
	return t.int(n)
}

// choices are the members whose values are words of the house, with the prefix
// of their keys and what they may be.
var choices = map[string]struct {
	prefix string
	ids    []string
}{
	"status": {"web.status.", crm.ClientStatuses}, "segment": {"web.segment.", crm.ClientSegments}, "role": {"web.person.", crm.PersonRoles},
	"conditions": {"inst.condition.", crm.Conditions}, "channel": {"web.channel.", crm.PersonChannels}, "market": {"web.market.", []string{crm.MarketCaptive, crm.MarketFree, crm.MarketMixed}},
	"modality": {"modality.", []string{"verde", "azul"}}, "kind": {"document.kind.", crm.DocumentKinds}, "origin": {"reading.origin.", readingOrigins},
}

func (t *telling) word(name, v string) string {
	if c, ok := choices[name]; ok && slices.Contains(c.ids, v) {
		return t.T(c.prefix + v)
	}
	switch name {
	case "goneAt", "tierBy":
		return t.T("history.yes")
	case "agent", "standIn":
		return t.users[v]
	case "client", "parent", "mergedInto":
		return t.client(v)
	case "sector":
		return t.sector(v)
	case "cnpj":
		return ident.CNPJ(v).Format()
	case "taxId":
		if len(v) == 11 {
			return ident.CPF(v).Mask()
		}
		return ident.FormatRoot(v)
	case "cnae":
		return ident.CNAE(v).Format()
	case "phone", "phones":
		return ident.FormatPhone(v)
	case "uc":
		return ident.UC(v).Format()
	case "month":
		return slashMonth(v)
	case "lang":
		for _, o := range langNames() {
			if o.Value == v {
				return o.Label
			}
		}
	case "consentOn", "standInFrom", "standInUntil", "start", "end", "denounced", "connectedOn":
		return t.date(v)
	}
	return v
}
