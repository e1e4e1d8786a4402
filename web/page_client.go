package web

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
	"cemigmas/crm/ident"
	"cemigmas/web/page"
)

// placesShown is how many installations stand on a client's page at first.
const placesShown = 12

func (s *Server) clientPage(c *fiber.Ctx) error {
	return s.showClient(c, fiber.StatusOK, nil)
}

// showClient renders the record; log is a quick log that came back.
func (s *Server) showClient(c *fiber.Ctx, status int, log *page.LogForm) error {
	ctx, a, v := c.UserContext(), actor(c), s.view(c)
	cl, err := s.Service.Client(ctx, a, c.Params("id"))
	if err != nil {
		return s.fail(c, err)
	}
	if cl.ID != c.Params("id") { // merged: the old address leads to the survivor
		return c.Redirect("/clients/"+cl.ID, fiber.StatusSeeOther)
	}
	people, err := s.Service.ClientPeople(ctx, a, cl.ID)
	if err != nil {
		return s.fail(c, err)
	}
	limit := placesShown * 4 // enough to find the worst of most clients
	if c.Query("all") != "" {
		limit = crm.MaxListLimit
	}
	places, more, err := s.Service.ClientInstallations(ctx, a, cl.ID, limit, "")
	if err != nil {
		return s.fail(c, err)
	}
	users, err := s.Service.UserNames(ctx)
	if err != nil {
		return s.fail(c, err)
	}
	t, err := s.timeline(c, readTimelineAsk(c))
	if err != nil {
		return s.fail(c, err)
	}
	p := v.clientTop(cl)
	p.Base = s.base(c, page.PlaceClients, cl.Name, page.Link{Label: v.T("page.nav.clients"), URL: "/clients"})
	if err := nearIn(clientList, s, c, cl.ID, &p.Base); err != nil {
		return s.fail(c, err)
	}
	p.PersonURL, p.PlaceURL, p.Stats, p.Timeline = "/clients/"+cl.ID+"/people/new", "/clients/"+cl.ID+"/installations/new", v.clientStats(cl, places), t
	p.Facts, p.Blank = filled(v.clientFacts(cl, users, a))
	if f, err := s.groupFact(ctx, a, v, cl); err != nil {
		return s.fail(c, err)
	} else if f != nil {
		p.Facts = append([]page.Fact{*f}, p.Facts...)
	}
	if more == "" { // all of them are here
		p.Stats = append(p.Stats, v.savingStat(places)...)
	}
	p.MergeURL, p.HistoryURL, p.GroupURL = "/clients/"+cl.ID+"/merge", "/clients/"+cl.ID+"/history", "/clients/"+cl.ID+"/group"
	if cl.Placeholder {
		p.NameURL, p.MergeURL = p.MergeURL, ""
	}
	p.Shape = page.ShapeRecord
	if cl.Year != nil {
		if p.Beside, err = s.beside(c, v, cl.Sector, cl.Year.W, &cl.Year.YearUse); err != nil {
			return s.fail(c, err)
		}
	}
	for _, former := range []bool{false, true} { // who left stands last
		for _, person := range people {
			if person.Former == former {
				row := v.person(person)
				row.EditURL, row.EditWord = "/people/"+person.ID, v.T("page.edit")
				p.People = append(p.People, row)
			}
		}
	}
	p.Places, p.PlacesMore = v.places(cl, places, more != "", c.Query("all") != "")
	p.Dates = v.clientDates(places)
	if err := s.clientDocuments(c, v, cl, users, &p); err != nil {
		return s.fail(c, err)
	}
	p.Composer = s.composer(c, v, cl, people)
	if log != nil {
		log.People, log.URL = p.Composer.Log.People, p.Composer.Log.URL
		log.ClientID, log.ClientName, log.Fixed = cl.ID, cl.Name, true
		p.Composer.Log = *log
	}
	// The quick log of the top bar knows whose page this is.
	p.Quick.ClientID, p.Quick.ClientName = cl.ID, cl.Name
	return s.render(c, status, "client", p)
}

func sectorWord(v view, c crm.Client) string {
	if c.Sector == "" {
		return ""
	}
	return v.sector(c.Sector)
}

