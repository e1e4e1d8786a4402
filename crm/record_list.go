package crm

import (
	"context"

	"cemigmas/crm/demand"
	"cemigmas/crm/store"
	"cemigmas/crm/text"
)

// RecordQuery asks for a list of what belongs to clients, within the actor's
// scope. A filter that the list has not is refused.
type RecordQuery struct {
	Q        string // words, or a number with or without punctuation
	Agent    string // user id; an agent who names another finds nothing
	Market   string // of installations and contracts
	Modality string // the same
	Subgroup string // of installations: one of Subgroups
	Status   string // of installations and people: one of InstallationStatuses, PersonStatuses
	City     string // of installations; whatever its accents and case
	Kind     string // of contracts: one of ContractKinds
	Role     string // of people: one of PersonRoles
	Sort     string // one of the list's sorts; "" is its first
	Limit    int    // 1..200; 0 is 50
	After    string
}

// Modalities are the values of Contract.Modality.
var Modalities = []string{string(demand.Verde), string(demand.Azul), string(demand.Unknown)}

// The sorts of the API mapped to declared fields.
var (
	InstallationSorts = map[string]string{"name": "name", "worst": "-worst", "contracted": "-contractedW", "saving": "-saving", "notice": "notice"}
	PersonSorts       = map[string]string{"name": "name"}
	ContractSorts     = map[string]string{"newest": "-since", "client": "clientName", "contracted": "-contractedW", "notice": "notice"}
)

// recordList is what a list can be asked for.
type recordList struct {
	in      *store.Collection
	sorts   map[string]string
	first   string // the sort of who asks for none
	always  string // a field that each document of a list has: merged ones have none
	filters []listFilter
}

var (
	markets          = []string{MarketCaptive, MarketFree}
	installationList = recordList{Installations.In, InstallationSorts, "name", "name", []listFilter{
		{name: "market", values: markets}, {name: "modality", values: Modalities}, {name: "subgroup", values: Subgroups},
		{name: "status", values: InstallationStatuses}, {name: "city"}}}
	contractList = recordList{Contracts.In, ContractSorts, "newest", "since", []listFilter{
		{name: "market", values: markets}, {name: "modality", values: Modalities}, {name: "kind", values: ContractKinds}}}
	personList = recordList{People.In, PersonSorts, "name", "name", []listFilter{
		{name: "role", values: PersonRoles}, {name: "status", values: PersonStatuses}}}
)

// filters are those that a query names.
func (q RecordQuery) filters() map[string]string {
	return map[string]string{"market": q.Market, "modality": q.Modality, "subgroup": q.Subgroup, "status": q.Status, "city": q.City, "kind": q.Kind, "role": q.Role}
}

// query answers CodeInvalid for a sort or a filter that is none.
func (l recordList) query(a Actor, q RecordQuery) (store.Query, error) {
	bad := problems{}
	if q.Sort == "" {
		q.Sort = l.first
	}
	sort, known := l.sorts[q.Sort]
	if !known {
		bad.add("sort", "error.field.choice")
	}
	where := append([]store.Cond{}, a.scope()...)
	if len(where) == 0 {
		where = append(where, store.Has(l.always))
	}
	if q.Agent != "" && (a.Role != RoleAgent || a.StandsIn || q.Agent != a.UserID) {
		where = append(where, store.Is("agent", q.Agent))
	}
	out := store.Query{In: l.in, Where: where, Words: text.QueryWords(q.Q), Sort: []string{sort}, After: q.After, Limit: limitOf(q.Limit, 50)}
	asked := q.filters()
	for _, f := range l.filters {
		f.ask(&out, asked[f.name], bad)
		delete(asked, f.name)
	}
	for name, value := range asked {
		if value != "" {
			bad.add(name, "error.field.choice")
		}
	}
	return out, bad.err()
}

// InstallationRows lists installations as they are stored, for the API.
func (s *Service) InstallationRows(ctx context.Context, a Actor, q RecordQuery) (RawPage, error) {
	return s.recordRows(ctx, installationList, a, q)
}

// PersonRows lists people as they are stored, for the API.
func (s *Service) PersonRows(ctx context.Context, a Actor, q RecordQuery) (RawPage, error) {
	return s.recordRows(ctx, personList, a, q)
}

// ContractRows lists contracts as they are stored, for the API.
func (s *Service) ContractRows(ctx context.Context, a Actor, q RecordQuery) (RawPage, error) {
	return s.recordRows(ctx, contractList, a, q)
}

func (s *Service) recordRows(ctx context.Context, l recordList, a Actor, q RecordQuery) (RawPage, error) {
	sq, err := l.query(a, q)
	if err != nil {
		return RawPage{}, err
	}
	return s.rawRows(ctx, sq)
}

// InstallationList lists installations for a page.
func (s *Service) InstallationList(ctx context.Context, a Actor, q RecordQuery) ([]Installation, string, error) {
	return listRecords(ctx, s, Installations, installationList, a, q)
}

// PersonList lists people for a page.
func (s *Service) PersonList(ctx context.Context, a Actor, q RecordQuery) ([]Person, string, error) {
	return listRecords(ctx, s, People, personList, a, q)
}

// ContractList lists contracts for a page.
func (s *Service) ContractList(ctx context.Context, a Actor, q RecordQuery) ([]Contract, string, error) {
	return listRecords(ctx, s, Contracts, contractList, a, q)
}

func listRecords[T any](ctx context.Context, s *Service, in Table[T], l recordList, a Actor, q RecordQuery) ([]T, string, error) {
	sq, err := l.query(a, q)
	if err != nil {
		return nil, "", err
	}
	return in.Find(ctx, s.store, sq)
}

// CountInstallations counts at most limit matches of a list.
func (s *Service) CountInstallations(ctx context.Context, a Actor, q RecordQuery, limit int) (int, error) {
	return s.countRecords(ctx, installationList, a, q, limit)
}

// CountPeople counts at most limit matches of a list.
func (s *Service) CountPeople(ctx context.Context, a Actor, q RecordQuery, limit int) (int, error) {
	return s.countRecords(ctx, personList, a, q, limit)
}

// CountContracts counts at most limit matches of a list.
func (s *Service) CountContracts(ctx context.Context, a Actor, q RecordQuery, limit int) (int, error) {
	return s.countRecords(ctx, contractList, a, q, limit)
}

func (s *Service) countRecords(ctx context.Context, l recordList, a Actor, q RecordQuery, limit int) (int, error) {
	sq, err := l.query(a, q)
	if err != nil {
		return 0, err
	}
	sq.After = ""
	n, err := s.store.Count(ctx, sq, limit)
	return n, wrapStore(err)
}

// InstallationNames answers the names of installations whose ids stood in a
// row of the actor's scope.
func (s *Service) InstallationNames(ctx context.Context, ids []string) (map[string]string, error) {
	return s.namesOf(ctx, Installations.In, ids)
}
