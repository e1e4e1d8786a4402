package crm

import "context"

// ContractPatch changes members of a contract; what is absent stays. Schedule,
// test and migration are replaced whole: an empty schedule, a test without a
// first month and a migration without a day take away what there was.
type ContractPatch struct {
	Kind       *string       `json:"kind,omitempty"`
	Number     *string       `json:"number,omitempty"`
	Modality   *string       `json:"modality,omitempty"`
	Start      *string       `json:"start,omitempty"`      // civil date
	TermMonths *int          `json:"termMonths,omitempty"` // 0: as the rules say
	Renews     *bool         `json:"renews,omitempty"`
	Agreed     *bool         `json:"agreed,omitempty"`
	End        *string       `json:"end,omitempty"`       // civil date; "" for one that goes on
	Denounced  *string       `json:"denounced,omitempty"` // civil date; "" takes it back
	Schedule   *[]DemandStep `json:"schedule,omitempty"`
	Test       *TestPeriod   `json:"test,omitempty"`
	Migration  *Migration    `json:"migration,omitempty"`
}

// PatchContract is EditContract of some members.
func (s *Service) PatchContract(ctx context.Context, a Actor, id string, version int64, p ContractPatch) (Contract, error) {
	was, err := s.Contract(ctx, a, id)
	if err != nil {
		return Contract{}, err
	}
	if version == 0 {
		version = was.Version // what is absent must be what was read here
	}
	return s.EditContract(ctx, a, id, version, p.over(&was))
}

// over is what is said of a contract, with the members of the patch in their
// place.
func (p ContractPatch) over(c *Contract) ContractInput {
	in := ContractInput{Kind: c.Kind, Number: c.Number, Modality: c.Modality, Start: c.Start, TermMonths: c.TermMonths, Renews: c.Renews, Agreed: c.Agreed,
		End: c.End, Denounced: c.Denounced, Schedule: c.Schedule, Test: c.Test, Migration: c.Migration}
	put(&in.Kind, p.Kind)
	put(&in.Number, p.Number)
	put(&in.Modality, p.Modality)
	put(&in.Start, p.Start)
	put(&in.TermMonths, p.TermMonths)
	put(&in.Renews, p.Renews)
	put(&in.Agreed, p.Agreed)
	put(&in.End, p.End)
	put(&in.Denounced, p.Denounced)
	put(&in.Schedule, p.Schedule)
	if p.Test != nil {
		if in.Test = p.Test; p.Test.From == "" {
			in.Test = nil
		}
	}
	if p.Migration != nil {
		if in.Migration = p.Migration; p.Migration.Requested == "" {
			in.Migration = nil
		}
	}
	return in
}

// put writes a value that is there.
func put[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}
