//go:build unix

package app

import (
	"errors"
	"syscall"
)

// runs reports whether there is a process with that number.
func runs(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
