package app

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/crm/blob"
	"cemigmas/crm/store"
	"cemigmas/web"
)

// TestListJob: the file of a list is written with the rights that its reader
// has then, and once, also when the node that wrote it was killed.
func TestListJob(t *testing.T) {
	a := node(t, Config{Roles: []string{RoleJobs}, Lease: 300 * time.Millisecond})
	ctx, now := t.Context(), a.Service.Now()
	apply := func(changes ...store.Change) {
		t.Helper()
		if err := a.Service.Apply(ctx, changes...); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"ana", "bia", "off"} {
		u := crm.User{ID: id, Name: id, Email: id + "@cemig.example", Role: crm.RoleAgent, Team: "norte", Lang: "en", Disabled: id == "off", CreatedAt: now}
		apply(crm.Users.Put(&u))
		for i := range 250 {
			apply(crm.Clients.Put(&crm.Client{ID: fmt.Sprintf("%s%03d", id, i), Name: fmt.Sprintf("Padaria %s %03d", id, i), Agent: id, Team: "norte", Sector: "retail", Status: "active"}))
		}
	}
	args, err := json.Marshal(web.ListFileArgs{List: "clients", Format: "csv", State: crm.ViewState{Q: "padaria", Columns: []string{"name"}}})
	if err != nil {
		t.Fatal(err)
	}
	// As a killed node leaves it: it runs, and nobody holds it.
	apply(crm.Jobs.Put(&crm.Job{ID: "killed", Kind: crm.JobList, By: "ana", Lang: "es", State: crm.JobRunning, Args: args, Tries: 1, CreatedAt: now, StartedAt: &now}),
		crm.Jobs.Put(&crm.Job{ID: "gone", Kind: crm.JobList, By: "off", State: crm.JobQueued, Args: args, CreatedAt: now}))
	ended := func(id string) crm.Job {
		t.Helper()
		for late := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			j, err := crm.Jobs.Get(ctx, a.store, id)
			if err != nil {
				t.Fatal(err)
			}
			if j.Ended() {
				return j
			}
			if time.Now().After(late) {
				t.Fatalf("%+v does not end", j)
			}
		}
	}
	j := ended("killed")
	if j.State != crm.JobDone || j.Done != 250 || j.Total != 250 || j.FileName != "clients.csv" {
		t.Fatalf("%+v", j)
	}
	r, err := a.Blobs.Open(ctx, blob.Ref(j.File))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	file, err := io.ReadAll(r)
	if err != nil || strings.Count(string(file), "\r\n") != 251 || strings.Count(string(file), "Padaria ana ") != 250 || !strings.HasPrefix(string(file), "\ufeffCliente\r\n") {
		t.Errorf("%.90q, %v", file, err)
	}
	if j := ended("gone"); j.State != crm.JobCancelled && j.State != crm.JobFailed || j.File != "" {
		t.Errorf("a disabled user's: %+v", j)
	}
}
