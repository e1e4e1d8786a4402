package locale

import "strconv"

// nbsp keeps a number and its unit on one line.
const nbsp = "\u00a0"

// marks returns the signs of a language: between thousands and before decimals.
func marks(lang Lang) (group, decimal byte) {
	if lang == EN {
		return ',', '.'
	}
	return '.', ','
}

// Int writes a whole number with groups: 1.234.567, in English 1,234,567.
func Int(lang Lang, n int64) string { return Decimal(lang, n, 0, 0) }

// Decimal writes n ÷ 10^scale with at least least decimals and no zeros beyond
// them: Decimal(PtBR, 512500, 3, 0) is 512,5. Nothing is rounded.
func Decimal(lang Lang, n int64, scale, least int) string {
	group, decimal := marks(lang)
	b := make([]byte, 0, 32)
	u := uint64(n)
	if n < 0 {
		b = append(b, '-')
		u = -u
	}
	digits := strconv.AppendUint(make([]byte, 0, 24), u, 10)
	for len(digits) <= scale {
		digits = append([]byte{'0'}, digits...)
	}
	whole, fraction := digits[:len(digits)-scale], digits[len(digits)-scale:]
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b = append(b, group)
		}
		b = append(b, c)
	}
	for len(fraction) > least && fraction[len(fraction)-1] == '0' {
		fraction = fraction[:len(fraction)-1]
	}
	if len(fraction) > 0 {
		b = append(append(b, decimal), fraction...)
	}
	return string(b)
}

// Money writes centavos: R$ 8.667,80 with a no-break space.
func Money(lang Lang, centavos int64) string {
	s := Decimal(lang, centavos, 2, 2)
	if centavos < 0 {
		return "-R$" + nbsp + s[1:]
	}
	return "R$" + nbsp + s
}

// Amount writes centavos without the sign of the currency, for columns whose
// head has it: 8.667,80.
func Amount(lang Lang, centavos int64) string { return Decimal(lang, centavos, 2, 2) }

// Rate writes a tariff in millionths of R$ with two to six decimals: 22,81.
func Rate(lang Lang, micros int64) string { return Decimal(lang, micros, 6, 2) }

// Kilo writes W, Wh or varh in thousands, without needless decimals and without
// a unit, for columns whose head has it: 512,5.
func Kilo(lang Lang, n int64) string { return Decimal(lang, n, 3, 0) }

// KW writes W as kW with the unit: 512,5 kW.
func KW(lang Lang, w int64) string { return Kilo(lang, w) + nbsp + "kW" }

// KWh writes Wh as kWh with the unit: 1.234 kWh.
func KWh(lang Lang, wh int64) string { return Kilo(lang, wh) + nbsp + "kWh" }

// Percent writes tenths of a percent: 111,9 %, in English 111.9%.
func Percent(lang Lang, tenths int64) string { return percentSign(lang, Decimal(lang, tenths, 1, 1)) }

// Threshold is Percent for a limit that somebody set, without needless decimals:
// 80 %, in English 80%.
func Threshold(lang Lang, tenths int64) string {
	return percentSign(lang, Decimal(lang, tenths, 1, 0))
}

func percentSign(lang Lang, number string) string {
	if lang == EN {
		return number + "%"
	}
	return number + nbsp + "%"
}

// Bytes writes a size in steps of 1000 with at most one decimal: 1,5 MB.
func Bytes(lang Lang, n int64) string {
	if n < 1000 {
		return Int(lang, n) + nbsp + "B"
	}
	units := []string{"kB", "MB", "GB", "TB", "PB", "EB"}
	tenths := n/100 + (n%100+50)/100
	i := 0
	for tenths >= 10_000 && i < len(units)-1 {
		tenths = (tenths + 500) / 1000
		i++
	}
	return Decimal(lang, tenths, 1, 0) + nbsp + units[i]
}
