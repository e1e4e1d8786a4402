package ident

// CNPJ is the number of a company's establishment: 14 characters without mask,
// of which the first 12 are 0-9 A-Z (IN RFB 2.229/2024; letters since July
// 2026) and the last two are check digits. The zero value is no number.
type CNPJ string

const (
	cnpjLen  = 14
	cnpjBody = 12
	rootLen  = 8
)

// ParseCNPJ reads a CNPJ with any mask or none, in any case. Errors:
// ident.cnpj.length, ident.cnpj.characters, ident.cnpj.equal,
// ident.cnpj.digits.
//
// A sheet that holds a CNPJ as a number loses its leading zeros; padding them
// is the importer's decision, not made here.
func ParseCNPJ(s string) (CNPJ, error) {
	n := bare(s)
	for i, r := range n {
		letter := 'A' <= r && r <= 'Z' && i < cnpjBody
		if !letter && (r < '0' || r > '9') {
			return "", fail("ident.cnpj.characters")
		}
	}
	switch {
	case len(n) != cnpjLen:
		return "", fail("ident.cnpj.length", "count", len(n))
	case allEqual(n): // 00000000000000 would pass the check digits
		return "", fail("ident.cnpj.equal")
	case n[cnpjBody:] != cnpjDigits(n[:cnpjBody]):
		return "", fail("ident.cnpj.digits")
	}
	return CNPJ(n), nil
}

// NewCNPJ completes 12 characters (root and order) with their check digits.
// Errors: ident.cnpj.length, ident.cnpj.characters, ident.cnpj.equal.
func NewCNPJ(body string) (CNPJ, error) {
	n := bare(body)
	if len(n) != cnpjBody {
		return "", fail("ident.cnpj.length", "count", len(n)+2)
	}
	return ParseCNPJ(n + cnpjDigits(n))
}

// cnpjDigits computes both check digits: modulus 11 with weights 2 to 9 from
// the right, over the characters' ASCII codes less 48 (Nota Técnica
// COCAD/SUARA/RFB 49/2024).
func cnpjDigits(body string) string {
	first := mod11(body, 9)
	return string([]byte{first, mod11(body+string(first), 9)})
}

// mod11 is the check digit that CNPJ and CPF share. Weights run from 2 at the
// right up to maxWeight and start again.
func mod11(s string, maxWeight int) byte {
	sum, weight := 0, 2
	for i := len(s) - 1; i >= 0; i-- {
		sum += (int(s[i]) - '0') * weight
		if weight++; weight > maxWeight {
			weight = 2
		}
	}
	if r := sum % 11; r >= 2 {
		return byte('0' + 11 - r)
	}
	return '0'
}

// Root returns the first 8 characters, which name the company. Establishments
// of one company share them. Empty for a CNPJ that was not parsed.
func (c CNPJ) Root() string {
	if len(c) != cnpjLen {
		return ""
	}
	return string(c[:rootLen])
}

// ParseRoot reads a CNPJ root of 8 characters with or without mask. Errors:
// ident.cnpj.root.
func ParseRoot(s string) (string, error) {
	n := bare(s)
	if len(n) != rootLen || allEqual(n) {
		return "", fail("ident.cnpj.root")
	}
	for _, r := range n {
		if (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			return "", fail("ident.cnpj.root")
		}
	}
	return n, nil
}

// FormatRoot writes a root as AA.AAA.AAA; anything else comes back as it is.
func FormatRoot(root string) string {
	if len(root) != rootLen {
		return root
	}
	return root[:2] + "." + root[2:5] + "." + root[5:]
}

// Format writes AA.AAA.AAA/AAAA-DD. What is not 14 characters long comes back
// as it is.
func (c CNPJ) Format() string {
	if len(c) != cnpjLen {
		return string(c)
	}
	s := string(c)
	return FormatRoot(s[:rootLen]) + "/" + s[rootLen:cnpjBody] + "-" + s[cnpjBody:]
}
