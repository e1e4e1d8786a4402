package crm

import (
	"context"
	"encoding/json"
	"slices"

	"cemigmas/crm/store"
)

// UndoSectorEdit takes an edit of the table back as a whole, and tells whose
// clients may belong to another sector now, for Resector. Admins only.
// CodeConflict when one of its sectors was edited since; CodeInvalid when
// somebody chose a sector that the edit made.
func (s *Service) UndoSectorEdit(ctx context.Context, a Actor, batch string) ([]string, error) {
	if err := a.mustBe(RoleAdmin); err != nil {
		return nil, err
	}
	e := s.editor(WithBatch(ctx, undoOf(batch)), a)
	table, err := s.sectorsNow(ctx)
	if err != nil {
		return nil, err
	}
	var changes []store.Change
	var moved []string
	back := map[string]Sector{}
	q := store.Query{Where: []store.Cond{store.Is("batch", batch), store.Is("of", Sectors.In.Name)}, Sort: []string{"-number"}}
	for r, err := range Revisions.All(ctx, s.store, q) {
		if err != nil {
			return nil, err
		}
		is, err := Sectors.Get(ctx, s.store, r.Doc)
		if err != nil {
			return nil, err
		}
		if is.Version != r.Version {
			return nil, Errf(CodeConflict, "undo.edited")
		}
		was, err := s.sectorBefore(ctx, is, &r)
		if err != nil {
			return nil, err
		}
		if !slices.Equal(was.Divisions, is.Divisions) {
			moved = append(moved, r.Doc)
		}
		back[was.ID] = was
		changes = append(changes, saved(e, Sectors, "", &is, &was)...)
	}
	if len(changes) == 0 {
		return nil, notFound()
	}
	if table.with(back).twice() {
		return nil, Errf(CodeConflict, "undo.edited") // another sector took what was given up
	}
	// All or none: a division must not stand in two sectors.
	if len(moved) > 0 {
		changes = append(changes, table.touch(back)...)
	}
	if err := s.Apply(ctx, changes...); err != nil {
		return nil, err
	}
	s.sectorsChanged()
	if len(moved) > 0 && !slices.Contains(moved, SectorOther) {
		moved = append(moved, SectorOther)
	}
	return moved, nil
}

// sectorBefore is a sector as it was before an edit. One that the edit made goes,
// without its divisions, so that the clients that came by them leave it.
func (s *Service) sectorBefore(ctx context.Context, is Sector, r *Revision) (Sector, error) {
	if r.Made {
		used, err := s.sectorUsed(ctx, is.ID, true)
		if err == nil && used {
			err = Errf(CodeInvalid, "error.sector.used")
		}
		is.Gone, is.Disabled, is.Divisions = true, false, nil
		return is, err
	}
	body := members(Sectors.Doc(&is).Body)
	for _, f := range r.Fields {
		if f.From == nil {
			delete(body, f.Name)
		} else {
			body[f.Name] = f.From
		}
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return Sector{}, err
	}
	return Sectors.Decode(store.Doc{ID: is.ID, Version: is.Version, Body: raw})
}
