package crm

import (
	"context"
	"encoding/json"
	"slices"

	"cemigmas/crm/store"
)

// mergeTies lets the survivor of a merge of people be whoever the other one was
// at other clients. The tie that was the other's is noted, for partTies.
func (s *Service) mergeTies(ctx context.Context, m *Merge) ([]store.Change, error) {
	theirs, err := s.tieOf(ctx, m.From)
	if err != nil || theirs == nil {
		return nil, err
	}
	note := Move{ID: m.ID + "/" + Ties.In.Name + "/" + theirs.ID, Merge: m.ID, Of: Ties.In.Name, Doc: theirs.ID, Was: Ties.Doc(theirs).Body}
	changes := []store.Change{Moves.InsertIfAbsent(&note)}
	ours, err := s.tieOf(ctx, m.Into)
	switch {
	case err != nil:
		return nil, err
	case ours == nil:
		theirs.People[slices.Index(theirs.People, m.From)] = m.Into
		return append(changes, Ties.Put(theirs)), nil
	case ours.ID == theirs.ID:
		return append(changes, ours.without(m.From)), nil
	}
	ours.People = append(ours.People, slices.DeleteFunc(theirs.People, func(id string) bool { return id == m.From })...)
	return append(changes, Ties.Delete(theirs), Ties.Put(ours)), nil
}

// partTies undoes mergeTies: who came with the other goes with it again, but for
// those that were taken out of the tie since.
func (s *Service) partTies(ctx context.Context, m *Merge) ([]store.Change, error) {
	note, err := Moves.First(ctx, s.store, store.Query{Where: []store.Cond{store.Is("merge", m.ID), store.Is("of", Ties.In.Name)}})
	if err != nil || note == nil {
		return nil, err
	}
	changes := forget([]Move{*note})
	var was Tie
	if err := json.Unmarshal(note.Was, &was); err != nil {
		return nil, err
	}
	now, err := s.tieOf(ctx, m.Into)
	if err != nil {
		return nil, err
	}
	back := Tie{ID: was.ID, By: was.By, At: was.At}
	for _, id := range was.People {
		if id == m.From || id == m.Into || now != nil && slices.Contains(now.People, id) {
			back.People = append(back.People, id)
		}
	}
	switch {
	case now != nil && now.ID == back.ID:
		back.Version = now.Version
		return append(changes, back.without()), nil
	case now != nil:
		changes = append(changes, now.without(was.People...))
	}
	if len(back.People) < 2 {
		return changes, nil
	}
	return append(changes, Ties.Put(&back)), nil
}
