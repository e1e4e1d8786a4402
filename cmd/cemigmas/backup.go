package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cemigmas/cmd/internal/app"
	"cemigmas/crm/carry"
)

func (c *cli) backup() *cobra.Command {
	return &cobra.Command{
		Use:   "backup OUT",
		Short: "Write the whole store into one file, while it is served",
		Long: "Writes clients, history, mail, settings and users into one new file, as they are at this moment; the\n" +
			"server goes on. Either kind of store restores it. The master key is not in it: keep a copy of the key\n" +
			"file elsewhere, or mailbox passwords must be entered again. Nobody stays signed in.",
		Example: "  cemigmas backup /backup/2026-11-22.zip\n  cemigmas backup --store mongodb://… /backup/2026-11-22.zip",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			start := time.Now()
			r, err := app.Backup(cmd.Context(), c.config, args[0], c.progress("backup"))
			if err != nil {
				return err
			}
			if !r.Consistent {
				fmt.Fprintln(c.err, "this MongoDB has no transactions: what was written during the backup may be in it by halves")
			}
			return c.sayCarried(r, "saved in "+args[0], start)
		},
	}
}

// sayCarried says what was moved; blobs that could not be read make the verb
// fail, after all else was moved.
func (c *cli) sayCarried(r carry.Report, where string, start time.Time) error {
	c.say("%d documents and %d blobs %s in %s", r.Documents(), r.Blobs, where, time.Since(start).Round(time.Millisecond))
	if len(r.Problems) > 0 {
		return &exitError{exitFailed, fmt.Sprintf("%d blobs could not be read and are missing:\n  %s", len(r.Problems), strings.Join(r.Problems, "\n  "))}
	}
	return nil
}

// progressEvery is how often a long verb says how far it is.
const progressEvery = 2 * time.Second

// progress tells how far a long verb is, on the error output.
func (c *cli) progress(verb string) app.Progress {
	last := time.Now()
	return func(step string, done int64) {
		if time.Since(last) < progressEvery {
			return
		}
		last = time.Now()
		fmt.Fprintf(c.err, "%s: %s %d\n", verb, step, done)
	}
}
