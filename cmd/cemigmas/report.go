package main

import (
	"os"

	"github.com/spf13/cobra"

	"cemigmas/crm/calendar"
)

func (c *cli) report() *cobra.Command {
	cmd := &cobra.Command{Use: "report", Short: "Make a report"}
	var month, out, lang, as string
	monthly := &cobra.Command{
		Use:     "monthly",
		Short:   "Make the monthly workbook, grouped by sector",
		Example: "  cemigmas report monthly --month 2026-10 --out outubro.xlsx",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !calendar.Month(month).Valid() {
				return usage("--month: a month such as 2026-10, not %q", month)
			}
			if out == "" {
				return usage("--out: name the file to write")
			}
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			actor, err := a.ActorFor(cmd.Context(), as)
			if err != nil {
				return err
			}
			return writeFile(out, func(f *os.File) error { return a.Monthly(cmd.Context(), actor, month, lang, f) })
		},
	}
	f := monthly.Flags()
	f.StringVar(&month, "month", "", "month of the report, such as 2026-10")
	f.StringVar(&out, "out", "", "file to write")
	f.StringVar(&lang, "lang", "pt-BR", "language: pt-BR, es, en")
	f.StringVar(&as, "as", "", "address of the user whose clients to report (default: all)")
	cmd.AddCommand(monthly)
	return cmd
}
