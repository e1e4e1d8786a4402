package e2e

import (
	"cmp"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"cemigmas/cmd/internal/app"
	"cemigmas/crm"
	"cemigmas/crm/store"
)

// TestMerge makes one client of two that look alike: chosen on the page of
// duplicates, field by field, with all that belongs to either. Undone, both are
// as they were.
func TestMerge(t *testing.T) {
	chromium(t)
	h := demonstration(t)
	manager := h.first(t, crm.RoleManager)
	h.synced(t, "")
	a := h.actor(t, manager.Email)
	one, mail := h.busy(t, a)
	const phone, called = "(34) 3221-4455", "Ligação antes da junção"
	two := h.double(t, a, one, phone, called)
	ones, twos := h.belongings(t, manager, one.ID), h.belongings(t, manager, two.ID)
	p := sit(t, h.URL())
	p.does(t, "sign in", func(p *person) { p.signIn(manager) })
	if !p.does(t, "choose field by field", func(p *person) {
		p.open("/clients")
		p.do("look at duplicates", click(css(`a[href="/duplicates"]`)), chromedp.WaitVisible(css(".pair.twin")))
		p.do("merge these", click(within(".pair.twin", two.Name, `a[href*="/merge"]`)), chromedp.WaitVisible(css("table.merge")))
		p.do("the other way round", click(css(`.foot-act a[href*="swap"]`)))
		p.untilTrue("the new one stays", `document.querySelector("[name=into]").value === `+quote(two.ID))
		p.sees("table.merge td", phone)
		p.do("take the name of the one that goes", click(css(`[name=take_name][value=second]`)), click(css("form .foot-act .primary")), chromedp.WaitVisible(css("#timeline")))
	}) {
		return
	}
	p.does(t, "see that everything came along", func(p *person) {
		if at := p.where(); at != "/clients/"+two.ID {
			p.t.Errorf("it leads to %s", at)
		}
		p.sees("h1", one.Name)
		p.sees(".facts", phone)
		p.sees("#timeline .entry", called)
		h.carried(p.t)
		is := h.belongings(p.t, manager, two.ID)
		for kind, list := range ones {
			for _, id := range slices.Concat(list, twos[kind]) {
				if !slices.Contains(is[kind], id) {
					p.t.Errorf("%s: %s is not with the survivor", kind, id)
				}
			}
			if len(list) == 0 {
				p.t.Errorf("there is nothing of %s to carry", kind)
			}
		}
		p.open("/clients/" + two.ID + "?kind=mail")
		p.sees("#timeline .entry", mail)
		p.open("/clients/" + one.ID)
		p.untilTrue("the former address leads to the survivor", `location.pathname === `+quote("/clients/"+two.ID))
		p.open("/contracts/" + ones["contracts"][0])
		p.sees("#content", one.Name)
	})
	p.does(t, "undo", func(p *person) {
		p.open("/duplicates")
		p.do("undo it", click(within(".pair.twin", one.Name, `form[action^="/merges/"] button`)), chromedp.WaitVisible(css("#timeline")))
		if at := p.where(); at != "/clients/"+one.ID {
			p.t.Errorf("it leads to %s", at)
		}
		p.sees("h1", one.Name)
		h.carried(p.t)
		for id, was := range map[string]map[string][]string{one.ID: ones, two.ID: twos} {
			is := h.belongings(p.t, manager, id)
			for kind := range was {
				if !slices.Equal(is[kind], was[kind]) {
					p.t.Errorf("%s of %s: %v, were %v", kind, id, is[kind], was[kind])
				}
			}
		}
		p.open("/clients/" + two.ID)
		p.sees("h1", two.Name)
		p.sees("#timeline .entry", called)
		p.open("/duplicates")
		p.sees(".pair.twin", two.Name) // and it is asked again
	})
}

// carried waits until all merges and undos are done: a request that ends before
// leaves the rest to the nodes.
func (h *house) carried(t *testing.T) {
	t.Helper()
	events, stop := h.Service.Bus().Subscribe("client")
	defer stop()
	late := time.After(patience(t))
	for {
		going := 0
		for _, state := range []string{crm.MergeMoving, crm.MergeUndoing} {
			for _, err := range crm.Merges.All(t.Context(), h.Service.Store(), store.Query{Where: []store.Cond{store.Is("state", state)}, Sort: []string{"at"}}) {
				if err != nil {
					t.Fatal(err)
				}
				going++
			}
		}
		if going == 0 {
			return
		}
		select {
		case <-events:
		case <-late:
			t.Fatalf("%d merges or undos go on", going)
		}
	}
}

// busy is a client with mail and an installation, of such the one that takes the
// least to carry over, and the subject of a mail.
func (h *house) busy(t *testing.T, a crm.Actor) (crm.Client, string) {
	t.Helper()
	list, _, err := h.Service.ClientList(t.Context(), a, crm.ClientQuery{Limit: crm.MaxListLimit})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortStableFunc(list, func(x, y crm.Client) int { return cmp.Compare(x.Installations, y.Installations) })
	for _, c := range list {
		mails, _, err := h.Service.TimelineList(t.Context(), a, c.ID, crm.TimelineQuery{Kind: crm.KindMail})
		if err != nil {
			t.Fatal(err)
		}
		if len(mails) > 0 && c.Installations > 0 && c.City != "" {
			return c, mails[0].Title
		}
	}
	t.Fatal("no client has mail")
	return crm.Client{}, ""
}

// double makes a client that looks like another, with a call of its own.
func (h *house) double(t *testing.T, a crm.Actor, of crm.Client, phone, called string) crm.Client {
	t.Helper()
	name := of.Name + " Ltda."
	c, _, err := h.Service.AddClient(t.Context(), a, crm.NewClient{ClientPatch: crm.ClientPatch{Name: &name, City: &of.City, Phone: &phone, Agent: &of.Agent}, Anyway: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Service.LogActivity(t.Context(), a, c.ID, crm.ActivityInput{Kind: crm.KindCall, Text: called}); err != nil {
		t.Fatal(err)
	}
	return c
}

// belongings are the ids of what the API says that a client has.
func (h *house) belongings(t *testing.T, l app.Login, client string) map[string][]string {
	t.Helper()
	api := h.script(t, l)
	out := map[string][]string{}
	for kind, path := range map[string]string{"timeline": "/clients/" + client + "/timeline?limit=200", "installations": "/clients/" + client + "/installations?limit=200"} {
		for after := ""; ; {
			var page struct {
				Items []struct{ ID, Kind, Ref string }
				Next  string
			}
			api.get(t, path+"&after="+url.QueryEscape(after), &page)
			for _, x := range page.Items {
				switch {
				case x.Ref == "":
					out[kind] = append(out[kind], x.ID)
				case x.Kind == crm.KindMail: // an entry of a thread is called after its client
					out["mail"] = append(out["mail"], x.Ref)
				default:
					out[kind] = append(out[kind], x.Ref)
				}
			}
			if after = page.Next; after == "" {
				break
			}
		}
	}
	for _, id := range out["installations"] {
		var i struct{ Contracts []struct{ ID, Client string } }
		api.get(t, "/installations/"+id, &i)
		for _, c := range i.Contracts {
			if c.Client == client {
				out["contracts"] = append(out["contracts"], c.ID)
			}
		}
	}
	for _, list := range out {
		slices.Sort(list)
	}
	return out
}
