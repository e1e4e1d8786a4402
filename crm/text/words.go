package text

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxWord is the longest token in bytes; what is longer is cut on a rune
// border. It keeps index keys small when somebody pastes a certificate.
const MaxWord = 64

// Words returns the search tokens of the given texts: folded runs of letters
// and digits, each once, in order of appearance.
//
// A number written with punctuation, such as 27.418.305/0001-74 or
// 0.013.479.258.028-10, also yields its unpunctuated form, and so does an
// alphanumeric CNPJ. So a document is found however the number stands in it.
func Words(texts ...string) []string {
	var w wordList
	for _, s := range texts {
		scan(Fold(s), func(run []string, joined string) {
			for _, piece := range run {
				w.add(piece)
			}
			if joined != "" {
				w.add(joined)
			}
		})
	}
	return w.list
}

// QueryWords returns the tokens to look for when somebody typed s. It differs
// from Words in this: a punctuated number yields its unpunctuated form only, so
// that it finds documents in which the number stands bare, and so that a
// half-typed one (27.418.30, 12.ABC.3) works as a prefix. What is written as a
// telephone number is one too.
func QueryWords(s string) []string {
	if number := phone(s); number != "" {
		return []string{number}
	}
	var w wordList
	scan(Fold(s), func(run []string, joined string) {
		if joined == "" && isHalfCNPJ(run) {
			joined = strings.Join(run, "")
		}
		if joined != "" {
			w.add(joined)
			return
		}
		for _, piece := range run {
			w.add(piece)
		}
	})
	return w.list
}

// wordList is a set that keeps order. Short lists are compared one by one,
// which is quicker than a map up to some dozens of words.
type wordList struct {
	list []string
	seen map[string]struct{}
}

const linearWords = 24

func (w *wordList) add(word string) {
	if len(word) > MaxWord {
		word = cutBytes(word, MaxWord)
	}
	if w.seen == nil {
		if slices.Contains(w.list, word) {
			return
		}
		w.list = append(w.list, word)
		if len(w.list) == linearWords {
			w.seen = make(map[string]struct{}, 4*linearWords)
			for _, s := range w.list {
				w.seen[s] = struct{}{}
			}
		}
		return
	}
	if _, ok := w.seen[word]; !ok {
		w.seen[word] = struct{}{}
		w.list = append(w.list, word)
	}
}

// scan calls f with each run of a folded text. A run is one or more pieces of
// letters and digits with exactly one of the signs . , / - between two pieces.
// joined is the run without its signs if it reads as a number, else empty.
func scan(s string, f func(run []string, joined string)) {
	var buf [8]string
	for i := 0; i < len(s); {
		n := pieceLen(s[i:])
		if n == 0 {
			_, size := utf8.DecodeRuneInString(s[i:])
			i += size
			continue
		}
		run := append(buf[:0], s[i:i+n])
		i += n
		for i+1 < len(s) && isJoint(s[i]) {
			n = pieceLen(s[i+1:])
			if n == 0 {
				break
			}
			run = append(run, s[i+1:i+1+n])
			i += 1 + n
		}
		f(run, joinNumber(run))
	}
}

func isJoint(c byte) bool { return c == '.' || c == '/' || c == '-' || c == ',' }

func pieceLen(s string) int {
	i := 0
	for i < len(s) {
		c := s[i]
		if c < utf8.RuneSelf {
			if 'a' <= c && c <= 'z' || '0' <= c && c <= '9' {
				i++
				continue
			}
			return i
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mc, r) {
			return i
		}
		i += n
	}
	return i
}

// joinNumber returns the run without punctuation if all its pieces are digits,
// or if its pieces have the lengths of a masked CNPJ (2.3.3/4-2), which may
// hold letters. One piece alone needs no joining.
func joinNumber(run []string) string {
	if len(run) < 2 || !isNumber(run) && !isMaskedCNPJ(run) {
		return ""
	}
	size := 0
	for _, p := range run {
		size += len(p)
	}
	b := make([]byte, 0, size)
	for _, p := range run {
		b = append(b, p...)
	}
	return string(b)
}

// phone are the digits of what is written as a telephone number: with the area
// in brackets, with the country's +, or in groups of eight digits or more; "" of
// anything else. A trunk prefix (034) is left out.
func phone(s string) string {
	if strings.Trim(s, "0123456789 ()+-.") != "" {
		return ""
	}
	digits := Digits(s)
	marked := strings.ContainsAny(s, "(+")
	if len(digits) < 8 && !marked || !strings.ContainsAny(s, "(+ ") {
		return ""
	}
	if marked {
		digits = strings.TrimPrefix(digits, "0")
	}
	return digits
}

// isHalfCNPJ tells of a run that begins as a masked CNPJ with letters does: its
// last piece may be half typed. One without a digit in its first piece is rather
// a name such as st.ana.
func isHalfCNPJ(run []string) bool {
	if len(run) < 2 || len(run) > len(cnpjPieces) || Digits(run[0]) == "" {
		return false
	}
	for i, p := range run[:len(run)-1] {
		if len(p) != cnpjPieces[i] {
			return false
		}
	}
	return len(run[len(run)-1]) <= cnpjPieces[len(run)-1]
}

func isNumber(run []string) bool {
	for _, p := range run {
		if len(Digits(p)) != len(p) {
			return false
		}
	}
	return true
}

func isMaskedCNPJ(run []string) bool {
	if len(run) != len(cnpjPieces) {
		return false
	}
	for i, p := range run {
		if len(p) != cnpjPieces[i] {
			return false
		}
	}
	return isNumber(run[4:])
}

var cnpjPieces = [5]int{2, 3, 3, 4, 2}
