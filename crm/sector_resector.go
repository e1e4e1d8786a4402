package crm

import (
	"context"
	"slices"

	"cemigmas/crm/store"
)

// ResectorArgs are the arguments of a JobResector.
type ResectorArgs struct {
	Sectors []string `json:"sectors"` // whose clients are looked at
}

// Resector gives the clients of some sectors the one that the table gives them
// now, from today on: past reports keep their grouping. Those whose sector was
// set by hand keep it. It may be repeated.
func (s *Service) Resector(ctx context.Context, sectors []string, progress func(done, total int)) error {
	table, err := s.sectorsNow(ctx)
	if err != nil {
		return err
	}
	var ids []string
	for _, id := range sectors {
		q := store.Query{Where: []store.Cond{store.Is("sector", id)}, Sort: []string{"name"}}
		for c, err := range Clients.All(ctx, s.store, q) {
			if err != nil {
				return err
			}
			if c.SectorBy == SectorByCNAE && table.Of(c.CNAE) == c.Sector || c.SectorBy == SectorByHand {
				continue
			}
			ids = append(ids, c.ID)
		}
	}
	done := 0
	for part := range slices.Chunk(ids, recomputedTogether) {
		if err := s.Recompute(ctx, part...); err != nil {
			return err
		}
		if done += len(part); progress != nil {
			progress(done, len(ids))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return s.BenchmarksStale(ctx)
}
