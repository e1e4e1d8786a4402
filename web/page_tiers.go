package web

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

func (s *Server) tiersPage(c *fiber.Ctx) error {
	ctx, a, v := c.UserContext(), actor(c), s.view(c)
	if a.Role != crm.RoleAdmin {
		return s.fail(c, crm.Errf(crm.CodeForbidden, "error.forbidden"))
	}
	if id := c.Query("preview"); id != "" {
		return s.tiersTried(c, id)
	}
	r, version, err := s.Service.TierRule(ctx)
	if err != nil {
		return s.fail(c, err)
	}
	p := page.Tiers{On: r.On, Version: strconv.FormatInt(version, 10), Form: storedTiers(r)}
	list, _, err := s.Service.ListJobs(ctx, a, crm.JobTier, 5, "")
	if err != nil {
		return s.fail(c, err)
	}
	for _, j := range list {
		if tierArgs(j).Apply {
			if !j.Ended() || j.State != crm.JobDone {
				shown := s.job(c, v, j)
				p.Job = &shown
			}
			break
		}
	}
	return s.showTiers(c, fiber.StatusOK, p, nil)
}

// tiersTried shows the rule that a job tries, how far it is, and what it found.
func (s *Server) tiersTried(c *fiber.Ctx, id string) error {
	j, err := s.Service.Job(c.UserContext(), actor(c), id)
	if err == nil && j.Kind != crm.JobTier {
		err = crm.Errf(crm.CodeNotFound, "error.not-found")
	}
	if err != nil {
		return s.fail(c, err)
	}
	args, v := tierArgs(j), s.view(c)
	p := page.Tiers{On: args.Rule.On, Version: strconv.FormatInt(args.Version, 10), Form: storedTiers(args.Rule)}
	var found crm.TierPreview
	if j.State == crm.JobDone && json.Unmarshal(j.Result, &found) == nil {
		p.Preview = v.tierPreview(found)
	} else {
		shown := s.job(c, v, j)
		p.Job = &shown
	}
	return s.showTiers(c, fiber.StatusOK, p, nil)
}

func tierArgs(j crm.Job) (args crm.TierArgs) {
	_ = json.Unmarshal(j.Args, &args) // as reportArgs
	return args
}

func storedTiers(r crm.TierRule) page.TiersForm {
	f := func(n int64) page.Field {
		if n == 0 {
			return page.Field{}
		}
		return page.Field{Value: strconv.FormatInt(n, 10)}
	}
	return page.TiersForm{AKW: f(r.AKW), BKW: f(r.BKW), ASites: f(r.ASites), BSites: f(r.BSites)}
}

func (s *Server) showTiers(c *fiber.Ctx, status int, p page.Tiers, notice *page.Notice) error {
	v := s.view(c)
	r, _, err := s.Service.TierRule(c.UserContext())
	if err != nil {
		return s.fail(c, err)
	}
	if r.By != "" {
		names, err := s.Service.UserNames(c.UserContext())
		if err != nil {
			return s.fail(c, err)
		}
		p.Since = v.T("tier.since", "name", orNothing(names[r.By]), "when", v.stamp(r.At))
	}
	p.Base = s.base(c, "", v.T("tier.title"), page.Link{Label: v.T("page.settings.title"), URL: "/settings"})
	p.Shape, p.Notice = page.ShapeForm, notice
	return s.render(c, status, "tiers", p)
}

// typedTiers reads the form; a field that is no number is told.
func typedTiers(f typed) (crm.TierRule, error) {
	r := crm.TierRule{On: f.on("on")}
	var errs []error
	for _, n := range []struct {
		name, api string
		to        *int64
	}{{"a_kw", "aKw", &r.AKW}, {"b_kw", "bKw", &r.BKW}, {"a_sites", "aSites", &r.ASites}, {"b_sites", "bSites", &r.BSites}} {
		raw := strings.ReplaceAll(f.get(n.name), ".", "")
		if raw == "" {
			continue
		}
		v, err := strconv.ParseInt(raw, 10, 64)
		if err != nil || v < 0 {
			errs = append(errs, wrongField(n.api, "error.field.range"))
		}
		*n.to = v
	}
	return r, joinErrors(errs...)
}

