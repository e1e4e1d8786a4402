package crm

import "cemigmas/crm/store"

// Role says what a user may do and whose clients it sees.
type Role string

// The roles.
const (
	RoleAgent   Role = "agent"   // its own portfolio
	RoleManager Role = "manager" // the portfolios of its team
	RoleAdmin   Role = "admin"   // everything, and the settings
)

// Valid reports whether r is one of the roles.
func (r Role) Valid() bool { return r == RoleAgent || r == RoleManager || r == RoleAdmin }

// Actor is who asks: it is read from the store on each request, so that a
// disabled user or a changed team takes effect at once.
type Actor struct {
	UserID string
	Name   string
	Role   Role
	Team   string
	Lang   string
	// StandsIn says that it is an agent who serves clients of others today: what
	// has it as acting is its scope too.
	StandsIn bool
	// System marks the program itself (mail engine, jobs, command line): it
	// sees everything and is named in no list.
	System bool
}

// SystemActor is the program itself.
func SystemActor() Actor {
	return Actor{UserID: "system", Name: "system", Role: RoleAdmin, System: true, Lang: "pt-BR"}
}

// scope is the condition that every query on clients and what belongs to them
// begins with: nothing outside it is listed, counted, found or exported.
func (a Actor) scope() []store.Cond {
	if a.Role == RoleAgent && a.StandsIn {
		return []store.Cond{store.Either("agent", "acting", orNone(a.UserID))}
	}
	switch a.Role {
	case RoleAdmin:
		return nil
	case RoleManager:
		return []store.Cond{store.Is("team", orNone(a.Team))}
	default:
		return []store.Cond{store.Is("agent", orNone(a.UserID))}
	}
}

// Scope is scope for packages above crm that read collections with agent and
// team fields (reports).
func (a Actor) Scope() []store.Cond { return a.scope() }

// orNone keeps an empty team or id from matching everything.
func orNone(s string) string {
	if s == "" {
		return "\x01none" // nobody is called so; drivers refuse a NUL
	}
	return s
}

// sees reports whether the actor sees a client that these keep.
func (a Actor) sees(k kept) bool {
	switch a.Role {
	case RoleAdmin:
		return true
	case RoleManager:
		return a.Team != "" && k.team == a.Team
	case RoleAgent:
		return a.UserID != "" && (k.agent == a.UserID || a.StandsIn && k.acting == a.UserID)
	}
	return false
}

// mustBe answers CodeForbidden unless the actor has one of the roles.
func (a Actor) mustBe(roles ...Role) error {
	for _, r := range roles {
		if a.Role == r {
			return nil
		}
	}
	return Errf(CodeForbidden, "error.forbidden")
}
