package metrics

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"cemigmas/crm"
	"cemigmas/crm/store"
)

// state reads, whenever figures are asked for, what stands in the store. Every
// node of a deployment answers the same.
type state struct {
	svc *crm.Service

	boxes, age, jobs, oldest, up *prometheus.Desc
}

// Watch adds the state of mailboxes and jobs to the figures.
func (s *Set) Watch(svc *crm.Service) {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(space+"_"+name, help, labels, nil)
	}
	s.registry.MustRegister(&state{svc: svc,
		up:     desc("store_up", "1 when the store answered this reading."),
		boxes:  desc("mailboxes", "Mailboxes by state.", "state"),
		age:    desc("mailbox_success_age_seconds", "Time since the last complete pass over a mailbox; absent before the first and while paused.", "mailbox"),
		jobs:   desc("jobs", "Jobs that have not ended, by state; at most 1000 are counted.", "state"),
		oldest: desc("jobs_oldest_queued_seconds", "Age of the job that waits longest; 0 when none waits."),
	})
}

func (s *state) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{s.up, s.boxes, s.age, s.jobs, s.oldest} {
		ch <- d
	}
}

func (s *state) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := scrapeContext()
	defer cancel()
	up := 1.0
	if s.mailboxes(ctx, ch) != nil || s.waiting(ctx, ch) != nil {
		up = 0
	}
	ch <- gauge(s.up, up)
}

func gauge(d *prometheus.Desc, v float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}

func (s *state) mailboxes(ctx context.Context, ch chan<- prometheus.Metric) error {
	now := s.svc.Now()
	count := map[string]float64{}
	for m, err := range crm.Mailboxes.All(ctx, s.svc.Store(), crm.EveryMailbox()) {
		switch {
		case err != nil:
			return err
		case m.Paused:
			count["paused"]++
			continue
		case m.State == "":
			count["new"]++
		default:
			count[m.State]++
		}
		if m.LastPass != nil {
			ch <- gauge(s.age, now.Sub(*m.LastPass).Seconds(), m.ID)
		}
	}
	for state, n := range count {
		ch <- gauge(s.boxes, n, state)
	}
	return nil
}

func (s *state) waiting(ctx context.Context, ch chan<- prometheus.Metric) error {
	in := func(state string) store.Query {
		return store.Query{In: crm.Jobs.In, Where: []store.Cond{store.Is("state", state)}, Sort: []string{"created"}}
	}
	for _, state := range []string{crm.JobQueued, crm.JobRunning} {
		n, err := s.svc.Store().Count(ctx, in(state), 1000)
		if err != nil {
			return err
		}
		ch <- gauge(s.jobs, float64(n), state)
	}
	first, err := crm.Jobs.First(ctx, s.svc.Store(), in(crm.JobQueued))
	if err != nil {
		return err
	}
	age := 0.0
	if first != nil {
		age = s.svc.Now().Sub(first.CreatedAt).Seconds()
	}
	ch <- gauge(s.oldest, age)
	return nil
}
