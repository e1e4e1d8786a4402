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
	var fix, deep bool
	cmd := &cobra.Command{
		Use: "doctor", Short: "Look whether store, key and mailboxes are in order",
		Long: "Looks whether store, key and mailboxes are in order, and compares all that is derived with its sources:\n" +
			"timelines, conversations, counts, last contacts, figures, indexes. It may run beside serve and reads only.\n" +
			"With --deep it also reads every blob (raw mail, files) back and compares digests.\n" +
			"With --fix it repairs what follows from sources and says what it did; sources are never deleted.",
		Example: "  cemigmas doctor\n  cemigmas doctor --fix\n  cemigmas doctor --deep", Args: cobra.NoArgs,
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
			open, err := a.CheckData(cmd.Context(), fix, func(line string) { c.say("%s", line) })
			if err != nil {
				return err
			}
			if deep {
				n, err := a.CheckBlobs(cmd.Context(), func(line string) { c.say("%s", line) }, c.progress("doctor"))
				if err != nil {
					return err
				}
				bad += n
			}
			if bad += open; bad > 0 {
				return &exitError{exitFailed, "something is not in order; see above"}
			}
			c.say("all in order")
			return nil
		},
	}
	cmd.Flags().BoolVar(&deep, "deep", false, "read every blob back and compare digests")
	cmd.Flags().BoolVar(&fix, "fix", false, "repair what follows from sources")
	return cmd
}
