package web

import (
	"time"
)

// sessionOut is a session as its own user sees it in the API.
type sessionOut struct {
	ID        string    `json:"id"`
	Kind      string    `json:"kind"` // page, api
	Current   bool      `json:"current,omitempty"`
	Browser   string    `json:"browser,omitempty"`
	System    string    `json:"system,omitempty"`
	Address   string    `json:"address,omitempty"`
	CreatedAt time.Time `json:"createdAt"`
	SeenAt    time.Time `json:"seenAt"`
	Expires   time.Time `json:"expires"`
}

type sessionsOut struct {
	Items []sessionOut `json:"items"`
	Next  string       `json:"next,omitempty"`
}

type sessionsQuery struct {
	Limit int    `query:"limit"`
	After string `query:"after"`
}

func apiSessions(s *Server, c call, in sessionsQuery) (sessionsOut, error) {
	list, next, err := s.Service.ListSessions(c, c.Actor, c.Actor.UserID, in.Limit, in.After)
	out := sessionsOut{Items: []sessionOut{}, Next: next}
	here := session(c.ctx).ID
	for _, x := range list {
		out.Items = append(out.Items, sessionOut{ID: x.ID, Kind: x.Kind, Current: x.ID == here, Browser: x.Browser, System: x.System,
			Address: x.Address, CreatedAt: x.CreatedAt, SeenAt: x.SeenAt, Expires: x.Expires})
	}
	return out, err
}

func apiEndSession(s *Server, c call, in idPath) (none, error) {
	return none{}, s.Service.EndSession(c, c.Actor, c.Actor.UserID, in.ID)
}

// endedOut says how many sessions were ended.
type endedOut struct {
	Ended int `json:"ended"`
}

func apiEndSessions(s *Server, c call, _ struct{}) (endedOut, error) {
	n, err := s.Service.EndSessions(c, c.Actor, c.Actor.UserID, session(c.ctx).ID)
	return endedOut{n}, err
}
