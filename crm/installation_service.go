package crm

import (
	"context"
	"slices"

	"cemigmas/crm/store"
)

// Installation reads one installation of a client that the actor sees.
func (s *Service) Installation(ctx context.Context, a Actor, id string) (Installation, error) {
	i, err := Installations.Get(ctx, s.store, id)
	if err != nil {
		return Installation{}, err
	}
	if !a.sees(i.kept()) {
		return Installation{}, notFound()
	}
	return i, nil
}

// InstallationContracts lists the contracts of an installation, oldest first.
func (s *Service) InstallationContracts(ctx context.Context, a Actor, id string) ([]Contract, error) {
	if _, err := s.Installation(ctx, a, id); err != nil {
		return nil, err
	}
	return s.contractsOf(ctx, id)
}

func (s *Service) contractsOf(ctx context.Context, installation string) ([]Contract, error) {
	var out []Contract
	for c, err := range Contracts.All(ctx, s.store, store.Query{
		Where: []store.Cond{store.Is("installation", installation)}, Sort: []string{"kind", "start"}}) {
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// InstallationReadings lists the readings of an installation, newest month
// first, as they are stored.
func (s *Service) InstallationReadings(ctx context.Context, a Actor, id string, limit int, after string) (RawPage, error) {
	if _, err := s.Installation(ctx, a, id); err != nil {
		return RawPage{}, err
	}
	return s.rawRows(ctx, store.Query{In: Readings.In, Where: []store.Cond{store.Is("installation", id)},
		Sort: []string{"-month"}, Limit: limitOf(limit, 24), After: after})
}

// ClientNames maps clients to names, for rows that name one.
func (s *Service) ClientNames(ctx context.Context, ids []string) (map[string]string, error) {
	return s.namesOf(ctx, Clients.In, ids)
}

func (s *Service) namesOf(ctx context.Context, in *store.Collection, ids []string) (map[string]string, error) {
	docs, err := s.store.Bodies(ctx, in, slices.Compact(slices.Sorted(slices.Values(ids))))
	if err != nil {
		return nil, wrapStore(err)
	}
	names := make(map[string]string, len(docs))
	for _, d := range docs {
		if names[d.ID], err = memberName(d.Body); err != nil {
			return nil, err
		}
	}
	return names, nil
}
