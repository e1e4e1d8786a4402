package crm

import (
	"context"

	"cemigmas/crm/store"
)

// NewClient is what is said of a client that is made by hand.
type NewClient struct {
	ClientPatch
	// Anyway makes it although others look like it.
	Anyway bool `json:"anyway,omitempty"`
	// Propose gives it the agent that ProposeAgents names first, where no agent
	// is chosen; managers and admins.
	Propose bool `json:"propose,omitempty"`
}

// AddClient makes a client. An agent who makes one serves it; managers and
// admins choose. CodeDuplicate when the CNPJ or CPF is in the house, without a
// word about whose; and, unless Anyway, when clients in the actor's scope look
// like it: they come back beside the error.
func (s *Service) AddClient(ctx context.Context, a Actor, in NewClient) (Client, []Client, error) {
	now := s.Now()
	id, keyed := s.idFor(ctx, a, "client")
	if keyed {
		if was, err := Clients.Get(ctx, s.store, id); err == nil {
			return was, nil, nil
		}
	}
	c := Client{ID: id, Status: "active", CreatedAt: now, UpdatedAt: now}
	switch a.Role {
	case RoleAgent:
		c.Agent, c.Team = a.UserID, a.Team
	case RoleManager:
		c.Team = a.Team
	}
	if in.Name == nil {
		in.Name = new(string) // a client needs one
	}
	if err := s.applyClientPatch(ctx, a, &c, in.ClientPatch); err != nil {
		return Client{}, nil, err
	}
	if in.Propose && c.Agent == "" {
		if err := s.propose(ctx, a, &c); err != nil {
			return Client{}, nil, err
		}
	}
	c.Acting = c.actingOn(s.Today())
	if err := s.inTheHouse(ctx, a, &c); err != nil {
		return Client{}, nil, err
	}
	if !in.Anyway {
		alike, err := s.alikeOf(ctx, a, &c)
		if err != nil {
			return Client{}, nil, err
		}
		if len(alike) > 0 {
			return Client{}, alike, Errf(CodeDuplicate, "error.client.alike", "name", alike[0].Name)
		}
	}
	rest, left := s.chore(Chore{Client: c.ID, Refile: c.Emails})
	if err := s.Apply(ctx, append(saved(s.editor(ctx, a), Clients, c.ID, nil, &c), left)...); err != nil {
		if keyed && CodeOf(err) == CodeConflict { // the same request, sent twice at once
			was, err := Clients.Get(ctx, s.store, id)
			return was, nil, err
		}
		return Client{}, nil, duplicateClient(err)
	}
	if err := s.do(ctx, rest); err != nil {
		return c, nil, err
	}
	if err := s.pairUp(ctx, c.ID); err != nil {
		return c, nil, err
	}
	s.bus.Publish(Event{Kind: "client", ID: c.ID, Agent: c.Agent, Team: c.Team, Acting: c.Acting})
	c, err := Clients.Get(ctx, s.store, c.ID)
	return c, nil, err
}

// inTheHouse says that a CNPJ or CPF is another client's: by its name to who may
// see that client, and to nobody else.
func (s *Service) inTheHouse(ctx context.Context, a Actor, c *Client) error {
	if c.TaxID == "" {
		return nil
	}
	is, err := Clients.First(ctx, s.store, store.Query{Where: []store.Cond{store.Is("taxId", c.TaxID)}})
	if err != nil || is == nil || is.ID == c.ID {
		return err
	}
	word := Text{Key: "error.client.duplicate"}
	if a.sees(is.kept()) {
		word = Text{Key: "error.client.yours", Args: []string{"name", is.Name}}
	}
	return &Error{Code: CodeDuplicate, Text: word, Fields: map[string]Text{"taxId": word}}
}
