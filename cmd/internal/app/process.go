package app

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"cemigmas/crm"
)

// processName names this process among those that share the store.
func processName() string {
	host, _ := os.Hostname()
	return fmt.Sprintf("%s:%d:%s", host, os.Getpid(), crm.NewID(time.Now())[:12])
}

// diedHere reports whether a process with that name ran on this machine and runs
// no more. A number that was given to another process since only means that its
// leases run out by themselves.
func diedHere(name string) bool {
	parts := strings.Split(name, ":")
	host, _ := os.Hostname()
	if len(parts) < 3 || parts[0] != host {
		return false
	}
	pid, err := strconv.Atoi(parts[1])
	return err == nil && pid != os.Getpid() && !runs(pid)
}
