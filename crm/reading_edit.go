package crm

import (
	"context"
	"slices"
	"strings"

	"cemigmas/crm/calendar"
)

// ReadingInput are the figures of a month, in W and Wh. In a correction of some
// members nil leaves, in an entry of the whole nil is "not measured".
type ReadingInput struct {
	SingleW    *int64 `json:"singleW,omitempty"`
	PeakW      *int64 `json:"peakW,omitempty"`
	OffPeakW   *int64 `json:"offPeakW,omitempty"`
	EnergyWh   *int64 `json:"energyWh,omitempty"`
	PeakWh     *int64 `json:"peakWh,omitempty"`
	OffPeakWh  *int64 `json:"offPeakWh,omitempty"`
	ReactiveWh *int64 `json:"reactiveWh,omitempty"`
	ReactiveW  *int64 `json:"reactiveW,omitempty"`
	Origin     string `json:"origin,omitempty"` // one of ReadingOrigins; "" is hand
}

// MonthReading is a reading with what is doubted about it and what stood there
// before. Reading.Version is 0 where the month has none.
type MonthReading struct {
	Reading
	Doubts []ReadingDoubt
	Former map[string]FormerFigure // by member, of those that were corrected
}

// MonthReading reads one month of an installation.
func (s *Service) MonthReading(ctx context.Context, a Actor, installation, month string) (MonthReading, error) {
	i, err := s.Installation(ctx, a, installation)
	if err != nil {
		return MonthReading{}, err
	}
	if !calendar.Month(month).Valid() {
		return MonthReading{}, notFound()
	}
	return s.monthReading(ctx, &i, month)
}

func (s *Service) monthReading(ctx context.Context, i *Installation, month string) (MonthReading, error) {
	contracts, err := s.contractsOf(ctx, i.ID)
	if err != nil {
		return MonthReading{}, err
	}
	readings, err := s.readingsOf(ctx, i.ID, 0)
	if err != nil {
		return MonthReading{}, err
	}
	out := MonthReading{Reading: Reading{ID: ReadingID(i.ID, month), Client: i.Client, Installation: i.ID, Agent: i.Agent, Team: i.Team, Acting: i.Acting, Month: month}}
	if n := slices.IndexFunc(readings, func(r Reading) bool { return r.Month == month }); n >= 0 {
		out.Reading = readings[n]
	}
	out.Doubts = DoubtsOf(i, contracts, readings)[month]
	former, err := s.FormerFigures(ctx, []Reading{out.Reading})
	out.Former = former[month]
	return out, err
}

// NewReading is the version of a reading that must not be there yet.
const NewReading = -1

// PutReading enters the reading of a month, or corrects it as a whole; PatchReading
// corrects the members that are given. A correction keeps the former figures in
// the history. version is that of the reading that was looked at (0: whatever it
// is now); CodeConflict when somebody changed it since, with the reading as it is.
// Implausible figures are taken and doubted (DoubtsOf).
func (s *Service) PutReading(ctx context.Context, a Actor, installation, month string, version int64, in ReadingInput) (MonthReading, error) {
	return s.editReading(ctx, a, installation, month, version, func(r *Reading) error { return r.take(in, true) })
}

// PatchReading is PutReading of some members.
func (s *Service) PatchReading(ctx context.Context, a Actor, installation, month string, version int64, in ReadingInput) (MonthReading, error) {
	return s.editReading(ctx, a, installation, month, version, func(r *Reading) error { return r.take(in, false) })
}

// AcceptReading accepts what is doubted about a month, for a reason. It holds
// until a figure that was doubted changes. CodeInvalid without a reason, or where
// nothing is doubted.
func (s *Service) AcceptReading(ctx context.Context, a Actor, installation, month string, version int64, reason string) (MonthReading, error) {
	reason = strings.TrimSpace(reason)
	return s.editReading(ctx, a, installation, month, version, func(r *Reading) error {
		if reason == "" {
			return invalidField("reason", "error.field.required")
		}
		i, err := s.Installation(ctx, a, installation)
		if err != nil {
			return err
		}
		now, err := s.monthReading(ctx, &i, month)
		if err != nil {
			return err
		}
		open := openDoubts(now.Doubts)
		if len(open) == 0 {
			return invalidField("reason", "reading.accept.none")
		}
		for _, d := range open {
			r.Accepted = append(slices.Clip(r.Accepted), AcceptedDoubt{Code: string(d.Code), Posto: string(d.Posto), Energy: d.Energy,
				Figure: d.Figure, Reason: reason, By: a.UserID, At: s.Now()})
		}
		return nil
	})
}

