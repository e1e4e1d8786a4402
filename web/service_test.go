package web_test

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"testing"

	"cemigmas/crm"
	"cemigmas/crm/secret"
	"cemigmas/web/webtest"
)

// house are the methods of the service that have no actor: they belong to the
// program itself and are called by no route with what a user sent. Each has
// its reason.
var house = map[string]string{
	"DropOldDiffs": "for the nightly round", "DropOldViews": "for the nightly round", "DropJobRows": "for the importer", "RecallMapping": "one's own by its id", "RememberMapping": "one's own by its id",
	"Store": "for importer, mail engine and demonstration", "Apply": "the same", "Now": "the clock", "Today": "the clock", "NewID": "the clock and chance",
	"Bus": "events are checked where they leave", "Under": "the same service under a lease", "OnAddresses": "wiring at start", "IDFor": "makes an id, reads nothing",
	"Serving": "who serves whom is no secret in the house", "TariffBook": "tariffs are public", "DistributorsInUse": "for the importer: names of public companies", "LastContact": "of projections", "Recompute": "writes derived figures only", "RecomputeAll": "writes derived figures only",
	"InstallationNames": "names for rows that were in scope already", "ClientNames": "names for rows that were in scope already", "UserNames": "colleagues' names are no secret",
	"BatchWrote": "whether a job that was in scope already wrote anything", "BatchCounts": "what a job that was in scope already wrote", "DoChores": "for the program itself", "TurnStandIns": "for the program itself", "ActorOf": "makes an actor of a user who was let in", "Check": "for doctor, on the machine itself", "ReleaseHeld": "for the mail engine", "NewUpserter": "carries its actor on", "Upsert": "carries its actor on; its own tests walk the scope",
	"SectorTable": "the table is everybody's", "Resector": "writes derived figures only", "AddSector": "asks for an admin, TestSectorsAreForAdmins", "EditSector": "the same", "MoveSector": "the same", "RemoveSector": "the same", "UndoSectorEdit": "the same", "SectorRevisions": "the same",
	"ComputeBenchmarks": "writes derived figures only", "BenchmarksDue": "for the nightly round", "BenchmarksStale": "for the importer", "BenchmarksOf": "the day of figures that name nobody",
	"FindPairs": "writes what may be duplicates", "ResumeMerges": "finishes what was allowed", "TidyMerges": "for the nightly round", "RevisedNames": "names for revisions that were in scope already",
	"CloseSessions": "EndSession asks who may", "LinkUser": "whoever has the link may", "UseLink": "whoever has the link may",
}

// lists are the methods that answer what is in scope instead of refusing; the
// matrix of routes looks for foreign words in what they answer.
var lists = map[string]bool{
	"ClientRows": true, "Money": true, "Benchmarks": true, "BenchmarkFor": true, "MoneyRows": true, "InstallationRows": true, "PersonRows": true, "ContractRows": true, "InstallationList": true, "PersonList": true, "ContractList": true, "CountInstallations": true, "CountPeople": true, "CountContracts": true, "ClientList": true, "CountClients": true, "Search": true, "Team": true, "Day": true, "CountTriage": true, "ListMailboxes": true,
	"ListHeld": true, "ListRules": true, "ProposeAgents": true, "Misfits": true, "Handover": true, "HandoversOf": true, "RecentHandovers": true, "CheckBulkEdit": true, "BulkRecords": true, "ListJobs": true, "AddClient": true, "ListPairs": true, "ListMerges": true, "SetPreferences": true, "ChooseColumns": true, "ListViews": true, "SaveView": true, "ChangePassword": true, "AddMailbox": true,
}

type call func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error

func drop[T any](_ T, err error) error          { return err }
func drop2[T, U any](_ T, _ U, err error) error { return err }

