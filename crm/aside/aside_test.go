package aside

import (
	"runtime"
	"sync"
	"testing"
)

func TestRunWaitsAndGivesSlotsBack(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	var inside, ran int
	var mu sync.Mutex
	var wg sync.WaitGroup
	begun, end := make(chan bool), make(chan bool)
	for range 6 {
		wg.Go(func() {
			Run(func() {
				begun <- true
				<-end
				mu.Lock()
				defer mu.Unlock()
				ran++
			})
		})
	}
	for range 6 {
		<-begun
	}
	inside = runtime.GOMAXPROCS(0)
	close(end)
	wg.Wait()
	if after := runtime.GOMAXPROCS(0); ran != 6 || inside != before+most || after != before {
		t.Errorf("%d ran; %d slots before, %d inside, %d after", ran, before, inside, after)
	}
}

func TestPanicComesBack(t *testing.T) {
	defer func() {
		if p := recover(); p != "broken" {
			t.Errorf("recovered %v", p)
		}
	}()
	Run(func() { panic("broken") })
}
