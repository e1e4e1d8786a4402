package message

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// HTMLText makes readable text of HTML: paragraphs and list items on lines of
// their own, cells side by side, quotes with > in front so that SplitQuotes
// finds them. It reads tokens and never builds a tree, so nesting costs
// nothing.
func HTMLText(s string) string {
	t := texter{hide: true}
	t.run(s)
	out := t.String()
	if out == "" {
		// Some senders hide everything and show it by a style sheet.
		t = texter{}
		t.run(s)
		out = t.String()
	}
	return out
}

type texter struct {
	b       strings.Builder
	quotes  int // depth of blockquotes
	pre     int
	skip    int    // depth inside of an element that is not read
	skipTag string // which element that is
	hide    bool
	breaks  int  // line ends at the end of b, 2 at most
	space   bool // a blank is due
	wrote   bool // anything on this line
	any     bool
}

func (t *texter) run(s string) {
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.TextToken:
			if t.skip == 0 {
				t.text(string(z.Text()))
			}
		case html.StartTagToken:
			name, attrs := z.TagName()
			t.open(string(name), attrs, z)
		case html.EndTagToken:
			name, _ := z.TagName()
			t.close(string(name))
		case html.SelfClosingTagToken:
			name, _ := z.TagName()
			t.void(string(name))
		}
	}
}

func (t *texter) open(name string, attrs bool, z *html.Tokenizer) {
	if t.skip > 0 {
		if name == t.skipTag {
			t.skip++
		}
		return
	}
	switch a := atom.Lookup([]byte(name)); {
	case a == atom.Script || a == atom.Style || a == atom.Title || a == atom.Template || a == atom.Noscript:
		t.skip, t.skipTag = 1, name
	case t.hide && attrs && !isVoid(a) && hidden(z):
		t.skip, t.skipTag = 1, name
	case a == atom.Blockquote:
		t.line(2)
		t.quotes++
	case a == atom.Pre:
		t.line(1)
		t.pre++
	case a == atom.Li:
		t.line(1)
		t.text("- ")
	case a == atom.Td || a == atom.Th:
		t.space = true
	default:
		t.void(name)
	}
}

func (t *texter) close(name string) {
	if t.skip > 0 {
		if name == t.skipTag {
			t.skip--
		}
		return
	}
	switch atom.Lookup([]byte(name)) {
	case atom.Blockquote:
		t.line(1)
		t.quotes = max(0, t.quotes-1)
		t.line(2)
	case atom.Pre:
		t.pre = max(0, t.pre-1)
		t.line(1)
	case atom.Td, atom.Th:
		t.space = true
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table, atom.Ul, atom.Ol:
		t.line(2)
	case atom.Div, atom.Tr, atom.Li, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Dd, atom.Dt, atom.Center:
		t.line(1)
	}
}

// void handles elements without content, and the opening of blocks.
func (t *texter) void(name string) {
	if t.skip > 0 {
		return
	}
	switch atom.Lookup([]byte(name)) {
	case atom.Br:
		t.newline()
	case atom.Hr:
		t.line(1)
		t.text("________________________________")
		t.line(1)
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table, atom.Ul, atom.Ol:
		t.line(2)
	case atom.Div, atom.Tr, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Dd, atom.Dt, atom.Center:
		t.line(1)
	}
}

// text writes words, blanks folded unless the element keeps them.
func (t *texter) text(s string) {
	s = strings.ReplaceAll(clean(s), "\u00a0", " ")
	if t.pre > 0 {
		for i, line := range strings.Split(s, "\n") {
			if i > 0 {
				t.newline()
			}
			t.put(line)
		}
		return
	}
	words := strings.Fields(s)
	if len(words) == 0 {
		t.space = t.space || s != ""
		return
	}
	if isSpace(s[0]) {
		t.space = true
	}
	for _, w := range words {
		t.put(w)
		t.space = true
	}
	t.space = isSpace(s[len(s)-1])
}

func (t *texter) put(w string) {
	if w == "" {
		return
	}
	if !t.wrote {
		if t.quotes > 0 {
			t.b.WriteString(strings.Repeat(">", min(t.quotes, MaxDepth)) + " ")
		}
	} else if t.space {
		t.b.WriteByte(' ')
	}
	t.b.WriteString(w)
	t.space, t.wrote, t.any, t.breaks = false, true, true, 0
}

func (t *texter) newline() {
	if t.any && t.breaks < 2 {
		t.b.WriteByte('\n')
		t.breaks++
	}
	t.wrote, t.space = false, false
}

// line ends the line, and leaves an empty one when n is 2.
func (t *texter) line(n int) {
	for t.any && t.breaks < n {
		t.b.WriteByte('\n')
		t.breaks++
	}
	t.wrote, t.space = false, false
}

func (t *texter) String() string { return strings.TrimSpace(t.b.String()) }

func hidden(z *html.Tokenizer) bool {
	for {
		key, val, more := z.TagAttr()
		if string(key) == "style" {
			style := strings.ReplaceAll(strings.ToLower(string(val)), " ", "")
			if strings.Contains(style, "display:none") || strings.Contains(style, "mso-hide:all") {
				return true
			}
		}
		if !more {
			return false
		}
	}
}

func isVoid(a atom.Atom) bool {
	switch a {
	case atom.Br, atom.Hr, atom.Img, atom.Input, atom.Meta, atom.Link, atom.Area, atom.Base, atom.Col, atom.Embed, atom.Source, atom.Track, atom.Wbr:
		return true
	}
	return false
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }
