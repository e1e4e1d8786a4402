package message

import (
	"regexp"
	"strings"
)

// Kind says what a stretch of text is.
type Kind string

// Quotes and signatures are folded on the page, never deleted.
const (
	KindText      Kind = "text"
	KindQuote     Kind = "quote"
	KindSignature Kind = "signature"
)

// Block is a stretch of lines of one kind. The texts of all blocks, one after
// the other, are the text that was split.
type Block struct {
	Kind Kind
	Text string
}

// Blocks splits the text of the mail, see SplitQuotes.
func (m *Message) Blocks() []Block { return SplitQuotes(m.Text) }

// SplitQuotes tells a mail's own words from what it quotes and from
// signatures: lines with >, attributions ("Em … escreveu:", "El … escribió:",
// "On … wrote:"), Outlook's separators and header blocks, "-- ".
func SplitQuotes(text string) []Block {
	if text == "" {
		return nil
	}
	lines := strings.SplitAfter(text, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	kinds := make([]Kind, len(lines))
	mark(lines, kinds)
	return blocks(lines, kinds)
}

func blocks(lines []string, kinds []Kind) []Block {
	var out []Block
	start := 0
	for i := 1; i <= len(lines); i++ {
		if i < len(lines) && kinds[i] == kinds[start] {
			continue
		}
		out = append(out, Block{Kind: kinds[start], Text: strings.Join(lines[start:i], "")})
		start = i
	}
	return out
}

// mark gives each line its kind. rest holds once everything below belongs to
// the quote (clients that do not prefix what they quote).
func mark(lines []string, kinds []Kind) {
	rest := Kind("")
	for i := 0; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		if rest == KindQuote {
			kinds[i] = KindQuote
			continue
		}
		if n := quoteStart(lines, i); n > 0 {
			if !prefixed(lines, i+n) {
				rest = KindQuote
			}
			for j := i; j < i+n; j++ {
				kinds[j] = KindQuote
			}
			i += n - 1
			continue
		}
		switch {
		case strings.HasPrefix(line, ">"):
			kinds[i] = KindQuote
			rest = ""
		case line == "" && i > 0 && kinds[i-1] == KindQuote && prefixed(lines, i+1):
			kinds[i] = KindQuote
		case rest == KindSignature:
			kinds[i] = KindSignature
		case signatureStart(lines, i):
			kinds[i], rest = KindSignature, KindSignature
		default:
			kinds[i] = KindText
		}
	}
}

// prefixed says whether the next line with something on it begins with >.
func prefixed(lines []string, i int) bool {
	for ; i < len(lines); i++ {
		if line := strings.TrimSpace(lines[i]); line != "" {
			return strings.HasPrefix(line, ">")
		}
	}
	return false
}

var (
	attribution = regexp.MustCompile(`(?i)^(?:` +
		`(?:em|no dia|na|às|a)\b.+\b(?:escreveu|escreveram)\s*:?` +
		`|el\b.+\b(?:escribió|escribio|escribieron)\s*:?` +
		`|on\b.+\b(?:wrote|writes)\s*:?` +
		`|le\b.+a\s+écrit\s*:?|am\b.+\bschrieb\b.*:|il\b.+ha\s+scritto\s*:?` +
		`|.+[<(][^<>()\s]+@[^<>()\s]+[>)].*\b(?:escreveu|escribió|wrote|escreveu em .+)\s*:` +
		`|\d{4}-\d{2}-\d{2}.+[<(][^<>()\s]+@[^<>()\s]+[>)]\s*:` +
		`)$`)
	attributionOpen = regexp.MustCompile(`(?i)^(?:em|no dia|na|às|el|on|le|am|il)\b.*\d`)
	separator       = regexp.MustCompile(`(?i)^[-_=*\s]{2,}\s*(?:mensagem (?:original|encaminhada|anterior)|e-?mail original|mensaje (?:original|reenviado)|original (?:message|appointment)|forwarded message|reenviado|encaminhado|ursprüngliche nachricht|message d'origine|messaggio originale)\s*(?:por|de|by|from|von)?[^\n]{0,80}?[-_=*\s]*$`)
	forwardBegin    = regexp.MustCompile(`(?i)^(?:início da mensagem (?:encaminhada|reenviada)|inicio del mensaje reenviado|begin forwarded message)\s*:?$`)
	ruler           = regexp.MustCompile(`^(?:_{10,}|-{20,})$`)
	headerFrom      = regexp.MustCompile(`(?i)^\*?\s*(?:de|from|remitente|von|da)\s*:\*?\s*\S`)
	headerOther     = regexp.MustCompile(`(?i)^\*?\s*(?:enviado(?: em| el)?|enviada(?: em)?|sent|data|date|fecha|gesendet|para|to|an|cc|cco|bcc|assunto|asunto|subject|betreff|importância|importancia|importance|responder a|reply-to)\s*:\*?`)
	mobileSignature = regexp.MustCompile(`(?i)^(?:enviad[oa] (?:do|da|de|desde|via|pelo|por|a partir)\b.{2,60}|sent (?:from|via)\b.{2,60}|(?:obter|obtenha|get|obtener|descargar|baixe)\b.{0,12}\boutlook\b.{2,80})$`)
)

