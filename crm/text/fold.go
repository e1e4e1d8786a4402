package text

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold returns s in lower case and without accents, in compatibility form:
// "São João del-Rei" becomes "sao joao del-rei", "nº" becomes "no", "Łódź"
// becomes "lodz", "Straße" becomes "strasse". Folding twice changes nothing.
// Invalid bytes become U+FFFD.
func Fold(s string) string {
	i := firstUnfolded(s)
	if i == len(s) {
		return s
	}
	b := make([]byte, i, len(s)+8)
	copy(b, s)
	return string(appendFold(b, s[i:]))
}

// firstUnfolded is the index of the first byte that folding might change.
// Most codes and e-mail addresses are folded already and cost no memory.
func firstUnfolded(s string) int {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || 'A' <= c && c <= 'Z' {
			return i
		}
	}
	return len(s)
}

func appendFold(b []byte, s string) []byte {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			b = append(b, lowerASCII(c))
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		if r-latinFirst < rune(len(latin)) {
			b = append(b, latin[r-latinFirst]...)
			continue
		}
		b = appendFoldRune(b, r)
	}
	return b
}

func lowerASCII(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + ('a' - 'A')
	}
	return c
}

const (
	latinFirst = rune(0x80)
	latinEnd   = rune(0x250) // end of Latin Extended-B
)

// latin holds the folded form of every rune that Portuguese, Spanish and their
// neighbours use: a decomposition a rune would be five times slower.
var latin = func() (t [latinEnd - latinFirst]string) {
	for r := latinFirst; r < latinEnd; r++ {
		t[r-latinFirst] = string(appendFoldRune(nil, r))
	}
	return t
}()

// appendFoldRune decomposes one rune. Working rune by rune is right although
// normalisation works on sequences: what sequences decide is only the order of
// marks, and marks are dropped.
func appendFoldRune(b []byte, r rune) []byte {
	if s, ok := undecomposed[r]; ok {
		return append(b, s...)
	}
	var src [utf8.UTFMax]byte
	n := utf8.EncodeRune(src[:], r)
	var dst [64]byte
	for _, d := range string(norm.NFKD.Append(dst[:0], src[:n]...)) {
		if unicode.Is(unicode.Mn, d) {
			continue
		}
		d = unicode.ToLower(d)
		if s, ok := undecomposed[d]; ok {
			b = append(b, s...)
			continue
		}
		b = utf8.AppendRune(b, d)
	}
	return b
}

// undecomposed are letters that Unicode does not decompose but that people type
// without their stroke or as two letters.
var undecomposed = map[rune]string{
	'ß': "ss", 'ẞ': "ss",
	'æ': "ae", 'Æ': "ae", 'ǽ': "ae", 'Ǽ': "ae", 'ǣ': "ae", 'Ǣ': "ae",
	'œ': "oe", 'Œ': "oe",
	'ø': "o", 'Ø': "o", 'ǿ': "o", 'Ǿ': "o",
	'ł': "l", 'Ł': "l",
	'đ': "d", 'Đ': "d", 'ð': "d", 'Ð': "d",
	'þ': "th", 'Þ': "th",
	'ħ': "h", 'Ħ': "h",
	'ŧ': "t", 'Ŧ': "t",
	'ŋ': "n", 'Ŋ': "n",
	'ı': "i",
	'ς': "σ",
}
