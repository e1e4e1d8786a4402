package main

import (
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cemigmas/cmd/internal/app"
)

func (c *cli) restore() *cobra.Command {
	return &cobra.Command{
		Use:   "restore IN",
		Short: "Read a backup into an empty store",
		Long: "Checks the whole file, stores it, reads the store back and compares. A file that was cut off or altered\n" +
			"is refused and the store stays empty. When the restore itself is cut short, run it again: until it has\n" +
			"ended, no other verb takes the store.",
		Example: "  cemigmas restore --data new /backup/2026-11-22.zip",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			start := time.Now()
			r, locked, err := app.Restore(cmd.Context(), c.config, args[0], c.progress("restore"))
			if err != nil {
				return err
			}
			if len(locked) > 0 {
				c.say("The key here is not the one that sealed these mailboxes' passwords; bring the old key file, or enter them again:\n  %s",
					strings.Join(locked, "\n  "))
			}
			return c.sayCarried(r, "restored", start)
		},
	}
}
