package crm

import (
	"context"
	"encoding/json"
	"slices"
)

// UserKind says how an agent serves.
type UserKind string

// The kinds of agents: the relationship agent visits free clients, public power
// and medium voltage; the commercial agent of Cemig Más serves clients of medium
// voltage by phone and e-mail, by branch of business. "" is not said.
const (
	AgentRelationship UserKind = "relationship"
	AgentCommercial   UserKind = "commercial"
)

// UserKinds in the order in which they are offered.
var UserKinds = []UserKind{AgentRelationship, AgentCommercial}

// Channels through which a segment is served.
const (
	ChannelVisits = "visits" // and daily contact
	ChannelPhone  = "phone"  // and e-mail
)

// Channels in the order in which they are offered.
var Channels = []string{ChannelVisits, ChannelPhone}

// ServingRule says which channel and which kind of agent serve a segment.
type ServingRule struct {
	Segment string   `json:"segment"` // one of ClientSegments
	Channel string   `json:"channel"` // one of Channels
	Kind    UserKind `json:"kind"`
}

// Serving is the table of who serves whom, one rule for each segment.
type Serving struct {
	Rules   []ServingRule `json:"rules"`
	Version int64         `json:"version"` // 0: nobody changed it yet
}

// Kind is the kind of agent that serves a segment; "" for a segment without a
// rule.
func (s Serving) Kind(segment string) UserKind {
	for _, r := range s.Rules {
		if r.Segment == segment {
			return r.Kind
		}
	}
	return ""
}

// markServing is the mark that holds the table once an admin changed it.
const markServing = "serving"

// defaultServing is how the distributor describes its channels: Cemig Más for
// medium voltage, by phone and e-mail; relationship agents for free clients and
// public power.
func defaultServing() []ServingRule {
	return []ServingRule{{"mv", ChannelPhone, AgentCommercial}, {"free", ChannelVisits, AgentRelationship}, {"public", ChannelVisits, AgentRelationship}}
}

// Serving reads the table. It is no secret to anybody in the house.
func (s *Service) Serving(ctx context.Context) (Serving, error) {
	m, err := Marks.Get(ctx, s.store, markServing)
	if CodeOf(err) == CodeNotFound {
		return Serving{Rules: defaultServing()}, nil
	}
	if err != nil {
		return Serving{}, err
	}
	out := Serving{Version: m.Version}
	return out, json.Unmarshal(m.Data, &out.Rules)
}

// SetServing changes the table. Only admins may. CodeInvalid names the segment
// whose rule is none; CodeConflict when somebody changed it since version.
func (s *Service) SetServing(ctx context.Context, a Actor, in Serving) (Serving, error) {
	if err := a.mustBe(RoleAdmin); err != nil {
		return Serving{}, err
	}
	bad := problems{}
	rules := make([]ServingRule, 0, len(ClientSegments))
	for _, segment := range ClientSegments {
		n := slices.IndexFunc(in.Rules, func(r ServingRule) bool { return r.Segment == segment })
		switch {
		case n < 0:
			bad.add(segment, "error.field.required")
		case !slices.Contains(Channels, in.Rules[n].Channel) || !slices.Contains(UserKinds, in.Rules[n].Kind):
			bad.add(segment, "error.field.choice")
		default:
			rules = append(rules, in.Rules[n])
		}
	}
	if err := bad.err(); err != nil {
		return Serving{}, err
	}
	raw, err := json.Marshal(rules)
	if err != nil {
		return Serving{}, err
	}
	m := Mark{ID: markServing, Version: in.Version, Data: raw, At: s.Now()}
	if err := s.Apply(ctx, Marks.Put(&m)); err != nil {
		return Serving{}, err
	}
	return Serving{Rules: rules, Version: in.Version + 1}, nil
}
