package web

import (
	"bufio"
	"fmt"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
)

// beat keeps proxies from closing an idle stream and finds pages that left.
const beat = 15 * time.Second

// recheck is how old a right may be that an event is sent under.
const recheck = 2 * time.Second

// slack is how far the clocks of two nodes may differ: one made the page,
// another tells it what happened since.
const slack = 2 * time.Second

// events is the stream of a browser: what changed that its user may see. The
// session is read again while it goes on: a disabled user gets nothing more.
func (s *Server) events(c *fiber.Ctx) error {
	a, token, dev := actor(c), c.Cookies(cookieName), device(c)
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Accel-Buffering", "no")
	ch, stop := s.Service.Bus().Subscribe()
	missed, whole := s.missed(c)
	done := s.until.Done()
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer stop()
		tick := time.NewTicker(beat)
		defer tick.Stop()
		checked := time.Now()
		may := func() bool {
			if time.Since(checked) < recheck {
				return true
			}
			u, _, err := s.Auth.Session(s.until, token, dev)
			a, checked = s.Service.ActorOf(&u), time.Now()
			return err == nil
		}
		// The first words make the browser's stream open.
		fmt.Fprint(w, "retry: 3000\n: open\n\n")
		if !whole {
			fmt.Fprint(w, "event: all\ndata: all\n\n")
		}
		for _, e := range missed {
			if a.Sees(e) {
				writeEvent(w, e)
			}
		}
		if w.Flush() != nil {
			return
		}
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				if !may() {
					return
				}
				fmt.Fprint(w, ": beat\n\n")
			case e := <-ch:
				if e.Kind == crm.EventSession {
					if e.Owner == a.UserID {
						checked = time.Time{}
					}
					if !may() {
						return
					}
					continue
				}
				if !may() {
					return
				}
				if !a.Sees(e) {
					continue
				}
				writeEvent(w, e)
			}
			if w.Flush() != nil {
				return
			}
		}
	})
	return nil
}

// missed is what happened after the page was made and before it listened; the
// page says when that was (since, in milliseconds).
func (s *Server) missed(c *fiber.Ctx) (list []crm.Event, whole bool) {
	at, err := strconv.ParseInt(c.Query("since"), 10, 64)
	if err != nil {
		return nil, true
	}
	all, whole := s.Service.Bus().Since(time.UnixMilli(at).Add(-slack))
	seen := map[crm.Event]bool{}
	for _, e := range all {
		if e.Kind != crm.EventSession && !seen[e] {
			seen[e] = true
			list = append(list, e)
		}
	}
	return list, whole
}

func writeEvent(w *bufio.Writer, e crm.Event) {
	name, data := e.Kind, e.ID
	switch e.Kind {
	case "triage", "mail":
		name, data = "mail", "new"
	}
	fmt.Fprintf(w, "event: %s\ndata: %s\n\n", name, data)
}
