package reports_test

import (
	"io"
	"runtime"
	"testing"

	"github.com/xuri/excelize/v2"

	"cemigmas/crm/locale"
	"cemigmas/reports"
	"cemigmas/reports/internal/sample"
	"cemigmas/reports/xlsx"
)

// BenchmarkMonthly makes the workbook of about 20,000 installations of 4,000
// clients from collected data; the yardstick writes the same cells with a bare
// stream writer, one sheet after the other, without styles.
func BenchmarkMonthly(b *testing.B) {
	d := sample.Month(4000, 5)
	n := 0
	for i := range d.Clients {
		n += len(d.Clients[i].Installations)
	}
	b.Run("workbook", func(b *testing.B) {
		b.ReportAllocs()
		var peak uint64
		for b.Loop() {
			if err := xlsx.Write(b.Context(), io.Discard, reports.Build(d, locale.PtBR)); err != nil {
				b.Fatal(err)
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapSys)
		}
		b.ReportMetric(float64(n), "installations")
		b.ReportMetric(float64(peak)/(1<<20), "MiB-heap")
	})
	b.Run("yardstick", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			bare(b, reports.Build(d, locale.PtBR))
		}
	})
}

func bare(b *testing.B, wb *reports.Workbook) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	for _, tab := range wb.Tables {
		if _, err := f.NewSheet(tab.Name); err != nil {
			b.Fatal(err)
		}
		sw, err := f.NewStreamWriter(tab.Name)
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		values := make([]any, len(tab.Columns))
		for r := range tab.Rows {
			n++
			for i := range values {
				values[i] = nil
				switch c := r.Cells; {
				case i >= len(c):
				case c[i].Has:
					values[i] = float64(c[i].Num) / 1000
				case c[i].Text != "":
					values[i] = c[i].Text
				}
			}
			cell, err := excelize.CoordinatesToCellName(1, n)
			if err != nil {
				b.Fatal(err)
			}
			if err := sw.SetRow(cell, values); err != nil {
				b.Fatal(err)
			}
		}
		if err := sw.Flush(); err != nil {
			b.Fatal(err)
		}
	}
	if err := f.Write(io.Discard); err != nil {
		b.Fatal(err)
	}
}
