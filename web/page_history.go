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
	list, next, err := s.Service.ClientRevisions(ctx, a, cl.ID, historySize, c.Query("after"))
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
		p.More = &page.More{Label: v.T("page.timeline.older"), URL: at("/clients/"+cl.ID+"/history", "after", next)}
	}
	if len(p.Rows) == 0 {
		p.Empty = &page.Empty{Label: v.T("web.history.none")}
	}
	p.Shape = page.ShapeList
	return s.render(c, fiber.StatusOK, "history", p)
}

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
		if slices.Contains(historySilent, f.Name) {
			continue
		}
		row.Changes = append(row.Changes, page.HistoryChange{Label: t.member(f.Name), From: t.value(f.Name, f.From), To: t.value(f.Name, f.To)})
	}
	return row
}

// historySilent follow from another member, which is told.
var historySilent = []string{"taxKind", "sectorBy", "source"}

// HistoryMembers are the members of records that have a word of their own.
var HistoryMembers = []string{"name", "legalName", "taxId", "cnpj", "code", "cnae", "sector", "agent", "team", "tier", "status", "segment", "address", "city", "municipality",
	"phone", "emails", "domains", "notes", "tags", "parent", "standIn", "standInFrom", "standInUntil", "placeholder", "mergedInto", "client", "role", "title", "phones",
	"lang", "former", "channel", "hours", "consentOn", "uc", "formerUc", "distributor", "voltage", "subgroup", "tariffClass", "loadW", "market", "feeder", "substation",
	"connectedOn", "number", "modality", "start", "termMonths", "renews", "end", "denounced", "schedule", "test", "kind", "month", "singleW", "peakW", "offPeakW",
	"energyWh", "peakWh", "offPeakWh", "reactiveWh", "reactiveW", "accepted", "origin", "flags", "goneAt", "sectors", "tierBy",
	"nameEs", "nameEn", "divisions", "order", "disabled", "gone"}

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
		if name == "sectors" {
			return t.stays(raw)
		}
		var words []string
		for _, e := range x {
			if s, ok := e.(string); ok {
				words = append(words, s)
			}
		}
		if len(words) == len(x) && len(x) > 0 {
			return text.Clip(strings.Join(words, ", "), 400)
		}
	}
	return t.T("history.some")
}

// stays says since when a client had which sector.
func (t view) stays(raw json.RawMessage) string {
	var list []crm.SectorStay
	if json.Unmarshal(raw, &list) != nil {
		return t.T("history.some")
	}
	var words []string
	for _, s := range list {
		word := t.sector(s.Sector)
		if s.From != "" {
			word += " (" + t.date(s.From) + ")"
		}
		words = append(words, word)
	}
	return orNothing(strings.Join(words, ", "))
}

func (t *telling) quantity(name string, n int64) string {
	switch {
	case strings.HasSuffix(name, "Wh"):
		return locale.Kilo(t.Lang, n) + " kWh"
	case strings.HasSuffix(name, "W"):
		return t.kw(n)
	case name == "voltage":
		return t.int(n) + " V"
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
	"channel": {"web.channel.", crm.PersonChannels}, "market": {"web.market.", []string{crm.MarketCaptive, crm.MarketFree, crm.MarketMixed}},
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
	case "phone":
		return ident.FormatPhone(v)
	case "consentOn", "standInFrom", "standInUntil", "start", "end", "denounced", "connectedOn":
		return t.date(v)
	}
	return v
}
