package reports

import (
	"context"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/crm/locale"
)

// Options say how a report is made.
type Options struct {
	Lang locale.Lang // pt-BR when it is none of the languages
}

// Monthly collects and builds the monthly workbook of the actor's scope.
func Monthly(ctx context.Context, s *crm.Service, a crm.Actor, month calendar.Month, o Options) (*Workbook, error) {
	d, err := Collect(ctx, s, a, month)
	if err != nil {
		return nil, err
	}
	return Build(d, o.Lang), nil
}

// FileName is what the workbook of a month is called.
func FileName(month calendar.Month, lang locale.Lang) string {
	return locale.T(lang, "report.file", "month", string(month)) + ".xlsx"
}
