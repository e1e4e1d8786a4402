package app

import (
	"context"
	"errors"
	"fmt"

	"cemigmas/crm"
	"cemigmas/crm/store/sqlite"
)

// CheckData compares all that is derived with its sources and tells a line a
// finding. With fix it repairs what follows from sources. It answers how many
// findings are left.
func (a *App) CheckData(ctx context.Context, fix bool, tell func(line string)) (open int, err error) {
	damaged, err := a.Damaged(ctx)
	for _, d := range damaged {
		tell(d)
	}
	if err == nil && len(damaged) > 0 {
		err = errors.New("the file is damaged, so nothing was repaired in it: stop serve, keep a copy of the file, and restore the last backup")
	}
	if err != nil {
		return len(damaged), err
	}
	sum, err := a.Service.Check(ctx, fix, func(f crm.Finding) { tell(findingLine(f, fix)) })
	if sum.Repaired > 0 {
		tell(fmt.Sprintf("%d repaired", sum.Repaired))
	}
	return sum.Open, err
}

// Damaged reads an embedded store's whole file and lists what is broken in it.
func (a *App) Damaged(ctx context.Context) ([]string, error) {
	s, ok := a.store.(*sqlite.Store)
	if !ok {
		return nil, nil
	}
	faults, err := s.Integrity(ctx)
	for i, f := range faults {
		faults[i] = "file " + s.Path() + ": " + f
	}
	return faults, err
}

// findingLine is a finding as a line: where, what, and what was done.
func findingLine(f crm.Finding, fix bool) string {
	line := fmt.Sprintf("%s %s: %s", f.Collection, f.ID, f.What)
	switch {
	case f.Done:
		return line + "; repaired: " + f.Repair
	case f.Err != nil:
		return line + "; not repaired: " + f.Err.Error() + "; run doctor --fix again"
	case f.Repair == "":
		return line + "; only a person can settle this"
	case !fix:
		return line + "; doctor --fix repairs it"
	}
	return line
}
