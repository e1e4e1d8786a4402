// Package demand is the arithmetic of demand contracts of grupo A (REN ANEEL
// 1.000/2021), article by article:
//
//	art. 2        Subgroup, CheckVoltage, Rules.Hours, Rules.LoadFactor
//	art. 23       Rules.Allocate
//	arts. 64–91   Rules.LatestIncrease
//	art. 133      Term.NextEnd, Term.NextNotice, Term.Window; CCER.OpenSince, CCER.Exit
//	art. 142      Rules.ExitCost, Rules.EnergyExitCost, Rules.OpenTermEnd, MonthsLeft
//	art. 148      Rules.Minimum, Rules.MeetsMinimum
//	arts. 152–153 Schedule.At
//	art. 155      Rules.EarliestReduction, Rules.LastReductionRequest
//	art. 160      Rules.FreeMarket
//	arts. 166–170 Rules.Migrate, Rules.EarliestReturn
//	art. 220–221  Modalities, Rules.EarliestModalityChange
//	art. 294      Billed, IdleW, IdleCharge, Rules.Bill, Rules.SeasonalCharge
//	arts. 295–298 Rules.Seasonality, Rules.SeasonalReview
//	art. 300      Rules.Complementary
//	art. 301      Rules.Overrun
//	arts. 302–304 Rules.ReactiveOf, ReactiveEnergyCharge, ReactiveDemandCharge
//	art. 305      Rules.AtConnection, Losses
//	arts. 311–314 TestPeriod, Rules.NeedsTest
//	art. 316      Rules.Adjusting
//
// and what follows from it for an agent:
//
//	how a month was used        Utilisation, Rules.State, Worst
//	a contract in a sentence    Idle.Verdicts
//	the cheapest contract       Simulate; Curve of one posto, with its corners for a chart
//	overruns to come            Forecasting.ForecastMonths, Rules.RiskOf
//	beside others of the trade  Spread, SizeBand
//	readings in doubt           Plausibility.Doubts, TypicalW, Gaps
//
// Demand is in W, energy in Wh, tariffs are in millionths of R$ per kW or kWh,
// amounts in centavos. Products are exact and rounded once, to the centavo, as
// ABNT NBR 5891 has it: REN 1.000 art. 657 forbids rounding before the bill and
// asks for that rule on it.
//
// Numbers that a norm may change stand in Rules, dated; no formula has them as
// constants. What a house may decide for itself (Idle, Forecasting) is a value
// with a default. Where a rule decides, the answer names it with a code, whose
// words are those of the catalogues. The package reads no clock and keeps no
// state.
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

// Convencional is a modality of tariffs only: no contract of group A has it, but
// the energy of B1 in it prices reactive excess (REN 1.000 art. 304).
const Convencional Modality = "convencional"

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
