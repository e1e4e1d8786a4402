package reports

import (
	"reflect"
	"testing"
)

// A sector with more rows than a sheet is split between clients, never within
// one.
func TestSplit(t *testing.T) {
	clients := func(installations ...int) (out []*ClientMonth) {
		for _, n := range installations {
			out = append(out, &ClientMonth{Installations: make([]InstallationMonth, n)})
		}
		return out
	}
	for _, c := range []struct {
		installations []int
		want          []int // clients a part
	}{
		{[]int{1, 1, 1}, []int{3}},          // 6 rows in a room of 6
		{[]int{1, 1, 1, 0}, []int{3, 1}},    // the seventh row does not fit
		{[]int{5, 0}, []int{1, 1}},          // a client that fills a part
		{[]int{9, 0, 0}, []int{1, 2}},       // one that is too large stays whole
		{[]int{0, 9, 0}, []int{1, 1, 1}},    // and takes nobody with it
		{[]int{0, 0, 0, 0, 0, 0}, []int{6}}, // without installations
	} {
		var got []int
		for _, p := range split(clients(c.installations...), 6) {
			got = append(got, len(p))
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%v: parts of %v clients, want %v", c.installations, got, c.want)
		}
	}
}

func TestWidths(t *testing.T) {
	for _, c := range []struct {
		kind Kind
		n    int64
		want float64
	}{
		{KW, 123_000, 9},            // 123.0 fits the least
		{KW, 1_234_567_800, 14},     // 1.234.567,8: 11 characters and room
		{Money, 123_456_789_00, 17}, // 123.456.789,00: 14 characters and room
		{Int, -1_000_000, 12},
		{Text, 5, 9},
	} {
		col := Column{Kind: c.kind, Width: minWidth}
		col.widenFor(c.n)
		if col.Width != c.want {
			t.Errorf("kind %d of %d: width %v, want %v", c.kind, c.n, col.Width, c.want)
		}
	}
	col := Column{Width: minWidth}
	col.widen("São João del-Rei")
	if col.Width != 18 || col.Wrap {
		t.Errorf("width %v", col.Width)
	}
	col.widen("Cooperativa Agroindustrial do Alto Paranaíba e Triângulo Mineiro Ltda.")
	if col.Width != maxWidth || !col.Wrap {
		t.Errorf("width %v is not limited", col.Width)
	}
}
