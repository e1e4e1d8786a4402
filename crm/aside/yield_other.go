//go:build !linux

package aside

// yield does nothing where a thread has no priority of its own.
func yield() {}
