package mailsync

import (
	"fmt"
	"testing"
)

// TestSeatsAreShared: nobody takes more than the share, the shares hold all
// mailboxes, and who has too many is asked for the surplus only.
func TestSeatsAreShared(t *testing.T) {
	for _, c := range []struct{ mailboxes, processes, share int }{
		{10, 1, 10}, {10, 2, 5}, {11, 2, 6}, {10, 3, 4}, {1, 4, 1}, {0, 2, 1},
	} {
		t.Run(fmt.Sprintf("%d of %d", c.mailboxes, c.processes), func(t *testing.T) {
			s := seats{taken: map[string]chan struct{}{}}
			seats := map[string]chan struct{}{}
			for n := range c.mailboxes { // alone at first
				id := fmt.Sprint(n)
				if seats[id] = s.take(id); seats[id] == nil {
					t.Fatal("alone it was refused one")
				}
			}
			s.set(c.mailboxes, c.processes)
			s.set(c.mailboxes, c.processes) // asking again asks nobody else
			stay := 0
			for id, seat := range seats {
				select {
				case <-seat:
					s.leave(id)
				default:
					stay++
				}
			}
			if stay != min(c.share, c.mailboxes) {
				t.Errorf("%d stay, not %d", stay, c.share)
			}
			if c.processes > 1 && stay == c.share && s.take("one more") != nil {
				t.Error("it took more than its share")
			}
			s.set(c.mailboxes+1, 1) // the others are gone
			if s.take("one more") == nil {
				t.Error("alone again it takes nothing")
			}
		})
	}
}

func TestASeatIsTakenOnce(t *testing.T) {
	s := seats{taken: map[string]chan struct{}{}}
	if s.take("a") == nil || s.take("a") != nil {
		t.Error("two sit on one seat")
	}
	s.leave("a")
	if s.take("a") == nil {
		t.Error("a seat that was left is not free")
	}
}
