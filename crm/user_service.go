package crm

import (
	"context"
	"slices"
	"strings"

	"cemigmas/crm/ident"
	"cemigmas/crm/secret"
	"cemigmas/crm/store"
)

// Langs are the languages of pages, sheets and messages.
var Langs = []string{"pt-BR", "es", "en"}

// MinPassword is the shortest password that a user may choose, in characters.
const MinPassword = 10

// UserInput makes or changes a user.
type UserInput struct {
	Email    string   `json:"email"`
	Name     string   `json:"name"`
	Role     Role     `json:"role"`
	Team     string   `json:"team,omitempty"`
	Sectors  []string `json:"sectors,omitempty"`
	Kind     UserKind `json:"kind,omitempty"`
	Segments []string `json:"segments,omitempty"`
	Lang     string   `json:"lang,omitempty"`
	Password string   `json:"-"` // "" makes a one-time password
	Invite   bool     `json:"-"` // no password yet: it is chosen behind a link
	// LoopbackOnly marks a demonstration login, which opens nothing from
	// another machine.
	LoopbackOnly bool `json:"-"`
}

// AddUser makes a user and answers the one-time password if none was given.
// Only admins may. CodeDuplicate when the address is taken.
func (s *Service) AddUser(ctx context.Context, a Actor, in UserInput) (User, string, error) {
	if err := a.mustBe(RoleAdmin); err != nil {
		return User{}, "", err
	}
	sectors, err := s.sectorsNow(ctx)
	if err != nil {
		return User{}, "", err
	}
	now := s.Now()
	u := User{ID: s.newID(), CreatedAt: now, UpdatedAt: now, LoopbackOnly: in.LoopbackOnly, Epoch: 1}
	if err := fillUser(&u, in, sectors); err != nil {
		return User{}, "", err
	}
	once := ""
	if !in.Invite {
		var err error
		if once, err = setPassword(&u, in.Password); err != nil {
			return User{}, "", err
		}
	}
	if err := s.Apply(ctx, Users.Put(&u)); err != nil {
		return User{}, "", takenAddress(err)
	}
	s.forgetUserNames()
	u.Version++
	return hideUser(u), once, nil
}

func takenAddress(err error) error {
	if CodeOf(err) != CodeDuplicate {
		return err
	}
	return &Error{Code: CodeDuplicate, Text: Text{Key: "error.user.duplicate"}, Err: err, Fields: map[string]Text{"email": {Key: "error.user.duplicate"}}}
}

// setPassword gives a user a password, a one-time one when it is "". A link to
// choose one is over then.
func setPassword(u *User, password string) (once string, err error) {
	u.MustChange, u.Link, u.LinkUntil = false, "", nil
	if password == "" {
		once = secret.OneTimePassword()
		password, u.MustChange = once, true
	} else if err := checkPassword(password); err != nil {
		return "", err
	}
	u.Password, err = secret.HashPassword(password)
	return once, err
}

func fillUser(u *User, in UserInput, sectors SectorTable) error {
	bad := problems{}
	has := u.Sectors
	email, err := ident.NormalEmail(in.Email)
	if err != nil {
		bad["email"] = identText(err)
	}
	u.Email, u.Name, u.Role, u.Team = email, strings.TrimSpace(in.Name), in.Role, strings.TrimSpace(in.Team)
	u.Sectors, u.Lang, u.Kind, u.Segments = in.Sectors, in.Lang, in.Kind, in.Segments
	bad.need("name", u.Name)
	if !u.Role.Valid() {
		bad.add("role", "error.field.choice")
	}
	if u.Role == RoleManager && u.Team == "" {
		bad.add("team", "error.user.team")
	}
	if u.Lang != "" && !slices.Contains(Langs, u.Lang) { // "" is what the browser prefers
		bad.add("lang", "error.field.choice")
	}
	if slices.ContainsFunc(u.Sectors, func(id string) bool { return !sectors.Offers(id) && !slices.Contains(has, id) }) {
		bad.add("sectors", "error.field.choice")
	}
	if u.Kind != "" && !slices.Contains(UserKinds, u.Kind) {
		bad.add("kind", "error.field.choice")
	}
	if slices.ContainsFunc(u.Segments, func(id string) bool { return !slices.Contains(ClientSegments, id) }) {
		bad.add("segments", "error.field.choice")
	}
	return bad.err()
}

func checkPassword(p string) error {
	if len([]rune(p)) < MinPassword || len(p) > 512 {
		return &Error{Code: CodeInvalid, Text: Text{Key: "error.invalid"},
			Fields: map[string]Text{"password": {Key: "error.user.password"}}}
	}
	return nil
}

