package xlsx_test

import "time"

func parse(date string) (time.Time, error) { return time.Parse(time.DateOnly, date) }
