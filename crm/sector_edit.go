package crm

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"cemigmas/crm/locale"
	"cemigmas/crm/store"
	"cemigmas/crm/text"
)

// SectorInput is a sector as an admin types it.
type SectorInput struct {
	Name      string   `json:"name"` // in Portuguese
	NameES    string   `json:"nameEs,omitempty"`
	NameEN    string   `json:"nameEn,omitempty"`
	Divisions []string `json:"divisions"` // CNAE divisions, two digits each; another sector's are taken from it
	Disabled  bool     `json:"disabled,omitempty"`
}

// SectorEdit is what an edit of the table did.
type SectorEdit struct {
	ID    string // of the sector
	Batch string // UndoSectorEdit takes it back; "" when nothing changed
	// Moved are the sectors whose clients may belong to another one now, for
	// Resector; none when no division moved.
	Moved []string
}

const (
	maxSectorName = 80  // characters: a name is a sheet and a chip
	maxSectors    = 200 // a table that people choose from
)

// AddSector makes a sector. Admins only.
func (s *Service) AddSector(ctx context.Context, a Actor, in SectorInput) (SectorEdit, error) {
	t, err := s.sectorsFor(ctx, a)
	if err != nil {
		return SectorEdit{}, err
	}
	if len(t.list) >= maxSectors {
		return SectorEdit{}, Errf(CodeInvalid, "error.sector.many")
	}
	is := Sector{Order: 10}
	for _, o := range t.list {
		if o.ID != SectorOther {
			is.Order = max(is.Order, o.Order+10)
		}
	}
	if err := fillSectorRow(t, &is, in); err != nil {
		return SectorEdit{}, err
	}
	is.ID = freeSectorID(t, is.Name)
	return s.saveSectors(ctx, a, t, is)
}

// EditSector changes a sector; version is the one that was read. Admins only.
// CodeConflict when somebody changed it since.
func (s *Service) EditSector(ctx context.Context, a Actor, id string, version int64, in SectorInput) (SectorEdit, error) {
	t, is, err := s.sectorFor(ctx, a, id)
	if err != nil {
		return SectorEdit{}, err
	}
	if is.Version != version {
		return SectorEdit{}, Errf(CodeConflict, "error.conflict")
	}
	if err := fillSectorRow(t, &is, in); err != nil {
		return SectorEdit{}, err
	}
	return s.saveSectors(ctx, a, t, is)
}

// MoveSector lets a sector change places with the one before it, or after it
// with down. Admins only. At the end of the table nothing changes.
func (s *Service) MoveSector(ctx context.Context, a Actor, id string, down bool) (SectorEdit, error) {
	t, is, err := s.sectorFor(ctx, a, id)
	if err != nil {
		return SectorEdit{}, err
	}
	all := t.All()
	n := slices.IndexFunc(all, func(o Sector) bool { return o.ID == id })
	to := n - 1
	if down {
		to = n + 1
	}
	if id == SectorOther || to < 0 || to >= len(all) || all[to].ID == SectorOther {
		return SectorEdit{ID: id}, nil
	}
	other := all[to]
	is.Order, other.Order = other.Order, is.Order
	return s.saveSectors(ctx, a, t, is, other)
}

// RemoveSector deletes a sector that has neither divisions nor clients nor
// agents; one that has can be disabled. Admins only. Its name stays known, for
// reports of months in which it had clients.
func (s *Service) RemoveSector(ctx context.Context, a Actor, id string) (SectorEdit, error) {
	t, is, err := s.sectorFor(ctx, a, id)
	if err != nil {
		return SectorEdit{}, err
	}
	if id == SectorOther {
		return SectorEdit{}, Errf(CodeInvalid, "error.sector.other")
	}
	if len(is.Divisions) > 0 {
		return SectorEdit{}, Errf(CodeInvalid, "error.sector.divisions")
	}
	switch used, err := s.sectorUsed(ctx, id, false); {
	case err != nil:
		return SectorEdit{}, err
	case used:
		return SectorEdit{}, Errf(CodeInvalid, "error.sector.used")
	}
	is.Gone, is.Disabled = true, false
	return s.saveSectors(ctx, a, t, is)
}

// sectorUsed reports whether a sector has clients, or agents; with byHand only
// clients count for whom somebody chose it.
func (s *Service) sectorUsed(ctx context.Context, id string, byHand bool) (bool, error) {
	for c, err := range Clients.All(ctx, s.store, store.Query{Where: []store.Cond{store.Is("sector", id)}, Sort: []string{"name"}}) {
		if err != nil || !byHand || c.SectorBy == SectorByHand {
			return true, err
		}
	}
	for u, err := range Users.All(ctx, s.store, store.Query{Sort: []string{"name"}}) {
		if err != nil || slices.Contains(u.Sectors, id) {
			return true, err
		}
	}
	return false, nil
}

// SectorRevisions lists the edits of a sector, newest first. Admins only.
func (s *Service) SectorRevisions(ctx context.Context, a Actor, id string) ([]Revision, error) {
	if err := a.mustBe(RoleAdmin); err != nil {
		return nil, err
	}
	list, _, err := Revisions.Find(ctx, s.store, store.Query{Where: []store.Cond{store.Is("doc", id)}, Sort: []string{"-at"}, Limit: 50})
	return slices.DeleteFunc(list, func(r Revision) bool { return r.Of != Sectors.In.Name }), err
}

// sectorsFor reads the table for an edit.
func (s *Service) sectorsFor(ctx context.Context, a Actor) (SectorTable, error) {
	if err := a.mustBe(RoleAdmin); err != nil {
		return SectorTable{}, err
	}
	return s.sectorsNow(ctx)
}