// UserByEmail finds a user.
func (s *Service) UserByEmail(ctx context.Context, a Actor, email string) (User, error) {
	if err := a.mustBe(RoleAdmin); err != nil {
		return User{}, err
	}
	u, err := Users.First(ctx, s.store, store.Query{Where: []store.Cond{store.Is("email", strings.ToLower(strings.TrimSpace(email)))}})
	if err != nil {
		return User{}, err
	}
	if u == nil {
		return User{}, notFound()
	}
	return hideUser(*u), nil
}

// User reads a user. Only admins may.
func (s *Service) User(ctx context.Context, a Actor, id string) (User, error) {
	if err := a.mustBe(RoleAdmin); err != nil {
		return User{}, err
	}
	u, err := Users.Get(ctx, s.store, id)
	return hideUser(u), err
}

// DisableUser ends a user's rights at once: sessions, tokens, a link to choose a
// password, and the jobs that wait or run for it.
func (s *Service) DisableUser(ctx context.Context, a Actor, id string, disabled bool) (User, error) {
	if id == a.UserID {
		return User{}, Errf(CodeForbidden, "error.user.self")
	}
	u, err := s.changeUser(ctx, a, id, func(u *User) error {
		u.Disabled, u.Link, u.LinkUntil = disabled, "", nil
		u.endAll()
		return nil
	})
	if err != nil || !disabled {
		return u, err
	}
	s.tidySessions(ctx, u)
	return u, s.cancelJobsOf(ctx, id)
}

// ResetPassword gives a user a password, a one-time one when password is "",
// and ends its sessions.
func (s *Service) ResetPassword(ctx context.Context, a Actor, id, password string) (once string, err error) {
	u, err := s.changeUser(ctx, a, id, func(u *User) error {
		u.endAll()
		once, err = setPassword(u, password)
		return err
	})
	if err == nil {
		s.tidySessions(ctx, u)
	}
	return once, err
}

// ChangePassword lets a user choose its own. Its other sessions and all tokens
// end, the session keep goes on.
func (s *Service) ChangePassword(ctx context.Context, a Actor, keep, old, fresh string) error {
	if err := checkPassword(fresh); err != nil {
		return err
	}
	u, err := Users.Get(ctx, s.store, a.UserID)
	if err != nil {
		return err
	}
	ok := false
	if u.Password != "" {
		if ok, err = secret.VerifyPassword(u.Password, old); err != nil {
			return err
		}
	}
	if !ok {
		return &Error{Code: CodeInvalid, Text: Text{Key: "error.invalid"}, Fields: map[string]Text{"old": {Key: "error.user.wrong"}}}
	}
	u.endAll()
	if _, err := setPassword(&u, fresh); err != nil {
		return err
	}
	u.UpdatedAt = s.Now()
	changes := []store.Change{Users.Put(&u)}
	kept, err := Sessions.Get(ctx, s.store, keep)
	switch {
	case err != nil && CodeOf(err) != CodeNotFound:
		return err
	case err == nil && kept.User == u.ID && kept.Kind == SessionPage:
		kept.Epoch = u.Epoch
		changes = append(changes, Sessions.Put(&kept))
	}
	if err := s.Apply(ctx, changes...); err != nil {
		return err
	}
	s.tidySessions(ctx, u)
	return nil
}

// Preferences are how a user likes the pages.
type Preferences struct {
	Lang    string `json:"lang"`
	Theme   string `json:"theme"`   // "", light, dark
	Density string `json:"density"` // "", comfortable
}

// SetPreferences changes the actor's own.
func (s *Service) SetPreferences(ctx context.Context, a Actor, p Preferences) error {
	bad := problems{}
	if !slices.Contains(Langs, p.Lang) {
		bad.add("lang", "error.field.choice")
	}
	if !slices.Contains([]string{"", "light", "dark"}, p.Theme) {
		bad.add("theme", "error.field.choice")
	}
	if !slices.Contains([]string{"", "comfortable"}, p.Density) {
		bad.add("density", "error.field.choice")
	}
	if err := bad.err(); err != nil {
		return err
	}
	_, err := s.changeUser(ctx, SystemActor(), a.UserID, func(u *User) error {
		if u.Lang != p.Lang {
			u.Edits++
		}
		u.Lang, u.Theme, u.Density = p.Lang, p.Theme, p.Density
		return nil
	})
	return err
}

// changeUser changes a user, together with whatever else belongs into the Apply.
func (s *Service) changeUser(ctx context.Context, a Actor, id string, change func(*User) error, with ...store.Change) (User, error) {
	if err := a.mustBe(RoleAdmin); err != nil {
		return User{}, err
	}
	u, err := Users.Get(ctx, s.store, id)
	if err != nil {
		return User{}, err
	}
	if err := change(&u); err != nil {
		return User{}, err
	}
	u.UpdatedAt = s.Now()
	if err := s.Apply(ctx, append(with, Users.Put(&u))...); err != nil {
		return User{}, takenAddress(err)
	}
	s.forgetUserNames()
	u.Version++
	return hideUser(u), nil
}
