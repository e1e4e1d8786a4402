package crm

import (
	"context"
	"encoding/json"
	"math"
	"time"

	"cemigmas/crm/store"
)

// TierByRule says that a client's tier follows from the rule (Client.TierBy); a
// tier that was set by hand stays.
const TierByRule = "rule"

// TierRule gives tiers by contracted demand and number of installations. One of
// the two that is reached is enough; 0 does not count. What reaches neither is C.
type TierRule struct {
	On     bool  `json:"on"`
	AKW    int64 `json:"aKw,omitempty"` // kW contracted, from which a client is A
	BKW    int64 `json:"bKw,omitempty"`
	ASites int64 `json:"aSites,omitempty"` // installations, from which a client is A
	BSites int64 `json:"bSites,omitempty"`
	// By and At say who set it; set by SetTierRule.
	By string    `json:"by,omitempty"` // user id
	At time.Time `json:"at,omitzero"`
}

// maxTierKW and maxTierSites bound what is no slip of the pen.
const maxTierKW, maxTierSites = 10_000_000, 100_000

// of is the tier that a client has by the rule; "" when there is no rule.
func (r *TierRule) of(contractedW, sites int64) string {
	reaches := func(kw, count int64) bool {
		return kw > 0 && contractedW >= kw*1000 || count > 0 && sites >= count
	}
	switch {
	case !r.On:
		return ""
	case reaches(r.AKW, r.ASites):
		return "A"
	case reaches(r.BKW, r.BSites):
		return "B"
	}
	return "C"
}

// Check refuses a rule that nobody can mean: CodeInvalid with its fields.
func (r *TierRule) Check() error {
	bad := problems{}
	within := func(field string, v, limit int64) {
		if v < 0 || v > limit {
			bad.add(field, "error.field.range")
		}
	}
	within("aKw", r.AKW, maxTierKW)
	within("bKw", r.BKW, maxTierKW)
	within("aSites", r.ASites, maxTierSites)
	within("bSites", r.BSites, maxTierSites)
	if r.AKW > 0 && r.BKW > r.AKW {
		bad.add("bKw", "tier.order")
	}
	if r.ASites > 0 && r.BSites > r.ASites {
		bad.add("bSites", "tier.order")
	}
	if r.On && r.AKW+r.ASites == 0 {
		bad.add("aKw", "tier.empty")
	}
	return bad.err()
}

// grade gives a client its tier by the rule, unless one was set by hand.
func (c *Client) grade(r *TierRule) {
	if c.Tier != "" && c.TierBy != TierByRule {
		c.TierBy = ""
		return
	}
	c.Tier, c.TierBy = r.of(c.ContractedW, c.Installations), ""
	if c.Tier != "" {
		c.TierBy = TierByRule
	}
}

// setTier sets a tier by hand; "" goes back to the rule, which gives it anew.
func (c *Client) setTier(tier string) {
	if tier == "" && c.TierBy == TierByRule {
		return
	}
	c.Tier, c.TierBy = tier, ""
}

// markTiers holds the rule.
const markTiers = "tiers"

// TierRule reads the rule and its version, 0 before there was one.
func (s *Service) TierRule(ctx context.Context) (TierRule, int64, error) {
	var r TierRule
	m, err := Marks.Get(ctx, s.store, markTiers)
	if CodeOf(err) == CodeNotFound {
		return r, 0, nil
	}
	if err == nil {
		err = json.Unmarshal(m.Data, &r)
	}
	return r, m.Version, err
}

// TierPreview says what a rule would do.
type TierPreview struct {
	Clients int            `json:"clients"` // in all
	Changed int            `json:"changed"` // would get another tier
	ByHand  int            `json:"byHand"`  // keep theirs
	Now     map[string]int `json:"now"`     // clients by tier, "" of none
	Then    map[string]int `json:"then"`
}

// TierArgs are the arguments of a JobTier: a rule to try, or with Apply the one
// that was set is followed. Version is the one that was read before Rule was typed.
type TierArgs struct {
	Apply   bool     `json:"apply,omitempty"`
	Rule    TierRule `json:"rule"`
	Version int64    `json:"version,omitempty"`
}

// PreviewTiers counts what a rule would change, client by client; progress may be
// nil. Admins.
func (s *Service) PreviewTiers(ctx context.Context, a Actor, r TierRule, progress func(done, total int)) (TierPreview, error) {
	err := a.mustBe(RoleAdmin)
	if err == nil {
		err = r.Check()
	}
	if err != nil {
		return TierPreview{}, err
	}
	return s.grade(ctx, &r, false, progress)
}

// GradeClients gives every client its tier by the rule that is set, a part at a
// time, and says what it changed; progress may be nil. It may be repeated, and
// what it left is done by the night. Admins.
func (s *Service) GradeClients(ctx context.Context, a Actor, progress func(done, total int)) (TierPreview, error) {
	if err := a.mustBe(RoleAdmin); err != nil {
		return TierPreview{}, err
	}
	r, _, err := s.TierRule(ctx)
	if err != nil {
		return TierPreview{}, err
	}
	return s.grade(ctx, &r, true, progress)
}

// grade walks all clients, a part at a time.
func (s *Service) grade(ctx context.Context, r *TierRule, apply bool, progress func(done, total int)) (TierPreview, error) {
	p := TierPreview{Now: map[string]int{}, Then: map[string]int{}}
	total, err := s.store.Count(ctx, store.Query{In: Clients.In}, math.MaxInt32)
	if err != nil {
		return p, wrapStore(err)
	}
	q, done := store.Query{Limit: chunk}, 0
	for {
		part, next, err := Clients.Find(ctx, s.store, q)
		if err != nil {
			return p, err
		}
		var changes []store.Change
		for n := range part {
			was, is := part[n], part[n]
			if was.MergedInto != "" {
				continue
			}
			is.grade(r)
			p.count(&was, &is)
			if c := patchOf(Clients, &was, &is); apply && c != nil {
				changes = append(changes, *c)
			}
		}
		if len(changes) > 0 {
			if err := s.Apply(ctx, changes...); err != nil {
				return p, err
			}
		}
		if done += len(part); progress != nil {
			progress(done, total)
		}
		if err := context.Cause(ctx); err != nil {
			return p, err
		}
		if q.After = next; next == "" {
			return p, nil
		}
	}
}

func (p *TierPreview) count(was, is *Client) {
	p.Clients++
	p.Now[was.Tier]++
	p.Then[is.Tier]++
	if was.Tier != is.Tier {
		p.Changed++
	}
	if is.Tier != "" && is.TierBy == "" {
		p.ByHand++
	}
}

// SetTierRule sets the rule that was read with this version; clients follow by
// GradeClients. CodeConflict when somebody changed it since. Admins.
func (s *Service) SetTierRule(ctx context.Context, a Actor, r TierRule, version int64) error {
	err := a.mustBe(RoleAdmin)
	if err == nil {
		err = r.Check()
	}
	if err != nil {
		return err
	}
	r.By, r.At = a.UserID, s.Now()
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return s.Apply(ctx, Marks.Put(&Mark{ID: markTiers, Version: version, Data: data, At: r.At}))
}