func (v view) clientBadges(c crm.Client) []page.Badge {
	var out []page.Badge
	if c.Tier != "" {
		out = append(out, page.Badge{Label: c.Tier})
	}
	if c.Placeholder {
		out = append(out, page.Badge{Label: v.T("page.clients.unnamed"), State: page.Warn})
	}
	if c.Status == "prospect" || c.Status == "former" {
		out = append(out, page.Badge{Label: v.T("web.status." + c.Status), State: page.Idle})
	}
	if c.Market != "" {
		out = append(out, page.Badge{Label: v.T("web.market." + c.Market)})
	}
	if v.standsIn(&c) {
		out = append(out, page.Badge{Label: v.T("web.standin.mine", "until", v.date(c.StandInUntil)), State: page.Idle})
	}
	return out
}

// standsIn reports whether the reader serves a client in its agent's place.
func (v view) standsIn(c *crm.Client) bool { return v.me != "" && c.Acting == v.me }

// groupFact names the client that this one belongs to, where the viewer sees it.
func (s *Server) groupFact(ctx context.Context, a crm.Actor, v view, cl crm.Client) (*page.Fact, error) {
	if cl.Parent == "" {
		return nil, nil
	}
	parent, err := s.Service.Client(ctx, a, cl.Parent)
	if crm.CodeOf(err) == crm.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &page.Fact{Label: v.T("history.f.parent"), Value: parent.Name, URL: "/clients/" + cl.ID + "/group"}, nil
}

// savingStat is what the best contracts would save a year, where any would.
func (v view) savingStat(places []crm.Installation) []page.Stat {
	var cents int64
	for _, i := range places {
		if i.Saving != nil {
			cents += i.Saving.Cents
		}
	}
	if cents == 0 {
		return nil
	}
	return []page.Stat{{Label: v.T("simulation.saving"), Value: v.money(cents)}}
}

// clientStats begin with what is wrong.
func (v view) clientStats(c crm.Client, places []crm.Installation) []page.Stat {
	var out []page.Stat
	if u := v.util(c.WorstTenths, c.WorstState); u != nil {
		out = append(out, page.Stat{Label: v.T("page.clients.c.util"), Value: u.Label, Unit: slashMonth(c.WorstMonth), State: u.State})
	}
	if over := v.overStat(c.WorstMonth, places); over != nil {
		out = append(out, *over)
	}
	if r := v.reactiveYear(c.Reactive); r != nil {
		out = append(out, *r)
	}
	contracted := page.Stat{Label: v.T("page.inst.contracted"), Value: nothing}
	if c.ContractedW > 0 {
		contracted.Value, contracted.Unit = v.kilo(c.ContractedW), "kW"
	}
	out = append(out, contracted, page.Stat{Label: v.T("page.client.places"), Value: v.int(c.Installations)})
	last := page.Stat{Label: v.T("page.clients.c.last"), Value: v.T("web.never"), State: page.Warn}
	if l := v.lastContact(c); l != nil {
		last.Value, last.Unit, last.State = l.Ago, l.What, l.State
		if l.State == page.OK {
			last.State = ""
		}
	}
	out = append(out, last)
	if day, what, st := v.nextDate(c); day != "" {
		out = append(out, page.Stat{Label: v.T("page.clients.c.next"), Value: day, Unit: what, State: st})
	}
	return out
}

// overStat adds up the overruns of the newest month. One that cannot be priced
// makes the sum one that cannot be said.
func (v view) overStat(month string, places []crm.Installation) *page.Stat {
	var cents, count int64
	priced := true
	for _, i := range places {
		if i.WorstMonth != month || i.OverW <= 0 {
			continue
		}
		count++
		if i.OverCents == nil {
			priced = false
			continue
		}
		cents += *i.OverCents
	}
	if count == 0 {
		return nil
	}
	stat := &page.Stat{Label: v.T("demand.overrun"), Value: v.T("web.notariff"), Unit: slashMonth(month), State: page.Bad}
	if priced {
		stat.Value = v.money(cents)
	}
	return stat
}

// clientTop is a client's page with its first line only.
func (v view) clientTop(cl crm.Client) page.Client {
	return page.Client{Base: page.Base{Text: v.Text}, ID: cl.ID, Name: cl.Name, Badges: v.clientBadges(cl), Line: join(", ", sectorWord(v, cl), cl.City),
		Phone: tel(cl.Phone), MailURL: mailURL(first(cl.Emails)), VisitURL: "/visits/new?client=" + cl.ID, EditURL: "/clients/" + cl.ID + "/edit"}
}

