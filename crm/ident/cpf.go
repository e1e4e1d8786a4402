package ident

// CPF is the number of a natural person: 11 digits without mask, the last two
// of them check digits. It is personal data: lists show Mask, and logs never
// have it (Lei 13.709/2018 art. 6 III).
type CPF string

const cpfLen = 11

// ParseCPF reads a CPF with any mask or none. Errors: ident.cpf.length,
// ident.cpf.characters, ident.cpf.equal, ident.cpf.digits.
func ParseCPF(s string) (CPF, error) {
	n := bare(s)
	switch {
	case !isDigits(n):
		return "", fail("ident.cpf.characters")
	case len(n) != cpfLen:
		return "", fail("ident.cpf.length", "count", len(n))
	case allEqual(n): // 11111111111 would pass the check digits
		return "", fail("ident.cpf.equal")
	case n[9:] != cpfDigits(n[:9]):
		return "", fail("ident.cpf.digits")
	}
	return CPF(n), nil
}

// NewCPF completes 9 digits with their check digits. Errors: those of ParseCPF.
func NewCPF(body string) (CPF, error) {
	n := bare(body)
	if len(n) != 9 || !isDigits(n) {
		return "", fail("ident.cpf.length", "count", len(n)+2)
	}
	return ParseCPF(n + cpfDigits(n))
}

// cpfDigits computes both check digits; unlike a CNPJ's, the weights do not
// start again after 9 but run up to 11.
func cpfDigits(body string) string {
	first := mod11(body, 11)
	return string([]byte{first, mod11(body+string(first), 11)})
}

// Format writes NNN.NNN.NNN-DD. What is not 11 characters long comes back as
// it is.
func (c CPF) Format() string {
	if len(c) != cpfLen {
		return string(c)
	}
	return string(c[:3] + "." + c[3:6] + "." + c[6:9] + "-" + c[9:])
}

// Mask writes ***.456.789-**, the form for lists: it tells two holders apart
// and cannot be completed. What is not a CPF becomes "***".
func (c CPF) Mask() string {
	if len(c) != cpfLen {
		return "***"
	}
	return string("***." + c[3:6] + "." + c[6:9] + "-**")
}