func (s *Server) tiersSave(c *fiber.Ctx) error {
	v, f, a := s.view(c), typed{c}, actor(c)
	rule, err := typedTiers(f)
	p := page.Tiers{On: rule.On, Version: strconv.FormatInt(f.version(), 10)}
	switch {
	case a.Role != crm.RoleAdmin:
		return s.fail(c, crm.Errf(crm.CodeForbidden, "error.forbidden"))
	case err != nil:
	case f.get("action") == "save":
		if _, err = s.followTiers(c.UserContext(), a, rule, f.version()); err == nil {
			return s.goTo(c, "/tiers", note{Label: v.T("tier.saved")})
		}
	default:
		if err = rule.Check(); err != nil {
			break
		}
		j, err := s.Jobs.Enqueue(c.UserContext(), a, crm.JobTier, crm.TierArgs{Rule: rule, Version: f.version()})
		if err != nil {
			return s.fail(c, err)
		}
		return s.goTo(c, jobPage(j), note{})
	}
	wrong, above, ok := v.formError(err)
	if !ok {
		return s.fail(c, err)
	}
	p.Form = page.TiersForm{AKW: f.field("a_kw", wrong, "aKw"), BKW: f.field("b_kw", wrong, "bKw"), ASites: f.field("a_sites", wrong, "aSites"), BSites: f.field("b_sites", wrong, "bSites")}
	if crm.CodeOf(err) == crm.CodeConflict {
		now, version, rerr := s.Service.TierRule(c.UserContext())
		if rerr != nil {
			return s.fail(c, rerr)
		}
		is := storedTiers(now)
		for typed, stored := range map[*page.Field]page.Field{&p.Form.AKW: is.AKW, &p.Form.BKW: is.BKW, &p.Form.ASites: is.ASites, &p.Form.BSites: is.BSites} {
			v.differs(typed, stored.Value)
		}
		if p.On != now.On {
			p.TheirOn = v.theirTick("on", now.On)
		}
		p.Version = strconv.FormatInt(version, 10)
		return s.showTiers(c, again(err), p, v.conflict(now.At, "/tiers"))
	}
	return s.showTiers(c, again(err), p, bad(above))
}

func (v view) tierPreview(p crm.TierPreview) *page.TierPreview {
	out := &page.TierPreview{Stats: []page.Stat{{Label: v.T("tier.changed"), Value: v.int(int64(p.Changed))}, {Label: v.T("tier.byhand"), Value: v.int(int64(p.ByHand))},
		{Label: v.T("page.nav.clients"), Value: v.int(int64(p.Clients))}}}
	for _, t := range append(crm.ClientTiers, "") {
		out.Rows = append(out.Rows, page.TierRow{Tier: orNothing(t), Now: v.int(int64(p.Now[t])), Then: v.int(int64(p.Then[t]))})
	}
	return out
}

// tierWord says a client's tier and where it is from.
func (v view) tierWord(c crm.Client) string {
	switch {
	case c.Tier == "":
		return ""
	case c.TierBy == crm.TierByRule:
		return v.T("tier.byrule", "tier", c.Tier)
	}
	return v.T("tier.hand", "tier", c.Tier)
}

// tierAuto is the choice not to set a tier by hand.
func (v view) tierAuto(c crm.Client) string {
	if c.TierBy == crm.TierByRule {
		return v.tierWord(c)
	}
	return nothing
}

// tierAnswer is the rule as the API shows it; its version is the ETag.
type tierAnswer struct {
	crm.TierRule
	number int64
}

func (a tierAnswer) version() int64 { return a.number }

// tierIn is a rule to set, or with dryRun to try.
type tierIn struct {
	DryRun bool  `json:"dryRun,omitempty"`
	On     bool  `json:"on"`
	AKW    int64 `json:"aKw,omitempty"`
	BKW    int64 `json:"bKw,omitempty"`
	ASites int64 `json:"aSites,omitempty"`
	BSites int64 `json:"bSites,omitempty"`
}

// The rule is shown to who may set it.
func apiTiers(s *Server, c call, _ struct{}) (tierAnswer, error) {
	if c.Actor.Role != crm.RoleAdmin {
		return tierAnswer{}, crm.Errf(crm.CodeForbidden, "error.forbidden")
	}
	r, version, err := s.Service.TierRule(c)
	return tierAnswer{r, version}, err
}

func apiSetTiers(s *Server, c call, in tierIn) (started, error) {
	rule := crm.TierRule{On: in.On, AKW: in.AKW, BKW: in.BKW, ASites: in.ASites, BSites: in.BSites}
	if c.Actor.Role != crm.RoleAdmin {
		return started{}, crm.Errf(crm.CodeForbidden, "error.forbidden")
	}
	err := rule.Check()
	if err != nil {
		return started{}, err
	}
	var j crm.Job
	if in.DryRun {
		j, err = s.Jobs.Enqueue(c, c.Actor, crm.JobTier, crm.TierArgs{Rule: rule})
	} else {
		var version int64
		version, err = c.ifMatch()
		if err == nil && version == 0 {
			_, version, err = s.Service.TierRule(c)
		}
		if err != nil {
			return started{}, err
		}
		j, err = s.followTiers(c, c.Actor, rule, version)
	}
	return started{"/api/v1/tiers/" + j.ID, jobOut(lang(c.ctx), j)}, err
}

// apiTierJob is how far the work on a rule is; its result counts the clients.
func apiTierJob(s *Server, c call, in idPath) (jobAnswer, error) {
	j, err := s.Service.Job(c, c.Actor, in.ID)
	if err == nil && j.Kind != crm.JobTier {
		err = crm.Errf(crm.CodeNotFound, "error.not-found")
	}
	if err != nil {
		return jobAnswer{}, err
	}
	return jobOut(lang(c.ctx), j), nil
}

// followTiers sets a rule and has all clients follow it in the background. Should
// the process end in between, the night does it.
func (s *Server) followTiers(ctx context.Context, a crm.Actor, rule crm.TierRule, version int64) (crm.Job, error) {
	if err := s.Service.SetTierRule(ctx, a, rule, version); err != nil {
		return crm.Job{}, err
	}
	return s.Jobs.Enqueue(ctx, a, crm.JobTier, crm.TierArgs{Apply: true, Rule: rule})
}