func (s *Service) sectorFor(ctx context.Context, a Actor, id string) (SectorTable, Sector, error) {
	t, err := s.sectorsFor(ctx, a)
	if err != nil {
		return t, Sector{}, err
	}
	is, ok := t.Find(id)
	if !ok || is.Gone {
		return t, Sector{}, notFound()
	}
	return t, is, nil
}

// fillSectorRow puts what was typed into a sector.
func fillSectorRow(t SectorTable, is *Sector, in SectorInput) error {
	bad := problems{}
	is.Name, is.NameES, is.NameEN = firstLine(in.Name), firstLine(in.NameES), firstLine(in.NameEN)
	bad.need("name", is.Name)
	for field, name := range map[string]string{"name": is.Name, "nameEs": is.NameES, "nameEn": is.NameEN} {
		if len([]rune(name)) > maxSectorName {
			bad.add(field, "error.sector.name.long")
		} else if t.named(name, is.ID) {
			bad.add(field, "error.sector.name.taken") // an import finds a sector by its name
		}
	}
	is.Divisions, is.Disabled = nil, in.Disabled
	for _, d := range in.Divisions {
		if d = strings.TrimSpace(d); len(d) != 2 || divisionOf(d) != d {
			bad.add("divisions", "error.sector.division")
			break
		}
		is.Divisions = append(is.Divisions, d)
	}
	slices.Sort(is.Divisions)
	is.Divisions = slices.Compact(is.Divisions)
	switch {
	case is.ID == SectorOther && (is.Disabled || len(is.Divisions) > 0):
		bad.add("divisions", "error.sector.other")
	case is.Disabled && len(is.Divisions) > 0: // clients would come into it by their CNAE
		bad.add("divisions", "error.sector.disabled")
	}
	return bad.err()
}

// named reports whether a sector other than id has the name in a language.
func (t SectorTable) named(name, id string) bool {
	key := text.SortKey(name)
	return name != "" && slices.ContainsFunc(t.list, func(o Sector) bool {
		return o.ID != id && !o.Gone && slices.ContainsFunc(locale.Langs, func(l locale.Lang) bool { return text.SortKey(o.In(l)) == key })
	})
}

// freeSectorID makes an id of a name: scripts and addresses name sectors by it.
func freeSectorID(t SectorTable, name string) string {
	slug := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, text.SortKey(name))
	slug = strings.Trim(text.Clip(strings.Join(strings.FieldsFunc(slug, func(r rune) bool { return r == '-' }), "-"), 40), "-…")
	id := slug
	for n := 2; id == "" || t.Has(id); n++ {
		id = strings.Trim(fmt.Sprintf("%s-%d", slug, n), "-")
	}
	return id
}

// saveSectors stores the sectors that differ from the table's, and takes from
// others the divisions that the first of them has now.
func (s *Service) saveSectors(ctx context.Context, a Actor, t SectorTable, is ...Sector) (SectorEdit, error) {
	out := SectorEdit{ID: is[0].ID}
	for _, o := range t.All() {
		if o.ID == is[0].ID {
			continue
		}
		left := slices.DeleteFunc(slices.Clone(o.Divisions), func(d string) bool { return slices.Contains(is[0].Divisions, d) })
		if len(left) < len(o.Divisions) {
			o.Divisions = left
			is = append(is, o)
		}
	}
	batch := "sectors:" + s.newID()
	e := s.editor(WithBatch(ctx, batch), a)
	var changes []store.Change
	for n := range is {
		was, known := t.Find(is[n].ID)
		switch {
		case !known:
			changes = append(changes, saved(e, Sectors, "", nil, &is[n])...)
		case !sameDoc(Sectors, &was, &is[n]):
			changes = append(changes, saved(e, Sectors, "", &was, &is[n])...)
		default:
			continue
		}
		if !slices.Equal(was.Divisions, is[n].Divisions) {
			out.Moved = append(out.Moved, is[n].ID)
		}
	}
	if len(changes) == 0 {
		return out, nil
	}
	out.Batch = batch
	if len(out.Moved) > 0 && !slices.Contains(out.Moved, SectorOther) {
		out.Moved = append(out.Moved, SectorOther) // a division that stood nowhere, or stands nowhere now
	}
	if len(out.Moved) > 0 {
		edited := map[string]Sector{}
		for _, o := range is {
			edited[o.ID] = o
		}
		changes = append(changes, t.touch(edited)...)
	}
	if err := s.Apply(ctx, changes...); err != nil {
		return SectorEdit{}, err
	}
	s.sectorsChanged()
	return out, nil
}

// with is the table with some sectors in another form.
func (t SectorTable) with(edited map[string]Sector) SectorTable {
	list := slices.Clone(t.or().list)
	for n := range list {
		if is, ok := edited[list[n].ID]; ok {
			list[n] = is
		}
	}
	return newSectorTable(list)
}

// twice reports whether a division stands in two sectors.
func (t SectorTable) twice() bool {
	seen := map[string]bool{}
	for _, o := range t.All() {
		for _, d := range o.Divisions {
			if seen[d] {
				return true
			}
			seen[d] = true
		}
	}
	return false
}

// touch raises the version of "other", which all divisions come from or go to
// that stand nowhere else: of two edits at once that move divisions one meets the
// other.
func (t SectorTable) touch(edited map[string]Sector) []store.Change {
	if _, ok := edited[SectorOther]; ok {
		return nil
	}
	other, _ := t.Find(SectorOther)
	return []store.Change{Sectors.Put(&other)}
}

// sectorsChanged has this process and the others read the table anew.
func (s *Service) sectorsChanged() {
	s.sectors.forget()
	s.bus.Publish(Event{Kind: newsSectors})
}
