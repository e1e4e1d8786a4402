package crm

import (
	"context"
	"slices"
)

// fillParent puts a client into an economic group: below the one that the row
// names by its number or its code, by the rules of Service.setParent. The rows
// of this import count too, those that a dry run has not written among them.
func (u *Upserter) fillParent(ctx context.Context, r *ClientRow, c *Client, o *Outcome) error {
	if !r.Parent.Given() && !r.ParentCode.Given() {
		return nil
	}
	to, field := r.parent(), "parent"
	if !r.Parent.Given() {
		field = "parentCode"
	}
	if to.empty() {
		c.Parent = ""
		return nil
	}
	if to.TaxID != "" {
		if _, _, _, err := taxKey(to.TaxID); err != nil {
			o.rejectText(field, identText(err))
			return nil
		}
	}
	var above ref
	for _, k := range clientKeys(to) {
		got := u.clients[k]
		if above.id != "" && got.id != "" && got.id != above.id {
			o.reject(field, "import.client.two")
			return nil
		}
		if got.id != "" {
			above = got
		}
	}
	if above.id == "" || !u.a.sees(above.kept()) {
		o.reject(field, "import.parent.unknown")
		return nil
	}
	if above.id == c.Parent {
		return nil
	}
	line := []string{above.id}
	for len(line) <= groupLevels {
		up, err := u.parentOf(ctx, line[len(line)-1])
		if err != nil {
			return err
		}
		if up == "" {
			break
		}
		line = append(line, up)
	}
	if slices.Contains(line, c.ID) {
		o.reject(field, "error.client.cycle")
		return nil
	}
	below, err := groupDepth(ctx, c.ID, u.childrenOf)
	if err != nil {
		return err
	}
	if len(line)+below > groupLevels {
		o.reject(field, "error.client.deep")
		return nil
	}
	c.Parent = above.id
	return nil
}

// parent is what the row says of who stands above; empty when it clears that.
func (r *ClientRow) parent() ClientRef {
	tax, _ := r.Parent.Value()
	code, _ := r.ParentCode.Value()
	return ClientRef{TaxID: tax, Code: code}
}

// parentOf is who stands above a client, as this import leaves it.
func (u *Upserter) parentOf(ctx context.Context, id string) (string, error) {
	if up, ok := u.parents[id]; ok {
		return up, nil
	}
	c, err := Clients.Get(ctx, u.s.store, id)
	if CodeOf(err) == CodeNotFound {
		return "", nil // gone, or made by a dry run
	}
	return c.Parent, err
}

// childrenOf are those that stand below a client, as this import leaves it.
func (u *Upserter) childrenOf(ctx context.Context, id string) (out []string, err error) {
	stored, err := u.s.childrenOf(ctx, id)
	for _, c := range stored {
		if up, ok := u.parents[c]; !ok || up == id {
			out = append(out, c)
		}
	}
	for _, c := range u.children[id] {
		if u.parents[c] == id && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out, err
}

// keepParent remembers what a row made of a client's place in its group. It is
// undone when the batch fails.
func (u *Upserter) keepParent(id, was, is string) {
	if was == is {
		return
	}
	before, had := u.parents[id]
	u.parents[id] = is
	u.children[is] = append(u.children[is], id)
	u.undo = append(u.undo, func() {
		if delete(u.parents, id); had {
			u.parents[id] = before
		}
	})
}

// headsFirst is the order in which the rows of one batch are taken: who stands
// above another in the file is taken before it, wherever its row is.
func headsFirst(rows []Row) []int {
	order, seen := make([]int, 0, len(rows)), make([]bool, len(rows))
	made := map[string]int{}
	for n := range rows {
		if c := rows[n].Client; c != nil {
			for _, k := range clientKeys(c.ClientRef) {
				if _, twice := made[k]; !twice {
					made[k] = n
				}
			}
		}
	}
	var take func(n int)
	take = func(n int) {
		if seen[n] {
			return // taken, or its own head
		}
		seen[n] = true
		if c := rows[n].Client; c != nil {
			for _, k := range clientKeys(c.parent()) {
				if head, ok := made[k]; ok {
					take(head)
				}
			}
		}
		order = append(order, n)
	}
	for n := range rows {
		take(n)
	}
	return order
}
