package locale

import (
	"strconv"
	"time"
)

// Date writes a civil date 2026-10-31 as 31/10/2026, in all three languages.
// What is not such a date comes back as it is.
func Date[D ~string](_ Lang, d D) string {
	if !looksLikeDate(string(d)) {
		return string(d)
	}
	return string(d[8:10]) + "/" + string(d[5:7]) + "/" + string(d[:4])
}

// ShortDate writes 31/10, for short lists of one year.
func ShortDate[D ~string](_ Lang, d D) string {
	if !looksLikeDate(string(d)) {
		return string(d)
	}
	return string(d[8:10]) + "/" + string(d[5:7])
}

func looksLikeDate(s string) bool { return len(s) == 10 && s[4] == '-' && s[7] == '-' }

// DateTime writes the date and time that t shows in its own location:
// 31/10/2026 14:05.
func DateTime(_ Lang, t time.Time) string { return t.Format("02/01/2006 15:04") }

// Clock writes the time of day that t shows in its own location: 14:05.
func Clock(_ Lang, t time.Time) string { return t.Format("15:04") }

// MonthName returns the name of month 1 to 12.
func MonthName(lang Lang, month int) string { return T(lang, "month."+strconv.Itoa(month)) }

// MonthShort returns the short name of month 1 to 12: out, oct, Oct.
func MonthShort(lang Lang, month int) string { return T(lang, "month.short."+strconv.Itoa(month)) }

// Month writes 2026-10 as "outubro de 2026". What is not such a month comes
// back as it is.
func Month[M ~string](lang Lang, m M) string {
	year, month, ok := splitMonth(string(m))
	if !ok {
		return string(m)
	}
	return T(lang, "month.of", "month", MonthName(lang, month), "year", year)
}

// ShortMonth writes 2026-10 as out/2026, for heads of columns.
func ShortMonth[M ~string](lang Lang, m M) string {
	year, month, ok := splitMonth(string(m))
	if !ok {
		return string(m)
	}
	return MonthShort(lang, month) + "/" + year
}

func splitMonth(s string) (year string, month int, ok bool) {
	if len(s) != 7 || s[4] != '-' {
		return "", 0, false
	}
	month, err := strconv.Atoi(s[5:])
	return s[:4], month, err == nil && month >= 1 && month <= 12
}

// Weekday returns the name of the day of the week.
func Weekday(lang Lang, d time.Weekday) string { return T(lang, "weekday."+strconv.Itoa(int(d))) }

// WeekdayShort returns the first three letters of the day of the week.
func WeekdayShort(lang Lang, d time.Weekday) string {
	return T(lang, "weekday.short."+strconv.Itoa(int(d)))
}

// Days says how far a day is from today: 0 is hoje, -1 ontem, 1 amanhã, -3
// "há 3 d", 3 "em 3 d".
func Days(lang Lang, days int) string {
	switch {
	case days == 0:
		return T(lang, "day.today")
	case days == -1:
		return T(lang, "day.yesterday")
	case days == 1:
		return T(lang, "day.tomorrow")
	case days < 0:
		return T(lang, "day.ago", "count", -days)
	}
	return T(lang, "day.ahead", "count", days)
}

// ParseDate reads 31/10/2026, 1/2/2026, 31/10/26, 31-10-2026, 31.10.2026 and
// 2026-10-31 (with or without a time behind it) into 2026-10-31. The day comes
// before the month in every language: dates here are Brazilian. Error:
// date.invalid.
func ParseDate(s string) (string, error) {
	s = trimSpace(s)
	for _, layout := range []string{
		"2006-01-02", "2/1/2006", "2-1-2006", "2.1.2006", "2/1/06",
		"2006-01-02 15:04:05", "2006-01-02T15:04:05", "2/1/2006 15:04", "2/1/2006 15:04:05",
	} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 0 {
			return t.Format("2006-01-02"), nil
		}
	}
	return "", &ParseError{Key: "date.invalid"}
}
