package crm

import (
	"context"
	"slices"

	"cemigmas/crm/store"
	"cemigmas/crm/text"
)

// States of a user, as a list is filtered by them.
const (
	UserActive   = "active"
	UserInvited  = "invited" // never signed in
	UserDisabled = "disabled"
)

// UserStates in the order in which they are offered.
var UserStates = []string{UserActive, UserInvited, UserDisabled}

// State is one of UserStates.
func (u *User) State() string {
	switch {
	case u.Disabled:
		return UserDisabled
	case u.Invited():
		return UserInvited
	}
	return UserActive
}

// UserQuery asks for a list of users within the actor's scope.
type UserQuery struct {
	Q     string // words of name, address or team
	Role  Role
	State string // one of UserStates
	Limit int    // about so many; 0 is 100
	After string
}

// ListUsers lists users by name: admins all, managers their team.
func (s *Service) ListUsers(ctx context.Context, a Actor, ask UserQuery) ([]User, string, error) {
	if err := a.mustBe(RoleManager, RoleAdmin); err != nil {
		return nil, "", err
	}
	q := store.Query{Sort: []string{"name"}, Limit: limitOf(ask.Limit, 100), After: ask.After}
	if a.Role == RoleManager {
		q.Where = []store.Cond{store.Is("team", orNone(a.Team))}
	}
	words := text.QueryWords(ask.Q)
	var out []User
	// A house has some hundred users at most: what is asked for is picked while
	// they are walked.
	for {
		list, next, err := Users.Find(ctx, s.store, q)
		if err != nil {
			return nil, "", err
		}
		for _, u := range list {
			if ask.takes(u, words) {
				out = append(out, hideUser(u))
			}
		}
		if q.After = next; next == "" || len(out) >= q.Limit {
			return out, next, nil
		}
	}
}

func (ask UserQuery) takes(u User, words []string) bool {
	if ask.Role != "" && u.Role != ask.Role || ask.State != "" && u.State() != ask.State {
		return false
	}
	has := text.Words(u.Name, u.Email, u.Team)
	return !slices.ContainsFunc(words, func(w string) bool {
		return !slices.ContainsFunc(has, func(h string) bool { return len(h) >= len(w) && h[:len(w)] == w })
	})
}
