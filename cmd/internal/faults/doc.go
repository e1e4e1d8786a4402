// Package faults holds the tests that kill, starve and damage the whole program,
// as real processes where it matters, and look at what is left.
package faults
