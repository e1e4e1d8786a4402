package crm

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"cemigmas/crm/calendar"
	"cemigmas/crm/demand"
	"cemigmas/crm/ident"
)

// Conditions of an installation that change what holds for it: irrigation and
// aquaculture (REN 1.000 art. 186), recognised seasonality (arts. 295–299),
// essential service (art. 436), own generation (arts. 134–137).
const (
	CondIrrigation = "irrigation"
	CondSeasonal   = "seasonal"
	CondEssential  = "essential"
	CondGeneration = "generation"
)

// Conditions are the conditions in the order in which they are shown.
var Conditions = []string{CondIrrigation, CondSeasonal, CondEssential, CondGeneration}

// InstallationPatch changes the members that are there; nil leaves, "" and 0
// clear. Numbers come with or without punctuation.
type InstallationPatch struct {
	UC             *string   `json:"uc,omitempty"`
	FormerUC       *string   `json:"formerUc,omitempty"`
	CNPJ           *string   `json:"cnpj,omitempty"`
	Name           *string   `json:"name,omitempty"`
	Address        *string   `json:"address,omitempty"`
	City           *string   `json:"city,omitempty"`
	Municipality   *string   `json:"municipality,omitempty"` // IBGE, 7 digits
	Coordinates    *string   `json:"coordinates,omitempty"`  // decimal degrees: "-19.92,-43.94"
	Distributor    *string   `json:"distributor,omitempty"`
	VoltageV       *int64    `json:"voltage,omitempty"` // V
	Subgroup       *string   `json:"subgroup,omitempty"`
	TariffClass    *string   `json:"tariffClass,omitempty"`
	CNAE           *string   `json:"cnae,omitempty"`
	LoadW          *int64    `json:"loadW,omitempty"`         // W
	TransformerVA  *int64    `json:"transformerVA,omitempty"` // VA
	SecondaryMeter *bool     `json:"secondaryMeter,omitempty"`
	Market         *string   `json:"market,omitempty"`
	Conditions     *[]string `json:"conditions,omitempty"`
	Feeder         *string   `json:"feeder,omitempty"`
	Substation     *string   `json:"substation,omitempty"`
	Status         *string   `json:"status,omitempty"`
	ConnectedOn    *string   `json:"connectedOn,omitempty"`
}

// AddInstallation makes an installation of a client. CodeInvalid says field by
// field what is wrong; CodeDuplicate when one of its numbers is in the house,
// without a word about whose.
func (s *Service) AddInstallation(ctx context.Context, a Actor, client string, p InstallationPatch) (Installation, error) {
	c, err := s.client(ctx, a, client)
	if err != nil {
		return Installation{}, err
	}
	now := s.Now()
	i := Installation{ID: s.newID(), Client: c.ID, Agent: c.Agent, Team: c.Team, Acting: c.Acting, Status: "active", Market: MarketCaptive, CreatedAt: now}
	if err := s.saveInstallation(ctx, a, nil, &i, p); err != nil {
		return Installation{}, err
	}
	return s.Installation(ctx, SystemActor(), i.ID)
}

// EditInstallation changes an installation that was read with this version (0:
// whatever it is now). CodeConflict when somebody changed it since, with the
// installation as it is now; the others as AddInstallation.
func (s *Service) EditInstallation(ctx context.Context, a Actor, id string, version int64, p InstallationPatch) (Installation, error) {
	was, err := s.Installation(ctx, a, id)
	if err != nil {
		return Installation{}, err
	}
	if version != 0 && version != was.Version {
		return was, Errf(CodeConflict, "error.conflict")
	}
	i := was
	if err := s.saveInstallation(ctx, a, &was, &i, p); err != nil {
		return was, err
	}
	return s.Installation(ctx, SystemActor(), id)
}

func (s *Service) saveInstallation(ctx context.Context, a Actor, was, i *Installation, p InstallationPatch) error {
	if err := i.apply(p); err != nil {
		return err
	}
	i.UpdatedAt = s.Now()
	if err := s.Apply(ctx, saved(s.editor(ctx, a), Installations, i.Client, was, i)...); err != nil {
		return duplicateNumber(err, p)
	}
	if err := s.Recompute(ctx, i.Client); err != nil {
		return err
	}
	s.bus.Publish(Event{Kind: "client", ID: i.Client, Agent: i.Agent, Team: i.Team, Acting: i.Acting})
	return nil
}

// duplicateNumber words a violated unique index so that nothing is told of an
// installation that the actor may not see.
func duplicateNumber(err error, p InstallationPatch) error {
	if CodeOf(err) != CodeDuplicate {
		return err
	}
	e := &Error{Code: CodeDuplicate, Text: Text{Key: "inst.duplicate"}, Err: err, Fields: map[string]Text{}}
	if p.UC != nil && *p.UC != "" {
		e.Fields["uc"] = e.Text
	}
	if p.FormerUC != nil && *p.FormerUC != "" {
		e.Fields["formerUc"] = e.Text
	}
	return e
}

