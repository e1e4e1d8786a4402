package message

import (
	"regexp"
	"strings"
)

// Keys are the candidates for filing that stand in a mail. None is validated:
// a ten-digit number that begins with 3 may be a telephone, and only the
// caller knows which numbers exist.
type Keys struct {
	Emails  []string // in lower case
	UC      []string // 15 digits, REN 1.095/2024
	Former  []string // 10 digits beginning with 3, the number until 2025
	TaxIDs  []string // 14 characters, shape of a CNPJ, upper case, no punctuation
	Clipped bool     // there were more than MaxKeys of a kind
}

// MaxKeys is kept of each kind. A price list with thousands of numbers says
// nothing about whom a mail concerns.
const MaxKeys = 100

var (
	emailKey = regexp.MustCompile(`[A-Za-z0-9][A-Za-z0-9._%+\-]*@[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9\-]+)*\.[A-Za-z]{2,}`)
	taxShape = regexp.MustCompile(`^[0-9A-Z]{2}\.?[0-9A-Z]{3}\.?[0-9A-Z]{3}/?[0-9A-Z]{4}-?[0-9]{2}$`)
	ucShape  = regexp.MustCompile(`^(?:[0-9]{15}|[0-9]\.[0-9]{3}\.[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2})$`)
	formerNo = regexp.MustCompile(`^3[0-9]{9}$`)
)

// FindKeys looks through texts (subject, body, names of attachments).
func FindKeys(texts ...string) Keys {
	var emails, uc, former, tax keySet
	for _, t := range texts {
		findEmails(t, &emails)
		for at := 0; at < len(t); {
			var token string
			token, at = nextNumber(t, at)
			if len(token) < 10 || len(token) > 40 {
				continue
			}
			token = strings.ToUpper(token)
			digits := countDigits(token)
			switch {
			case digits < 2:
			case ucShape.MatchString(token):
				uc.add(onlyAlnum(token))
			case formerNo.MatchString(token):
				former.add(token)
			case taxShape.MatchString(token) && (digits == 14 || strings.ContainsAny(token, "./-")):
				tax.add(onlyAlnum(token))
			default:
				// "3004298116-carta", "UC/3004298116/2026"
				for piece := range strings.FieldsFuncSeq(token, isJoint) {
					if len(piece) == 15 && countDigits(piece) == 15 {
						uc.add(piece)
					} else if formerNo.MatchString(piece) {
						former.add(piece)
					}
				}
			}
		}
	}
	return Keys{
		Emails: emails.list, UC: uc.list, Former: former.list, TaxIDs: tax.list,
		Clipped: emails.clipped || uc.clipped || former.clipped || tax.clipped,
	}
}

// findEmails looks around each @ instead of at each word: the pattern over the
// whole text would cost more than all other work on a mail.
func findEmails(t string, emails *keySet) {
	for at := 0; ; {
		i := strings.IndexByte(t[at:], '@')
		if i < 0 {
			return
		}
		i += at
		from, to := i, i+1
		for from > at && i-from < 64 && isEmailByte(t[from-1]) {
			from--
		}
		for to < len(t) && to-i < 255 && isEmailByte(t[to]) {
			to++
		}
		if s := emailKey.FindString(t[from:to]); s != "" {
			emails.add(strings.ToLower(s))
		}
		at = i + 1
	}
}

func isEmailByte(c byte) bool {
	return isAlnum(c) || c == '.' || c == '_' || c == '%' || c == '+' || c == '-'
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// nextNumber returns the next run of letters and digits from at on, with
// points, dashes and slashes between them, and where to go on.
func nextNumber(t string, at int) (string, int) {
	for at < len(t) && !isAlnum(t[at]) {
		at++
	}
	end := at
	for end < len(t) && (isAlnum(t[end]) || isJoint(rune(t[end])) && end+1 < len(t) && isAlnum(t[end+1])) {
		end++
	}
	return t[at:end], end
}

// Keys returns the candidates in subject, text and names of attachments. The
// addresses of From, To and Cc are not repeated here.
func (m *Message) Keys() Keys {
	texts := []string{m.Subject, m.Text}
	for _, a := range m.Attachments {
		// "fatura_3004298116_out.pdf": the underscore is part of no number.
		texts = append(texts, strings.ReplaceAll(strings.TrimSuffix(a.Name, extension(a.Name)), "_", " "))
	}
	return FindKeys(texts...)
}

func extension(name string) string {
	if i := strings.LastIndexByte(name, '.'); i >= 0 && len(name)-i <= 6 {
		return name[i:]
	}
	return ""
}

// keySet keeps the order of first appearance.
type keySet struct {
	list    []string
	seen    map[string]bool
	clipped bool
}

func (k *keySet) add(s string) {
	if k.seen[s] {
		return
	}
	if len(k.list) == MaxKeys {
		k.clipped = true
		return
	}
	if k.seen == nil {
		k.seen = map[string]bool{}
	}
	k.seen[s] = true
	k.list = append(k.list, s)
}

func countDigits(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}

func isJoint(r rune) bool { return r == '.' || r == '-' || r == '/' }

func onlyAlnum(s string) string {
	return strings.Map(func(r rune) rune {
		if isJoint(r) {
			return -1
		}
		return r
	}, s)
}
