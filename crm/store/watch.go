package store

import "context"

// Watcher is what a driver may offer beside the port: to be woken by inserts
// instead of asking again and again. Who uses it asks all the same, only less
// often, because a server may not have it.
type Watcher interface {
	// Watch calls ready once it listens, and changed after inserts into a
	// collection, until ctx ends. CodeInvalid when the server cannot,
	// CodeUnavailable when the connection was lost: what came since is not
	// told.
	Watch(ctx context.Context, in *Collection, ready, changed func()) error
}
