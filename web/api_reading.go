package web

import (
	"time"

	"cemigmas/crm"
)

type readingPath struct {
	ID    string `path:"id"`
	Month string `path:"month"`
}

// doubtAnswer is what is doubted about a month, in the reader's language too.
type doubtAnswer struct {
	Code     string             `json:"code"`
	Posto    string             `json:"posto"`
	Energy   bool               `json:"energy,omitempty"`
	Figure   int64              `json:"figure,omitempty"`  // W or Wh
	Limit    int64              `json:"limit,omitempty"`   // what it was held against
	Instead  int64              `json:"instead,omitempty"` // what it probably is
	Text     string             `json:"text"`
	Accepted *crm.AcceptedDoubt `json:"accepted,omitempty"`
}

// formerAnswer is a figure before its last correction.
type formerAnswer struct {
	Value *int64    `json:"value"` // null: not measured
	By    string    `json:"by"`
	At    time.Time `json:"at"`
}

// readingAnswer is a reading with its doubts and former figures.
type readingAnswer struct {
	crm.Reading
	Doubts []doubtAnswer           `json:"doubts"`
	Former map[string]formerAnswer `json:"former"` // by member
}

func (a readingAnswer) version() int64 { return a.Version }

func (s *Server) readingOut(c call, r crm.MonthReading) readingAnswer {
	v := s.view(c.ctx)
	out := readingAnswer{Reading: r.Reading, Doubts: []doubtAnswer{}, Former: map[string]formerAnswer{}}
	for _, d := range r.Doubts {
		out.Doubts = append(out.Doubts, doubtAnswer{string(d.Code), string(d.Posto), d.Energy, d.Figure, d.Limit, d.Instead, v.doubtText(d), d.Accepted})
	}
	for name, f := range r.Former {
		out.Former[name] = formerAnswer{f.W, f.By, f.At}
	}
	return out
}

func apiReading(s *Server, c call, in readingPath) (readingAnswer, error) {
	r, err := s.Service.MonthReading(c, c.Actor, in.ID, in.Month)
	if err == nil && r.Version == 0 && len(r.Doubts) == 0 {
		return readingAnswer{}, crm.Errf(crm.CodeNotFound, "error.not-found")
	}
	return s.readingOut(c, r), err
}

type readingChange func(crm.MonthReading, error) (readingAnswer, error)

// changing answers a change with the reading as it is then.
func (s *Server) changing(c call) (int64, readingChange, error) {
	version, err := c.ifMatch()
	return version, func(r crm.MonthReading, err error) (readingAnswer, error) { return s.readingOut(c, r), err }, err
}

type readingFigures struct {
	ID    string `path:"id" json:"-"`
	Month string `path:"month" json:"-"`
	crm.ReadingInput
}

func apiPutReading(s *Server, c call, in readingFigures) (readingAnswer, error) {
	version, answer, err := s.changing(c)
	if err != nil {
		return readingAnswer{}, err
	}
	return answer(s.Service.PutReading(c, c.Actor, in.ID, in.Month, version, in.ReadingInput))
}

func apiPatchReading(s *Server, c call, in readingFigures) (readingAnswer, error) {
	version, answer, err := s.changing(c)
	if err != nil {
		return readingAnswer{}, err
	}
	return answer(s.Service.PatchReading(c, c.Actor, in.ID, in.Month, version, in.ReadingInput))
}

type acceptBody struct {
	ID     string `path:"id" json:"-"`
	Month  string `path:"month" json:"-"`
	Reason string `json:"reason"`
}

func apiAcceptReading(s *Server, c call, in acceptBody) (readingAnswer, error) {
	version, answer, err := s.changing(c)
	if err != nil {
		return readingAnswer{}, err
	}
	return answer(s.Service.AcceptReading(c, c.Actor, in.ID, in.Month, version, in.Reason))
}
