package intake

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
	"cemigmas/crm/ident"
	"cemigmas/crm/locale"
	"cemigmas/crm/text"
)

// value is a cell that was read: left when it is empty, cleared by "-".
type value struct {
	op   uint8 // 0 leave, 1 clear, 2 set
	text string
	list []string
	n    int64
	b    bool
}

const (
	opLeave = iota
	opClear
	opSet
)

func opt[T any](op uint8, v T) crm.Opt[T] {
	switch op {
	case opSet:
		return crm.SetTo(v)
	case opClear:
		return crm.Cleared[T]()
	}
	return crm.Opt[T]{}
}

func (v value) str() crm.Opt[string]    { return opt(v.op, v.text) }
func (v value) strs() crm.Opt[[]string] { return opt(v.op, v.list) }
func (v value) num() crm.Opt[int64]     { return opt(v.op, v.n) }
func (v value) yes() crm.Opt[bool]      { return opt(v.op, v.b) }

// read turns a cell into a value, or says why it cannot.
func (b *bound) read(c cell, date1904 bool, lang locale.Lang) (v value, bad *crm.Text) {
	s := strings.TrimFunc(c.text, func(r rune) bool { return r <= ' ' || r == '\ufeff' || unicode.IsSpace(r) })
	switch {
	case c.kind == cellError:
		return v, &crm.Text{Key: "import.cell.error"}
	case c.formula && s == "":
		return v, &crm.Text{Key: "import.cell.formula.empty"}
	case s == "":
		return v, nil
	case s == "-" || s == "–" || s == "—":
		return value{op: opClear}, nil
	case len(s) > maxCell:
		return v, &crm.Text{Key: "import.cell.long"}
	}
	v.op = opSet
	var err error
	switch b.form {
	case formNumber:
		v.n, err = b.number(s, c.kind)
	case formDate:
		v.text, err = readDate(s, c.kind, date1904)
	case formMonth:
		v.text, err = readMonth(s, c.kind, date1904)
	case formYes:
		v.b, err = readYes(s)
	case formChoice:
		var ok bool
		if v.text, ok = b.choice.find(s); !ok {
			return value{}, &crm.Text{Key: "import.cell.choice", Args: []string{"choices", strings.Join(b.choice.words(lang), ", ")}}
		}
	case formList:
		v.list = splitList(s)
	case formChoices:
		for _, word := range splitList(s) {
			id, ok := b.choice.find(word)
			if !ok {
				return value{}, &crm.Text{Key: "import.cell.choice", Args: []string{"choices", strings.Join(b.choice.words(lang), ", ")}}
			}
			v.list = append(v.list, id)
		}
	case formTax:
		v.text = padTax(plainNumber(s, c.kind), c.kind)
	case formUC:
		v.text = padUC(plainNumber(s, c.kind), c.kind)
	case formDigits:
		v.text = text.Digits(plainNumber(s, c.kind))
	default:
		v.text = plainNumber(s, c.kind)
	}
	if err != nil {
		return value{}, textOf(err)
	}
	return v, nil
}

func textOf(err error) *crm.Text {
	var p *locale.ParseError
	if errors.As(err, &p) {
		return &crm.Text{Key: p.Key}
	}
	return &crm.Text{Key: err.Error()}
}

// keyError is a message key as an error.
type keyError string

func (k keyError) Error() string { return string(k) }

func (b *bound) number(s string, kind cellKind) (int64, error) {
	if kind == cellNumber {
		return locale.ParseNumber(s, locale.Point, b.scale)
	}
	if b.mixed {
		return b.mixedNumber(s)
	}
	return locale.ParseNumber(s, b.style, b.scale)
}

// mixedNumber reads a value of a column that has both styles: only what cannot
// be read in two ways.
func (b *bound) mixedNumber(s string) (int64, error) {
	var d locale.Decider
	d.Add(s)
	switch col := d.Column(); col.Evidence {
	case locale.EvidenceDecided, locale.EvidencePlain:
		return locale.ParseNumber(s, col.Style, b.scale)
	}
	return 0, keyError("import.cell.mixed")
}

