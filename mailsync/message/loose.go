package message

import (
	"bytes"
	"strings"
)

// walkLoose takes structures that go-message refuses: malformed headers, a
// boundary that was never declared, parts without an empty line. It cuts the
// raw bytes at lines that begin with the boundary, so it costs one pass a
// level. (enmime reads such mails too, but needs exponential time on 40 nested
// multiparts, and cannot be stopped.)
func walkLoose(raw []byte, problems *problemList) (*part, bool) {
	h, body, _ := splitHeader(raw)
	w := walker{problems: problems}
	root := w.loose(h, body, "", 0)
	return root, !empty(root)
}

func (w *walker) loose(h header, body []byte, path string, depth int) *part {
	w.parts++
	p := newPart(h, path)
	if strings.HasPrefix(p.typ, "multipart/") {
		boundary := p.params["boundary"]
		if boundary == "" {
			boundary = guessBoundary(body)
		}
		pieces := cutParts(body, boundary)
		if depth >= MaxDepth {
			w.problems.add("nested too deeply")
			return p
		}
		for _, piece := range pieces {
			if w.parts >= MaxParts {
				w.problems.add("too many parts")
				break
			}
			ph, pbody, _ := splitHeader(piece)
			p.children = append(p.children, w.loose(ph, pbody, childPath(path, len(p.children)+1), depth+1))
		}
		if len(p.children) > 0 {
			return p
		}
		p.typ = "text/plain"
	}
	p.body = decodeTransfer(body, h.get("Content-Transfer-Encoding"), w.problems)
	return p
}

// guessBoundary takes the first line that looks like one.
func guessBoundary(body []byte) string {
	for rest := body; len(rest) > 0; {
		line, next := cutLine(rest)
		if len(line) > 2 && len(line) < 80 && bytes.HasPrefix(line, []byte("--")) && !bytes.ContainsAny(line, " \t") {
			if key, _, ok := cutField(first(next)); ok && strings.HasPrefix(key, "content-") {
				return string(line[2:])
			}
		}
		rest = next
	}
	return ""
}

func first(b []byte) []byte {
	line, _ := cutLine(b)
	return line
}

// cutParts returns what stands between the boundary lines.
func cutParts(body []byte, boundary string) [][]byte {
	if boundary == "" {
		return nil
	}
	open := []byte("--" + boundary)
	var out [][]byte
	start := -1
	for at := 0; at < len(body); {
		line, rest := cutLine(body[at:])
		next := len(body) - len(rest)
		if bytes.HasPrefix(line, open) {
			tail := bytes.TrimSpace(line[len(open):])
			if len(tail) == 0 || bytes.Equal(tail, []byte("--")) {
				if start >= 0 {
					out = append(out, body[start:at])
				}
				start = next
				if len(tail) > 0 {
					return out
				}
			}
		}
		at = next
	}
	if start >= 0 && start < len(body) {
		out = append(out, body[start:])
	}
	return out
}
