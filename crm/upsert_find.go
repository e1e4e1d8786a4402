package crm

import (
	"context"
	"strings"
	"sync"

	"cemigmas/crm/ident"
	"cemigmas/crm/store"
)

// finders is how many keys are looked up at the same time: readers of SQLite,
// round trips to MongoDB.
const finders = 4

// lookup finds one document for each value of a field that an index serves.
func lookup[T any](ctx context.Context, s store.Store, t Table[T], field string, values []string) (map[string]T, error) {
	var (
		mu    sync.Mutex
		wg    sync.WaitGroup
		first error
		out   = make(map[string]T, len(values))
		next  = make(chan string)
	)
	for range min(finders, len(values)) {
		wg.Go(func() {
			for v := range next {
				found, err := t.First(ctx, s, store.Query{Where: []store.Cond{store.Is(field, v)}})
				mu.Lock()
				if err != nil && first == nil {
					first = err
				}
				if found != nil {
					out[v] = *found
				}
				mu.Unlock()
			}
		})
	}
	for _, v := range values {
		next <- v
	}
	close(next)
	wg.Wait()
	return out, first
}

// want gathers values once each.
type want struct {
	in   map[string]bool
	list []string
}

func (w *want) add(v string) {
	if v == "" || w.in[v] {
		return
	}
	if w.in == nil {
		w.in = map[string]bool{}
	}
	w.in[v] = true
	w.list = append(w.list, v)
}

// taxKey reads a CNPJ, its root or a CPF. full is the CNPJ when it was whole.
func taxKey(v string) (kind TaxKind, id, full string, err error) {
	bare := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .-/ ", r) {
			return -1
		}
		return r
	}, v)
	switch len(bare) {
	case 8:
		id, err = ident.ParseRoot(bare)
		return TaxCNPJ, id, "", err
	case 11:
		cpf, err := ident.ParseCPF(bare)
		return TaxCPF, string(cpf), "", err
	}
	c, err := ident.ParseCNPJ(v)
	return TaxCNPJ, c.Root(), string(c), err
}

// clientKeys are the keys of a reference; faulty ones are left out, the row
// that has them is told when it is taken.
func clientKeys(r ClientRef) (keys []string) {
	if r.TaxID != "" {
		if _, id, _, err := taxKey(r.TaxID); err == nil {
			keys = append(keys, "taxId:"+id)
		}
	}
	if r.Code != "" {
		keys = append(keys, "code:"+r.Code)
	}
	if r.Source != "" {
		keys = append(keys, "source:"+r.Source)
	}
	return keys
}

func installationKeys(r InstallationRef) (keys []string) {
	if uc, err := ident.ParseUC(r.UC); err == nil {
		keys = append(keys, "uc:"+string(uc))
	}
	if f, err := ident.ParseFormerUC(r.FormerUC); err == nil {
		keys = append(keys, "formerUc:"+string(f))
	}
	if r.Source != "" {
		keys = append(keys, "source:"+r.Source)
	}
	return keys
}

// normalUC lets a reference say either number in UC.
func normalUC(r InstallationRef) InstallationRef {
	if r.FormerUC == "" {
		if f, err := ident.ParseFormerUC(r.UC); err == nil {
			r.UC, r.FormerUC = "", string(f)
		}
	}
	return r
}

// findAll looks keys of the form field:value up and returns what was found by
// key.
func findAll[T any](ctx context.Context, s store.Store, t Table[T], keys []string) (map[string]T, error) {
	by := map[string]*want{}
	for _, k := range keys {
		field, v, _ := strings.Cut(k, ":")
		if by[field] == nil {
			by[field] = &want{}
		}
		by[field].add(v)
	}
	out := map[string]T{}
	for field, w := range by {
		found, err := lookup(ctx, s, t, field, w.list)
		if err != nil {
			return nil, err
		}
		for v, doc := range found {
			out[field+":"+v] = doc
		}
	}
	return out, nil
}

// refClients makes sure that the clients which rows name are known if they
// exist.
func (u *Upserter) refClients(ctx context.Context, refs []ClientRef) error {
	var keys []string
	for _, r := range refs {
		for _, k := range clientKeys(r) {
			if _, ok := u.clients[k]; !ok {
				keys = append(keys, k)
			}
		}
	}
	found, err := findAll(ctx, u.s.store, Clients, keys)
	for k, c := range found {
		u.clients[k] = ref{id: c.ID, agent: c.Agent, team: c.Team, acting: c.Acting}
	}
	return err
}

// refInstallations is refClients for installations.
func (u *Upserter) refInstallations(ctx context.Context, refs []InstallationRef) error {
	var keys []string
	for _, r := range refs {
		for _, k := range installationKeys(normalUC(r)) {
			if _, ok := u.insts[k]; !ok {
				keys = append(keys, k)
			}
		}
	}
	found, err := findAll(ctx, u.s.store, Installations, keys)
	for k, i := range found {
		u.insts[k] = ref{id: i.ID, client: i.Client, agent: i.Agent, team: i.Team, acting: i.Acting}
	}
	return err
}

// clientRef answers which client a row names, or rejects the row. ok is false
// without a word when none is found and missing is "".
func (u *Upserter) clientRef(r ClientRef, field string, o *Outcome, missing string) (ref, bool) {
	if r.TaxID != "" {
		if _, _, _, err := taxKey(r.TaxID); err != nil {
			o.rejectText(field, identText(err))
			return ref{}, false
		}
	}
	var got ref
	for _, k := range clientKeys(r) {
		c, ok := u.clients[k]
		switch {
		case !ok:
		case got.id != "" && got.id != c.id:
			o.reject(field, "import.client.two")
			return ref{}, false
		default:
			got = c
		}
	}
	if got.id == "" {
		if missing != "" {
			o.reject(field, missing)
		}
		return ref{}, false
	}
	if !u.a.sees(got.kept()) {
		o.reject(field, "error.client.duplicate") // not a word about whose it is
		return ref{}, false
	}
	return got, true
}

// installationRef answers which installation a row names, or rejects the row.
func (u *Upserter) installationRef(r InstallationRef, o *Outcome) (ref, bool) {
	if r.empty() {
		o.reject("uc", "error.field.required")
		return ref{}, false
	}
	r = normalUC(r)
	if r.UC != "" {
		if _, err := ident.ParseUC(r.UC); err != nil {
			o.rejectText("uc", identText(err))
			return ref{}, false
		}
	}
	for _, k := range installationKeys(r) {
		if i, ok := u.insts[k]; ok {
			if !u.a.sees(i.kept()) {
				o.reject("uc", "inst.duplicate") // not a word about whose it is
				return ref{}, false
			}
			return i, true
		}
	}
	o.reject("uc", "import.installation.unknown")
	return ref{}, false
}
