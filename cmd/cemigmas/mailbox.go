package main

import (
	"github.com/spf13/cobra"

	"cemigmas/crm"
)

func (c *cli) mailbox() *cobra.Command {
	cmd := &cobra.Command{Use: "mailbox", Short: "Add, list and check mailboxes"}
	cmd.AddCommand(c.mailboxAdd(), c.mailboxList(), c.mailboxCheck())
	return cmd
}

func (c *cli) mailboxAdd() *cobra.Command {
	var in crm.MailboxInput
	var owner string
	var stdin bool
	cmd := &cobra.Command{
		Use:     "add",
		Short:   "Add a mailbox; the password comes from standard input",
		Example: "  cemigmas mailbox add --owner ana@example.com --address ana@example.com --host imap.example.com --password-stdin < secret",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !stdin {
				return usage("--password-stdin: give the mailbox's password on standard input")
			}
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			u, err := a.Service.UserByEmail(cmd.Context(), crm.SystemActor(), owner)
			if err != nil {
				return usage("--owner: there is no user %q", owner)
			}
			if in.Password, err = c.password(stdin); err != nil {
				return err
			}
			if in.Login == "" {
				in.Login = in.Address
			}
			in.Owner = u.ID
			m, err := a.AddMailbox(cmd.Context(), crm.SystemActor(), in)
			if err != nil {
				return err
			}
			c.say("added %s (%s)", m.Address, m.ID)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&owner, "owner", "", "address of the user whose mailbox it is")
	f.StringVar(&in.Address, "address", "", "mail address")
	f.StringVar(&in.Host, "host", "", "IMAP server")
	f.IntVar(&in.Port, "port", 0, "port (default 993 with tls, else 143)")
	f.StringVar(&in.TLS, "tls", "tls", "tls, starttls, or plain (loopback only)")
	f.StringVar(&in.Login, "login", "", "login name (default: the address)")
	f.StringVar(&in.Horizon, "horizon", "", "first day whose mail is fetched (default: 12 months ago)")
	f.StringSliceVar(&in.Folders, "folder", nil, "folder to follow beside INBOX and Sent; may repeat")
	f.BoolVar(&stdin, "password-stdin", false, "read the password from standard input")
	return cmd
}

func (c *cli) mailboxList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List mailboxes with their numbers", Example: "  cemigmas mailbox list", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			list, err := a.Service.ListMailboxes(cmd.Context(), crm.SystemActor())
			if err != nil {
				return err
			}
			for _, m := range list {
				c.say("%s  %-36s %s:%d %s", m.ID, m.Address, m.Host, m.Port, m.State)
				for _, f := range m.FolderStates {
					c.say("    %-16s server %d = beyond %d + wanted %d + held %d + stored %d + duplicate %d + ignored %d + failed %d; gone %d",
						f.Name, f.Server, f.Beyond, f.Wanted, f.Held, f.Stored, f.Duplicate, f.Ignored, f.Failed, f.Gone)
				}
				if m.Problem != nil {
					c.say("    %s", say(*m.Problem))
				}
			}
			return nil
		},
	}
}

func (c *cli) mailboxCheck() *cobra.Command {
	var box string
	cmd := &cobra.Command{
		Use: "check", Short: "Sign in to mailboxes and say what failed", Example: "  cemigmas mailbox check --mailbox ana@example.com", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			failed := 0
			list, err := a.MailboxesNamed(cmd.Context(), box)
			if err != nil {
				return err
			}
			for _, m := range list {
				if err := a.Mail.CheckStored(cmd.Context(), m); err != nil {
					failed++
					c.say("%s: %s", m.Address, describe(err))
					continue
				}
				c.say("%s: ok", m.Address)
			}
			if failed > 0 {
				return &exitError{exitFailed, ""}
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&box, "mailbox", "", "address or id of one mailbox (default: all)")
	return cmd
}

func (c *cli) sync() *cobra.Command {
	var once bool
	var box string
	cmd := &cobra.Command{
		Use:     "sync",
		Short:   "Sync mailboxes once and end",
		Example: "  cemigmas sync --once\n  cemigmas sync --once --mailbox ana@example.com",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !once {
				return usage("sync needs --once; mailboxes are followed all the time by cemigmas serve")
			}
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			list, err := a.MailboxesNamed(cmd.Context(), box)
			if err != nil {
				return err
			}
			failed := 0
			for _, m := range list {
				n, err := a.Mail.Once(cmd.Context(), m.ID)
				if err != nil {
					failed++
					c.say("%s: %s", m.Address, describe(err))
					continue
				}
				c.say("%s: %d new mails", m.Address, n)
			}
			if failed > 0 {
				return &exitError{exitFailed, ""}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&once, "once", false, "one complete pass")
	cmd.Flags().StringVar(&box, "mailbox", "", "address or id of one mailbox (default: all)")
	return cmd
}
