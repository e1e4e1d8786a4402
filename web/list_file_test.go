package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/store"
	"cemigmas/web"
	"cemigmas/web/webtest"
)

// many puts more clients into a portfolio than a reader waits for.
func many(k *webtest.Kit, agent string) {
	k.Helper()
	var changes []store.Change
	for i := range 2_050 {
		changes = append(changes, crm.Clients.Put(&crm.Client{ID: crm.NewID(webtest.Now.Add(time.Duration(i) * time.Millisecond)), Name: "Padaria " + agent,
			Agent: agent, Team: k.Users[agent].Team, Sector: "retail", Status: "active", ContractedW: int64(i) * 1000}))
	}
	for len(changes) > 0 {
		n := min(len(changes), 250)
		k.Apply(changes[:n]...)
		changes = changes[n:]
	}
}

func listJobs(k *webtest.Kit) []crm.Job {
	k.Helper()
	all, _, err := k.Service.ListJobs(k.Context(), crm.SystemActor(), crm.JobList, 0, "")
	k.Must(err)
	return all
}

// A long list is written in the background: once however often it is asked for,
// and never by reading an address. Nobody else sees it, not even an admin.
func TestLongListFile(t *testing.T) {
	k := webtest.New(t)
	many(k, "ana")
	ana := k.Browser("ana")
	const url = "/clients/export?format=csv&sector=retail&sort=contracted&cols=kw"
	ana.Get("/clients").Has(`#list-foot form[action^="/clients/export?"] [name=csrf]`, "").Lacks("#list-foot a[download]")
	ana.Get(url).Status(200).Has(`form[method=post][action*="sort=contracted"] button`, "Preparar arquivo")
	if jobs := listJobs(k); len(jobs) != 0 {
		t.Fatalf("reading an address made %+v", jobs)
	}
	to := ana.Post(url).Status(303).Header.Get("Location")
	if again := ana.Post(url).Status(303).Header.Get("Location"); again != to || len(listJobs(k)) != 1 {
		t.Fatalf("two clicks: %s, %s, %d jobs", to, again, len(listJobs(k)))
	}
	ana.Get(to).Status(200).Has("#job[data-job=queued]", "Clientes (CSV)").Lacks("a[download]")
	ana.Get(to + "/file").Status(404)
	for _, other := range []string{"bia", "north", "admin"} {
		k.Browser(other).Get(to).Status(404)
		k.Browser(other).Get(to + "/file").Status(404)
		k.Browser(other).Get("/exports").Status(200).Lacks(`a[href="` + to + `"]`)
	}
	ana.Get("/exports").Has(`a[href="`+to+`"]`, "Clientes (CSV)")

	job := listJobs(k)[0]
	ana.Post("/jobs/" + job.ID + "/cancel").Status(303)
	ana.Get(to).Has("#job[data-job=cancelled]", "").Has(`form[action^="/clients/export?"] button`, "Preparar de novo").Lacks("a[download]")
	if next := ana.Post(url).Status(303).Header.Get("Location"); next == to {
		t.Error("a cancelled file is not written anew")
	}
	ana.Post("/clients/export?format=csv&sort=colour").Status(422)
	short := ana.Post("/clients/export?format=csv&q=nada").Status(200)
	if !strings.Contains(short.Header.Get("Content-Disposition"), "clients.csv") || len(listJobs(k)) != 2 {
		t.Errorf("a short list: %v, %d jobs", short.Header, len(listJobs(k)))
	}
	for lang, words := range map[string][2]string{"es": {"Preparar archivo", "Archivos de listas"}, "en": {"Prepare file", "Files of lists"}} {
		k.Change("ana", func(u *crm.User) { u.Lang = lang })
		ana.Get(url).Has("form button", words[0])
		ana.Get("/exports").Has("h1", words[1])
	}
}

// What is written is what its actor sees then; who sees less later does not get
// what was written before.
func TestListFileRights(t *testing.T) {
	k := webtest.New(t)
	many(k, "ana")
	k.Fill()
	ana := k.Browser("ana")
	to := ana.Post("/clients/export?format=csv&sort=contracted&cols=name,kw").Status(303).Header.Get("Location")
	job, err := crm.Jobs.Get(t.Context(), k.Service.Store(), strings.TrimPrefix(to, "/exports/"))
	k.Must(err)
	var args web.ListFileArgs
	k.Must(json.Unmarshal(job.Args, &args))
	write := func(a crm.Actor) (string, web.ListFile) {
		var out bytes.Buffer
		a.Lang = "pt-BR"
		sum, err := web.WriteListFile(t.Context(), k.Service, a, args, &out, func(done, total int) {
			if done > total {
				t.Errorf("%d of %d rows", done, total)
			}
		})
		k.Must(err)
		return out.String(), sum
	}
	content, sum := write(k.Actor("ana"))
	head, rest, _ := strings.Cut(strings.TrimPrefix(content, "\ufeff"), "\r\n")
	if sum.Rows < 2_050 || strings.Count(content, "\r\n") != sum.Rows+1 || !strings.HasPrefix(head, "Cliente;") || !strings.HasPrefix(rest, "Padaria ana;2049") {
		t.Fatalf("%d rows: %q, %.60q", sum.Rows, head, rest)
	}
	if other, sum := write(k.Actor("bia")); strings.Contains(other, "Padaria ana") || sum.Rows > 10 {
		t.Errorf("another's file has %d rows", sum.Rows)
	}
	if team, sum := write(k.Actor("north")); !strings.Contains(team, "Padaria ana") || sum.Rows < 2_050 {
		t.Errorf("a manager's file has %d rows", sum.Rows)
	}
	gone, cancel := context.WithCancel(t.Context())
	if _, err := web.WriteListFile(gone, k.Service, k.Actor("ana"), args, &bytes.Buffer{}, func(int, int) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled one: %v", err)
	}

	raw, err := json.Marshal(sum)
	k.Must(err)
	job.State, job.Result, job.File, job.FileName = crm.JobDone, raw, string(k.PutBlob([]byte(content))), args.FileName()
	k.Apply(crm.Jobs.Put(&job))
	ana.Get(to).Has(`a[download][href="`+to+`/file"]`, "")
	if got := ana.Get(to + "/file").Status(200); got.Body != content || !strings.Contains(got.Header.Get("Content-Disposition"), "clients.csv") || !strings.HasPrefix(got.Header.Get("Content-Type"), "text/csv") {
		t.Errorf("the file: %v", got.Header)
	}
	for _, change := range []func(*crm.User){func(u *crm.User) { u.Team = "sul" }, func(u *crm.User) { u.Role = crm.RoleManager }} {
		k.Change("ana", change)
		ana.Get(to).Status(200).Has("form button", "Preparar de novo").Lacks("a[download]")
		ana.Get(to + "/file").Status(403)
		ana.Get("/exports").Lacks("a[download]")
	}
}