// guarded are the methods that reach for one thing, with how far each reaches.
var guarded = map[string]struct {
	reach reach
	call  call
}{
	"Client": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.Client(ctx, a, e.Client))
	}},
	"EditClient": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.EditClient(ctx, a, e.Client, 0, crm.ClientPatch{}))
	}},
	"ClientPeople": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.ClientPeople(ctx, a, e.Client))
	}},
	"ClientInstallations": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop2(s.ClientInstallations(ctx, a, e.Client, 0, ""))
	}},
	"ClientInstallationRows": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.ClientInstallationRows(ctx, a, e.Client, 0, ""))
	}},
	"LogActivity": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.LogActivity(ctx, a, e.Client, crm.ActivityInput{Kind: crm.KindNote, Text: "x"}))
	}},
	"Activity": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop2(s.Activity(ctx, a, e.Activity))
	}},
	"EditActivity": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.EditActivity(ctx, a, e.Activity, 0, crm.ActivityInput{Kind: crm.KindCall, Text: "x"}))
	}},
	"DeleteActivity": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.DeleteActivity(ctx, a, e.Activity))
	}},
	"RestoreActivity": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.RestoreActivity(ctx, a, e.Activity))
	}},
	"TimelineRows": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.TimelineRows(ctx, a, e.Client, crm.TimelineQuery{}))
	}},
	"TimelineList": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop2(s.TimelineList(ctx, a, e.Client, crm.TimelineQuery{}))
	}},
	"Installation": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.Installation(ctx, a, e.Installation))
	}},
	"InstallationContracts": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.InstallationContracts(ctx, a, e.Installation))
	}},
	"InstallationReadings": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.InstallationReadings(ctx, a, e.Installation, 0, ""))
	}},
	"Months": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.Months(ctx, a, e.Installation, 13))
	}},
	"Health": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.Health(ctx, a, e.Installation, 13))
	}},
	"Simulate": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.Simulate(ctx, a, e.Installation, crm.SimulationQuery{}))
	}},
	"ThreadView": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.ThreadView(ctx, a, e.Thread))
	}},
	"MessageFor": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.MessageFor(ctx, a, e.Message))
	}},
	"Mailbox": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.Mailbox(ctx, a, e.Mailbox))
	}},
	"AskSync": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return s.AskSync(ctx, a, e.Mailbox)
	}},
	"MayMailbox": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return s.MayMailbox(ctx, a, e.Mailbox)
	}},
	"Held": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.Held(ctx, a, e.Held))
	}},
	"IgnoreHeld": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.IgnoreHeld(ctx, a, e.Held, "message"))
	}},
	"RestoreRule": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.RestoreRule(ctx, a, e.Rule))
	}},
	"RemoveRule": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		if _, err := s.RestoreRule(ctx, a, e.Rule); err != nil {
			return err
		}
		return drop(s.RemoveRule(ctx, a, e.Rule))
	}},
	"UndoAssign": {private, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return s.UndoAssign(ctx, a, e.Assigned)
	}},
	"AssignHeld": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.AssignHeld(ctx, a, e.Held, e.Client, false))
	}},
	"AddPerson": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.AddPerson(ctx, a, e.Client, crm.PersonInput{Name: "x"}))
	}},
	"Person": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.Person(ctx, a, e.Person))
	}},
	"EditPerson": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.EditPerson(ctx, a, e.Person, 0, crm.PersonInput{Name: "x"}))
	}},
	"PersonElsewhere": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.PersonElsewhere(ctx, a, e.Person))
	}},
	"TiePeople": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.TiePeople(ctx, a, e.Person, e.Person))
	}},
	"UntiePerson": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.UntiePerson(ctx, a, e.Person))
	}},
	"SetFormer": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.SetFormer(ctx, a, e.Person, true))
	}},
	"Group": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.Group(ctx, a, e.Client))
	}},
	"SetApart": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return s.SetApart(ctx, a, e.Pair, true)
	}},
	"MergeClients": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.MergeClients(ctx, a, crm.MergeChoice{From: e.Client, Into: e.Client}))
	}},
	"MergePeople": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.MergePeople(ctx, a, crm.MergeChoice{From: e.Person, Into: e.Person}))
	}},
	"UndoMerge": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.UndoMerge(ctx, a, e.Merge))
	}},
	"EditMailbox": {private, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.EditMailbox(ctx, a, secret.NewRing(), e.Mailbox, crm.MailboxEdit{}))
	}},
	"TryMailbox": {private, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop2(s.TryMailbox(ctx, a, secret.NewRing(), e.Mailbox, crm.MailboxEdit{Password: "x"}))
	}},
	"RemoveMailbox": {private, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return s.RemoveMailbox(ctx, a, e.Mailbox)
	}},
	"RetryFailed": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.RetryFailed(ctx, a, e.Mailbox))
	}},
	"View": {mine, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.View(ctx, a, e.View))
	}},
	"ChooseView": {mine, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return s.ChooseView(ctx, a, "clients", e.View)
	}},
	"EditView": {mine, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.EditView(ctx, a, e.View, crm.ViewInput{Name: "x"}))
	}},
	"DeleteView": {mine, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.DeleteView(ctx, a, e.View))
	}},
	"RestoreView": {mine, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.RestoreView(ctx, a, e.View))
	}},
	"Job": {private, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.Job(ctx, a, e.Report))
	}},
	"CancelJob": {private, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.CancelJob(ctx, a, e.Report))
	}},
	"UndoOf": {private, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.UndoOf(ctx, a, e.Import))
	}},
	"RequeueJob": {private, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.RequeueJob(ctx, a, e.Import, nil))
	}},
	"JobDiffs": {private, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop2(s.JobDiffs(ctx, a, e.Import, 0, ""))
	}},
	"JobErrors": {private, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop2(s.JobErrors(ctx, a, e.Import, 0, ""))
	}},
	"ListSessions": {private, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop2(s.ListSessions(ctx, a, e.Agent, 0, ""))
	}},
	"EndSession": {private, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		x := crm.Session{ID: "session of " + e.Agent, User: e.Agent, Kind: crm.SessionPage, SeenAt: webtest.Now, Expires: webtest.Now}
		if err := s.Apply(ctx, crm.Sessions.InsertIfAbsent(&x)); err != nil {
			return err
		}
		return s.EndSession(ctx, a, e.Agent, x.ID)
	}},
	"EndSessions": {private, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.EndSessions(ctx, a, e.Agent, ""))
	}},
	"SetServing": {admins, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		now, err := s.Serving(ctx)
		if err != nil {
			return err
		}
		return drop(s.SetServing(ctx, a, now))
	}},
	"User": {admins, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.User(ctx, a, e.Agent))
	}},
	"EditUser": {admins, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.EditUser(ctx, a, "davi", 0, crm.UserInput{Email: "davi@cemig.example", Name: "x", Role: crm.RoleAgent, Team: "sul"}))
	}},
	"MakeLink": {admins, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop2(s.MakeLink(ctx, a, e.Agent))
	}},
	"UndoBatch": {private, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.UndoBatch(ctx, a, e.Import, nil))
	}},
	"ClientRevisions": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop2(s.ClientRevisions(ctx, a, e.Client, 0, ""))
	}},
	"DocumentRevisions": {scoped, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop2(s.DocumentRevisions(ctx, a, e.Client, e.Client, 0, ""))
	}},
	"AddUser": {admins, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop2(s.AddUser(ctx, a, crm.UserInput{Email: "neu@cemig.example", Name: "x", Role: crm.RoleAgent, Password: webtest.Password}))
	}},
	"ListUsers": {bosses, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop2(s.ListUsers(ctx, a, crm.UserQuery{}))
	}},
	"UserByEmail": {admins, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.UserByEmail(ctx, a, e.Agent+"@cemig.example"))
	}},
	"DisableUser": {admins, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.DisableUser(ctx, a, "davi", true))
	}},
	"ResetPassword": {admins, func(ctx context.Context, s *crm.Service, a crm.Actor, e webtest.Estate) error {
		return drop(s.ResetPassword(ctx, a, "davi", webtest.Password))
	}},
}