// clientFacts are all facts of a client, also those that say nothing yet; a may
// edit them where they stand.
func (v view) clientFacts(c crm.Client, users map[string]string, a crm.Actor) []page.Fact {
	edit := func(name string, f page.Fact) page.Fact {
		if hiddenFrom(a, name) {
			return f
		}
		return v.editable("/clients/"+c.ID+"/edit", name, f)
	}
	tax := strings.ToUpper(string(c.TaxKind))
	if tax == "" {
		tax = v.T("page.client.taxid")
	}
	return []page.Fact{
		edit("legal_name", page.Fact{Label: v.T("page.client.legal"), Value: c.LegalName}),
		edit("tax_id", page.Fact{Label: tax, Value: taxText(c)}),
		{Label: v.T("web.code"), Value: c.Code},
		edit("sector", page.Fact{Label: v.T("page.sector"), Value: v.sector(c.Sector), URL: at("/clients", "sector", c.Sector)}),
		{Label: v.T("web.sector.since"), Value: v.sectorSince(c)},
		edit("tier", page.Fact{Label: v.T("page.client.tier"), Value: v.tierWord(c)}),
		edit("status", page.Fact{Label: v.T("page.client.status"), Value: v.orEmpty("web.status.", c.Status)}),
		edit("cnae", page.Fact{Label: v.T("page.client.cnae"), Value: ident.CNAE(c.CNAE).Format()}),
		edit("address", page.Fact{Label: v.T("page.client.address"), Value: join(", ", c.Address, c.City)}),
		edit("phone", page.Fact{Label: v.T("page.client.phone"), Value: ident.FormatPhone(c.Phone)}),
		edit("agent", page.Fact{Label: v.T("page.agent"), Value: orNothing(users[c.Agent])}),
		{Label: v.T("page.users.team"), Value: c.Team},
		edit("emails", page.Fact{Label: v.T("page.mail"), Value: join(", ", c.Emails...)}),
		edit("domains", page.Fact{Label: v.T("page.client.domains"), Value: join(", ", c.Domains...)}),
		edit("segment", page.Fact{Label: v.T("page.client.segment"), Value: v.segment(c.Segment)}),
		edit("stand_in", page.Fact{Label: v.T("page.client.standin"), Value: v.standIn(c, users)}),
		edit("tags", page.Fact{Label: v.T("page.client.tags"), Value: join(", ", c.Tags...)}),
		edit("notes", page.Fact{Label: v.T("page.client.notes"), Value: c.Notes}),
	}
}

// sectorSince is when a client came into its sector, and from which; empty for
// one that never was in another.
func (v view) sectorSince(c crm.Client) string {
	n := len(c.Sectors)
	if n < 2 {
		return ""
	}
	return v.T("web.sector.before", "date", v.date(c.Sectors[n-1].From), "sector", v.sector(c.Sectors[n-2].Sector))
}

// standIn is who serves in the agent's place, and when: "Rui Melo, 01/12 a 20/12".
func (v view) standIn(c crm.Client, users map[string]string) string {
	if c.StandIn == "" || c.StandInUntil < string(v.today) {
		return ""
	}
	return v.T("web.standin", "name", orNothing(users[c.StandIn]), "from", v.date(c.StandInFrom), "until", v.date(c.StandInUntil))
}

// taxText writes a CNPJ or CPF with its mask.
func taxText(c crm.Client) string {
	switch {
	case c.TaxKind == crm.TaxCPF:
		return ident.CPF(c.TaxID).Format()
	case c.CNPJ != "":
		return ident.CNPJ(c.CNPJ).Format()
	case c.TaxKind == crm.TaxCNPJ:
		return ident.FormatRoot(c.TaxID)
	}
	return ""
}

func (v view) person(p crm.Person) page.Person {
	out := page.Person{Name: p.Name, Initials: initials(p.Name), Role: p.Title}
	if out.Role == "" && p.Role != "" {
		out.Role = v.T("web.person." + p.Role)
	}
	if p.Former { // nobody is called where they no longer work
		out.Former, out.Role = true, v.T("web.person.former")
		return out
	}
	if len(p.Phones) > 0 {
		out.Phone = tel(p.Phones[0])
	}
	if len(p.Emails) > 0 {
		out.Email, out.MailURL = p.Emails[0], mailURL(p.Emails[0])
	}
	return out
}

