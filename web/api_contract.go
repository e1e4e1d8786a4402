package web

import "cemigmas/crm"

// contractOut is a contract with its version, which stands in the ETag.
type contractOut struct{ crm.Contract }

func (a contractOut) version() int64 { return a.Version }

func apiContract(s *Server, c call, in idPath) (contractOut, error) {
	k, err := s.Service.Contract(c, c.Actor, in.ID)
	return contractOut{k}, err
}

type contractIn struct {
	ID string `path:"id" json:"-"`
	crm.ContractInput
}

func apiAddContract(s *Server, c call, in contractIn) (contractOut, error) {
	k, err := s.Service.AddContract(c, c.Actor, in.ID, in.ContractInput)
	return contractOut{k}, err
}

type contractPatchIn struct {
	ID string `path:"id" json:"-"`
	crm.ContractPatch
}

func apiPatchContract(s *Server, c call, in contractPatchIn) (contractOut, error) {
	v, err := c.ifMatch()
	if err != nil {
		return contractOut{}, err
	}
	k, err := s.Service.PatchContract(c, c.Actor, in.ID, v, in.ContractPatch)
	return contractOut{k}, err
}

// amendmentOut is an amendment; the version is its contract's.
type amendmentOut struct {
	crm.Amendment
	of int64
}

func (a amendmentOut) version() int64 { return a.of }

type amendmentIn struct {
	ID string `path:"id" json:"-"`
	crm.AmendmentInput
}

func apiAddAmendment(s *Server, c call, in amendmentIn) (amendmentOut, error) {
	k, m, err := s.Service.AddAmendment(c, c.Actor, in.ID, in.AmendmentInput)
	return amendmentOut{m, k.Version}, err
}

type amendmentState struct {
	ID        string `path:"id" json:"-"`
	Amendment string `path:"amendment" json:"-"`
	State     string `json:"state"` // open, signed, withdrawn
}

func apiSetAmendment(s *Server, c call, in amendmentState) (amendmentOut, error) {
	v, err := c.ifMatch()
	if err != nil {
		return amendmentOut{}, err
	}
	k, err := s.Service.SetAmendment(c, c.Actor, in.ID, v, in.Amendment, in.State)
	m := k.Amendment(in.Amendment)
	if m == nil {
		m = &crm.Amendment{}
	}
	return amendmentOut{*m, k.Version}, err
}
