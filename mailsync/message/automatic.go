package message

import (
	"regexp"
	"strings"
)

// Why a mail counts as automatic. Automatic mail stands on timelines when it
// belongs to a client, but is no contact with anybody.
const (
	ReasonAuto    = "auto-submitted" // RFC 3834: robots and away notices
	ReasonList    = "list"           // List-Id, List-Unsubscribe
	ReasonBulk    = "bulk"           // Precedence
	ReasonBounce  = "bounce"         // delivery reports
	ReasonNoReply = "noreply"        // the sender reads nothing
)

var (
	noReply = regexp.MustCompile(`^(?:no|do|nao|não|naum)[-_.]?(?:not[-_.]?)?(?:reply|responder?|responda|contestar)|^(?:noreply|donotreply|naoresponda|noresponder)|[-_.+](?:no-?reply)$`)
	robot   = regexp.MustCompile(`^(?:mailer-daemon|postmaster|mail-daemon|mailerdaemon)$`)
)

func automatic(h header, from []Address, root *part) (bool, string) {
	local := ""
	if len(from) > 0 {
		local, _, _ = strings.Cut(from[0].Email, "@")
	}
	switch {
	case robot.MatchString(local), isReport(h), root != nil && hasReport(root):
		return true, ReasonBounce
	case autoSubmitted(h):
		return true, ReasonAuto
	case h.has("List-Id"), h.has("List-Unsubscribe"):
		return true, ReasonList
	case precedence(h):
		return true, ReasonBulk
	case noReply.MatchString(local):
		return true, ReasonNoReply
	}
	return false, ""
}

func autoSubmitted(h header) bool {
	auto := strings.ToLower(strings.TrimSpace(h.get("Auto-Submitted")))
	if auto != "" && auto != "no" {
		return true
	}
	return h.has("X-Autoreply") || h.has("X-Autorespond") || h.has("X-Auto-Response")
}

func precedence(h header) bool {
	switch strings.ToLower(strings.TrimSpace(h.get("Precedence"))) {
	case "bulk", "list", "junk", "auto_reply":
		return true
	}
	return false
}

// isReport reads the header alone: delivery reports come with an empty return
// path and as multipart/report. A read receipt is a report too, but a person
// sent it; disposition notifications say so in report-type.
func isReport(h header) bool {
	typ, params := parseParams(h.get("Content-Type"))
	return typ == "multipart/report" && params["report-type"] != "disposition-notification"
}

func hasReport(p *part) bool {
	if p.typ == "message/delivery-status" {
		return true
	}
	for _, child := range p.children {
		if hasReport(child) {
			return true
		}
	}
	return false
}