// Every exported method of the service is one of the three.
func TestServiceMatrixIsComplete(t *testing.T) {
	typ := reflect.TypeFor[*crm.Service]()
	for i := range typ.NumMethod() {
		name := typ.Method(i).Name
		_, isGuarded := guarded[name]
		if _, isHouse := house[name]; !isGuarded && !isHouse && !lists[name] {
			t.Errorf("crm.Service.%s stands in no matrix: say who may call it", name)
		}
	}
	for name := range guarded {
		if _, ok := typ.MethodByName(name); !ok {
			t.Errorf("crm.Service.%s is gone", name)
		}
	}
}

// Whoever may not reach an estate is told that it is not there; who lacks the
// role, that it may not.
func TestServiceScope(t *testing.T) {
	for _, name := range []string{"admin", "north", "ana"} {
		for _, target := range []string{"ana", "bia", "cleo"} {
			k := webtest.New(t)
			e := k.Fill()[target]
			// Sorted, and what removes a thing last.
			methods := slices.Sorted(maps.Keys(guarded))
			methods = append(slices.DeleteFunc(methods, func(m string) bool { return m == "RemoveMailbox" }), "RemoveMailbox")
			for _, method := range methods {
				g, u := guarded[method], k.Users[name]
				err := g.call(t.Context(), k.Service, u.Actor(), e)
				may := cell{reach: g.reach}.may(u, e)
				switch code := crm.CodeOf(err); {
				case !may && code != crm.CodeNotFound && code != crm.CodeForbidden:
					t.Errorf("%s as %s on %s's: %v, want a refusal", method, name, target, err)
				case !may && g.reach == scoped && code != crm.CodeNotFound:
					t.Errorf("%s as %s on %s's: %v tells that the thing exists", method, name, target, err)
				case may && (code == crm.CodeForbidden || code == crm.CodeNotFound) && method != "AssignHeld" && method != "IgnoreHeld" && method != "Held":
					// Held mail that was decided before is not there any more.
					t.Errorf("%s as %s on %s's: %v", method, name, target, err)
				}
			}
		}
	}
}
