package main

import (
	"time"

	"github.com/spf13/cobra"

	"cemigmas/crm/calendar"
)

func (c *cli) demo() *cobra.Command {
	var today string
	var clients int
	cmd := &cobra.Command{
		Use:     "demo",
		Short:   "Fill an empty store with demonstration data",
		Example: "  cemigmas demo --seed 1\n  cemigmas demo --clients 20000 --store sqlite:big.db",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if today != "" && !calendar.Date(today).Valid() {
				return usage("--today: a day such as 2026-11-22, not %q", today)
			}
			if clients < 1 {
				return usage("--clients: at least 1")
			}
			c.config.Today = calendar.Date(today)
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			start := time.Now()
			logins, err := a.FillDemo(cmd.Context(), clients)
			if err != nil {
				return err
			}
			c.say("filled in %s", time.Since(start).Round(time.Millisecond))
			c.sayLogins(logins)
			return nil
		},
	}
	f := cmd.Flags()
	f.Int64Var(&c.config.Seed, "seed", 1, "seed: the same seed and day make the same data")
	f.IntVar(&clients, "clients", 60, "number of clients; over 1000 it is the reference set for benchmarks")
	f.StringVar(&today, "today", "", "last day of the data (default: today)")
	return cmd
}
