package crm

import "context"

// RevisedNames finds the names of the people, installations and documents that
// revisions are of, by document.
func (s *Service) RevisedNames(ctx context.Context, list []Revision) (map[string]string, error) {
	by := map[string][]string{}
	for _, r := range list {
		by[r.Of] = append(by[r.Of], r.Doc)
	}
	out := map[string]string{}
	people, err := People.GetMany(ctx, s.store, by[People.In.Name])
	if err != nil {
		return nil, err
	}
	for id, p := range people {
		out[id] = p.Name
	}
	units, err := Installations.GetMany(ctx, s.store, by[Installations.In.Name])
	if err != nil {
		return nil, err
	}
	for id, i := range units {
		out[id] = i.Name
	}
	files, err := Documents.GetMany(ctx, s.store, by[Documents.In.Name])
	for id, d := range files {
		out[id] = d.Name
	}
	return out, err
}
