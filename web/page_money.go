package web

import (
	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/demand"
	"cemigmas/web/page"
)

// moneyPage ranks the installations in scope by what they could save a year.
func (s *Server) moneyPage(c *fiber.Ctx) error {
	v := s.view(c)
	list, next, err := s.Service.Money(c.UserContext(), actor(c), listSize, c.Query("after"))
	if err != nil {
		return s.fail(c, err)
	}
	ids := make([]string, len(list))
	for n := range list {
		ids[n] = list[n].Client
	}
	names, err := s.Service.ClientNames(c.UserContext(), ids)
	if err != nil {
		return s.fail(c, err)
	}
	p := page.Money{Base: s.base(c, page.PlaceMoney, v.T("page.nav.money")),
		Empty: page.Empty{Label: v.T("money.none"), Action: page.Link{Label: v.T("page.nav.imports"), URL: "/imports"}}}
	for n := range list {
		p.Rows = append(p.Rows, v.moneyRow(&list[n], names[list[n].Client]))
	}
	if next != "" {
		p.More = &page.More{Label: v.T("page.clients.more"), URL: at("/money", "after", next)}
	}
	return s.render(c, fiber.StatusOK, "money", p)
}

func (v view) moneyRow(i *crm.Installation, client string) page.MoneyRow {
	row := page.MoneyRow{Place: page.Link{Label: i.Name, URL: "/installations/" + i.ID}, Client: clientLink(i.Client, client),
		From: v.terms(i.Saving.From), To: v.terms(i.Saving.To), Saving: v.money(i.Saving.Cents),
		Reason: v.n("money.reason."+i.Saving.Reason, int64(i.Saving.Months))}
	for _, ch := range crm.SavingChanges(i, string(v.today)) {
		row.On = max(row.On, ch.On) // from then on all of it can hold
	}
	if row.On != "" {
		row.On = v.T("money.from", "date", v.date(row.On))
	}
	return row
}

// terms are a modality and its demands: "Azul 900 / 1.600 kW", peak first.
func (v view) terms(t crm.SavingTerms) string {
	name := v.T("modality." + t.Modality)
	if demand.Modality(t.Modality) == demand.Azul {
		return v.T("money.azul", "modality", name, "peak", v.kilo(t.PeakW), "offpeak", v.kilo(t.OffPeakW))
	}
	return name + " " + v.kw(t.SingleW)
}
