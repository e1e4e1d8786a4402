package web_test

import (
	"context"
	"maps"

	"cemigmas/crm"
	"cemigmas/web/webtest"
)

// The matrices' lines of readings.
func init() {
	figures := map[string]int64{"offPeakW": 1_500_000}
	maps.Copy(matrix, map[string]cell{
		"GET /installations/:id/readings page":                {reach: scoped, path: of("/installations/%s/readings", place)},
		"POST /installations/:id/readings page":               {reach: scoped, path: of("/installations/%s/readings", place), form: []string{"month", "2025-01", "peak", "600"}, ok: 303},
		"GET /installations/:id/readings/:month page":         {reach: scoped, path: of("/installations/%s/readings/2026-09", place)},
		"GET /installations/:id/readings/:month api":          {reach: scoped, path: of("/installations/%s/readings/2026-09", place)},
		"POST /installations/:id/readings/:month page":        {reach: scoped, path: of("/installations/%s/readings/2024-12", place), form: []string{"peak", "600"}, ok: 303},
		"PUT /installations/:id/readings/:month api":          {reach: scoped, path: of("/installations/%s/readings/2026-08", place), body: figures},
		"PATCH /installations/:id/readings/:month api":        {reach: scoped, path: of("/installations/%s/readings/2026-07", place), body: figures},
		"POST /installations/:id/readings/:month/accept page": {reach: scoped, path: of("/installations/%s/readings/2026-09/accept", place), ok: 422},
		"POST /installations/:id/readings/:month/accept api":  {reach: scoped, path: of("/installations/%s/readings/2026-09/accept", place), body: map[string]string{"reason": ""}, ok: 422},
	})
	house["FormerFigures"] = "of readings that were in scope already"
	guard := func(name string, call call) {
		g := guarded[name]
		g.reach, g.call = scoped, call
		guarded[name] = g
	}
	guard("MonthReading", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.MonthReading(ctx, a, e.Installation, "2026-09"))
	})
	guard("ReadingBook", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.ReadingBook(ctx, a, e.Installation, 13))
	})
	entry := crm.ReadingInput{}
	kw := int64(600_000)
	entry.PeakW = &kw
	guard("PutReading", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.PutReading(ctx, a, e.Installation, "2026-09", 0, entry))
	})
	guard("PatchReading", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.PatchReading(ctx, a, e.Installation, "2026-09", 0, entry))
	})
	guard("AcceptReading", func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		err := drop(s.AcceptReading(ctx, a, e.Installation, "2026-09", 0, "x"))
		if crm.CodeOf(err) == crm.CodeInvalid {
			return nil // nothing is doubted there
		}
		return err
	})
}
