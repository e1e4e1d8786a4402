package web_test

import (
	"context"
	"maps"

	"cemigmas/crm"
	"cemigmas/web"
	"cemigmas/web/webtest"
)

func contract(e webtest.Estate) string { return e.Contract }
func deadline(e webtest.Estate) string { return web.PathID(e.Deadline) }

// The matrices' lines of installations, contracts and dates.
func init() {
	maps.Copy(matrix, map[string]cell{
		"PATCH /installations/:id api":                   {reach: scoped, path: of("/installations/%s", place), body: map[string]string{"feeder": "AL 3"}},
		"GET /clients/:id/installations/new page":        {reach: scoped, path: of("/clients/%s/installations/new", client)},
		"POST /clients/:id/installations page":           {reach: scoped, path: of("/clients/%s/installations", client), form: []string{"name", "x"}, ok: 303},
		"GET /installations/:id/export page":             {reach: scoped, path: of("/installations/%s/export?format=csv", place)},
		"GET /installations/:id/edit page":               {reach: scoped, path: of("/installations/%s/edit", place)},
		"POST /installations/:id/edit page":              {reach: scoped, path: of("/installations/%s/edit", place), form: []string{"feeder", "AL 4"}, ok: 303},
		"GET /installations/:id/contracts/new page":      {reach: scoped, path: of("/installations/%s/contracts/new", place)},
		"POST /installations/:id/contracts page":         {reach: scoped, path: of("/installations/%s/contracts", place), form: []string{"kind", "ccer"}, ok: 422},
		"GET /contracts/:id page":                        {reach: scoped, path: of("/contracts/%s?exit=2027-01-31", contract)},
		"GET /contracts/:id/edit page":                   {reach: scoped, path: of("/contracts/%s/edit", contract)},
		"POST /contracts/:id/edit page":                  {reach: scoped, path: of("/contracts/%s/edit", contract), form: []string{"kind", "cusd", "start", "never"}, ok: 422},
		"POST /contracts/:id/amendments page":            {reach: scoped, path: of("/contracts/%s/amendments", contract), form: []string{"kind", "other", "asked", "2026-11-20"}, ok: 303},
		"POST /contracts/:id/amendments/:amendment page": {reach: scoped, path: of("/contracts/%s/amendments/am", contract), form: []string{"state", "signed"}, ok: 303},
		"GET /contracts/:id api":                         {reach: scoped, path: of("/contracts/%s", contract)},
		"POST /installations/:id/contracts api":          {reach: scoped, path: of("/installations/%s/contracts", place), body: map[string]string{"kind": "ccer", "start": "2026-11-01"}, ok: 201},
		"PATCH /contracts/:id api":                       {reach: scoped, path: of("/contracts/%s", contract), body: map[string]string{"number": "7"}},
		"POST /contracts/:id/amendments api":             {reach: scoped, path: of("/contracts/%s/amendments", contract), body: map[string]string{"kind": "other", "asked": "2026-11-20"}, ok: 201},
		"PATCH /contracts/:id/amendments/:amendment api": {reach: scoped, path: of("/contracts/%s/amendments/am", contract), body: map[string]string{"state": "signed"}},
		"GET /deadlines api":                             {path: at("/deadlines")},
		"GET /calendar page":                             {path: at("/calendar")},
		"POST /calendar/feed page":                       {path: at("/calendar/feed")},
		"POST /calendar/feed/end page":                   {path: at("/calendar/feed/end"), ok: 303},
		"GET /calendar/feed/:token page":                 {reach: open, path: at("/calendar/feed/none.ics"), ok: 404},
		"POST /deadlines/:id/settle page":                {reach: scoped, path: of("/deadlines/%s/settle", deadline), form: []string{"how", "done"}, ok: 303},
		"POST /deadlines/:id/open page":                  {reach: scoped, path: of("/deadlines/%s/open", deadline), ok: 303},
		"POST /deadlines/:id/put-off page":               {reach: scoped, path: of("/deadlines/%s/put-off", deadline), form: []string{"on", "2026-12-01"}, ok: 303},
		"GET /deadlines/waiting api":                     {path: at("/deadlines/waiting")},
		"GET /deadlines/:id api":                         {reach: scoped, path: of("/deadlines/%s", deadline)},
		"POST /deadlines/:id/settle api":                 {reach: scoped, path: of("/deadlines/%s/settle", deadline), body: map[string]string{"how": "done"}},
		"POST /deadlines/:id/open api":                   {reach: scoped, path: of("/deadlines/%s/open", deadline)},
		"POST /deadlines/:id/put-off api":                {reach: scoped, path: of("/deadlines/%s/put-off", deadline), body: map[string]string{"on": "2026-12-01"}},
	})
	house["FeedUser"] = "whoever has the address may"
	for _, name := range []string{"ListDeadlines", "Waiting", "DeadlineRows", "CountDeadlines", "MakeFeed", "EndFeed", "HasFeed"} {
		lists[name] = true
	}
	guard := func(name string, call call) {
		g := guarded[name]
		g.reach, g.call = scoped, call
		guarded[name] = g
	}
	guard("AddInstallation", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.AddInstallation(ctx, a, e.Client, crm.InstallationPatch{Name: &e.Mark}))
	})
	guard("EditInstallation", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.EditInstallation(ctx, a, e.Installation, 0, crm.InstallationPatch{}))
	})
	guard("Contract", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.Contract(ctx, a, e.Contract))
	})
	guard("AddContract", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.AddContract(ctx, a, e.Installation, crm.ContractInput{Kind: crm.ContractCCER, Start: "2026-11-01"}))
	})
	guard("EditContract", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.EditContract(ctx, a, e.Contract, 0, crm.ContractInput{Kind: crm.ContractCUSD, Start: "2025-06-12", TermMonths: 12, Renews: true}))
	})
	guard("PatchContract", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.PatchContract(ctx, a, e.Contract, 0, crm.ContractPatch{Number: &e.Mark}))
	})
	guard("ContractDates", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.ContractDates(ctx, a, e.Contract))
	})
	guard("ContractExit", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.ContractExit(ctx, a, e.Contract, "2027-01-31"))
	})
	guard("AddAmendment", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		_, _, err := s.AddAmendment(ctx, a, e.Contract, crm.AmendmentInput{Kind: crm.AmendOther, Asked: "2026-11-20"})
		return err
	})
	guard("SetAmendment", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.SetAmendment(ctx, a, e.Contract, 0, "am", crm.AmendSigned))
	})
	guard("Deadline", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.Deadline(ctx, a, e.Deadline))
	})
	guard("SettleDeadline", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.SettleDeadline(ctx, a, e.Deadline, "done", ""))
	})
	guard("OpenDeadline", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.OpenDeadline(ctx, a, e.Deadline))
	})
	guard("PutOffDeadline", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.PutOffDeadline(ctx, a, e.Deadline, "2026-12-01"))
	})
}