// places lists installations, the worst first.
func (v view) places(c crm.Client, list []crm.Installation, beyond, all bool) ([]page.ClientInstallation, *page.More) {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b crm.Installation) int {
		return cmp.Or(cmp.Compare(stateRank(b.WorstState), stateRank(a.WorstState)), cmp.Compare(b.WorstTenths, a.WorstTenths))
	})
	var more *page.More
	if !all && (len(list) > placesShown || beyond) {
		list = list[:min(len(list), placesShown)]
		more = &page.More{Label: v.n("web.places.more", c.Installations-int64(len(list))), URL: at("/clients/"+c.ID, "all", "1")}
	}
	var out []page.ClientInstallation
	for _, i := range list {
		out = append(out, v.place(i))
	}
	return out, more
}

func stateRank(s string) int {
	return slices.Index([]string{"", string(demand.StateNone), string(demand.StateOK), string(demand.StateIdle), string(demand.StateWarn), string(demand.StateBad)}, s)
}

func (v view) place(i crm.Installation) page.ClientInstallation {
	p := page.ClientInstallation{Link: page.Link{Label: i.Name, URL: "/installations/" + i.ID}, Posto: v.demandLine(i), Util: v.util(i.WorstTenths, i.WorstState),
		Strip: page.Strip{Label: v.T("page.client.strip") + ", " + i.Name}}
	over, idle, measured := 0, 0, 0
	for _, m := range i.Strip {
		bar := page.StripBar{Percent: int((m.Tenths + 5) / 10), State: state(m.State), Gap: m.State == "" || m.State == string(demand.StateNone),
			Title: slashMonth(m.Month) + ": " + v.percent(m.Tenths)}
		if bar.Gap {
			bar.Title = slashMonth(m.Month) + ": " + nothing
		} else {
			measured++
		}
		switch bar.State {
		case page.Bad:
			over++
		case page.Idle:
			idle++
		}
		p.Strip.Bars = append(p.Strip.Bars, bar)
	}
	switch {
	case measured == 0:
		p.Note, p.Strip.Bars = v.T("web.place.unmeasured"), nil
	case over > 0:
		p.Note, p.State = v.n("web.place.over", int64(over)), page.Bad
	case idle > 0:
		p.Note, p.State = v.n("web.place.idle", int64(idle)), page.Idle
	}
	p.Note = join(", ", p.Note, v.reactiveNote(i.Reactive))
	return p
}

// demandLine is the contract in a few words: "Azul, 1.600 / 900 kW".
func (v view) demandLine(i crm.Installation) string {
	if i.ContractedW <= 0 {
		return v.T("state.none")
	}
	kw := v.kw(i.ContractedW)
	if i.PeakW > 0 {
		kw = v.kilo(i.ContractedW) + " / " + v.kw(i.PeakW)
	}
	if i.Modality == "" || i.Modality == string(demand.Unknown) {
		return kw
	}
	return v.T("modality."+i.Modality) + ", " + kw
}

// clientDates are the notice deadlines that come, the soonest first.
func (v view) clientDates(list []crm.Installation) []page.DateRow {
	list = slices.DeleteFunc(slices.Clone(list), func(i crm.Installation) bool { return i.NoticeOn == "" })
	slices.SortFunc(list, func(a, b crm.Installation) int { return cmp.Compare(a.NoticeOn, b.NoticeOn) })
	var out []page.DateRow
	for _, i := range list[:min(len(list), 5)] {
		out = append(out, page.DateRow{Day: v.date(i.NoticeOn), What: page.Link{Label: v.T("page.notice"), URL: "/installations/" + i.ID}, Sub: i.Name,
			State: dueState(calendar.DaysBetween(v.today, calendar.Date(i.NoticeOn)))})
	}
	return out
}

// composer is the quick log at the head of a client's timeline.
func (s *Server) composer(c *fiber.Ctx, v view, cl crm.Client, people []crm.Person) page.Composer {
	log := s.quickLog(c, v)
	log.URL, log.ClientID, log.ClientName, log.Fixed = "/clients/"+cl.ID+"/activities", cl.ID, cl.Name, true
	log.Back, log.People = "/clients/"+cl.ID, personOptions(people)
	if len(log.People) > 0 {
		log.People[0].Label = v.T("page.log.person") // no label stands beside the choice here
	}
	return page.Composer{Text: v.Text, Log: log, VisitURL: "/visits/new?client=" + cl.ID}
}

func personOptions(people []crm.Person) []page.Option {
	var out []page.Option
	for _, p := range people {
		if !p.Former {
			out = append(out, page.Option{Value: p.ID, Label: p.Name})
		}
	}
	if len(out) > 0 {
		out = append([]page.Option{{Label: nothing}}, out...)
	}
	return out
}
