package main

import (
	"time"

	"github.com/spf13/cobra"

	"cemigmas/cmd/internal/app"
)

func (c *cli) copy() *cobra.Command {
	var from, to string
	cmd := &cobra.Command{
		Use:   "copy [FROM TO]",
		Short: "Copy a store into another, of the other kind too",
		Long: "Copies all documents and blobs as they are at this moment and compares counts and digests at the end.\n" +
			"What the source is told afterwards is not in the copy: stop the server first. The target must be empty;\n" +
			"a copy that was cut short goes on when it is run again. Nobody stays signed in, and the key file is\n" +
			"yours to carry. A DSN with a password belongs into CEMIGMAS_FROM_FILE or CEMIGMAS_TO_FILE, where the\n" +
			"machine's other users do not see it.",
		Example: "  cemigmas copy sqlite:data/cemigmas.db 'mongodb://db1,db2,db3/cemigmas?replicaSet=rs0'\n" +
			"  CEMIGMAS_TO_FILE=dsn cemigmas copy --from sqlite:data/cemigmas.db",
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 && from == "" {
				from, args = args[0], args[1:]
			}
			if len(args) > 0 && to == "" {
				to, args = args[0], args[1:]
			}
			if from == "" || to == "" || len(args) > 0 {
				return usage("name the store to copy from and the one to copy to")
			}
			start := time.Now()
			r, err := app.Copy(cmd.Context(), c.config, from, to, c.progress("copy"))
			if err != nil {
				return err
			}
			return c.sayCarried(r, "copied and compared", start)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "store to copy from")
	cmd.Flags().StringVar(&to, "to", "", "store to copy to")
	return cmd
}
