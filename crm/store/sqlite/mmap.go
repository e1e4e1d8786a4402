package sqlite

import (
	"math"
	_ "unsafe" // for linkname

	lib "modernc.org/sqlite/lib"
)

// The library was built to map 2 GB of a file at most, and has no call that
// raises it. What lies beyond is copied at each read by a call of the system, so
// that a page of a store of 5 GB took a third longer. Its own setting is raised
// here before any file is opened; should it go away, linking fails.
//
//go:linkname libConfig modernc.org/sqlite/lib._sqlite3Config
var libConfig lib.TSqlite3Config

func init() {
	if math.MaxInt > math.MaxInt32 { // a small address space cannot hold more
		libConfig.FmxMmap = mapped
	}
}

// mapped is how much of a file may be mapped: more than any has. As large is
// the number in pragmasBoth.
const mapped = 1 << 40