// apply sets what a patch says, or answers what is wrong with it.
func (i *Installation) apply(p InstallationPatch) error {
	bad := problems{}
	for to, from := range map[*string]*string{&i.Address: p.Address, &i.City: p.City, &i.Distributor: p.Distributor,
		&i.TariffClass: p.TariffClass, &i.Feeder: p.Feeder, &i.Substation: p.Substation, &i.Name: p.Name} {
		if from != nil {
			*to = firstLine(*from)
		}
	}
	i.applyNumbers(p, bad)
	pick(&i.Subgroup, p.Subgroup, Subgroups, "subgroup", bad)
	pick(&i.Market, p.Market, []string{MarketCaptive, MarketFree}, "market", bad)
	pick(&i.Status, p.Status, InstallationStatuses, "status", bad)
	if p.Status != nil && i.Status == "" {
		bad.add("status", "error.field.required")
	}
	civil(&i.ConnectedOn, p.ConnectedOn, "connectedOn", bad)
	amount(&i.VoltageV, p.VoltageV, "voltage", bad)
	amount(&i.LoadW, p.LoadW, "loadW", bad)
	amount(&i.TransformerVA, p.TransformerVA, "transformerVA", bad)
	if p.SecondaryMeter != nil {
		i.SecondaryMeter = *p.SecondaryMeter
	}
	if p.Conditions != nil {
		i.applyConditions(*p.Conditions, bad)
	}
	if p.VoltageV != nil || p.Subgroup != nil {
		i.checkVoltage(bad)
	}
	if i.Name == "" && (i.UC != "" || i.FormerUC != "" || i.Source != "") {
		i.Name = nameOfInstallation(i)
	}
	bad.need("name", i.Name)
	return bad.err()
}

func (i *Installation) applyNumbers(p InstallationPatch, bad problems) {
	number(&i.UC, p.UC, ident.ParseUC, "uc", bad)
	number(&i.FormerUC, p.FormerUC, ident.ParseFormerUC, "formerUc", bad)
	number(&i.CNPJ, p.CNPJ, ident.ParseCNPJ, "cnpj", bad)
	number(&i.CNAE, p.CNAE, ident.ParseCNAE, "cnae", bad)
	if p.Municipality != nil {
		i.MunIBGE = strings.TrimSpace(*p.Municipality)
		if i.MunIBGE != "" && (len(i.MunIBGE) != 7 || strings.Trim(i.MunIBGE, "0123456789") != "") {
			bad.add("municipality", "inst.municipality.digits")
		}
	}
	if p.Coordinates != nil {
		at, ok := coordinates(*p.Coordinates)
		if !ok {
			bad.add("coordinates", "inst.coordinates.bad")
		}
		i.Coordinates = at
	}
}

func (i *Installation) applyConditions(list []string, bad problems) {
	i.Conditions = nil
	for _, known := range Conditions {
		if slices.Contains(list, known) {
			i.Conditions = append(i.Conditions, known)
		}
	}
	if slices.ContainsFunc(list, func(c string) bool { return !slices.Contains(Conditions, c) }) {
		bad.add("conditions", "error.field.choice")
	}
}

// checkVoltage refuses a voltage and a subgroup that cannot be true together
// (REN 1.000 art. 2 XXIII).
func (i *Installation) checkVoltage(bad problems) {
	switch fit, expected := demand.CheckVoltage(i.VoltageV, i.Subgroup); fit {
	case demand.FitNowhere:
		bad.add("voltage", "inst.voltage.nowhere")
	case demand.FitContradict:
		if expected == "" {
			bad.add("voltage", "inst.voltage.nowhere")
			return
		}
		bad.add("subgroup", "inst.voltage.contradict", "subgroup", expected)
	}
}

// Has reports a condition of the installation.
func (i *Installation) Has(condition string) bool { return slices.Contains(i.Conditions, condition) }

// coordinates brings "-19,92; -43,94" and "-19.92,-43.94" into one form of six
// decimals, 0.1 m; "" stays.
func coordinates(v string) (string, bool) {
	v = strings.TrimSpace(v)
	if v == "" {
		return "", true
	}
	lat, lon, ok := strings.Cut(v, ";")
	if ok {
		lat, lon = strings.ReplaceAll(lat, ",", "."), strings.ReplaceAll(lon, ",", ".")
	} else if lat, lon, ok = strings.Cut(v, ","); !ok {
		lat, lon, ok = strings.Cut(v, " ")
	}
	y, err := strconv.ParseFloat(strings.TrimSpace(lat), 64)
	x, err2 := strconv.ParseFloat(strings.TrimSpace(lon), 64)
	if !ok || err != nil || err2 != nil || !(math.Abs(y) <= 90) || !(math.Abs(x) <= 180) {
		return v, false
	}
	return fmt.Sprintf("%.6f,%.6f", y, x), true
}

// number sets a number that crm/ident reads; "" clears.
func number[T ~string](to *string, from *string, parse func(string) (T, error), field string, bad problems) {
	if from == nil {
		return
	}
	*to = strings.TrimSpace(*from)
	if *to == "" {
		return
	}
	n, err := parse(*to)
	if err != nil {
		bad[field] = identText(err)
		return
	}
	*to = string(n)
}

// pick sets one of some words; "" clears.
func pick(to *string, from *string, words []string, field string, bad problems) {
	if from == nil {
		return
	}
	if *to = strings.TrimSpace(*from); *to != "" && !slices.Contains(words, *to) {
		bad.add(field, "error.field.choice")
	}
}

// civil sets a civil date; "" clears.
func civil(to *string, from *string, field string, bad problems) {
	if from == nil {
		return
	}
	if *to = strings.TrimSpace(*from); *to != "" && !calendar.Date(*to).Valid() {
		bad.add(field, "date.invalid")
	}
}

// amount sets a quantity, which is never negative.
func amount(to *int64, from *int64, field string, bad problems) {
	if from == nil {
		return
	}
	if *to = *from; *to < 0 {
		bad.add(field, "import.negative")
	}
}