// quoteStart returns how many lines from i on announce a quote, 0 when none.
func quoteStart(lines []string, i int) int {
	line := strings.TrimSpace(lines[i])
	if line == "" || len(line) > 500 {
		return 0
	}
	if c := line[0]; (c == '-' || c == '_' || c == '=' || c == '*') && separator.MatchString(line) || forwardBegin.MatchString(line) {
		return 1
	}
	if n := headerBlock(lines, i); n > 0 {
		return n
	}
	if ruler.MatchString(line) {
		if next := nextLine(lines, i+1); next > 0 && headerBlock(lines, next) > 0 {
			return next - i
		}
		return 0
	}
	return attributionLines(lines, i)
}

// attributionLines joins up to three lines: mail programs break the line
// between the date and the address.
func attributionLines(lines []string, i int) int {
	joined := ""
	for n := 1; n <= 3 && i+n <= len(lines); n++ {
		line := strings.TrimSpace(lines[i+n-1])
		if line == "" || strings.HasPrefix(line, ">") {
			return 0
		}
		joined = strings.TrimSpace(joined + " " + line)
		if len(joined) > 600 {
			return 0
		}
		if !mayAttribute(joined) {
			continue
		}
		if attribution.MatchString(joined) && (n == 1 || attributionOpen.MatchString(joined)) && colonOrQuote(joined, lines, i+n) {
			return n
		}
	}
	return 0
}

// mayAttribute keeps the patterns away from nearly all lines: a mail may have a
// hundred thousand of them.
func mayAttribute(s string) bool {
	if s[len(s)-1] == ':' {
		return true
	}
	tail := strings.ToLower(s[max(0, len(s)-16):])
	for _, verb := range []string{"escrev", "escribi", "wrote", "writes", "écrit", "scritto"} {
		if strings.Contains(tail, verb) {
			return true
		}
	}
	return false
}

// colonOrQuote keeps "no dia 5 ele escreveu" in a person's own words: without
// its colon an attribution must stand before a quote.
func colonOrQuote(joined string, lines []string, next int) bool {
	return strings.HasSuffix(joined, ":") || prefixed(lines, next)
}

// headerBlock recognises the block of From, Sent, To, Subject that Outlook
// puts above what it quotes: a sender and two more fields within six lines.
func headerBlock(lines []string, i int) int {
	line := strings.TrimSpace(lines[i])
	if colon := strings.IndexByte(line, ':'); colon < 0 || colon > 20 || !headerFrom.MatchString(line) {
		return 0
	}
	others, last := 0, i
	for j := i + 1; j < len(lines) && j <= i+7; j++ {
		line := strings.TrimSpace(lines[j])
		if headerOther.MatchString(line) {
			others++
			last = j
		} else if line == "" && others >= 2 {
			break
		}
	}
	if others < 2 {
		return 0
	}
	return last - i + 1
}

func nextLine(lines []string, i int) int {
	for ; i < len(lines); i++ {
		if strings.TrimSpace(lines[i]) != "" {
			return i
		}
	}
	return 0
}

// signatureStart: the dashes of RFC 3676 anywhere, a telephone's advertisement
// only where little of the mail's own follows.
func signatureStart(lines []string, i int) bool {
	line := strings.TrimRight(lines[i], "\r\n")
	if line == "-- " || line == "--" {
		return true
	}
	if len(line) > 120 || !mobileSignature.MatchString(strings.TrimSpace(line)) {
		return false
	}
	own := 0
	for j := i + 1; j < len(lines) && quoteStart(lines, j) == 0 && !strings.HasPrefix(strings.TrimSpace(lines[j]), ">"); j++ {
		if strings.TrimSpace(lines[j]) != "" {
			own++
		}
		if own > 3 {
			return false
		}
	}
	return true
}

// Preview returns the first words of the mail's own text, at most n runes; of
// what it quotes when it says nothing itself.
func (m *Message) Preview(n int) string { return Preview(m.Text, n) }

// previewText is read for a preview; nobody writes more before his own words.
const previewText = 64 << 10

// Preview is the beginning of a text for a list: one line, at most n runes.
func Preview(text string, n int) string {
	var own, other strings.Builder
	if len(text) > previewText {
		text = clean(text[:previewText])
	}
	for _, b := range SplitQuotes(text) {
		into := &own
		if b.Kind != KindText {
			into = &other
		}
		if into.Len() > 8*n {
			continue
		}
		into.WriteString(b.Text)
		into.WriteByte(' ')
	}
	for _, s := range []string{own.String(), other.String()} {
		if s = oneLine(s); s != "" && n > 0 {
			return clip(s, n)
		}
	}
	return ""
}
