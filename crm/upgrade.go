package crm

import (
	"fmt"

	"cemigmas/crm/store"
	"cemigmas/crm/store/upgrade"
)

// migrations bring a store from version 1, the first release's, to this
// program's. One that was released stays as it is; a new one comes last, with a
// fixture of the version before it in cmd/internal/app/testdata/stores.
var migrations []upgrade.Migration

// Upgrade is the plan by which a store is brought up to this program.
func Upgrade() upgrade.Plan {
	return upgrade.Plan{Schema: Schema(), Derive: derive, Migrations: migrations}
}

// derive is what the declared fields of a document are by its body.
func derive(in *store.Collection, d store.Doc) (store.Keys, error) {
	for _, t := range tables {
		if t.collection() == in {
			anew, err := t.encodedAnew(d)
			return anew.Keys, err
		}
	}
	if in == store.State {
		return nil, nil
	}
	return nil, fmt.Errorf("crm: no table of %s", in.Name)
}

// Passing lists the collections that a backup and a copy leave out: who signs in
// is asked again, and what was refused is forgotten.
func Passing() []*store.Collection { return []*store.Collection{Sessions.In, Attempts.In} }
