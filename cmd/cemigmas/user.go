package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"cemigmas/crm"
)

func (c *cli) user() *cobra.Command {
	cmd := &cobra.Command{Use: "user", Short: "Add, list and disable users"}
	cmd.AddCommand(c.userAdd(), c.userList(), c.userDisable(true), c.userDisable(false), c.userPassword())
	return cmd
}

func (c *cli) userAdd() *cobra.Command {
	var in crm.UserInput
	var role string
	var stdin bool
	cmd := &cobra.Command{
		Use:     "add",
		Short:   "Add a user; prints a one-time password unless one is given",
		Example: "  cemigmas user add --email ana@example.com --name 'Ana Reis' --role agent --team centro",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			in.Role = crm.Role(role)
			if in.Password, err = c.password(stdin); err != nil {
				return err
			}
			u, once, err := a.Service.AddUser(cmd.Context(), crm.SystemActor(), in)
			if err != nil {
				return err
			}
			c.say("added %s as %s", u.Email, u.Role)
			c.sayOnce(once)
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&in.Email, "email", "", "address to sign in with")
	f.StringVar(&in.Name, "name", "", "name that pages show")
	f.StringVar(&role, "role", "agent", "agent, manager or admin")
	f.StringVar(&in.Team, "team", "", "team; a manager sees its team's clients")
	f.StringVar(&in.Lang, "lang", "", "language: pt-BR, es, en (default: what the user's browser prefers)")
	f.BoolVar(&stdin, "password-stdin", false, "read the password from standard input")
	return cmd
}

// password reads a password from standard input; never from the command line,
// which every process of the machine can read.
func (c *cli) password(stdin bool) (string, error) {
	if !stdin {
		return "", nil
	}
	line, err := bufio.NewReader(c.in).ReadString('\n')
	if err != nil && err != io.EOF {
		return "", err
	}
	p := strings.TrimRight(line, "\r\n")
	if p == "" {
		return "", usage("--password-stdin: standard input was empty")
	}
	return p, nil
}

func (c *cli) sayOnce(once string) {
	if once != "" {
		c.say("one-time password: %s", once)
	}
}

func (c *cli) userList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List users", Example: "  cemigmas user list", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			after := ""
			for {
				list, next, err := a.Service.ListUsers(cmd.Context(), crm.SystemActor(), crm.UserQuery{Limit: crm.MaxListLimit, After: after})
				if err != nil {
					return err
				}
				for _, u := range list {
					seen := "never signed in"
					if u.SeenAt != nil {
						seen = "seen " + u.SeenAt.In(crm.Zone).Format("2006-01-02 15:04")
					}
					c.say("%-8s %-36s %-24s %-12s %-8s %s", u.Role, u.Email, u.Name, u.Team, u.State(), seen)
				}
				if after = next; after == "" {
					return nil
				}
			}
		},
	}
}

func (c *cli) userDisable(disable bool) *cobra.Command {
	name, short := "disable", "Disable a user and end its sessions at once"
	if !disable {
		name, short = "enable", "Let a disabled user sign in again"
	}
	return c.onUser(name, short, func(cmd *cobra.Command, s *crm.Service, u crm.User) error {
		_, err := s.DisableUser(cmd.Context(), crm.SystemActor(), u.ID, disable)
		if err == nil {
			c.say("%s: %sd", u.Email, name)
		}
		return err
	})
}

func (c *cli) userPassword() *cobra.Command {
	var stdin, link bool
	cmd := c.onUser("password", "Give a user a new password and end its sessions, or make a link to choose one", func(cmd *cobra.Command, s *crm.Service, u crm.User) error {
		if link && stdin {
			return usage("--link and --password-stdin: choose one")
		}
		if link {
			return c.passwordLink(cmd, s, u)
		}
		p, err := c.password(stdin)
		if err != nil {
			return err
		}
		once, err := s.ResetPassword(cmd.Context(), crm.SystemActor(), u.ID, p)
		c.sayOnce(once)
		return err
	})
	cmd.Flags().BoolVar(&stdin, "password-stdin", false, "read the password from standard input")
	cmd.Flags().BoolVar(&link, "link", false, "print a link with which the user chooses a password, once, within 24 hours")
	return cmd
}

// passwordLink prints a one-time link, or its path when nobody said how people
// reach the server.
func (c *cli) passwordLink(cmd *cobra.Command, s *crm.Service, u crm.User) error {
	token, u, err := s.MakeLink(cmd.Context(), crm.SystemActor(), u.ID)
	if err != nil {
		return err
	}
	c.say("%s/link/%s", strings.TrimRight(c.config.PublicURL, "/"), token)
	if c.config.PublicURL == "" {
		fmt.Fprintln(c.err, "put the server's address in front of it; --public-url does so")
	}
	fmt.Fprintf(c.err, "good once, until %s\n", u.LinkUntil.In(crm.Zone).Format("2006-01-02 15:04"))
	return nil
}

// onUser makes a verb that works on the user named by --email.
func (c *cli) onUser(name, short string, do func(*cobra.Command, *crm.Service, crm.User) error) *cobra.Command {
	var email string
	cmd := &cobra.Command{
		Use: name, Short: short, Example: "  cemigmas user " + name + " --email ana@example.com", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if email == "" {
				return usage("--email: name the user")
			}
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			u, err := a.Service.UserByEmail(cmd.Context(), crm.SystemActor(), email)
			if crm.CodeOf(err) == crm.CodeNotFound {
				return usage("--email: there is no user %q", email)
			}
			if err != nil {
				return err
			}
			return do(cmd, a.Service, u)
		},
	}
	cmd.Flags().StringVar(&email, "email", "", "address of the user")
	return cmd
}
