// Package ident reads and writes the numbers and names that identify people,
// companies and installations: CNPJ, CPF, UC numbers, CNAE codes, e-mail
// addresses and phones. It computes; it looks nothing up.
//
// Values are kept without mask and shown with it. Every parser takes what
// people paste (masks, blanks, lower case) and returns the bare form, or an
// *Error whose key is a message of crm/locale.
package ident

// Error says why a text is not an identifier. Key is a message key such as
// "ident.cnpj.digits"; Args are its placeholders as name, value, name, value.
type Error struct {
	Key  string
	Args []any
}

// Error returns the key: text is made at the edge, in the user's language.
func (e *Error) Error() string { return e.Key }

func fail(key string, args ...any) error { return &Error{Key: key, Args: args} }

// bare drops the blanks and signs of masks and returns the rest in upper case.
// Letters and signs that no mask has stay, so that the parser refuses them.
func bare(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		switch {
		case r == '.' || r == '/' || r == '-' || r == ' ' || r == '\t' || r == '\u00a0':
		case 'a' <= r && r <= 'z':
			b = append(b, byte(r-'a'+'A'))
		case r < 0x80:
			b = append(b, byte(r))
		default:
			b = append(b, string(r)...)
		}
	}
	return string(b)
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

func allEqual(s string) bool {
	for i := 1; i < len(s); i++ {
		if s[i] != s[0] {
			return false
		}
	}
	return true
}
