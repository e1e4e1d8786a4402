package crm

import (
	"context"
	"strings"

	"cemigmas/crm/store"
)

// distributorKey is a distributor as tariffs name it.
func distributorKey(name string) string { return strings.ToUpper(strings.TrimSpace(name)) }

// DistributorsInUse are those of installations, and those that have tariffs
// already, in upper case. It leaps from one to the next: a read each.
func (s *Service) DistributorsInUse(ctx context.Context) (map[string]bool, error) {
	used := map[string]bool{}
	if err := leap(ctx, s.store, Installations, used, func(i *Installation) string { return i.Distributor }); err != nil {
		return nil, err
	}
	return used, leap(ctx, s.store, Tariffs, used, func(t *Tariff) string { return t.Distributor })
}

func leap[T any](ctx context.Context, st store.Store, table Table[T], used map[string]bool, of func(*T) string) error {
	for last := ""; ; {
		next, _, err := table.Find(ctx, st, store.Query{Where: []store.Cond{store.Above("distributor", last)}, Sort: []string{"distributor"}, Limit: 1})
		if err != nil || len(next) == 0 {
			return err
		}
		last = distributorKey(of(&next[0]))
		used[last] = true
	}
}
