package crm

import (
	"context"
	"slices"
	"strings"
)

// startOf is the one distributor for whom the program knows tariffs to begin with.
const startOf = "CEMIG-D"

// StartTariffs are those of Cemig-D for A4 from 2026-01-01, before taxes, as the
// regulator's open data ("tarifas-homologadas-distribuidoras-energia-eletrica",
// Tarifa de Aplicação) had them on 2026-03-27. They are a start for a store that
// has none, never a default: nothing computes with them until an admin took them.
func StartTariffs() []TariffInput {
	const act = "ANEEL, dados abertos, 27/03/2026"
	in := func(modality, posto string, kw, tusd, te int64) TariffInput {
		return TariffInput{Distributor: startOf, Subgroup: "A4", Modality: modality, Posto: posto, From: "2026-01-01",
			MicrosPerKW: kw, TUSDMicrosPerKWh: tusd, TEMicrosPerKWh: te, Act: act}
	}
	return []TariffInput{
		in("verde", "single", 22_810_000, 0, 0), // R$ 22,81/kW
		in("verde", "offpeak", 0, 153_230, 296_770),
		in("verde", "peak", 0, 1_809_050, 475_910),
		in("azul", "offpeak", 22_810_000, 153_230, 296_770),
		in("azul", "peak", 68_210_000, 153_230, 475_910),
	}
}

// MayStartTariffs reports whether StartTariffs may be offered: once, to a store
// that has no tariff of that distributor.
func MayStartTariffs(list []Tariff) bool {
	return !slices.ContainsFunc(list, func(t Tariff) bool { return strings.EqualFold(t.Distributor, startOf) })
}

// TakeStartTariffs stores StartTariffs. Admins only; CodeInvalid where there are
// tariffs of the distributor already.
func (s *Service) TakeStartTariffs(ctx context.Context, a Actor) error {
	if err := a.mustBe(RoleAdmin); err != nil {
		return err
	}
	list, err := s.ListTariffs(ctx)
	if err != nil {
		return err
	}
	if !MayStartTariffs(list) {
		return Errf(CodeInvalid, "tariff.start.there")
	}
	var rows []Row
	for _, in := range StartTariffs() {
		rows = append(rows, in.row())
	}
	return s.setTariffs(ctx, a, rows)
}

// DropStartTariffs takes TakeStartTariffs back; what was edited since stays.
func (s *Service) DropStartTariffs(ctx context.Context, a Actor) error {
	if err := a.mustBe(RoleAdmin); err != nil {
		return err
	}
	for _, in := range StartTariffs() {
		t, err := Tariffs.Get(ctx, s.store, TariffID(in.Distributor, in.Subgroup, in.Modality, in.Posto, in.From))
		if CodeOf(err) == CodeNotFound || err == nil && t.Version > 1 {
			continue
		}
		if err == nil {
			err = s.RemoveTariff(ctx, a, t.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
