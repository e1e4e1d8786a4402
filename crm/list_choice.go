package crm

import (
	"context"
	"slices"
	"unicode/utf8"
)

// ListNames are the lists whose columns and views are chosen.
var ListNames = []string{"clients", "installations", "contracts", "people"}

// ListChoice is how a user likes a list. It stands with the user, who is read on
// each request anyway, so that every node knows it.
type ListChoice struct {
	Columns []string `json:"columns,omitempty"` // keys of the columns that are seen, in order; none: those of the list
	View    string   `json:"view,omitempty"`    // id of the view that the list opens with
}

const (
	maxListColumns = 40
	maxListColumn  = 32 // characters of a column's key
)

// ChooseColumns remembers which columns of a list the actor sees, and in which
// order; no columns forget the choice. Which keys a list has is its own affair:
// one that it does not know any more is not shown.
func (s *Service) ChooseColumns(ctx context.Context, a Actor, list string, columns []string) error {
	bad := problems{}
	if !slices.Contains(ListNames, list) {
		bad.add("list", "error.field.choice")
	}
	if !goodColumns(columns) {
		bad.add("columns", "error.field.choice")
	}
	if err := bad.err(); err != nil {
		return err
	}
	return s.chooseOnList(ctx, a, list, func(c *ListChoice) { c.Columns = columns })
}

func goodColumns(columns []string) bool {
	return len(columns) <= maxListColumns && !slices.ContainsFunc(columns, func(key string) bool {
		return key == "" || utf8.RuneCountInString(key) > maxListColumn
	})
}

// chooseOnList changes what a user chose on a list. The user's document changes
// for other reasons too, a session that ends or a password: what was read then is
// read again.
func (s *Service) chooseOnList(ctx context.Context, a Actor, list string, change func(*ListChoice)) error {
	for tries := 0; ; tries++ {
		_, err := s.changeUser(ctx, SystemActor(), a.UserID, func(u *User) error {
			if u.Lists == nil {
				u.Lists = map[string]ListChoice{}
			}
			choice := u.Lists[list]
			change(&choice)
			u.Lists[list] = choice
			return nil
		})
		if CodeOf(err) != CodeConflict || tries == 4 {
			return err
		}
	}
}
