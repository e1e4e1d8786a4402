package web

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"cemigmas/crm"
	"cemigmas/mailsync/message"
	"cemigmas/web/static"
)

// frame is how a mail's HTML is measured without being seen: the sandbox lets
// nobody measure it.
type frame struct{ perLine, line, gap, pad int }

// A wide frame holds lines of 68ch at 14 px, a phone's about 40 letters at 16.
var (
	wideFrame   = frame{perLine: 84, line: 23, gap: 13, pad: 16}
	narrowFrame = frame{perLine: 40, line: 26, gap: 13, pad: 16}
)

// Borders of the estimate in CSS pixels, and what a folded quote and a picture
// take.
const (
	frameLeast, frameMost = 48, 900
	quoteHeight           = 34
	pictureHeight         = 160
)

// height estimates a mail in CSS pixels. Quotes are folded and count as one
// button; above frameMost the frame scrolls.
func (f frame) height(blocks []message.Block, files []crm.File) int {
	px, quoted := f.pad, false
	for _, b := range blocks {
		if b.Kind == message.KindQuote {
			quoted = true
			continue
		}
		for l := range strings.Lines(b.Text) {
			if l = strings.TrimSpace(l); l == "" {
				px += f.gap
				continue
			}
			px += f.line * (1 + utf8.RuneCountInString(l)/f.perLine)
		}
	}
	if quoted {
		px += quoteHeight
	}
	for _, file := range files {
		if file.Inline && isPicture(file.Type) {
			px += pictureHeight
		}
	}
	return min(max(px, frameLeast), frameMost)
}

// painted finds HTML that brings colours of its own; it was made for white
// paper and stays on it, also in the dark.
var painted = regexp.MustCompile(`(?i)(?:bgcolor|color)\s*[=:]`)

// signed finds the dashes before a signature, which then steps back.
var signed = regexp.MustCompile(`(?i)<(p|div)>(\s*--\s*<br)`)

// mailDocument is the document in the frame: sanitised HTML under our style.
func mailDocument(body string) string {
	class := ""
	if painted.MatchString(body) {
		class = ` class="paper"`
	}
	body = signed.ReplaceAllString(body, `<$1 class="sign">$2`)
	return `<!doctype html><html` + class + `><head><meta charset="utf-8"><base target="_blank"><meta name="viewport" content="width=device-width, initial-scale=1">` +
		`<link rel="stylesheet" href="` + static.URL("css/tokens.css") + `"><link rel="stylesheet" href="` + static.URL("css/mail.css") + `"></head><body>` + body + `</body></html>`
}
