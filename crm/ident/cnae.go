package ident

// CNAE is a code of economic activity: a class (5 digits: 4 and a check digit)
// or a subclass (7 digits), without mask.
type CNAE string

const (
	classLen    = 5
	subclassLen = 7
)

// ParseCNAE reads 0111-3/01, 0111301, 0111-3 or 01113. Errors:
// ident.cnae.characters, ident.cnae.length, ident.cnae.division,
// ident.cnae.digit.
func ParseCNAE(s string) (CNAE, error) {
	n := bare(s)
	switch {
	case !isDigits(n):
		return "", fail("ident.cnae.characters")
	case len(n) != classLen && len(n) != subclassLen:
		return "", fail("ident.cnae.length", "count", len(n))
	case !divisions[division(n)]:
		return "", fail("ident.cnae.division", "division", n[:2])
	case n[4] != classDigit(n):
		return "", fail("ident.cnae.digit")
	}
	return CNAE(n), nil
}

// classDigit computes the check digit of a class. The rule is no official text:
// it was found by fitting and holds for all 671 classes in use.
func classDigit(n string) byte {
	d := func(i int) int { return int(n[i] - '0') }
	switch r := (1 + 6*d(0) + 7*d(1) + 8*d(2) + 9*d(3)) % 11; r {
	case 10:
		return '0'
	case 0:
		return '1'
	default:
		return byte('0' + r)
	}
}

// Division returns the first two digits, by which clients are grouped into
// sectors: 1 to 99, or 0 for no code.
func (c CNAE) Division() int {
	if len(c) < 2 || !isDigits(string(c[:2])) {
		return 0
	}
	return division(string(c))
}

func division(n string) int { return int(n[0]-'0')*10 + int(n[1]-'0') }

// Class returns the 5 digits of the class, or "".
func (c CNAE) Class() string {
	if len(c) < classLen {
		return ""
	}
	return string(c[:classLen])
}

// Format writes NNNN-D/SS or NNNN-D. Other lengths come back as they are.
func (c CNAE) Format() string {
	switch len(c) {
	case classLen:
		return string(c[:4] + "-" + c[4:])
	case subclassLen:
		return string(c[:4] + "-" + c[4:5] + "/" + c[5:])
	}
	return string(c)
}

// divisions are the 87 that CNAE 2.x has; the gaps (04, 34, 40 …) are its own.
var divisions = func() (t [100]bool) {
	for _, span := range [][2]int{
		{1, 3}, {5, 33}, {35, 39}, {41, 43}, {45, 47}, {49, 53}, {55, 56}, {58, 66},
		{68, 75}, {77, 82}, {84, 88}, {90, 97}, {99, 99},
	} {
		for d := span[0]; d <= span[1]; d++ {
			t[d] = true
		}
	}
	return t
}()
