// Package storetest is the contract that every storage driver passes, sentence
// by sentence of package store, and its benchmarks.
package storetest

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"cemigmas/crm/store"
)

// Open makes an empty store with this schema; it is closed by the test.
type Open func(t *testing.T, schema []*store.Collection) store.Store

// Options leave out what a double of a database cannot do.
type Options struct {
	NoTransactions bool // Apply is not atomic
	NoConcurrency  bool // updates are not atomic between connections
	Slow           bool // no test with thousands of documents
	SumsWrap       bool // a sum beyond int64 comes back wrong
}

// Run holds a driver to the contract.
func Run(t *testing.T, open Open, opts ...Options) {
	var o Options
	if len(opts) > 0 {
		o = opts[0]
	}
	o.announce(t)
	for _, test := range tests {
		if o.without(test) {
			continue
		}
		t.Run(test.name, func(t *testing.T) {
			s := open(t, schema)
			defer func() {
				if err := s.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			}()
			test.run(t, s)
		})
	}
}

type contractTest struct {
	name       string
	run        func(*testing.T, store.Store)
	atomic     bool // needs transactions
	concurrent bool // needs several clients at once
	big        bool // stores thousands of documents
	sums       bool // needs sums that know their bounds
}

func (o Options) without(test contractTest) bool {
	return test.atomic && o.NoTransactions || test.concurrent && o.NoConcurrency || test.big && o.Slow || test.sums && o.SumsWrap
}

// announce says in one line what is left out.
func (o Options) announce(t *testing.T) {
	var left []string
	for _, test := range tests {
		if o.without(test) {
			left = append(left, test.name)
		}
	}
	if len(left) > 0 {
		fmt.Fprintf(os.Stderr, "%s: left out, for want of a full server: %s\n", t.Name(), strings.Join(left, ", "))
	}
}

var tests []contractTest

func register(list ...contractTest) bool {
	tests = append(tests, list...)
	return true
}
