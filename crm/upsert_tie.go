package crm

import (
	"context"
	"slices"
)

// A row about a person is about the human being too: tied records take what it
// changed. Where such a record has a row of its own in the same file, that row
// mostly says what stood there when the file was made, so it is compared with
// what the record was before.

// carryPerson writes what a row changed of a human being to the tied records
// that the importing user sees.
func (u *Upserter) carryPerson(ctx context.Context, was, is *Person, o *Outcome) error {
	human := *was
	if human.takeHuman(is); u.dry || sameDoc(People, &human, was) {
		return nil
	}
	_, tied, err := u.s.tied(ctx, u.a, is.ID)
	if err != nil {
		return err
	}
	for _, t := range tied {
		before := t
		if t.Former || is.Former {
			continue
		}
		if t.takeHuman(is); sameDoc(People, &before, &t) {
			continue
		}
		bad := problems{}
		if err := u.s.othersAddress(ctx, &t, bad); err != nil {
			return err
		}
		if text, taken := bad["emails"]; taken {
			o.warn("emails", text)
			continue
		}
		t.UpdatedAt = u.s.Now()
		save(u, People, t.Client, true, &before, &t)
		u.rememberCarried(before)
		if list, read := u.work.people[t.Client]; read && slices.ContainsFunc(list, func(x Person) bool { return x.ID == t.ID }) {
			u.keepPerson(t.Client, t)
		}
	}
	return nil
}

// rememberCarried keeps a record as it was before the first row of another one
// changed it. It is undone when the batch fails.
func (u *Upserter) rememberCarried(before Person) {
	if _, known := u.carried[before.ID]; known {
		return
	}
	u.carried[before.ID] = before
	u.undo = append(u.undo, func() { delete(u.carried, before.ID) })
}

// keepCarried lets a person have what another row of the file gave it, where its
// own row says of the human being only what was known before.
func (u *Upserter) keepCarried(p, was *Person, r *PersonRow) {
	before, carried := u.carried[was.ID]
	if !carried {
		return
	}
	said := before
	said.fill(r, &Outcome{})
	human := before
	if human.takeHuman(&said); sameDoc(People, &human, &before) {
		p.takeHuman(was)
	}
}