// plainNumber writes a number that a workbook stored in its own way (1.2E+14)
// with all its digits. Texts stay as they are.
func plainNumber(s string, kind cellKind) string {
	if kind != cellNumber || !strings.ContainsAny(s, "eE.") {
		return s
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.Abs(f) >= 1e16 {
		return s
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// padTax gives a CNPJ or CPF that a workbook holds as a number its leading
// zeros back, when the check digits prove which of the two it is.
func padTax(s string, kind cellKind) string {
	if kind != cellNumber || strings.Trim(s, "0123456789") != "" || len(s) >= 14 {
		return s
	}
	cnpj := strings.Repeat("0", 14-len(s)) + s
	_, badCNPJ := ident.ParseCNPJ(cnpj)
	if len(s) <= 11 {
		cpf := strings.Repeat("0", 11-len(s)) + s
		if _, err := ident.ParseCPF(cpf); err == nil && badCNPJ != nil {
			return cpf
		}
	}
	if badCNPJ == nil && len(s) > 8 {
		return cnpj
	}
	return s
}

// padUC gives a UC number of 15 digits its leading zeros back. Former numbers
// begin with 3 and lose nothing.
func padUC(s string, kind cellKind) string {
	if kind != cellNumber || strings.Trim(s, "0123456789") != "" || len(s) < 11 || len(s) > 14 {
		return s
	}
	return strings.Repeat("0", 15-len(s)) + s
}

// readDate reads a text, or the number of days by which workbooks store dates.
func readDate(s string, kind cellKind, date1904 bool) (string, error) {
	if kind != cellNumber {
		return locale.ParseDate(s)
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < 1 || f > 2_958_465 { // 9999-12-31
		return "", keyError("date.invalid")
	}
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if date1904 {
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return epoch.AddDate(0, 0, int(f)).Format("2006-01-02"), nil
}

var monthNames = func() map[string]int {
	names := map[string]int{}
	for _, lang := range locale.Langs {
		for n := 1; n <= 12; n++ {
			names[text.SortKey(locale.MonthName(lang, n))] = n
			names[text.SortKey(locale.MonthShort(lang, n))] = n
		}
	}
	return names
}()

// readMonth reads 2026-10, 10/2026, 202610, out/2026, outubro de 2026, and any
// date, whose month it is.
func readMonth(s string, kind cellKind, date1904 bool) (string, error) {
	if kind == cellNumber {
		if n, err := strconv.ParseFloat(s, 64); err == nil && n >= 190001 && n <= 299912 && n == math.Trunc(n) {
			return monthOf(int(n)/100, int(n)%100)
		}
		d, err := readDate(s, kind, date1904)
		if err != nil {
			return "", keyError("import.month")
		}
		return d[:7], nil
	}
	if d, err := locale.ParseDate(s); err == nil {
		return d[:7], nil
	}
	parts := strings.FieldsFunc(text.SortKey(s), func(r rune) bool { return r == ' ' })
	if len(parts) == 3 && (parts[1] == "de" || parts[1] == "of") {
		parts = []string{parts[0], parts[2]}
	}
	if len(parts) == 1 && len(parts[0]) == 6 {
		parts = []string{parts[0][:4], parts[0][4:]}
	}
	if len(parts) != 2 {
		return "", keyError("import.month")
	}
	if n, ok := monthNames[parts[0]]; ok {
		parts[0] = strconv.Itoa(n)
	}
	if len(parts[0]) == 4 {
		parts[0], parts[1] = parts[1], parts[0]
	}
	month, err1 := strconv.Atoi(parts[0])
	year, err2 := strconv.Atoi(parts[1])
	if err1 != nil || err2 != nil {
		return "", keyError("import.month")
	}
	if len(parts[1]) == 2 {
		year += 2000
	}
	return monthOf(year, month)
}

func monthOf(year, month int) (string, error) {
	if year < 1990 || year > 2100 || month < 1 || month > 12 {
		return "", keyError("import.month")
	}
	return string(calendar.NewMonth(year, time.Month(month))), nil
}

var yesWords = map[string]bool{
	"sim": true, "s": true, "si": true, "yes": true, "y": true, "true": true, "verdadeiro": true, "verdadero": true, "1": true, "x": true,
	"nao": false, "n": false, "no": false, "false": false, "falso": false, "0": false,
}

func readYes(s string) (bool, error) {
	b, ok := yesWords[text.SortKey(s)]
	if !ok {
		return false, keyError("import.cell.yes")
	}
	return b, nil
}

func splitList(s string) []string {
	var out []string
	for _, p := range strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == '\n' || r == '\r' || r == ',' }) {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}
