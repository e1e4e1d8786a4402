package mailsync

import (
	"time"

	"github.com/cenkalti/backoff/v5"

	"cemigmas/crm"
	"cemigmas/mailsync/imapx"
)

// maxAuthTries is how often a refused password is tried before the user is
// asked: servers lock accounts. The count is kept with the mailbox, so that a
// restart does not begin anew.
const maxAuthTries = 3

// askUser is how long a mailbox waits that only its user can mend; changing it
// wakes it.
const askUser = 24 * time.Hour

// pauses answers how long to wait after a failure.
type pauses struct {
	network *backoff.ExponentialBackOff // 2 s … 15 min
	limit   *backoff.ExponentialBackOff // 10 min … 24 h
}

func newPauses() *pauses {
	p := &pauses{network: backoff.NewExponentialBackOff(), limit: backoff.NewExponentialBackOff()}
	p.network.InitialInterval, p.network.MaxInterval, p.network.Multiplier = 2*time.Second, 15*time.Minute, 2
	p.limit.InitialInterval, p.limit.MaxInterval, p.limit.Multiplier = 10*time.Minute, 24*time.Hour, 3
	p.reset()
	return p
}

// reset forgets failures after a good pass.
func (p *pauses) reset() {
	p.network.Reset()
	p.limit.Reset()
}

// after answers the wait after an error; refusals is how often the password
// was refused in a row.
func (p *pauses) after(err error, refusals int) time.Duration {
	switch imapx.KindOf(err) {
	case imapx.KindAuth:
		if refusals >= maxAuthTries {
			return askUser
		}
	case imapx.KindTLS, imapx.KindRefused:
		return askUser
	case imapx.KindLimit:
		return p.limit.NextBackOff()
	}
	return p.network.NextBackOff()
}

// stateOf names the state that a mailbox is in after an error.
func stateOf(err error) string {
	switch imapx.KindOf(err) {
	case imapx.KindAuth:
		return "auth"
	case imapx.KindNetwork, imapx.KindLimit:
		return "waiting"
	}
	if code := crm.CodeOf(err); code == crm.CodeUnavailable || code == crm.CodeConflict {
		return "waiting"
	}
	return "failed"
}
