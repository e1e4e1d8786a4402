// Command ferrettest is a server that speaks MongoDB's protocol, for tests on
// machines that have no MongoDB: FerretDB with its SQLite backend, embedded.
//
// It listens on a free loopback port, prints one line with its address
// (mongodb://127.0.0.1:PORT/) and ends when its standard input is closed, so
// that it never outlives the test that started it, however that test ends. Its
// data lie in a temporary folder that it removes.
//
// It is a module of its own so that its many dependencies never enter the
// product's.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "ferrettest:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	dir, err := os.MkdirTemp("", "ferrettest-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)

	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: "127.0.0.1:0"},
		Logger:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Handler:   "sqlite",
		SQLiteURL: "file:" + dir + "/", // the slash says that it is a folder
	})
	if err != nil {
		return err
	}

	// A signal to the whole process group must not leave the folder behind.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, in)
		cancel()
	}()

	fmt.Fprintln(out, server.MongoDBURI())
	return server.Run(ctx)
}
