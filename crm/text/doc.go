// Package text makes people's words comparable: folding of case and accents,
// tokens for search, keys for sorting.
//
// Both storage drivers index what this package writes, so that they find and
// sort alike. A change of a result here means that stored rows must be written
// again; the golden tables of the tests hold the results still.
package text
