// Package demand is the arithmetic of demand contracts of grupo A (REN ANEEL
// 1.000/2021): what is billed, when an overrun is charged and how much, what a
// test period allows, which tariff applies, when a contract may be left.
//
// Demand is in W, tariffs are in millionths of R$ per kW, amounts in centavos.
// Products are exact (128 bits, which is what math/big would compute, without
// its memory) and rounded once, half up, to the centavo: REN 1.000 art. 657
// forbids rounding before the bill.
//
// Numbers that a regulation may change stand in Rules, dated; no formula has
// them as constants. The package reads no clock and keeps no state.
package demand

// Posto is the part of the day that a demand belongs to.
type Posto string

// Single is the one demand of modality verde, which knows no part of the day.
const (
	Single  Posto = "single"
	Peak    Posto = "peak"
	OffPeak Posto = "offpeak"
)

// Modality is the tariff modality of a contract (REN 1.000 arts. 213 to 221).
type Modality string

// Unknown is stored where a source does not say; it is never guessed from the
// number of demands.
const (
	Verde   Modality = "verde"
	Azul    Modality = "azul"
	Unknown Modality = "unknown"
)

// Valid tells whether m is one of the three.
func (m Modality) Valid() bool { return m == Verde || m == Azul || m == Unknown }

// Postos returns the demands that a contract of this modality has. Of an
// unknown modality only one value is known, and it is Single.
func (m Modality) Postos() []Posto {
	if m == Azul {
		return []Posto{Peak, OffPeak}
	}
	return []Posto{Single}
}
