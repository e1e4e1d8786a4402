package crm

import (
	"context"
	"slices"
	"strings"
)

// BulkEdit is what is done to many clients alike; nil leaves. "" clears what may
// be without a value.
type BulkEdit struct {
	Agent   *string `json:"agent,omitempty"` // user id; managers and admins
	Sector  *string `json:"sector,omitempty"`
	Segment *string `json:"segment,omitempty"`
	Tier    *string `json:"tier,omitempty"`
	Status  *string `json:"status,omitempty"`
	// StandIn comes with both of its dates, or as "" without them; managers and
	// admins.
	StandIn      *string  `json:"standIn,omitempty"` // user id
	StandInFrom  *string  `json:"standInFrom,omitempty"`
	StandInUntil *string  `json:"standInUntil,omitempty"`
	AddTags      []string `json:"addTags,omitempty"`
	DropTags     []string `json:"dropTags,omitempty"`
}

// patch is the edit as it is made to one client.
func (e BulkEdit) patch(c *Client) ClientPatch {
	p := ClientPatch{Agent: e.Agent, Sector: e.Sector, Segment: e.Segment, Tier: e.Tier, Status: e.Status,
		StandIn: e.StandIn, StandInFrom: e.StandInFrom, StandInUntil: e.StandInUntil}
	if len(e.AddTags) > 0 || len(e.DropTags) > 0 {
		tags := slices.DeleteFunc(slices.Clone(c.Tags), func(t string) bool { return hasTag(e.DropTags, t) })
		for _, t := range e.AddTags {
			if !hasTag(tags, t) {
				tags = append(tags, t)
			}
		}
		p.Tags = &tags
	}
	return p
}

// hasTag compares as people do: a tag is the same in capitals.
func hasTag(tags []string, t string) bool {
	return slices.ContainsFunc(tags, func(has string) bool { return strings.EqualFold(firstLine(has), firstLine(t)) })
}

func (e BulkEdit) empty() bool {
	for _, p := range []*string{e.Agent, e.Sector, e.Segment, e.Tier, e.Status, e.StandIn, e.StandInFrom, e.StandInUntil} {
		if p != nil {
			return false
		}
	}
	return len(e.AddTags) == 0 && len(e.DropTags) == 0
}

// check: only managers and admins reassign.
func (e BulkEdit) check(ctx context.Context, s *Service, a Actor) error {
	if e.Agent != nil {
		if err := a.mustBe(RoleManager, RoleAdmin); err != nil {
			return err
		}
	}
	any := Client{Name: "any"}
	return s.applyClientPatch(ctx, a, &any, e.patch(&any))
}

func (e BulkEdit) edit(ctx context.Context, s *Service, a Actor, id string) (bulkEdited, error) {
	c, err := s.client(ctx, a, id)
	if err != nil {
		return bulkEdited{}, err
	}
	is, err := s.EditClient(ctx, a, c.ID, c.Version, e.patch(&c))
	return bulkEdited{c.ID, c.Name, c.Version, is.Version}, err
}
