package sqlite

import (
	"os"

	"golang.org/x/sys/windows"
)

// tryLock locks a byte far behind the process id, which others must be able to
// read: locks are mandatory on Windows.
func tryLock(f *os.File) error {
	const flags = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	return windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &windows.Overlapped{Offset: 1 << 20})
}
