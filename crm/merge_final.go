package crm

import (
	"context"

	"cemigmas/crm/store"
)

// TidyMerges drops the notes of merges that cannot be undone any more, and gives
// the others the keepers of their clients.
func (s *Service) TidyMerges(ctx context.Context) error {
	if err := s.dropMergeNotes(ctx); err != nil {
		return err
	}
	return s.settleMerges(ctx)
}

// dropMergeNotes leaves a day in which an undo of the last moment comes to its
// end.
func (s *Service) dropMergeNotes(ctx context.Context) error {
	last := s.Now().AddDate(0, 0, -MergeUndoDays-1)
	q := store.Query{Where: []store.Cond{store.Is("state", MergeDone), store.Below("at", last)}, Sort: []string{"at"}}
	for m, err := range Merges.All(ctx, s.store, q) {
		if err != nil {
			return err
		}
		notes := store.Query{Where: []store.Cond{store.Is("merge", m.ID)}, Sort: []string{"of"}}
		err = rounds(ctx, s.store, Moves, notes, func(list []Move) error { return s.Apply(ctx, forget(list)...) })
		if err != nil {
			return err
		}
		// After its notes: whoever is killed on the way begins with it again.
		m.State = MergeFinal
		if err := s.Apply(ctx, Merges.Put(&m)); err != nil && CodeOf(err) != CodeConflict {
			return err
		}
	}
	return nil
}

// settleMerges finds what a hand-over left behind that was made in the very
// moment of a merge.
func (s *Service) settleMerges(ctx context.Context) error {
	q := store.Query{Where: []store.Cond{store.Above("at", s.Now().AddDate(0, 0, -MergeUndoDays))}, Sort: []string{"-at"}}
	for m, err := range Merges.All(ctx, s.store, q) {
		if err != nil {
			return err
		}
		c, err := Clients.Get(ctx, s.store, orNone(m.client()))
		if CodeOf(err) == CodeNotFound {
			continue
		}
		if err != nil {
			return err
		}
		set := scopePatch(c.ID, c.kept())
		if sameStrings(Merges.Doc(&m).Keys, set) {
			continue
		}
		if err := s.Apply(ctx, patchStrings(Merges.In, m.ID, set)); err != nil {
			return err
		}
	}
	return nil
}
