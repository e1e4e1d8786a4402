package web

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
)

// ownFields is where a request keeps which fields its sender alone changed.
type ownFields struct{}

// unit are fields of a form that are one value together, such as the rows of a
// schedule: either all of them are the sender's or none.
type unit []string

// oneByOne are fields each of which is a value of its own.
func oneByOne(names ...string) (out []unit) {
	for _, n := range names {
		out = append(out, unit{n})
	}
	return out
}

// rebase brings a form that was made of an earlier version onto the record as it
// is now: a field that its sender left alone takes what was saved in between, so
// that saving it takes nothing back. Only where both changed the same field to
// different values the older version stays, and the save ends in a conflict.
// values answers what a field of the form says of a record. It tells who saved
// last in between; "" when nobody did.
func rebase[T any](c *fiber.Ctx, s *Server, in crm.Table[T], now *T, units []unit, values func(T) func(name string) string) (by string, err error) {
	if version := (typed{c}).version(); version > 0 {
		return rebaseFrom(c, s, in, now, version, units, values)
	}
	return "", nil
}

// rebaseFrom is rebase of a form that was made of a version, which may be 0.
func rebaseFrom[T any](c *fiber.Ctx, s *Server, in crm.Table[T], now *T, version int64, units []unit, values func(T) func(name string) string) (by string, err error) {
	f := typed{c}
	if version >= *in.Ver(now) {
		return "", nil
	}
	old, edits, err := crm.AsOf(c.UserContext(), s.Service, in, now, version)
	if err != nil || len(edits) == 0 {
		return "", err
	}
	was, is := values(old), values(*now)
	args, own, clash := c.Request().PostArgs(), map[string]bool{}, false
	for _, u := range units {
		u = slices.DeleteFunc(slices.Clone(u), func(name string) bool { return len(u) == 1 && !f.has(name) })
		same := func(a, b func(string) string) bool {
			return !slices.ContainsFunc(u, func(name string) bool { return a(name) != b(name) })
		}
		switch {
		case len(u) == 0 || same(f.joined, is):
		case same(f.joined, was):
			for _, name := range u {
				f.set(name, is(name))
			}
		case same(was, is):
			for _, name := range u {
				own[name] = true
			}
		default:
			clash = true
		}
	}
	c.Locals(ownFields{}, own)
	if !clash {
		args.Set("version", strconv.FormatInt(*in.Ver(now), 10))
	}
	return edits[0].By, nil
}
