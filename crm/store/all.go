package store

import (
	"context"
	"iter"
)

// All walks every match of a query, page by page, without holding the store:
// an export of a hundred thousand rows never blocks a writer.
func All(ctx context.Context, s Store, q Query) iter.Seq2[Doc, error] {
	return func(yield func(Doc, error) bool) {
		if q.Limit <= 0 {
			q.Limit = MaxPage
		}
		for {
			page, err := s.Find(ctx, q)
			if err != nil {
				yield(Doc{}, err)
				return
			}
			for _, d := range page.Docs {
				if !yield(d, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			q.After = page.Next
		}
	}
}
