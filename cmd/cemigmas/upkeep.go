package main

import "github.com/spf13/cobra"

func (c *cli) key() *cobra.Command {
	cmd := &cobra.Command{Use: "key", Short: "Look after the master key"}
	cmd.AddCommand(&cobra.Command{
		Use: "rotate", Short: "Make a new master key and seal all secrets with it",
		Example: "  cemigmas key rotate", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			id, n, err := a.RotateKey(cmd.Context())
			if err != nil {
				return err
			}
			c.say("new key %s; %d secrets sealed again", id, n)
			return nil
		},
	})
	return cmd
}

func (c *cli) doctor() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Look whether store, key and mailboxes are in order",
		Example: "  cemigmas doctor", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a, err := c.open(cmd.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			bad := 0
			lines, err := a.Doctor(cmd.Context())
			for _, l := range lines {
				c.say("%s", l.Text)
				if l.Bad {
					bad++
				}
			}
			if err != nil {
				return err
			}
			if bad > 0 {
				return &exitError{exitFailed, "something is not in order; see above"}
			}
			c.say("all in order")
			return nil
		},
	}
}
