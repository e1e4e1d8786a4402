package crm

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"cemigmas/crm/store"
)

// TariffInput is a tariff as an admin types it: its keys, and what it costs.
// Amounts as in Tariff; 0 is "not known".
type TariffInput struct {
	Distributor      string `json:"distributor"`
	Subgroup         string `json:"subgroup"`
	Modality         string `json:"modality"`
	Posto            string `json:"posto"`
	From             string `json:"from"`
	MicrosPerKW      int64  `json:"microsPerKW,omitempty"`
	TUSDMicrosPerKWh int64  `json:"tusdMicrosPerKWh,omitempty"`
	TEMicrosPerKWh   int64  `json:"teMicrosPerKWh,omitempty"`
	Act              string `json:"act,omitempty"`
}

func (in TariffInput) row() Row {
	opt := func(v int64) Opt[int64] {
		if v == 0 {
			return Cleared[int64]()
		}
		return SetTo(v)
	}
	return Row{Tariff: &TariffRow{Distributor: in.Distributor, Subgroup: in.Subgroup, Modality: in.Modality, Posto: in.Posto, From: in.From,
		MicrosPerKW: opt(in.MicrosPerKW), TUSDMicrosPerKWh: opt(in.TUSDMicrosPerKWh), TEMicrosPerKWh: opt(in.TEMicrosPerKWh), Act: SetTo(firstLine(in.Act))}}
}

// ListTariffs lists all tariffs: by distributor, subgroup and modality, the newest
// first. They are public.
func (s *Service) ListTariffs(ctx context.Context) ([]Tariff, error) {
	var list []Tariff
	for t, err := range Tariffs.All(ctx, s.store, store.Query{}) {
		if err != nil {
			return nil, err
		}
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b Tariff) int {
		return cmp.Or(cmp.Compare(a.Distributor, b.Distributor), cmp.Compare(a.Subgroup, b.Subgroup), cmp.Compare(b.From, a.From),
			cmp.Compare(b.Modality, a.Modality), cmp.Compare(postoRank(a.Posto), postoRank(b.Posto)))
	})
	return list, nil
}

func postoRank(posto string) int { return strings.Index("single,offpeak,peak", posto) }

// Tariff reads one tariff.
func (s *Service) Tariff(ctx context.Context, id string) (Tariff, error) {
	return Tariffs.Get(ctx, s.store, id)
}

// SetTariff makes a tariff, or changes what it costs, by the rules of an import.
// Admins only. version is the one that was read; 0 takes the tariff as it is, or
// makes it. CodeConflict when somebody changed or deleted it since, with the
// tariff as it is now. Figures follow when Recompute ran for all.
func (s *Service) SetTariff(ctx context.Context, a Actor, in TariffInput, version int64) (Tariff, error) {
	if err := a.mustBe(RoleAdmin); err != nil {
		return Tariff{}, err
	}
	row := in.row()
	keys := *row.Tariff
	keys.normalize(&Outcome{})
	id, at := keys.id(), *s
	if version != 0 {
		at.store = store.Expecting(s.store, store.Check{In: Tariffs.In, ID: id, Version: version})
	}
	err := at.setTariffs(ctx, a, []Row{row})
	now, missing := Tariffs.Get(ctx, s.store, id)
	switch {
	case version != 0 && (missing != nil && CodeOf(missing) == CodeNotFound || err != nil && now.Version != version):
		return now, Errf(CodeConflict, "error.conflict")
	case err != nil:
		return now, err
	}
	return now, missing
}

func (s *Service) setTariffs(ctx context.Context, a Actor, rows []Row) error {
	out, err := s.Upsert(ctx, a, rows)
	if err != nil {
		return err
	}
	for _, o := range out {
		if len(o.Errors) == 0 {
			continue
		}
		e := &Error{Code: CodeInvalid, Text: Text{Key: "error.invalid"}, Fields: map[string]Text{}}
		for _, i := range o.Errors {
			e.Fields[i.Field] = i.Reason
		}
		return e
	}
	return nil
}

// RemoveTariff deletes a tariff that should not be there. Admins only.
func (s *Service) RemoveTariff(ctx context.Context, a Actor, id string) error {
	if err := a.mustBe(RoleAdmin); err != nil {
		return err
	}
	t, err := Tariffs.Get(ctx, s.store, id)
	if err != nil {
		return err
	}
	by := s.editor(ctx, a)
	gone := Revision{Of: Tariffs.In.Name, Doc: t.ID, Version: t.Version + 1, By: by.by, At: by.at, Batch: by.batch, Gone: true,
		Fields: differences(Tariffs.Doc(&t).Body, []byte("{}"), nil)}
	gone.ID = gone.id() + "~" + s.newID() // the tariff may be made again, with these versions
	return s.Apply(ctx, Tariffs.Delete(&t), Revisions.InsertIfAbsent(&gone))
}
