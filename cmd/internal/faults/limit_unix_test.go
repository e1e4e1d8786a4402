//go:build unix

package faults

import (
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// limitFiles bounds the size of files until the process is sent SIGUSR1, which is
// how a full disk is played without one: writes beyond fail, reads go on.
func limitFiles(bytes uint64) error {
	if bytes == 0 {
		return nil
	}
	signal.Ignore(syscall.SIGXFSZ)
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		return err
	}
	lift := make(chan os.Signal, 1)
	signal.Notify(lift, syscall.SIGUSR1)
	go func() {
		<-lift
		_ = syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was)
	}()
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: bytes, Max: was.Max})
}

// makeSpace lets the files of a child grow again.
func (p *child) makeSpace() error { return p.cmd.Process.Signal(syscall.SIGUSR1) }

// nobody is the number of the user and the group that own nothing.
const nobody = 65534

// dropRoot makes a superuser's process one of nobody's.
func dropRoot() error {
	if os.Getuid() != 0 {
		return nil
	}
	return errors.Join(syscall.Setgroups(nil), syscall.Setgid(nobody), syscall.Setuid(nobody))
}
