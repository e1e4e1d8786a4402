package web

import (
	"cmp"
	"strconv"
	"strings"

	"cemigmas/crm"
)

// listSize is a page of a list, maxRows how many rows an address can ask for that
// is come back to; totalCap is how far a total is counted.
const (
	listSize = 50
	maxRows  = 500
	totalCap = 10_000
)

// listAsk is what a list is asked for. All of it stands in the address, so that
// back, reload and a bookmark show the same.
type listAsk struct {
	path, q, sort, after string
	by                   map[string]string // filters
	names                []string          // of the filters, in their order
	cols                 []string          // keys of columns, when the address or the reader chose them
	view                 string            // id of the view that this was made of, or viewAll
	opens                bool              // the bare address leads to a view
	back                 string            // where the page before begins, if it is known; fromStart
	from                 int64             // rows before this page
	rows                 int               // to show at once from the beginning; more were loaded and are come back to
	limit                int
}

func readListAsk(said func(string) string, path string, filters []string) listAsk {
	a := listAsk{path: path, q: said("q"), sort: said("sort"), after: said("after"), view: said("view"), by: map[string]string{}, names: filters, limit: listSize}
	for _, f := range filters {
		a.by[f] = said(f)
	}
	if n, err := strconv.ParseInt(said("n"), 10, 64); err == nil && n > 0 && a.after != "" {
		a.from, a.back = n, said("back")
	}
	if n, err := strconv.Atoi(said("rows")); err == nil && a.after == "" {
		a.rows = min(n, maxRows)
	}
	return a
}

// behind is the page after this one, of as many rows.
func (a listAsk) behind(next string, rows int) listAsk {
	a.back, a.after, a.from = cmp.Or(a.after, fromStart), next, a.from+int64(rows)
	return a
}

// url is the list from its beginning, with one thing said otherwise.
func (a listAsk) url(name, value string) string {
	return a.at(a.path, name, value)
}

// at is another path with this list's query and one thing said otherwise.
func (a listAsk) at(path string, more ...string) string {
	said := map[string]string{"q": a.q, "sort": a.sort, "cols": strings.Join(a.cols, ","), "view": a.view}
	for k, v := range a.by {
		said[k] = v
	}
	for i := 0; i+1 < len(more); i += 2 {
		said[more[i]] = more[i+1]
	}
	var pairs []string
	for k, v := range said {
		if k != "" {
			pairs = append(pairs, k, v)
		}
	}
	return at(path, pairs...)
}

// all is the whole list, in the columns that are seen; not the view that its
// reader opens it with.
func (a listAsk) all() string {
	whole := ""
	if a.opens {
		whole = viewAll
	}
	return at(a.path, "cols", strings.Join(a.cols, ","), "view", whole)
}

func (a listAsk) narrowed() bool {
	for _, v := range a.by {
		if v != "" {
			return true
		}
	}
	return a.q != ""
}

// clients is the query of a list of clients.
func (a listAsk) clients() crm.ClientQuery {
	return crm.ClientQuery{Q: a.q, Sector: a.by["sector"], Agent: a.by["agent"], Status: a.by["status"], Tier: a.by["tier"], Segment: a.by["segment"],
		Market: a.by["market"], City: a.by["city"], Tag: a.by["tag"], Sort: a.sort, Limit: a.limit, After: a.after}
}

// records is the query of a list of what belongs to clients.
func (a listAsk) records() crm.RecordQuery {
	return crm.RecordQuery{Q: a.q, Agent: a.by["agent"], Market: a.by["market"], Modality: a.by["modality"], Subgroup: a.by["subgroup"], Status: a.by["status"],
		City: a.by["city"], Kind: a.by["kind"], Role: a.by["role"], Sort: a.sort, Limit: a.limit, After: a.after}
}
