package demo

import (
	"encoding/base32"
	"encoding/binary"
	"math/rand/v2"
)

// dice is the one source of chance: the same seed and stream throw the same,
// on every machine and whatever else runs beside it.
type dice struct{ *rand.Rand }

// streams keep the parts of the data set apart: more mail must not change a
// client's readings.
const (
	streamSizes uint64 = iota + 1
	streamMail
	streamReceive
	streamClient = 1 << 32 // plus the client's number
)

func newDice(seed int64, stream uint64) dice {
	return dice{rand.New(rand.NewPCG(uint64(seed), stream))}
}

// between throws a number from low to high, both possible.
func (d dice) between(low, high int) int { return low + d.IntN(high-low+1) }

// chance is true in percent of 100 throws.
func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

func one[T any](d dice, list []T) T { return list[d.IntN(len(list))] }

var idText = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// id makes an id of the form of crm.NewID from what it names, so that it is
// the same in every run. Ids rise with the client and the number: rows that are
// written in order are then appended to the indexes of both drivers.
func id(seed, ms int64, kind byte, client, n int) string {
	var b [15]byte
	var wide [8]byte
	binary.BigEndian.PutUint64(wide[:], uint64(ms))
	copy(b[:6], wide[2:])
	b[6] = kind
	b[7], b[8], b[9] = byte(client>>16), byte(client>>8), byte(client)
	b[10], b[11], b[12] = byte(n>>16), byte(n>>8), byte(n)
	mix := uint64(seed)*0x9e3779b97f4a7c15 + uint64(client)<<20 + uint64(n)
	mix = (mix ^ mix>>31) * 0xbf58476d1ce4e5b9
	b[13], b[14] = byte(mix>>40), byte(mix>>48)
	return idText.EncodeToString(b[:])
}