func (s *Service) editReading(ctx context.Context, a Actor, installation, month string, version int64, change func(*Reading) error) (MonthReading, error) {
	i, err := s.Installation(ctx, a, installation)
	if err != nil {
		return MonthReading{}, err
	}
	switch m := calendar.Month(month); {
	case month == "":
		return MonthReading{}, invalidField("month", "error.field.required")
	case !m.Valid():
		return MonthReading{}, invalidField("month", "import.month")
	case month > s.Today()[:7]:
		return MonthReading{}, invalidField("month", "import.reading.future")
	}
	now, err := s.monthReading(ctx, &i, month)
	if err != nil {
		return MonthReading{}, err
	}
	if version == NewReading && now.Version > 0 {
		return now, invalidField("month", "reading.exists")
	}
	if version > 0 && version != now.Version {
		return now, Errf(CodeConflict, "error.conflict")
	}
	r := now.Reading
	r.Agent, r.Team, r.UpdatedAt = i.Agent, i.Team, s.Now()
	if err := change(&r); err != nil {
		return now, err
	}
	var was *Reading
	if now.Version > 0 {
		was = &now.Reading
	}
	if err := s.Apply(ctx, saved(s.editor(ctx, a), Readings, i.Client, was, &r)...); err != nil {
		return now, err
	}
	if err := s.Recompute(ctx, i.Client); err != nil {
		return now, err
	}
	s.bus.Publish(Event{Kind: "client", ID: i.Client, Agent: i.Agent, Team: i.Team, Acting: i.Acting})
	return s.monthReading(ctx, &i, month)
}

// mostReading bounds a figure so that no sum of a year leaves int64: a hundred
// terawatts, or watt hours.
const mostReading = 100_000_000_000_000

// take sets figures. An acceptance of another figure goes with the figure, and
// so do the doubts of an import.
func (r *Reading) take(in ReadingInput, whole bool) error {
	bad := problems{}
	given := map[string]*int64{"singleW": in.SingleW, "peakW": in.PeakW, "offPeakW": in.OffPeakW, "energyWh": in.EnergyWh,
		"peakWh": in.PeakWh, "offPeakWh": in.OffPeakWh, "reactiveWh": in.ReactiveWh, "reactiveW": in.ReactiveW}
	changed := false
	for name, to := range r.amounts() {
		v := given[name]
		if v == nil && !whole {
			continue
		}
		if v != nil && (*v > mostReading || *v < -mostReading) {
			bad.add(name, "number.range")
			continue
		}
		changed = changed || !sameAmount(*to, v)
		*to = v
	}
	// A form sends the origin along: a figure that was corrected comes from a hand,
	// whatever file the one before it came from.
	if changed && (in.Origin == "" || !slices.Contains(ReadingOrigins, in.Origin) && in.Origin == r.Origin) {
		in.Origin = ReadingOrigins[0]
	}
	if in.Origin != "" {
		if !slices.Contains(ReadingOrigins, in.Origin) && in.Origin != r.Origin {
			bad.add("origin", "error.field.choice")
		}
		r.Origin = in.Origin
	}
	if len(bad) == 0 && !r.measured() {
		bad.add("singleW", "import.reading.empty")
	}
	if changed {
		r.Flags = nil
		r.Accepted = slices.DeleteFunc(slices.Clone(r.Accepted), func(a AcceptedDoubt) bool { return !r.has(a) })
	}
	return bad.err()
}

// has reports whether a reading still has the figure of an acceptance.
func (r *Reading) has(a AcceptedDoubt) bool {
	if a.Code == string(DoubtImported) {
		return len(r.Flags) > 0
	}
	v := map[string]*int64{"single": r.SingleW, "peak": r.PeakW, "offpeak": r.OffPeakW}[a.Posto]
	if a.Energy {
		v = map[string]*int64{"single": r.EnergyWh, "peak": r.PeakWh, "offpeak": r.OffPeakWh}[a.Posto]
	}
	return v != nil && *v == a.Figure
}

func sameAmount(a, b *int64) bool { return a == b || a != nil && b != nil && *a == *b }
