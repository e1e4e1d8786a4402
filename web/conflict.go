package web

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"cemigmas/web/page"
)

// sentBody is where bindJSON keeps the body of a request.
type sentBody struct{}

// versions are the two values of a member in a conflict.
type versions struct {
	Sent json.RawMessage `json:"sent"`
	Now  json.RawMessage `json:"now"` // null: the record has none
}

// differences compares what a refused request sent with the record as it is now,
// member by member; nil when there is no such record.
func differences(c *fiber.Ctx, current any) map[string]versions {
	if current == nil {
		return nil
	}
	body, _ := c.Locals(sentBody{}).([]byte)
	var sent, now map[string]json.RawMessage
	raw, err := json.Marshal(current)
	if err != nil || json.Unmarshal(raw, &now) != nil || json.Unmarshal(body, &sent) != nil {
		return nil
	}
	out := map[string]versions{}
	for name, value := range sent {
		var compact bytes.Buffer
		if json.Compact(&compact, value) != nil || bytes.Equal(compact.Bytes(), now[name]) {
			continue
		}
		is := now[name]
		if is == nil {
			is = json.RawMessage("null")
		}
		out[name] = versions{compact.Bytes(), is}
	}
	return out
}

// conflict says that somebody else saved first. The form keeps what was typed
// and is now a change of the newest state.
func (v view) conflict(at time.Time, open string) *page.Notice {
	return v.conflictWith(v.T("web.conflict.somebody"), at, open)
}

// conflictWith is conflict where it is known who it was.
func (v view) conflictWith(who string, at time.Time, open string) *page.Notice {
	return &page.Notice{State: page.Warn, Label: v.T("web.conflict", "who", who, "when", v.stamp(at)), Action: page.Link{Label: v.T("web.conflict.open"), URL: open}}
}

// savedFirst is conflict by the user who saved last.
func (s *Server) savedFirst(c *fiber.Ctx, by string, at time.Time, open string) *page.Notice {
	v := s.view(c)
	if by == user(c).ID {
		return v.conflictWith(v.T("web.conflict.you"), at, open)
	}
	names, err := s.Service.UserNames(c.UserContext())
	if err != nil || names[by] == "" {
		return v.conflict(at, open)
	}
	return v.conflictWith(names[by], at, open)
}

// differs shows the stored value under a field that says something else.
func (v view) differs(f *page.Field, now string) {
	if f.Value != now && !f.Own {
		f.Differs, f.Now = true, now
	}
}

// theirTick is a checkbox as it is stored.
func (v view) theirTick(name string, on bool) *page.Theirs {
	value, label := "", v.T("form.no")
	if on {
		value, label = "on", v.T("form.yes")
	}
	return v.Theirs(name, value, label)
}

// theirSeveral are checkboxes of one name as they are stored; nil where typed are
// the same ones.
func (v view) theirSeveral(name string, typed, stored []string, word func(string) string) *page.Theirs {
	if slices.Equal(slices.Sorted(slices.Values(typed)), slices.Sorted(slices.Values(stored))) {
		return nil
	}
	words := make([]string, len(stored))
	for n, id := range stored {
		words[n] = word(id)
	}
	return v.Theirs(name, strings.Join(stored, ","), strings.Join(words, ", "))
}
