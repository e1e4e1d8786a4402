//go:build unix

package intake

import (
	"context"
	"runtime/debug"
	"runtime/metrics"
	"syscall"
	"testing"
	"time"

	"cemigmas/crm"
)

// BenchmarkHundredThousand looks through a workbook of 101,000 rows and imports
// it, as the wizard does, and tells each part's time on the clock and of the
// processor, and how much memory the program held at most (goal: 60 s and 300
// MiB for both together, on a machine of one's own).
func BenchmarkHundredThousand(b *testing.B) {
	path := bigBook(b, 1000, 5, 18)
	for b.Loop() {
		svc := newHouse(b)
		debug.FreeOSMemory() // what it took to make the workbook
		var peak uint64
		begin, cpu := time.Now(), processor()
		for _, part := range []struct {
			name string
			dry  bool
		}{{"dry", true}, {"apply", false}} {
			from, used := time.Now(), processor()
			got, err := Run(crm.WithBatch(context.Background(), "bench"), svc, crm.SystemActor(), Options{Path: path, DryRun: part.dry,
				Progress: func(int64, int64) { peak = max(peak, held()) }})
			if err != nil || got.Rejected() > 0 || got.Changed() != 101_000 {
				b.Fatal(got, err)
			}
			b.ReportMetric(time.Since(from).Seconds(), part.name+"-s")
			b.ReportMetric((processor() - used).Seconds(), part.name+"-cpu-s")
		}
		b.ReportMetric(time.Since(begin).Seconds(), "both-s")
		b.ReportMetric((processor() - cpu).Seconds(), "both-cpu-s")
		b.ReportMetric(float64(peak)/(1<<20), "MiB")
	}
}

// processor is the time that the program used, its own and the system's.
func processor() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// held is the memory that the Go runtime holds of the system, in bytes.
func held() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64() - s[1].Value.Uint64()
}
