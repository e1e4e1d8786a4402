package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// Work counts what becomes of mails and jobs on this node. It reads it off the
// changes that are written, since nothing becomes of either without one.
type Work struct {
	mails *prometheus.CounterVec
	jobs  *prometheus.CounterVec
}

func newWork(r prometheus.Registerer) *Work {
	w := &Work{
		mails: prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: space, Name: "mails_total",
			Help: "Mails by what this node made of them: stored, held, duplicate, ignored (all of these were fetched), failed, gone."}, []string{"state"}),
		jobs: prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: space, Name: "jobs_ended_total",
			Help: "Jobs that ended on this node, by kind and state."}, []string{"kind", "state"})}
	r.MustRegister(w.mails, w.jobs)
	for _, state := range []string{crm.RowStored, crm.RowHeld, crm.RowDuplicate, crm.RowIgnored, crm.RowFailed} {
		w.mails.WithLabelValues(state) // a rate needs its zero
	}
	return w
}

// written looks through changes that were made.
func (w *Work) written(changes []store.Change) {
	for _, ch := range changes {
		put, ok := ch.(store.Put)
		if !ok {
			continue
		}
		state, _ := put.Doc.Keys["state"].(string)
		switch put.In {
		case crm.Ledger.In:
			if state != crm.RowWanted { // nothing became of it yet
				w.mails.WithLabelValues(state).Inc()
			}
		case crm.Jobs.In:
			if kind, _ := put.Doc.Keys["kind"].(string); (&crm.Job{State: state}).Ended() {
				w.jobs.WithLabelValues(kind, state).Inc()
			}
		}
	}
}
