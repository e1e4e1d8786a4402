package ident

import (
	"net/mail"
	"strings"
)

// NormalEmail returns the address alone in lower case: "Ana <ANA@X.example> "
// becomes "ana@x.example". Local parts are compared without case too, as every
// server in use does. Errors: ident.email.invalid.
func NormalEmail(s string) (string, error) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "mailto:")
	if !strings.ContainsAny(s, "<>") {
		s = strings.TrimRight(s, ".,;")
	}
	a, err := mail.ParseAddress(s)
	if err != nil {
		return "", fail("ident.email.invalid")
	}
	address := strings.ToLower(a.Address)
	if len(address) > 254 || !isDomain(EmailDomain(address)) || strings.ContainsAny(address, " \"\t") {
		return "", fail("ident.email.invalid")
	}
	return address, nil
}

// EmailDomain returns what stands behind the last @, in lower case, or "".
func EmailDomain(address string) string {
	i := strings.LastIndexByte(address, '@')
	if i < 0 {
		return ""
	}
	return strings.ToLower(strings.TrimSpace(address[i+1:]))
}

// isDomain asks for two labels at least: an address at a bare host name is a
// slip of the pen in a portfolio.
func isDomain(s string) bool {
	labels := strings.Split(s, ".")
	if len(labels) < 2 {
		return false
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' || strings.ContainsAny(l, "_[]") {
			return false
		}
	}
	return true
}

// NormalPhone returns a phone as +, country and number: "(31) 3506-1116" and
// "031 3506 1116" become "+553135061116". A number without country is taken as
// Brazilian; an extension ("ramal 12", "r. 12", "x12", "#12") is kept as ";ext=12".
// Errors: ident.phone.invalid, for a number that has no area code or cannot be
// dialled.
func NormalPhone(s string) (string, error) {
	number, extension := splitExtension(s)
	n, ok := phoneDigits(number)
	if !ok {
		return "", fail("ident.phone.invalid")
	}
	if extension != "" {
		n += ";ext=" + extension
	}
	return n, nil
}

func phoneDigits(s string) (string, bool) {
	s = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(s), "tel:"))
	plus := strings.HasPrefix(s, "+")
	var d strings.Builder
	for i, r := range s {
		switch {
		case '0' <= r && r <= '9':
			d.WriteRune(r)
		case strings.ContainsRune(" \t\u00a0.-–/()", r):
		case r == '+' && i == 0:
		default:
			return "", false
		}
	}
	n := d.String()
	switch {
	case strings.HasPrefix(n, "00"):
		plus, n = true, n[2:]
	case plus:
	case len(n) >= 12 && strings.HasPrefix(n, "55"):
		plus = true
	}
	if plus && !strings.HasPrefix(n, "55") {
		return "+" + n, 8 <= len(n) && len(n) <= 15 // ITU-T E.164
	}
	if plus {
		n = n[2:]
	}
	return brazilian(n)
}

// brazilian completes a national number. Service numbers (0800, 0300, 4004) are
// dialled as they stand.
func brazilian(n string) (string, bool) {
	if isService(n) || isService("0"+n) { // no area code is 80, 30, 50 or 90
		return "+55" + strings.TrimPrefix(n, "0"), true
	}
	n = strings.TrimPrefix(n, "0")
	if len(n) == 12 || len(n) == 13 {
		n = n[2:] // 0 + carrier code + area code + number
	}
	if len(n) != 10 && len(n) != 11 || n[0] == '0' || n[1] == '0' {
		return "", false
	}
	if len(n) == 11 && n[2] != '9' { // nine digits are mobile numbers
		return "", false
	}
	return "+55" + n, true
}

func isService(n string) bool {
	for _, prefix := range []string{"0800", "0300", "0500", "0900"} {
		if strings.HasPrefix(n, prefix) {
			return len(n) == 10 || len(n) == 11
		}
	}
	return false
}

func splitExtension(s string) (number, extension string) {
	low := strings.ToLower(s)
	for _, mark := range []string{";ext=", "ramal", "ext.", "ext", "r.", "x", "#"} {
		if i := strings.LastIndex(low, mark); i > 0 && len(low) == len(s) {
			e := strings.TrimLeft(s[i+len(mark):], " .:")
			e = strings.TrimSpace(e)
			if e != "" && len(e) <= 8 && isDigits(e) {
				return s[:i], e
			}
		}
	}
	return s, ""
}

// FormatPhone writes a normal phone for people: "+553135061116" becomes
// "(31) 3506-1116", "+55800…" becomes "0800 …"; foreign and other texts come
// back as they are.
func FormatPhone(s string) string {
	number, extension, _ := strings.Cut(s, ";ext=")
	n, ok := strings.CutPrefix(number, "+55")
	switch {
	case !ok || !isDigits(n):
		n = number
	case isService("0" + n):
		n = "0" + n[:3] + " " + n[3:6] + " " + n[6:]
	case len(n) == 10:
		n = "(" + n[:2] + ") " + n[2:6] + "-" + n[6:]
	case len(n) == 11:
		n = "(" + n[:2] + ") " + n[2:7] + "-" + n[7:]
	default:
		n = number
	}
	if extension != "" {
		n += " #" + extension
	}
	return n
}
