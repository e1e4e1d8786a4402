package mailsync

import "sync"

// seats shares mailboxes fairly among the processes that follow some. Each
// takes no more than its share, the followed ones divided by the processes,
// rounded up; a process that has more, because another one came, leaves the
// surplus between two passes. Who may follow a mailbox is decided by its lease
// alone: a wrong count makes the shares uneven and nothing else.
type seats struct {
	mu    sync.Mutex
	share int // 0: no limit
	taken map[string]chan struct{}
	asked int // how many were asked to leave
}

// take answers the channel that asks the one who sits to leave; nil when this
// process has its share.
func (s *seats) take(mailbox string) chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.share > 0 && len(s.taken) >= s.share || s.taken[mailbox] != nil {
		return nil
	}
	seat := make(chan struct{})
	s.taken[mailbox] = seat
	return seat
}

func (s *seats) leave(mailbox string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.taken[mailbox]:
		s.asked--
	default:
	}
	delete(s.taken, mailbox)
}

// set says how many mailboxes there are to follow and how many processes
// follow some, and asks for the surplus.
func (s *seats) set(mailboxes, processes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.share = 0
	if processes > 1 {
		s.share = max(1, (mailboxes+processes-1)/processes)
	}
	if s.share == 0 {
		return
	}
	for _, seat := range s.taken {
		if len(s.taken)-s.asked <= s.share {
			return
		}
		select {
		case <-seat: // it is leaving already
		default:
			close(seat)
			s.asked++
		}
	}
}
