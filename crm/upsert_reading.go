package crm

import (
	"context"
	"slices"
	"strings"

	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
)

func (u *Upserter) loadReadings(ctx context.Context, rows []Row) error {
	refs := make([]InstallationRef, 0, len(rows))
	for _, r := range rows {
		refs = append(refs, r.Reading.Installation)
	}
	if err := u.refInstallations(ctx, refs); err != nil {
		return err
	}
	ids := make([]string, 0, len(rows))
	for _, r := range rows {
		for _, k := range installationKeys(normalUC(r.Reading.Installation)) {
			if i, ok := u.insts[k]; ok {
				ids = append(ids, ReadingID(i.id, r.Reading.Month))
				break
			}
		}
	}
	var err error
	u.work.readings, err = Readings.GetMany(ctx, u.s.store, ids)
	return err
}

func (u *Upserter) takeReading(_ context.Context, row *Row, o *Outcome) error {
	r := row.Reading
	inst, _ := u.installationRef(r.Installation, o)
	switch m := calendar.Month(r.Month); {
	case r.Month == "":
		o.reject("month", "error.field.required")
	case !m.Valid():
		o.reject("month", "import.month")
	case string(m) > u.s.Today()[:7]:
		o.reject("month", "import.reading.future")
	}
	amounts := map[string]Opt[int64]{"singleW": r.SingleW, "peakW": r.PeakW, "offPeakW": r.OffPeakW,
		"energyWh": r.EnergyWh, "peakWh": r.PeakWh, "offPeakWh": r.OffPeakWh, "reactiveWh": r.ReactiveWh, "reactiveW": r.ReactiveW}
	negative(o, amounts)
	id := ReadingID(inst.id, r.Month)
	was, exists := u.work.readings[id]
	if !exists && !o.faulty && !anyGiven(amounts) {
		o.reject("singleW", "import.reading.empty")
	}
	if o.bad() || !u.first(row.Line, o, "month", RowReading, id) {
		return nil
	}
	now := was
	if !exists {
		now = Reading{ID: id, Installation: inst.id, Month: r.Month, Origin: r.Origin}
	}
	now.Client, now.Agent, now.Team, now.Acting = inst.client, inst.agent, inst.team, inst.acting
	r.SingleW.intoPtr(&now.SingleW)
	r.PeakW.intoPtr(&now.PeakW)
	r.OffPeakW.intoPtr(&now.OffPeakW)
	r.EnergyWh.intoPtr(&now.EnergyWh)
	r.PeakWh.intoPtr(&now.PeakWh)
	r.OffPeakWh.intoPtr(&now.OffPeakWh)
	r.ReactiveWh.intoPtr(&now.ReactiveWh)
	r.ReactiveW.intoPtr(&now.ReactiveW)
	u.sameScope(&was.Agent, &was.Team, &was.Acting, inst)
	o.ID, o.Client = id, inst.client
	changed := !exists || !sameDoc(Readings, &was, &now)
	o.settle(!exists, changed)
	if changed {
		now.Origin, now.UpdatedAt = r.Origin, u.s.Now()
		now.Flags = addFlags(now.Flags, r.Flags)
		save(u, Readings, now.Client, exists, &was, &now)
	}
	return nil
}

func anyGiven(amounts map[string]Opt[int64]) bool {
	for _, a := range amounts {
		if _, set := a.Value(); set {
			return true
		}
	}
	return false
}

func (r *TariffRow) id() string {
	return TariffID(r.Distributor, r.Subgroup, r.Modality, r.Posto, r.From)
}

// normalize brings the keys of a tariff to the form in which they are stored.
func (r *TariffRow) normalize(o *Outcome) {
	r.Distributor = strings.ToUpper(strings.TrimSpace(r.Distributor))
	if r.Distributor == "" {
		o.reject("distributor", "error.field.required")
	}
	if n := slices.IndexFunc(Subgroups, func(s string) bool { return strings.EqualFold(s, strings.TrimSpace(r.Subgroup)) }); n >= 0 {
		r.Subgroup = Subgroups[n]
	} else {
		o.reject("subgroup", "error.field.choice")
	}
	m := demand.Modality(strings.ToLower(r.Modality))
	r.Modality = string(m)
	if m != demand.Verde && m != demand.Azul && m != demand.Convencional {
		o.reject("modality", "error.field.choice")
		return
	}
	if (m == demand.Convencional) != (r.Subgroup == reactiveSubgroup) {
		o.reject("modality", "import.tariff.b1")
	}
	if r.Posto == "" && m != demand.Azul {
		r.Posto = string(demand.Single)
	}
	_, ofDemand := r.MicrosPerKW.Value()
	switch posto := demand.Posto(r.Posto); {
	case slices.Contains(m.Postos(), posto):
	case m == demand.Verde && (posto == demand.Peak || posto == demand.OffPeak) && !ofDemand: // of energy only
	default:
		o.reject("posto", "import.tariff.posto")
	}
	if !calendar.Date(r.From).Valid() {
		o.reject("from", "date.invalid")
	}
}

func (u *Upserter) loadTariffs(ctx context.Context, rows []Row) error {
	ids := make([]string, 0, len(rows))
	for _, r := range rows {
		t := *r.Tariff
		t.normalize(&Outcome{})
		ids = append(ids, t.id())
	}
	var err error
	u.work.tariffs, err = Tariffs.GetMany(ctx, u.s.store, ids)
	return err
}

func (u *Upserter) takeTariff(_ context.Context, row *Row, o *Outcome) error {
	if u.a.mustBe(RoleManager, RoleAdmin) != nil {
		o.reject("distributor", "error.forbidden") // a tariff is everybody's
		return nil
	}
	r := row.Tariff
	r.normalize(o)
	if o.bad() {
		return nil
	}
	was, exists := u.work.tariffs[r.id()]
	t := was
	if !exists {
		t = Tariff{ID: r.id(), Distributor: r.Distributor, Subgroup: r.Subgroup, Modality: r.Modality, Posto: r.Posto, From: r.From}
	}
	r.MicrosPerKW.into(&t.MicrosPerKW)
	r.TUSDMicrosPerKWh.into(&t.TUSDMicrosPerKWh)
	r.TEMicrosPerKWh.into(&t.TEMicrosPerKWh)
	r.Act.into(&t.Act)
	if t.Modality == string(demand.Convencional) && (t.MicrosPerKW != 0 || t.TUSDMicrosPerKWh != 0) {
		o.reject("modality", "import.tariff.b1")
	}
	given, set := r.MicrosPerKW.Value()
	if min(t.MicrosPerKW, t.TUSDMicrosPerKWh, t.TEMicrosPerKWh) < 0 || max(t.MicrosPerKW, t.TUSDMicrosPerKWh, t.TEMicrosPerKWh) <= 0 || set && given <= 0 {
		o.reject("microsPerKW", "import.tariff.value")
	}
	if o.bad() || !u.first(row.Line, o, "from", RowTariff, r.id()) {
		return nil
	}
	o.ID = t.ID
	changed := !exists || !sameDoc(Tariffs, &was, &t)
	o.settle(!exists, changed)
	u.tariffs = true // also unchanged ones: a run that was killed left its projections behind
	if changed {
		t.UpdatedAt = u.s.Now()
		save(u, Tariffs, "", exists, &was, &t)
	}
	return nil
}
