package crm

import (
	"context"

	"cemigmas/crm/store"
	"cemigmas/crm/text"
)

// RecordQuery asks for a list of what belongs to clients, within the actor's
// scope.
type RecordQuery struct {
	Q     string // words, or a number with or without punctuation
	Agent string // user id; an agent who names another finds nothing
	Sort  string // one of the list's sorts; "" is name
	Limit int    // 1..200; 0 is 50
	After string
}

// InstallationSorts and PersonSorts map the sorts of the API to declared
// fields.
var (
	InstallationSorts = map[string]string{"name": "name", "worst": "-worst", "notice": "noticeOn"}
	PersonSorts       = map[string]string{"name": "name"}
)

// InstallationRows lists installations as they are stored. CodeInvalid for a
// sort that is none.
func (s *Service) InstallationRows(ctx context.Context, a Actor, q RecordQuery) (RawPage, error) {
	return s.recordRows(ctx, a, Installations.In, InstallationSorts, q)
}

// PersonRows lists people as they are stored. CodeInvalid for a sort that is
// none.
func (s *Service) PersonRows(ctx context.Context, a Actor, q RecordQuery) (RawPage, error) {
	return s.recordRows(ctx, a, People.In, PersonSorts, q)
}

func (s *Service) recordRows(ctx context.Context, a Actor, in *store.Collection, sorts map[string]string, q RecordQuery) (RawPage, error) {
	if q.Sort == "" {
		q.Sort = "name"
	}
	sort, known := sorts[q.Sort]
	if !known {
		bad := problems{}
		bad.add("sort", "error.field.choice")
		return RawPage{}, bad.err()
	}
	where := ClientQuery{Agent: q.Agent}.where(a)
	return s.rawRows(ctx, store.Query{In: in, Where: where, Words: text.QueryWords(q.Q), Sort: []string{sort},
		After: q.After, Limit: limitOf(q.Limit, 50)})
}
