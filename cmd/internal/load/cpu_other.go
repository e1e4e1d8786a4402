//go:build !unix

package load

import "time"

// CPUTime is not known here; 0 leaves the column empty.
func CPUTime() time.Duration { return 0 }
