package message

import (
	"fmt"
	"html"
	"strings"
)

// segment is a stretch of what people read: one part, or one alternative.
type segment struct {
	plain string
	html  string
}

// collector takes the text and the attachments out of a tree.
type collector struct {
	segments    []segment
	attachments []Attachment
	problems    *problemList
}

func (m *Message) readBody(t *tree) {
	c := collector{problems: &t.problems}
	c.part(t.root, true)
	m.Attachments = c.attachments
	m.Text, m.html = c.join()
	if m.Text == "" {
		m.Text = nestedText(t.root, 0)
	}
}

// part files one node. A multipart/alternative is one segment with two faces.
func (c *collector) part(p *part, root bool) {
	switch {
	case p.typ == "multipart/alternative":
		c.alternative(p)
	case len(p.children) > 0:
		for _, child := range p.children {
			c.part(child, false)
		}
	case strings.HasPrefix(p.typ, "multipart/"):
	case c.isText(p, root):
		c.segments = append(c.segments, c.text(p))
	default:
		c.attach(p)
	}
}

func (c *collector) alternative(p *part) {
	inner := collector{problems: c.problems}
	for _, child := range p.children {
		inner.part(child, false)
	}
	var best segment
	for _, s := range inner.segments {
		// The last of a kind is the richest, but an empty one is no choice.
		if strings.TrimSpace(s.html) != "" {
			best.html = s.html
		} else if strings.TrimSpace(s.plain) != "" {
			best.plain = s.plain
		}
	}
	if best != (segment{}) {
		c.segments = append(c.segments, best)
	}
	c.attachments = append(c.attachments, inner.attachments...)
}

// isText tells what is read in the flow. Named text parts are attachments
// unless they are the mail itself.
func (c *collector) isText(p *part, root bool) bool {
	if p.disp == "attachment" && !root {
		return false
	}
	switch p.typ {
	case "text/plain", "text/html":
		return root || p.name == "" || len(c.segments) == 0 && p.disp == ""
	case "text/enriched", "text/richtext", "text/x-amp-html", "message/delivery-status":
		return root && p.typ != "text/x-amp-html"
	}
	return root && strings.HasPrefix(p.typ, "text/") && p.name == ""
}

func (c *collector) text(p *part) segment {
	if len(p.body) > MaxText {
		c.problems.add("text is too long and was cut")
	}
	s, problem := toUTF8(limit(p.body, MaxText), p.params["charset"])
	c.problems.add(problem)
	if p.typ == "text/html" {
		return segment{html: s}
	}
	if p.params["format"] == "flowed" {
		s = unflow(s, p.params["delsp"] == "yes")
	}
	return segment{plain: s}
}

func (c *collector) attach(p *part) {
	a := Attachment{
		Path: partPath(p), Name: p.name, Type: p.typ, ContentID: p.id,
		Size: int64(len(p.body)), Inline: p.disp != "attachment" && (p.id != "" || p.disp == "inline"),
	}
	if a.Name == "" && strings.HasPrefix(p.typ, "message/") {
		a.Name = nestedName(p)
	}
	c.attachments = append(c.attachments, a)
}

// partPath: the only part of a simple mail is "1", as in IMAP.
func partPath(p *part) string {
	if p.path == "" {
		return "1"
	}
	return p.path
}

func nestedName(p *part) string {
	if p.typ != "message/rfc822" && p.typ != "message/global" {
		return ""
	}
	h, _, _ := splitHeader(p.body)
	if name := fileName(oneLine(decodeWords(h.get("Subject")))); name != "" {
		return clipName(name, 140) + ".eml"
	}
	return "mail.eml"
}

// nestedText is for mails that are nothing but a forwarded mail.
func nestedText(p *part, depth int) string {
	if p == nil || depth > MaxDepth {
		return ""
	}
	if p.typ == "message/rfc822" || p.typ == "message/global" {
		inner := read(p.body)
		c := collector{problems: &problemList{}}
		c.part(inner.root, true)
		if text, _ := c.join(); text != "" {
			return text
		}
		return nestedText(inner.root, depth+1)
	}
	for _, child := range p.children {
		if text := nestedText(child, depth+1); text != "" {
			return text
		}
	}
	return ""
}

// join makes one text and one HTML of the segments. Plain parts between HTML
// parts (a mail of an Apple program with attachments in the middle) keep their
// place in both.
func (c *collector) join() (text, htm string) {
	var plain, rich []string
	isHTML := false
	for _, s := range c.segments {
		t := s.plain
		if strings.TrimSpace(t) == "" && s.html != "" {
			t = HTMLText(s.html)
		}
		if t = strings.TrimRight(t, " \n\t"); strings.TrimSpace(t) != "" {
			plain = append(plain, t)
		}
		if s.html != "" {
			isHTML = true
			rich = append(rich, s.html)
		} else if strings.TrimSpace(s.plain) != "" {
			rich = append(rich, `<div style="white-space: pre-wrap">`+html.EscapeString(s.plain)+"</div>")
		}
	}
	if !isHTML {
		return strings.Join(plain, "\n\n"), ""
	}
	return strings.Join(plain, "\n\n"), strings.Join(rich, "\n")
}

// unflow joins the soft line ends of format=flowed (RFC 3676).
func unflow(s string, delSpace bool) string {
	var b strings.Builder
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		depth := len(line) - len(strings.TrimLeft(line, ">"))
		if line != "-- " && depth == 0 {
			line = strings.TrimPrefix(line, " ") // space-stuffing
		}
		soft := strings.HasSuffix(line, " ") && line != "-- " && i+1 < len(lines)
		if soft && quoteDepth(lines[i+1]) == depth && depth == 0 && lines[i+1] != "-- " {
			if delSpace {
				line = line[:len(line)-1]
			}
			b.WriteString(line)
			continue
		}
		b.WriteString(line)
		if i+1 < len(lines) {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func quoteDepth(line string) int { return len(line) - len(strings.TrimLeft(line, ">")) }

// Part returns an attachment and its bytes, by the Path that Parse gave it.
func Part(raw []byte, path string) (Attachment, []byte, error) {
	t := read(raw)
	found := findPart(t.root, path)
	if found == nil {
		return Attachment{}, nil, fmt.Errorf("message: no part %q", path)
	}
	c := collector{problems: &t.problems}
	c.attach(found)
	return c.attachments[0], found.body, nil
}

func findPart(p *part, path string) *part {
	if len(p.children) == 0 {
		if partPath(p) == path {
			return p
		}
		return nil
	}
	for _, child := range p.children {
		if found := findPart(child, path); found != nil {
			return found
		}
	}
	return nil
}
