package crm

import (
	"context"
	"encoding/json"

	"cemigmas/crm/store"
)

// back walks the notes of a merge back: each goes with what it undoes.
func (c *carrying) back(ctx context.Context) error {
	from, err := Clients.Get(ctx, c.s.store, c.m.From)
	if err != nil {
		return err
	}
	steps := []struct {
		of   *store.Collection
		undo func(context.Context, *Client, []Move) error
	}{{Clients.In, c.groupBack}, {People.In, c.peopleBack}, {Installations.In, c.installationsBack}, {MailRules.In, c.rulesBack}, {MailLinks.In, c.mailBack}, {Timeline.In, c.entriesBack}}
	for _, of := range copiesOf {
		if c.alone(of.in) {
			continue
		}
		steps = append(steps, struct {
			of   *store.Collection
			undo func(context.Context, *Client, []Move) error
		}{of.in, c.rowsBack(of.in)})
	}
	for _, step := range steps {
		q := store.Query{Where: []store.Cond{store.Is("merge", c.m.ID), store.Is("of", step.of.Name)}}
		err := rounds(ctx, c.s.store, Moves, q, func(list []Move) error { return step.undo(ctx, &from, list) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *carrying) alone(in *store.Collection) bool {
	for _, own := range carriedAlone {
		if own == in {
			return true
		}
	}
	return false
}

// forget makes the changes that drop notes.
func forget(list []Move) (out []store.Change) {
	for _, n := range list {
		out = append(out, store.Delete{In: Moves.In, ID: n.ID, Version: -1})
	}
	return out
}

func docsOf(list []Move) (ids []string) {
	for _, n := range list {
		ids = append(ids, n.Doc)
	}
	return ids
}

func (c *carrying) undoing() editor {
	return editor{by: c.m.By, batch: undoOf(c.m.ID), at: c.s.Now()}
}

func (c *carrying) groupBack(ctx context.Context, from *Client, list []Move) error {
	return goBack(ctx, c, Clients, list, func(x *Client) bool {
		mine := x.Parent == c.m.Into
		if mine {
			x.Parent = from.ID
		}
		return mine
	})
}

func (c *carrying) peopleBack(ctx context.Context, from *Client, list []Move) error {
	return goBack(ctx, c, People, list, func(p *Person) bool {
		mine := p.Client == c.m.Into
		if mine {
			p.Client, p.Agent, p.Team, p.Acting = from.ID, from.Agent, from.Team, from.Acting
		}
		return mine
	})
}

func (c *carrying) installationsBack(ctx context.Context, from *Client, list []Move) error {
	return goBack(ctx, c, Installations, list, func(i *Installation) bool {
		if i.Client != c.m.Into && i.Client != from.ID {
			return false // it went to a third client since
		}
		i.Client, i.Agent, i.Team, i.Acting = from.ID, from.Agent, from.Team, from.Acting
		return true
	}, func(i *Installation) error { return c.s.moveInstallation(ctx, i.ID, from) })
}

// goBack gives documents of a table back as set says, which reports whether one
// is still the survivor's; first is done before, for each.
func goBack[T any](ctx context.Context, c *carrying, t Table[T], list []Move, set func(*T) bool, first ...func(*T) error) error {
	docs, err := t.GetMany(ctx, c.s.store, docsOf(list))
	if err != nil {
		return err
	}
	changes := forget(list)
	for _, n := range list {
		was, ok := docs[n.Doc]
		is := was
		if !ok || !set(&is) {
			continue
		}
		for _, do := range first {
			if err := do(&is); err != nil {
				return err
			}
		}
		changes = append(changes, saved(c.undoing(), t, c.m.From, &was, &is)...)
	}
	return c.apply(ctx, changes...)
}

func (c *carrying) rowsBack(in *store.Collection) func(context.Context, *Client, []Move) error {
	return func(ctx context.Context, from *Client, list []Move) error {
		changes := forget(list)
		for _, n := range list {
			changes = append(changes, patchStrings(in, n.Doc, scopePatch(from.ID, from.kept())))
		}
		return c.apply(ctx, changes...)
	}
}

func (c *carrying) rulesBack(ctx context.Context, from *Client, list []Move) error {
	changes := forget(list)
	for _, n := range list {
		changes = append(changes, patchBody(MailRules.In, n.Doc, "client", from.ID))
	}
	return c.apply(ctx, changes...)
}

// mailBack files mail where it was; mail that both had stays with both.
func (c *carrying) mailBack(ctx context.Context, from *Client, list []Move) error {
	changes := forget(list)
	for _, n := range list {
		l, err := MailLinks.Decode(store.Doc{ID: n.Doc, Body: n.Was})
		if err != nil {
			return err
		}
		l.Agent, l.Team, l.Acting = from.Agent, from.Team, from.Acting
		changes = append(changes, MailLinks.InsertIfAbsent(&l))
		m, err := Messages.Get(ctx, c.s.store, l.Message)
		if err != nil && CodeOf(err) != CodeNotFound {
			return err
		}
		without := ""
		if n.Made {
			changes = append(changes, store.Delete{In: MailLinks.In, ID: l.Message + ":" + c.m.Into, Version: -1})
			without = c.m.Into
		}
		if err == nil {
			changes = append(changes, clientsOfMail(&m, from.ID, without))
		}
	}
	return c.apply(ctx, changes...)
}

// entriesBack gives timeline rows back: those of activities as they are, those
// of conversations made anew.
func (c *carrying) entriesBack(ctx context.Context, from *Client, list []Move) error {
	rows, err := Timeline.GetMany(ctx, c.s.store, docsOf(list))
	if err != nil {
		return err
	}
	var changes []store.Change
	for _, n := range list {
		if n.isThread() {
			var thread string
			if err := json.Unmarshal(n.Was, &thread); err != nil {
				return err
			}
			if err := c.threadAnew(ctx, thread, forget([]Move{n})...); err != nil {
				return err
			}
			continue
		}
		changes = append(changes, forget([]Move{n})...)
		if e, ok := rows[n.Doc]; ok {
			e.Client = from.ID
			changes = append(changes, ReplaceEntry(&e)...)
		}
	}
	return c.apply(ctx, changes...)
}
