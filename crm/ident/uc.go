package ident

// UC is the number of a consumer unit: 15 digits without mask, of which 10 are
// the distributor's sequence, 3 name the distributor and 2 are check digits
// (REN 1.000 arts. 659-A and 659-B, by REN 1.095/2024).
type UC string

const (
	ucLen       = 15
	formerUCLen = 10
)

// ParseUC reads a UC number with any mask or none. Errors: ident.uc.characters,
// ident.uc.length, ident.uc.equal. The check digits are not enforced: their
// rule is not public, and no known rule fits the published examples.
func ParseUC(s string) (UC, error) {
	n := bare(s)
	switch {
	case !isDigits(n):
		return "", fail("ident.uc.characters")
	case len(n) != ucLen:
		return "", fail("ident.uc.length", "count", len(n))
	case allEqual(n):
		return "", fail("ident.uc.equal")
	}
	return UC(n), nil
}

// Format writes N.NNN.NNN.NNN.NNN-NN. What is not 15 characters long comes
// back as it is.
func (u UC) Format() string {
	if len(u) != ucLen {
		return string(u)
	}
	return string(u[:1] + "." + u[1:4] + "." + u[4:7] + "." + u[7:10] + "." + u[10:13] + "-" + u[13:])
}

// Distributor returns the 3 digits that name the distributor, or "".
func (u UC) Distributor() string {
	if len(u) != ucLen {
		return ""
	}
	return string(u[10:13])
}

// FormerUC is the installation number of before 2026: 10 digits, no mask. Both
// numbers are kept, since bills and letters still carry the former one.
type FormerUC string

// ParseFormerUC reads a former number with blanks and signs or without.
// Errors: ident.former.characters, ident.former.length, ident.former.equal.
func ParseFormerUC(s string) (FormerUC, error) {
	n := bare(s)
	switch {
	case !isDigits(n):
		return "", fail("ident.former.characters")
	case len(n) != formerUCLen:
		return "", fail("ident.former.length", "count", len(n))
	case allEqual(n):
		return "", fail("ident.former.equal")
	}
	return FormerUC(n), nil
}
