package aside

import "syscall"

// niceness of background threads, of 0 to 19. It can be given up by everybody,
// so there is no error that matters: without it the work is only less polite.
const niceness = 15

// yield lowers the priority of the calling thread; on Linux it is each thread's
// own. A program that was started with less has it still.
func yield() {
	// The system call answers 20 minus the niceness.
	if now, err := syscall.Getpriority(syscall.PRIO_PROCESS, syscall.Gettid()); err == nil && now <= 20-niceness {
		return
	}
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), niceness)
}
