package sqlite

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"zombiezen.com/go/sqlite"
)

// Plans notes the query plan of every statement that reads, so that a test that
// walks the whole program sees each query that it really makes, as each role
// makes it. It is safe for concurrent use, also by several stores.
type Plans struct {
	mu   sync.Mutex
	seen map[string]string
}

// note explains a statement that was not seen before.
func (p *Plans) note(conn *sqlite.Conn, sql string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, ok := p.seen[sql]; ok {
		return
	}
	if p.seen == nil {
		p.seen = map[string]string{}
	}
	q, b := query{text: sql}, strings.Builder{}
	if err := explain(conn, &q, &b); err != nil {
		b.WriteString(err.Error())
	}
	p.seen[sql] = b.String()
}

// scan is a step that reads a whole table; one that reads a whole index says so.
var scan = regexp.MustCompile(`(?m)^SCAN [^( \n][^ \n]*$`)

// byDesign are parts of statements that may sort in a temporary b-tree.
var byDesign = []string{
	// A text query sorts its candidates: what a few letters find has no order
	// yet. Where a word is common the index of the order is walked instead.
	`:_words" AS k WHERE word`,
}

// Slow are the statements that scan a table, or sort rows in a temporary b-tree
// other than by design.
func (p *Plans) Slow() (slow []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for sql, plan := range p.seen {
		sorts := strings.Contains(plan, "TEMP B-TREE") && !containsAny(sql, byDesign)
		if sorts || scan.MatchString(plan) {
			slow = append(slow, fmt.Sprintf("%s\n%s", sql, plan))
		}
	}
	return slow
}

// Watch fails a test at its end if a statement was slow.
func (p *Plans) Watch(t interface {
	Cleanup(func())
	Errorf(string, ...any)
}) *Plans {
	t.Cleanup(func() {
		for _, s := range p.Slow() {
			t.Errorf("a statement that reads too much:\n%s", s)
		}
	})
	return p
}

// Len is how many different statements were seen.
func (p *Plans) Len() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.seen)
}

func containsAny(s string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}
