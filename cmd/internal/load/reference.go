// Package load fills the reference data set and measures speed on it.
package load

import (
	"context"
	"log/slog"
	"time"

	"cemigmas/cmd/internal/demo"
	"cemigmas/crm"
	"cemigmas/crm/calendar"
)

// DefaultClients is the size that the product's speed is stated for.
const DefaultClients = 20_000

// batch is how many changes go into one Apply. A larger one touches a page of
// an index that is not in the order of clients fewer times.
const batch = 20_000

// Options of the reference set.
type Options struct {
	Seed    int64
	Clients int           // 0: DefaultClients
	Today   calendar.Date // "": today by the service's clock
	Batch   int           // changes in an Apply; 0: as measured best
	Log     *slog.Logger  // nil: silent
	// Progress, when not nil, is told what is stored and how much of it.
	Progress func(step string, done, total int64)
}

// Reference fills an empty store with the reference set: five installations, 60
// readings and 100 timeline entries with their activities a client, heavy-tailed;
// up to 40 agents in four teams. Errors: demo.ErrNotDemo, and the store's.
func Reference(ctx context.Context, svc *crm.Service, o Options) ([]demo.Login, error) {
	if o.Clients == 0 {
		o.Clients = DefaultClients
	}
	if o.Batch == 0 {
		o.Batch = batch
	}
	began, told := time.Now(), time.Now()
	return demo.FillReference(ctx, svc, demo.Options{Seed: o.Seed, Clients: o.Clients, Today: o.Today}, o.Batch, func(done int) {
		if o.Progress != nil {
			o.Progress("clients", int64(done), int64(o.Clients))
		}
		if o.Log != nil && time.Since(told) > 5*time.Second {
			told = time.Now()
			o.Log.Info("reference set", "clients", done, "of", o.Clients, "seconds", int(time.Since(began).Seconds()))
		}
	})
}
