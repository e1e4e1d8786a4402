// Package nodes holds the tests of several processes on one store: real ones of
// the built program, which are killed.
package nodes
