package sqlite

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// LockedError says that another process serves the file.
type LockedError struct {
	Path string // of the lock file
	PID  int    // 0 when it could not be read
}

func (e *LockedError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("another serve is running on this store (lock %s)", e.Path)
	}
	return fmt.Sprintf("another serve is running on this store: process %d (lock %s)", e.PID, e.Path)
}

// fileLock is a lock of the operating system on a file that holds the process
// id. The system lets go of it when the process ends in whatever way, so a lock
// file that a dead process left behind is simply taken over.
type fileLock struct{ f *os.File }

func lockFile(path string) (*fileLock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := tryLock(f); err != nil {
		defer f.Close()
		return nil, &LockedError{Path: path, PID: readPID(f)}
	}
	if err := writePID(f); err != nil {
		f.Close()
		return nil, err
	}
	return &fileLock{f}, nil
}

func readPID(f *os.File) int {
	b := make([]byte, 32)
	n, _ := f.ReadAt(b, 0)
	pid, _ := strconv.Atoi(strings.TrimSpace(string(b[:n])))
	return pid
}

func writePID(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

// release leaves the file: removing it would let two processes hold locks on
// two files of the same name.
func (l *fileLock) release() {
	l.f.Truncate(0)
	l.f.Close()
}
