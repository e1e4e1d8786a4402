package auth

import (
	"strings"
	"time"

	"github.com/mileusna/useragent"

	"cemigmas/crm"
	"cemigmas/crm/text"
)

// Device is what a request came from, as far as it says so itself.
type Device struct {
	Agent   string // the header User-Agent
	Address string // network address
}

// maxWord bounds what is kept of a name that a program gives itself.
const maxWord = 40

// use notes a use of a session: its device in two words, never its version or
// anything else that would tell one browser from the next.
func (d Device) use(s *crm.Session, now time.Time, life time.Duration) {
	if d.Agent != "" {
		s.Browser, s.System = d.words()
	}
	s.Address, s.SeenAt, s.Expires = d.Address, now, now.Add(life)
}

func (d Device) words() (browser, system string) {
	ua := useragent.Parse(text.Clip(d.Agent, 1000))
	browser, system = ua.Name, ua.OS
	if browser == "" {
		browser, _, _ = strings.Cut(d.Agent, "/")
	}
	return text.Clip(strings.TrimSpace(browser), maxWord), text.Clip(system, maxWord)
}
