package web

import (
	"context"
	"encoding/json"
	"time"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/crm/auth"
)

// The cores of the API. Each is a few lines around a method of crm.Service,
// where the rights are decided.

type signInBody struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

func apiSignIn(s *Server, c call, in signInBody) (auth.Tokens, error) {
	u, err := s.Auth.SignIn(c, in.Email, in.Password, c.From)
	if err != nil {
		return auth.Tokens{}, err
	}
	if u.MustChange {
		return auth.Tokens{}, crm.Errf(crm.CodeForbidden, "error.signin.change")
	}
	return s.Auth.Issue(c, u, device(c.ctx))
}

type refreshBody struct {
	RefreshToken string `json:"refreshToken"`
}

func apiRefresh(s *Server, c call, in refreshBody) (auth.Tokens, error) {
	return s.Auth.Refresh(c, in.RefreshToken, device(c.ctx))
}

// me is who holds the token.
type me struct {
	ID    string   `json:"id"`
	Name  string   `json:"name"`
	Email string   `json:"email"`
	Role  crm.Role `json:"role"`
	Team  string   `json:"team,omitempty"`
	Lang  string   `json:"lang"`
}

func apiMe(_ *Server, c call, _ struct{}) (me, error) {
	u := user(c.ctx)
	return me{u.ID, u.Name, u.Email, u.Role, u.Team, lang(c.ctx)}, nil
}

type clientsQuery struct {
	Q       string `query:"q"`
	Sector  string `query:"sector"`
	Agent   string `query:"agent"`
	Status  string `query:"status"`
	Tier    string `query:"tier"`
	Segment string `query:"segment"`
	Market  string `query:"market"`
	City    string `query:"city"`
	Tag     string `query:"tag"`
	Sort    string `query:"sort"`
	Limit   int    `query:"limit"`
	After   string `query:"after"`
}

func (q clientsQuery) ask() crm.ClientQuery { return crm.ClientQuery(q) }

func apiClients(s *Server, c call, in clientsQuery) (crm.RawPage, error) {
	return s.Service.ClientRows(c, c.Actor, in.ask())
}

// recordsQuery asks for what belongs to any client.
type recordsQuery struct {
	Q        string `query:"q"`
	Agent    string `query:"agent"`
	Market   string `query:"market"`
	Modality string `query:"modality"`
	Subgroup string `query:"subgroup"`
	Status   string `query:"status"`
	City     string `query:"city"`
	Kind     string `query:"kind"`
	Role     string `query:"role"`
	Sort     string `query:"sort"`
	Limit    int    `query:"limit"`
	After    string `query:"after"`
}

func (q recordsQuery) ask() crm.RecordQuery { return crm.RecordQuery(q) }

func apiFindInstallations(s *Server, c call, in recordsQuery) (crm.RawPage, error) {
	return s.Service.InstallationRows(c, c.Actor, in.ask())
}

func apiFindContracts(s *Server, c call, in recordsQuery) (crm.RawPage, error) {
	return s.Service.ContractRows(c, c.Actor, in.ask())
}

func apiFindPeople(s *Server, c call, in recordsQuery) (crm.RawPage, error) {
	return s.Service.PersonRows(c, c.Actor, in.ask())
}

type idPath struct {
	ID string `path:"id"`
}

// clientAnswer is a client with its version, which stands in the ETag.
type clientAnswer struct{ crm.Client }

func (a clientAnswer) version() int64 { return a.Version }

func apiClient(s *Server, c call, in idPath) (clientAnswer, error) {
	cl, err := s.Service.Client(c, c.Actor, in.ID)
	return clientAnswer{cl}, err
}

type clientPatchIn struct {
	ID string `path:"id" json:"-"`
	crm.ClientPatch
}

func apiPatchClient(s *Server, c call, in clientPatchIn) (clientAnswer, error) {
	v, err := c.ifMatch()
	if err != nil {
		return clientAnswer{}, err
	}
	cl, err := s.Service.EditClient(c, c.Actor, in.ID, v, in.ClientPatch)
	return clientAnswer{cl}, err
}

type timelineQuery struct {
	ID    string `path:"id"`
	Kind  string `query:"kind"`
	Limit int    `query:"limit"`
	After string `query:"after"`
}

func apiTimeline(s *Server, c call, in timelineQuery) (crm.RawPage, error) {
	return s.Service.TimelineRows(c, c.Actor, in.ID, crm.TimelineQuery{Kind: in.Kind, Limit: in.Limit, After: in.After})
}

type activityIn struct {
	ID string `path:"id" json:"-"`
	crm.ActivityInput
}

type activityAnswer struct{ crm.Activity }

func (a activityAnswer) version() int64 { return a.Version }

func apiLog(s *Server, c call, in activityIn) (activityAnswer, error) {
	act, err := s.Service.LogActivity(c, c.Actor, in.ID, in.ActivityInput)
	return activityAnswer{act}, err
}

