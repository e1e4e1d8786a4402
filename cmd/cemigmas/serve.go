package main

import (
	"context"
	"strings"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/spf13/cobra"

	"cemigmas/cmd/internal/app"
	"cemigmas/crm/calendar"
	"cemigmas/web"
)

func (c *cli) serve() *cobra.Command {
	var today, proxies, roles string
	cmd := &cobra.Command{
		Use:     "serve",
		Short:   "Serve the pages and the API, follow mailboxes and do background work",
		Example: "  cemigmas serve --addr 127.0.0.1:8080\n  cemigmas serve --demo\n  cemigmas serve --role sync,jobs --store mongodb://db1,db2,db3/cemigmas?replicaSet=rs0",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if today != "" && !calendar.Date(today).Valid() {
				return usage("--today: a day such as 2026-11-22, not %q", today)
			}
			c.config.Today = calendar.Date(today)
			if (c.config.TLSCert == "") != (c.config.TLSKey == "") {
				return usage("--tls-cert and --tls-key go together")
			}
			if c.config.Proxies, err = web.ParseProxies(proxies); err != nil {
				return usage("--trusted-proxy: %v", err)
			}
			if c.config.Roles, err = app.ParseRoles(roles); err != nil {
				return usage("--role: %v", err)
			}
			if c.config.Lease < time.Second {
				return usage("--lease: a second at least, not %s", c.config.Lease)
			}
			c.config.Exclusive = true
			a, err := app.Open(cmd.Context(), c.config)
			if err != nil {
				return err
			}
			defer func() {
				if cerr := a.Close(); err == nil {
					err = cerr
				}
			}()
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
			if url := a.MetricsURL(); url != "" {
				c.say("Figures are at %s", url)
			}
			tell(daemon.SdNotifyReady)
			context.AfterFunc(cmd.Context(), func() { tell(daemon.SdNotifyStopping) })
			return a.Wait(cmd.Context())
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.config.Addr, "addr", "127.0.0.1:8080", "address to listen on")
	f.StringVar(&roles, "role", strings.Join(app.AllRoles, ","), "what this node does: web (pages and API), sync (mailboxes), jobs (imports, reports, daily work)")
	f.DurationVar(&c.config.Lease, "lease", 30*time.Second, "for how long mailboxes and jobs stay with a node that does not answer")
	f.BoolVar(&c.config.Demo, "demo", false, "fill an empty store with a demonstration and play its mailboxes")
	f.Int64Var(&c.config.Seed, "seed", 1, "seed of the demonstration")
	f.StringVar(&today, "today", "", "day that the demonstration ends with (default: today)")
	f.StringVar(&c.config.TLSCert, "tls-cert", "", "file of the certificate, the chain included; renewed ones are taken up without a restart")
	f.StringVar(&c.config.TLSKey, "tls-key", "", "file of the certificate's key")
	f.StringVar(&proxies, "trusted-proxy", "", "networks of the proxies in front, whose X-Forwarded-… and Forwarded are believed: 10.1.0.0/16,127.0.0.1")
	f.StringVar(&c.config.MetricsAddr, "metrics-addr", "", "address of /metrics for Prometheus, such as 127.0.0.1:9090 (default: none)")
	f.DurationVar(&c.config.StopTime, "stop-time", 20*time.Second, "how long running requests and work may take to end")
	f.DurationVar(&c.config.DrainTime, "drain-time", 0, "how long to serve on while /readyz already says no, for proxies to notice")
	f.BoolVar(&c.config.Secure, "secure-cookies", false, "send cookies over https only (set it behind a TLS proxy that is not named by --trusted-proxy)")
	f.BoolVar(&c.config.AllowPrivate, "mail-private-hosts", false, "let mailboxes dial hosts in private networks")
	return cmd
}

// tell tells systemd, when it is there, how far we are.
func tell(state string) { _, _ = daemon.SdNotify(false, state) }

func (c *cli) sayLogins(logins []app.Login) {
	if len(logins) == 0 {
		return
	}
	c.say("\nFirst sign-in (shown only this once):")
	for _, l := range logins {
		c.say("  %-8s %-36s %s", l.Role, l.Email, l.Password)
	}
}
