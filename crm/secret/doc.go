// Package secret keeps what nobody may read: it hashes passwords, encrypts
// secrets at rest under the master key, and makes random tokens.
//
// The master key lies in a file of its own, never in the store, a backup or a
// log. It is a ring: new keys seal, old ones still open. Sealed strings name
// their key and are bound to the record that they belong to, so that a sealed
// value that is moved to another record does not open.
package secret
