package web

import (
	"regexp"
	"testing"
)

// TestPathID takes ids with what folders are called.
func TestPathID(t *testing.T) {
	selector := regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	for _, id := range []string{"06h08c", `m1:"INBOX":1:0000000094`, `m1:"Caixa de Saída/2026_11":7:0000000001`, `m1:"a\"b.c#d":1:1`} {
		p := pathID(id)
		if !selector.MatchString(p) {
			t.Errorf("%s is written as %s", id, p)
		}
		if got := wholeID(p); got != id {
			t.Errorf("%s comes back as %s", id, got)
		}
	}
	if got := wholeID("%%%"); got != "" {
		t.Errorf("nonsense is read as %q", got)
	}
}
