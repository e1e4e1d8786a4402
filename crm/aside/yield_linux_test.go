package aside

import (
	"syscall"
	"testing"
)

func TestThreadsAside(t *testing.T) {
	var own int
	Run(func() { own, _ = syscall.Getpriority(syscall.PRIO_PROCESS, syscall.Gettid()) })
	// The system call answers 20 minus the niceness.
	if want := 20 - niceness; own > want {
		t.Errorf("priority %d aside, want %d at most", own, want)
	}
	if mine, _ := syscall.Getpriority(syscall.PRIO_PROCESS, syscall.Gettid()); mine < own {
		t.Errorf("the caller's own priority fell to %d", mine)
	}
}