type pageQuery struct {
	ID    string `path:"id"`
	Limit int    `query:"limit"`
	After string `query:"after"`
}

func apiInstallations(s *Server, c call, in pageQuery) (crm.RawPage, error) {
	return s.Service.ClientInstallationRows(c, c.Actor, in.ID, in.Limit, in.After)
}

// installationAnswer is an installation with its contracts.
type installationAnswer struct {
	crm.Installation
	Contracts []crm.Contract `json:"contracts"`
}

func (a installationAnswer) version() int64 { return a.Version }

func apiInstallation(s *Server, c call, in idPath) (installationAnswer, error) {
	i, err := s.Service.Installation(c, c.Actor, in.ID)
	if err != nil {
		return installationAnswer{}, err
	}
	contracts, err := s.Service.InstallationContracts(c, c.Actor, in.ID)
	if contracts == nil {
		contracts = []crm.Contract{}
	}
	return installationAnswer{i, contracts}, err
}

func apiReadings(s *Server, c call, in pageQuery) (crm.RawPage, error) {
	return s.Service.InstallationReadings(c, c.Actor, in.ID, in.Limit, in.After)
}

func apiThread(s *Server, c call, in idPath) (crm.ThreadView, error) {
	return s.Service.ThreadView(c, c.Actor, in.ID)
}

// jobAnswer is a job as the API shows it.
type jobAnswer struct {
	ID        string          `json:"id"`
	Kind      string          `json:"kind"`
	State     string          `json:"state"`
	Done      int64           `json:"done"`
	Total     int64           `json:"total"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     string          `json:"error,omitempty"`
	File      string          `json:"file,omitempty"` // address of what was made
	CreatedAt time.Time       `json:"createdAt"`
	EndedAt   *time.Time      `json:"endedAt,omitempty"`
	Errors    []rowError      `json:"errors,omitempty"` // the first faulty rows of an import
}

// rowError is a faulty row in the reader's language.
type rowError struct {
	Sheet   string `json:"sheet,omitempty"`
	Row     int64  `json:"row"`
	Column  string `json:"column,omitempty"`
	Value   string `json:"value,omitempty"`
	Reason  string `json:"reason"`
	Warning bool   `json:"warning,omitempty"`
}

func jobOut(lang string, j crm.Job) jobAnswer {
	out := jobAnswer{ID: j.ID, Kind: j.Kind, State: j.State, Done: j.Done, Total: j.Total, Result: j.Result,
		CreatedAt: j.CreatedAt, EndedAt: j.EndedAt}
	if j.Error != nil {
		out.Error = say(lang, *j.Error)
	}
	if j.File != "" {
		out.File = "/api/v1/reports/" + j.ID + "/file"
	}
	return out
}

// started is the answer to a request for work: 202 and where to look.
type started struct {
	at  string
	job jobAnswer
}

func (a started) status() int      { return fiber.StatusAccepted }
func (a started) location() string { return a.at }
func (a started) body() any        { return a.job }

type reportBody struct {
	Month string `json:"month"`          // 2026-10
	Lang  string `json:"lang,omitempty"` // pt-BR, es, en
}

func apiNewReport(s *Server, c call, in reportBody) (started, error) {
	j, err := s.newReport(c, c.Actor, in.Month, in.Lang)
	return started{"/api/v1/reports/" + j.ID, jobOut(lang(c.ctx), j)}, err
}

func apiReport(s *Server, c call, in idPath) (jobAnswer, error) {
	j, err := s.jobOf(c, c.Actor, in.ID, crm.JobReport)
	return jobOut(lang(c.ctx), j), err
}

type importIn struct{}

// monthlyQuery is what a workbook is asked for in the address.
type monthlyQuery struct {
	Month string `query:"month"` // 2026-10
	Lang  string `query:"lang"`
}

func apiNewImport(s *Server, c call, _ importIn) (started, error) {
	j, _, err := s.newImport(c.ctx, c.Actor)
	return started{"/api/v1/imports/" + j.ID, jobOut(lang(c.ctx), j)}, err
}

func apiImport(s *Server, c call, in pageQuery) (jobAnswer, error) {
	j, err := s.jobOf(c, c.Actor, in.ID, crm.JobImport)
	if err != nil {
		return jobAnswer{}, err
	}
	out := jobOut(lang(c.ctx), j)
	rows, _, err := s.Service.JobErrors(c, c.Actor, in.ID, in.Limit, in.After)
	for _, r := range rows {
		out.Errors = append(out.Errors, rowError{r.Sheet, r.Row, r.Column, r.Value, say(lang(c.ctx), r.Reason), r.Warning})
	}
	return out, err
}

// jobOf reads a job of one kind.
func (s *Server) jobOf(ctx context.Context, a crm.Actor, id, kind string) (crm.Job, error) {
	j, err := s.Service.Job(ctx, a, id)
	if err == nil && j.Kind != kind {
		return crm.Job{}, crm.Errf(crm.CodeNotFound, "error.not-found")
	}
	return j, err
}
