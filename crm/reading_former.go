package crm

import (
	"context"
	"encoding/json"
	"time"

	"cemigmas/crm/store"
)

// FormerFigure is what stood in a reading before it was corrected.
type FormerFigure struct {
	W  *int64 // W or Wh; nil: not measured
	By string // user id of who corrected it
	At time.Time
}

// formerDepth is how many edits of a reading are looked through.
const formerDepth = 8

// FormerFigures reads from the history what the figures of readings were before
// their last correction: by month, then by member. Readings that were never
// edited cost nothing.
func (s *Service) FormerFigures(ctx context.Context, readings []Reading) (map[string]map[string]FormerFigure, error) {
	var ids []string
	for n := range readings {
		r := &readings[n]
		for v := r.Version; v > max(1, r.Version-formerDepth); v-- {
			e := Revision{Of: Readings.In.Name, Doc: r.ID, Version: v}
			ids = append(ids, e.id())
		}
	}
	out := map[string]map[string]FormerFigure{}
	if len(ids) == 0 {
		return out, nil
	}
	edits, err := Revisions.GetMany(ctx, s.store, ids)
	if err != nil {
		return nil, err
	}
	for n := range readings {
		r := &readings[n]
		for v := r.Version; v > max(1, r.Version-formerDepth); v-- {
			id := Revision{Of: Readings.In.Name, Doc: r.ID, Version: v}
			e, ok := edits[id.id()]
			if !ok {
				continue
			}
			if out[r.Month] == nil {
				out[r.Month] = map[string]FormerFigure{}
			}
			e.figures(r, out[r.Month])
		}
	}
	return out, nil
}

// figures notes the former figures of an edit; newer edits were asked first.
func (e *Revision) figures(r *Reading, into map[string]FormerFigure) {
	members := r.amounts()
	for _, f := range e.Fields {
		_, known := members[f.Name]
		if _, newer := into[f.Name]; !known || newer {
			continue
		}
		former := FormerFigure{By: e.By, At: e.At}
		if f.From != nil && json.Unmarshal(f.From, &former.W) != nil {
			continue
		}
		into[f.Name] = former
	}
}

// Book is what an installation's page needs of its readings: the newest n (0:
// all) with their doubts and former figures.
type Book struct {
	Readings []Reading // newest first
	Doubts   map[string][]ReadingDoubt
	Former   map[string]map[string]FormerFigure
}

// ReadingBook reads the newest n readings of an installation (0: all), with what
// is doubted about them and what was corrected.
func (s *Service) ReadingBook(ctx context.Context, a Actor, installation string, n int) (Book, error) {
	i, err := s.Installation(ctx, a, installation)
	if err != nil {
		return Book{}, err
	}
	contracts, err := s.contractsOf(ctx, installation)
	if err != nil {
		return Book{}, err
	}
	read := 0
	if n > 0 {
		read = min(n+typicalSpan, store.MaxPage) // the oldest shown is held against those before it
	}
	list, err := s.readingsOf(ctx, installation, read)
	if err != nil {
		return Book{}, err
	}
	b := Book{Readings: list, Doubts: DoubtsOf(&i, contracts, list)}
	if n > 0 && len(b.Readings) > n {
		b.Readings = b.Readings[:n]
	}
	b.Former, err = s.FormerFigures(ctx, b.Readings)
	return b, err
}
