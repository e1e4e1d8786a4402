package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"cemigmas/cmd/internal/app"
	"cemigmas/crm"
	"cemigmas/crm/intake"
)

func (c *cli) importFile() *cobra.Command {
	var o app.ImportFile
	var template, errorsOut, undo string
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Import a portfolio workbook, readings, or a regulator's table of units (UCMT) or tariffs",
		Example: "  cemigmas import carteira.xlsx --dry-run\n  cemigmas import ucmt_2024.csv --kind ucmt --year 2024\n" +
			"  cemigmas import --template carteira.xlsx\n  cemigmas import --undo 0abc123",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if template != "" {
				table, err := app.SectorTable(cmd.Context(), c.config)
				if err != nil {
					return err
				}
				return writeFile(template, func(f *os.File) error { return intake.WriteTemplate(f, o.Lang, table) })
			}
			if undo != "" {
				return c.undoImport(cmd, undo, o.As)
			}
			if len(args) == 0 {
				return usage("import needs a FILE; see cemigmas import --help")
			}
			o.Path, o.Name = args[0], filepath.Base(args[0])
			return c.runImport(cmd, o, errorsOut)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Kind, "kind", "", "portfolio, ucmt, readings or tariffs (default: found from the file)")
	f.IntVar(&o.Year, "year", 0, "year of a UCMT file (default: from its name)")
	f.BoolVar(&o.DryRun, "dry-run", false, "say what would change and change nothing")
	f.StringVar(&errorsOut, "errors", "", "write the faulty rows with their reasons to this workbook")
	f.StringVar(&template, "template", "", "write an empty portfolio workbook, with the sectors of the store if there is one, and end")
	f.StringVar(&undo, "undo", "", "take back what the import with this id did; what was edited since is kept, and told")
	f.StringVar(&o.Lang, "lang", "pt-BR", "language of template and reasons: pt-BR, es, en")
	f.StringVar(&o.As, "as", "", "address of the user in whose name to import (default: the program)")
	return cmd
}

func (c *cli) runImport(cmd *cobra.Command, o app.ImportFile, errorsOut string) error {
	if !slices.Contains([]intake.Kind{intake.KindAuto, intake.KindPortfolio, intake.KindUCMT, intake.KindReadings, intake.KindTariffs}, intake.Kind(o.Kind)) {
		return usage("--kind: portfolio, ucmt, readings or tariffs, not %q", o.Kind)
	}
	if info, err := os.Stat(o.Path); err != nil || info.IsDir() {
		return usage("there is no file %s", o.Path)
	}
	a, err := c.open(cmd.Context())
	if err != nil {
		return err
	}
	defer a.Close()
	var faulty []crm.ImportError
	o.OnError = func(e crm.ImportError) {
		faulty = append(faulty, e)
		if !e.Warning {
			fmt.Fprintf(c.err, "%s row %d %s %q: %s\n", e.Sheet, e.Row, e.Column, e.Value, sayIn(o.Lang, e.Reason))
		}
	}
	o.Batch = a.Service.NewID()
	res, err := a.Import(cmd.Context(), o)
	if err != nil {
		return err
	}
	if !o.DryRun && res.Changed() > 0 {
		c.say("import %s (take it back with: cemigmas import --undo %s)", o.Batch, o.Batch)
	}
	rejected := c.sayResult(res, o.DryRun)
	if errorsOut != "" {
		if err := writeFile(errorsOut, func(f *os.File) error { return intake.WriteErrors(f, o.Lang, faulty) }); err != nil {
			return err
		}
	}
	if rejected > 0 {
		return &exitError{exitRejected, fmt.Sprintf("%d rows were rejected; all others were taken", rejected)}
	}
	return nil
}

// undoImport takes an import back and tells, record by record, what stays.
func (c *cli) undoImport(cmd *cobra.Command, batch, as string) error {
	a, err := c.open(cmd.Context())
	if err != nil {
		return err
	}
	defer a.Close()
	sum, err := a.Undo(cmd.Context(), batch, as)
	if crm.CodeOf(err) == crm.CodeNotFound {
		return usage("there is no import %s to undo", batch)
	}
	if err != nil {
		return err
	}
	for _, r := range sum.Refused {
		fmt.Fprintf(c.err, "%s %s %s: %s\n", r.Of, r.Doc, r.Name, say(r.Reason))
	}
	c.say("undone %d, kept %d", sum.Undone, sum.Kept)
	if sum.Kept > 0 {
		return &exitError{exitRejected, fmt.Sprintf("%d changes were kept; all others were undone", sum.Kept)}
	}
	return nil
}

// writeFile writes a file whole or not at all.
func writeFile(path string, write func(*os.File) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".cemigmas-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := write(f); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// sayResult prints what an import did, a line a sheet, and answers how many
// rows were rejected.
func (c *cli) sayResult(res intake.Result, dry bool) int64 {
	if dry {
		c.say("dry run: nothing was written")
	}
	if res.Year != 0 {
		c.say("year %d (from the %s)", res.Year, res.YearFrom)
	}
	for _, s := range res.Sheets {
		c.say("%-16s created %d, updated %d, unchanged %d, rejected %d, warnings %d", s.Kind, s.Created, s.Updated, s.Unchanged, s.Rejected, s.Warnings)
	}
	for _, d := range res.Decisions {
		c.say("%s %s: %s", d.Sheet, d.Column, say(d.Text))
	}
	return res.Rejected()
}
