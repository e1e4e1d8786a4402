// Package aside runs work that nobody waits for (imports, reports, mail) so
// that people at pages do not feel it: on threads of its own, which the system
// runs when nothing else wants the processor.
//
// Go shares a fixed number of slots among all goroutines and lets each run for
// ten milliseconds, a hundred times as long as a page takes. So while something
// runs aside there is a slot more for each of them, and it is the system that
// chooses.
package aside

import (
	"runtime"
	"sync"
)

var slots struct {
	sync.Mutex
	usual, taken int
}

// most is how many slots are ever added: each costs memory of its own.
const most = 4

// Run calls f on a thread of low priority and returns when f does. A panic of f
// is raised in the caller.
func Run(f func()) {
	take(1)
	defer take(-1)
	done := make(chan any, 1)
	go func() {
		// Not unlocked: the thread ends with the goroutine, for its priority
		// cannot be raised again.
		runtime.LockOSThread()
		yield()
		defer func() { done <- recover() }()
		f()
	}()
	if p := <-done; p != nil {
		panic(p)
	}
}

func take(n int) {
	slots.Lock()
	defer slots.Unlock()
	if slots.taken == 0 {
		slots.usual = runtime.GOMAXPROCS(0)
	}
	before := min(slots.taken, most)
	slots.taken += n
	if now := min(slots.taken, most); now != before {
		runtime.GOMAXPROCS(slots.usual + now)
	}
}
