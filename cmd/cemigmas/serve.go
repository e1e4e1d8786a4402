package main

import (
	"github.com/spf13/cobra"

	"cemigmas/cmd/internal/app"
	"cemigmas/crm/calendar"
)

func (c *cli) serve() *cobra.Command {
	var today string
	cmd := &cobra.Command{
		Use:     "serve",
		Short:   "Serve the pages and the API, follow mailboxes and do background work",
		Example: "  cemigmas serve --addr 127.0.0.1:8080\n  cemigmas serve --demo",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if today != "" && !calendar.Date(today).Valid() {
				return usage("--today: a day such as 2026-11-22, not %q", today)
			}
			c.config.Today = calendar.Date(today)
			c.config.Exclusive = true
			a, err := app.Open(cmd.Context(), c.config)
			if err != nil {
				return err
			}
			defer a.Close()
			logins, err := a.Prepare(cmd.Context())
			if err != nil {
				return err
			}
			if err := a.Start(cmd.Context()); err != nil {
				c.sayLogins(logins) // they are stored already, and never shown again
				return err
			}
			c.say("Cemig Más is ready at %s", a.URL())
			c.sayLogins(logins)
			if len(logins) == 0 {
				c.say("Forgotten a password? cemigmas user list; cemigmas user password --email ADDRESS")
			}
			return a.Wait(cmd.Context())
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.config.Addr, "addr", "127.0.0.1:8080", "address to listen on")
	f.BoolVar(&c.config.Demo, "demo", false, "fill an empty store with a demonstration and play its mailboxes")
	f.Int64Var(&c.config.Seed, "seed", 1, "seed of the demonstration")
	f.StringVar(&today, "today", "", "day that the demonstration ends with (default: today)")
	f.BoolVar(&c.config.Secure, "secure-cookies", false, "send cookies over https only (set it behind a TLS proxy)")
	f.BoolVar(&c.config.AllowPrivate, "mail-private-hosts", false, "let mailboxes dial hosts in private networks")
	return cmd
}

func (c *cli) sayLogins(logins []app.Login) {
	if len(logins) == 0 {
		return
	}
	c.say("\nFirst sign-in (shown only this once):")
	for _, l := range logins {
		c.say("  %-8s %-36s %s", l.Role, l.Email, l.Password)
	}
}
