package demo

import (
	"math"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/calendar"
)

// Distributor is the invented distributor of the demonstration.
const Distributor = "Distribuidora Serra Azul (demonstração)"

// Plan says how large a data set is and of which people.
type Plan struct {
	Seed    int64
	Clients int
	Today   calendar.Date // the last day of the data
	Units   int           // installations in all
	Entries int           // timeline entries in all
	Months  int           // of readings, up to the month before Today
	History int           // months of activities
	Agents  int
	Teams   int
	Mails   int  // in all mailboxes
	Named   bool // begin with the companies that have names of their own
}

// Demonstration is what a newcomer sees: the default of 60 clients has 400
// installations.
func Demonstration(seed int64, clients int, today calendar.Date) Plan {
	return Plan{
		Seed: seed, Clients: clients, Today: today,
		Units: max(clients, clients*400/60), Entries: clients * 26,
		Months: 14, History: 18, Agents: 4, Teams: 1, Mails: min(Mails, 10*clients), Named: true,
	}
}

// Reference is the set that speed is measured on: with 20,000 clients it has
// 100,000 installations, 1.2 million readings and 2 million timeline entries.
func Reference(seed int64, clients int, today calendar.Date) Plan {
	return Plan{
		Seed: seed, Clients: clients, Today: today,
		Units: 5 * clients, Entries: 100 * clients,
		Months: 12, History: 36, Agents: min(40, max(4, clients/50)), Teams: 4, Mails: Mails,
	}
}

// World is a planned data set. It holds little: each client is made when it is
// asked for, in any order and by several goroutines at once.
type World struct {
	Plan
	users     []crm.User // admin, managers, agents
	agents    []crm.User
	units     []int // installations of each client
	entries   []int // timeline entries of each client
	firstUnit []int // number of a client's first installation
	tariffs   []crm.Tariff
	rates     crm.TariffBook
	midnight  time.Time // when Today begins
	born      int64     // UTC milliseconds in every id
}

// NewWorld plans a data set.
func NewWorld(p Plan) *World {
	w := &World{Plan: p, midnight: calendar.Default().Start(p.Today).UTC()}
	w.born = w.midnight.AddDate(0, -p.History-1, 0).UnixMilli()
	w.makeUsers()
	w.makeTariffs()
	d := newDice(p.Seed, streamSizes)
	w.units = w.sizes(d)
	weights := make([]float64, p.Clients)
	for n := range weights {
		weights[n] = (0.3 + d.Float64()) * math.Sqrt(float64(w.units[n]))
	}
	w.entries = share(p.Entries, 4, weights)
	w.firstUnit = make([]int, p.Clients)
	for n := 1; n < p.Clients; n++ {
		w.firstUnit[n] = w.firstUnit[n-1] + w.units[n-1]
	}
	return w
}

// sizes spreads the installations: most clients have few, some have very many,
// as water companies and chains do.
func (w *World) sizes(d dice) []int {
	weights, out := make([]float64, w.Clients), make([]int, w.Clients)
	total, open := w.Units, 0
	for n := range weights {
		if c := w.named(n); c != nil {
			out[n] = c.units
			total -= c.units
			continue
		}
		weights[n] = math.Min(400, math.Pow(1-d.Float64(), -0.75))
		open++
	}
	if open == 0 {
		return out
	}
	rest := make([]float64, 0, open)
	for n := range weights {
		if out[n] == 0 {
			rest = append(rest, weights[n])
		}
	}
	drawn := share(max(total, open), 1, rest)
	for n := range out {
		if out[n] == 0 {
			out[n], drawn = drawn[0], drawn[1:]
		}
	}
	return out
}

// share splits a total by weight, each part at least low. The parts add up to
// the total, or to low for each when that is more.
func share(total, low int, weights []float64) []int {
	var sum float64
	for _, x := range weights {
		sum += x
	}
	out := make([]int, len(weights))
	free := max(0, total-low*len(weights))
	left := free
	for n, x := range weights {
		part := int(float64(free) * x / sum)
		out[n] = low + part
		left -= part
	}
	for n := 0; left > 0; n, left = n+1, left-1 {
		out[n%len(out)]++
	}
	return out
}

// agentOf is the agent who serves a client: portfolios are runs of clients, so
// that what is written in order stays together in the indexes by agent.
func (w *World) agentOf(n int) int { return n * w.Agents / w.Clients }

// placeInPortfolio counts a client within its agent's portfolio.
func (w *World) placeInPortfolio(n int) int {
	a := w.agentOf(n)
	first := (a*w.Clients + w.Agents - 1) / w.Agents
	return n - first
}

func (w *World) named(n int) *company {
	if !w.Named {
		return nil
	}
	crew := companies[w.agentOf(n)%len(companies)]
	if i := w.placeInPortfolio(n); i < len(crew) {
		return &crew[i]
	}
	return nil
}

// Tariffs are the invented distributor's, for every month of the data.
func (w *World) Tariffs() []crm.Tariff { return w.tariffs }

// Users are all who sign in, without passwords.
func (w *World) Users() []crm.User { return w.users }
