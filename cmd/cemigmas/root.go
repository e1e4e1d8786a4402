package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"cemigmas/cmd/internal/app"
	"cemigmas/cmd/internal/logs"
)

// cli is what the verbs share.
type cli struct {
	in        io.Reader
	out, err  io.Writer
	config    app.Config
	logLevel  string
	logFormat string
}

// run runs one command line and answers the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	c := &cli{in: in, out: out, err: errOut}
	root := c.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitDone
	}
	err = wrongValue(cmd, err)
	var e *exitError
	if errors.As(err, &e) {
		if e.msg != "" {
			fmt.Fprintln(errOut, "cemigmas: "+e.msg)
		}
		return e.code
	}
	fmt.Fprintln(errOut, "cemigmas: "+describe(err))
	return exitFailed
}

func (c *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "cemigmas",
		Short:         "The CRM of the agents who serve medium-voltage clients",
		Long:          "Cemig Más tracks clients with their installations and demand contracts, logs visits and\ncontacts, files mail under clients and makes the monthly workbook by sector.\n\nEvery flag can be set as a variable: --data is CEMIGMAS_DATA, --store is CEMIGMAS_STORE;\nwith _FILE at its end the variable names a file that holds the value.",
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       app.Version,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			if err := fromEnvironment(cmd.Flags(), os.LookupEnv, os.ReadFile); err != nil {
				return err
			}
			return c.openLog()
		},
	}
	f := root.PersistentFlags()
	f.StringVar(&c.config.Store, "store", "", "where the data lies: sqlite:PATH or mongodb://… (default sqlite:DATA/cemigmas.db)")
	f.StringVar(&c.config.Data, "data", "data", "directory of the key, the embedded store and uploads")
	f.StringVar(&c.config.KeyFile, "key-file", "", "file of the master key (default DATA/key)")
	f.StringVar(&c.config.Zone, "zone", "America/Sao_Paulo", "time zone in which days and months begin")
	f.StringVar(&c.config.PublicURL, "public-url", "", "how people reach the server, such as https://crm.example.com; password links begin with it")
	f.BoolVar(&c.config.AllowNoTransactions, "allow-no-transactions", false, "accept a MongoDB without transactions (never for real work)")
	f.StringVar(&c.logLevel, "log-level", "info", "least level of the log: debug, info, warn, error")
	f.StringVar(&c.logFormat, "log-format", logs.Text, "how the log is written: text, json")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage("%v", err) })
	root.AddCommand(c.serve(), c.importFile(), c.report(), c.demo(), c.user(), c.mailbox(), c.sync(), c.key(), c.doctor(),
		c.backup(), c.restore(), c.copy())
	wrongUsage(root)
	root.CompletionOptions.DisableDefaultCmd = true
	return root
}

// wrongUsage makes wrong arguments and unknown verbs end with exit code 2, also
// where cobra itself finds them.
func wrongUsage(cmd *cobra.Command) {
	if args := cmd.Args; args != nil {
		cmd.Args = func(cmd *cobra.Command, given []string) error {
			if err := args(cmd, given); err != nil {
				return usage("%v; see cemigmas %s --help", err, cmd.Name())
			}
			return nil
		}
	}
	if cmd.HasSubCommands() && cmd.RunE == nil {
		cmd.Args = cobra.ArbitraryArgs
		cmd.RunE = func(cmd *cobra.Command, given []string) error {
			if len(given) == 0 {
				return cmd.Help()
			}
			return usage("there is no verb %q; see %s --help", given[0], cmd.CommandPath())
		}
	}
	for _, sub := range cmd.Commands() {
		wrongUsage(sub)
	}
}

// fromEnvironment fills flags that were not given from CEMIGMAS_ variables.
func fromEnvironment(flags *pflag.FlagSet, env func(string) (string, bool), read func(string) ([]byte, error)) error {
	var problem error
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Changed || problem != nil || f.Name == "help" {
			return
		}
		name := variable(f.Name)
		value, ok := env(name)
		if path, isFile := env(name + "_FILE"); !ok && isFile {
			raw, err := read(path)
			if err != nil {
				problem = usage("%s_FILE: %v", name, err)
				return
			}
			value, ok = strings.TrimRight(string(raw), "\r\n"), true
		}
		if ok {
			if err := flags.Set(f.Name, value); err != nil {
				problem = usage("%s: %v", name, err)
			}
		}
	})
	return problem
}

// variable is the name of a flag's variable.
func variable(flag string) string {
	return "CEMIGMAS_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

func (c *cli) openLog() error {
	log, err := logs.New(c.err, c.logFormat, c.logLevel)
	if err != nil {
		return usage("%v", err)
	}
	c.config.Log = log
	return nil
}

// open opens the store for a verb that works beside the server.
func (c *cli) open(ctx context.Context) (*app.App, error) { return app.Open(ctx, c.config) }

func (c *cli) say(format string, args ...any) { fmt.Fprintf(c.out, format+"\n", args...) }
