package crm

import (
	"context"
	"encoding/json"
	"slices"
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

func (r *TierRule) check() error {
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

// PreviewTiers counts what a rule would change. Admins.
func (s *Service) PreviewTiers(ctx context.Context, a Actor, r TierRule) (TierPreview, error) {
	p := TierPreview{Now: map[string]int{}, Then: map[string]int{}}
	err := a.mustBe(RoleAdmin)
	if err == nil {
		err = r.check()
	}
	if err != nil {
		return p, err
	}
	return p, s.eachGraded(ctx, &r, func(was, is *Client) error {
		p.Clients++
		p.Now[was.Tier]++
		p.Then[is.Tier]++
		if was.Tier != is.Tier {
			p.Changed++
		}
		if is.Tier != "" && is.TierBy == "" {
			p.ByHand++
		}
		return nil
	})
}

func (s *Service) eachGraded(ctx context.Context, r *TierRule, f func(was, is *Client) error) error {
	for c, err := range Clients.All(ctx, s.store, store.Query{}) {
		if err != nil {
			return err
		}
		if c.MergedInto != "" {
			continue
		}
		was := c
		c.grade(r)
		if err := f(&was, &c); err != nil {
			return err
		}
	}
	return nil
}

// SetTierRule sets the rule that was read with this version and gives every
// client its tier. CodeConflict when somebody changed it since. Where it is
// broken off, setting it again, or the night, goes on. Admins.
func (s *Service) SetTierRule(ctx context.Context, a Actor, r TierRule, version int64) error {
	err := a.mustBe(RoleAdmin)
	if err == nil {
		err = r.check()
	}
	if err != nil {
		return err
	}
	r.By, r.At = a.UserID, s.Now()
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := s.Apply(ctx, Marks.Put(&Mark{ID: markTiers, Version: version, Data: data, At: r.At})); err != nil {
		return err
	}
	var changes []store.Change
	err = s.eachGraded(ctx, &r, func(was, is *Client) error {
		if p := patchOf(Clients, was, is); p != nil {
			changes = append(changes, *p)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for part := range slices.Chunk(changes, chunk) {
		if err := s.Apply(ctx, part...); err != nil {
			return err
		}
	}
	return nil
}
