package web

import (
	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

func (s *Server) clientNewPage(c *fiber.Ctx) error {
	form := storedClient(crm.Client{Status: "active", Name: c.Query("name")})
	form.Agent.Value = proposedAgent
	return s.showClientNew(c, fiber.StatusOK, form, nil, nil)
}

func (s *Server) showClientNew(c *fiber.Ctx, status int, form page.ClientForm, alike []page.AlikeClient, notice *page.Notice) error {
	v := s.view(c)
	p := page.ClientEdit{Base: s.base(c, page.PlaceClients, v.T("web.client.new"), page.Link{Label: v.T("page.nav.clients"), URL: "/clients"}),
		URL: "/clients", BackURL: "/clients", Name: v.T("web.client.new"), Alike: alike}
	return s.showClientForm(c, status, crm.Client{}, p, form, notice)
}

// proposedAgent is the choice of whoever is proposed when the client is saved.
const proposedAgent = "proposed"

// hintFor proposes an agent for what stands in the form; a choice that is none
// is left to the form itself.
func (s *Server) hintFor(c *fiber.Ctx, v view, form page.ClientForm) (*page.AgentHint, error) {
	segment, sector := form.Segment.Value, form.Sector.Value
	if sector == "" {
		sector = v.ramos.Of(form.CNAE.Value)
	}
	list, err := s.Service.ProposeAgents(c.UserContext(), actor(c), segment, sector)
	if crm.CodeOf(err) == crm.CodeInvalid {
		return nil, nil
	}
	hint := v.agentHint(list, segment, sector)
	return &hint, err
}

func (s *Server) clientAdd(c *fiber.Ctx) error {
	v, f, a := s.view(c), typed{c}, actor(c)
	in := crm.NewClient{ClientPatch: clientPatch(f, crm.Client{}, a), Anyway: f.on("anyway")}
	if in.Agent != nil && *in.Agent == proposedAgent {
		in.Agent, in.Propose = nil, true
	}
	made, alike, err := s.Service.AddClient(c.UserContext(), a, in)
	if err == nil {
		return s.goTo(c, "/clients/"+made.ID, note{Label: v.T("web.client.made", "name", made.Name)})
	}
	wrong, above, ok := v.formError(err)
	if !ok {
		return s.fail(c, err)
	}
	form := page.ClientForm{Emails: f.field("emails", wrong), Domains: f.field("domains", wrong), Tags: f.field("tags", wrong)}
	for _, cf := range clientFields {
		*cf.field(&form) = f.field(cf.name, wrong, cf.api)
	}
	names, nerr := s.Service.UserNames(c.UserContext())
	if nerr != nil {
		return s.fail(c, nerr)
	}
	var rows []page.AlikeClient
	for _, cl := range alike {
		rows = append(rows, page.AlikeClient{Link: clientLink(cl.ID, cl.Name), Sub: join(", ", taxText(cl), cl.City, names[cl.Agent])})
	}
	var notice *page.Notice
	if above != "" && len(rows) == 0 {
		notice = &page.Notice{State: page.Bad, Label: above}
	}
	return s.showClientNew(c, again(err), form, rows, notice)
}

type newClientIn struct{ crm.NewClient }

func apiAddClient(s *Server, c call, in newClientIn) (clientAnswer, error) {
	cl, _, err := s.Service.AddClient(c, c.Actor, in.NewClient)
	return clientAnswer{cl}, err
}
