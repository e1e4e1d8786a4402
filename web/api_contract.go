package web

import (
	"strings"

	"cemigmas/crm"
)

// contractOut is a contract with its version, which stands in the ETag.
type contractOut struct{ crm.Contract }

func (a contractOut) version() int64 { return a.Version }

// contractRead is a contract with what could be asked for today.
type contractRead struct {
	contractOut
	Lawful []lawfulOut `json:"lawful"`
}

// lawfulOut is when a change of a contract can hold if it were asked for today.
type lawfulOut struct {
	Kind    string `json:"kind"`    // reduction, increase, modality, denounce, migration
	On      string `json:"on"`      // civil date: first day, of an increase the last by which it must be there
	Article string `json:"article"` // of REN 1.000
	Reason  string `json:"reason"`  // notice, year, test, free, cycles, revision, increase, renewal, open
	Text    string `json:"text"`    // the reason in words
}

func apiContract(s *Server, c call, in idPath) (contractRead, error) {
	k, err := s.Service.Contract(c, c.Actor, in.ID)
	if err != nil {
		return contractRead{}, err
	}
	dates, err := s.Service.ContractDates(c, c.Actor, in.ID)
	v, out := s.view(c.ctx), contractRead{contractOut{k}, []lawfulOut{}}
	for _, d := range dates {
		out.Lawful = append(out.Lawful, lawfulOut{d.Kind, d.On, d.Article, strings.TrimPrefix(d.Reason, "contract.reason."), v.T(d.Reason)})
	}
	return out, err
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
