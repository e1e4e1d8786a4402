package faults

import "errors"

var errNoLimits = errors.New("file sizes cannot be limited here")

func limitFiles(bytes uint64) error {
	if bytes > 0 {
		return errNoLimits
	}
	return nil
}

func (p *child) makeSpace() error { return errNoLimits }

const nobody = 65534

func dropRoot() error { return errNoLimits }
