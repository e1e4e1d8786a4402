package web_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"cemigmas/crm"
	"cemigmas/web"
	"cemigmas/web/webtest"
)

// reach says how far a thing reaches: who is let through to what.
type reach int

const (
	own     reach = iota // everybody: only one's own things are in it
	scoped               // of an estate: its agent, its team's manager, admins
	private              // of an estate: its agent and admins
	ownBox               // as private, but its manager, who sees it, is told that it is another's
	admins               // admins only
	bosses               // managers and admins
	mine                 // of an estate: its agent only
	open                 // before sign-in too
)

// cell is a line of the matrix: how a route is asked and how far it reaches.
type cell struct {
	reach reach
	path  func(e webtest.Estate) string // of an estate
	form  []string                      // of a page's POST
	body  any                           // of an API call
	ok    int                           // status of who may; 200 when 0
	deny  int                           // status of who may not; 404 when 0
}

func of(format string, id func(webtest.Estate) string) func(webtest.Estate) string {
	return func(e webtest.Estate) string { return fmt.Sprintf(format, id(e)) }
}

func client(e webtest.Estate) string     { return e.Client }
func person(e webtest.Estate) string     { return e.Person }
func place(e webtest.Estate) string      { return e.Installation }
func activity(e webtest.Estate) string   { return e.Activity }
func visit(e webtest.Estate) string      { return e.Visit }
func thread(e webtest.Estate) string     { return e.Thread }
func message(e webtest.Estate) string    { return e.Message }
func heldID(e webtest.Estate) string     { return web.PathID(e.Held) }
func ruleID(e webtest.Estate) string     { return web.PathID(e.Rule) }
func assignedID(e webtest.Estate) string { return web.PathID(e.Assigned) }
func mailbox(e webtest.Estate) string    { return e.Mailbox }
func report(e webtest.Estate) string     { return e.Report }
func exported(e webtest.Estate) string   { return e.Export }
func applied(e webtest.Estate) string    { return e.Applied }
func bulk(e webtest.Estate) string       { return e.Bulk }
func imported(e webtest.Estate) string   { return e.Import }
func savedView(e webtest.Estate) string  { return e.View }
func agentOf(e webtest.Estate) string    { return e.Agent }

func pairOf(e webtest.Estate) string { return web.PathID(e.Pair) }
func merged(e webtest.Estate) string { return e.Merge }

func at(path string) func(webtest.Estate) string {
	return func(webtest.Estate) string { return path }
}

// matrix has a line for every route. A route without one fails the test.
var matrix = map[string]cell{
	"POST /session api":           {reach: open, path: at("/session"), body: map[string]string{"email": "nobody@cemig.example", "password": "wrong"}, ok: 401},
	"POST /session/refresh api":   {reach: open, path: at("/session/refresh"), body: map[string]string{"refreshToken": "none"}, ok: 401},
	"GET /me api":                 {path: at("/me")},
	"GET /me/sessions api":        {path: at("/me/sessions")},
	"DELETE /me/sessions api":     {path: at("/me/sessions")},
	"DELETE /me/sessions/:id api": {reach: mine, path: at("/me/sessions/{session}"), ok: 204},

	"GET /clients api":                      {path: at("/clients?limit=200")},
	"GET /installations api":                {path: at("/installations?limit=200")},
	"GET /people api":                       {path: at("/people?limit=200")},
	"GET /contracts api":                    {path: at("/contracts?limit=200")},
	"GET /clients page":                     {path: at("/clients")},
	"GET /installations page":               {path: at("/installations")},
	"GET /contracts page":                   {path: at("/contracts")},
	"GET /people page":                      {path: at("/people")},
	"POST /views page":                      {path: at("/views?list=clients"), form: []string{"name", "x"}, ok: 303},
	"POST /views/choose page":               {path: at("/views/choose?list=clients"), ok: 303},
	"POST /views/:id page":                  {reach: mine, path: of("/views/%s?list=clients", savedView), form: []string{"name", "x"}, ok: 303},
	"POST /views/:id/delete page":           {reach: mine, path: of("/views/%s/delete", savedView), ok: 303},
	"POST /views/:id/restore page":          {reach: mine, path: of("/views/%s/restore", savedView), ok: 303},
	"POST /clients/columns page":            {path: at("/clients/columns"), form: []string{"reset", "on"}, ok: 303},
	"POST /clients/export page":             {path: at("/clients/export?format=csv")},
	"GET /clients/export page":              {path: at("/clients/export?format=csv")},
	"POST /installations/columns page":      {path: at("/installations/columns"), form: []string{"reset", "on"}, ok: 303},
	"POST /installations/export page":       {path: at("/installations/export?format=csv")},
	"GET /installations/export page":        {path: at("/installations/export?format=csv")},
	"POST /contracts/columns page":          {path: at("/contracts/columns"), form: []string{"reset", "on"}, ok: 303},
	"POST /contracts/export page":           {path: at("/contracts/export?format=csv")},
	"GET /contracts/export page":            {path: at("/contracts/export?format=csv")},
	"POST /people/columns page":             {path: at("/people/columns"), form: []string{"reset", "on"}, ok: 303},
	"POST /people/export page":              {path: at("/people/export?format=csv")},
	"GET /people/export page":               {path: at("/people/export?format=csv")},
	"POST /clients api":                     {path: at("/clients"), body: map[string]string{"name": ""}, ok: 422},
	"POST /clients page":                    {path: at("/clients"), form: []string{"name", ""}, ok: 422},
	"GET /clients/new page":                 {path: at("/clients/new")},
	"GET /clients/:id/merge page":           {reach: scoped, path: of("/clients/%s/merge", client)},
	"POST /clients/:id/merge page":          {reach: scoped, path: of("/clients/%s/merge", client), ok: 422},
	"GET /clients/:id/group page":           {reach: scoped, path: of("/clients/%s/group", client)},
	"POST /clients/:id/group page":          {reach: scoped, path: of("/clients/%s/group", client), form: []string{"leave", "on"}, ok: 303},
	"GET /clients/:id/history page":         {reach: scoped, path: of("/clients/%s/history", client)},
	"GET /duplicates page":                  {path: at("/duplicates")},
	"POST /duplicates/:id/apart page":       {reach: scoped, path: of("/duplicates/%s/apart", pairOf), ok: 303},
	"POST /duplicates/:id/open page":        {reach: scoped, path: of("/duplicates/%s/open", pairOf), ok: 303},
	"POST /merges/:id/undo page":            {reach: scoped, path: of("/merges/%s/undo", merged), ok: 303},
	"GET /people/:id/merge page":            {reach: scoped, path: of("/people/%s/merge", person)},
	"POST /people/:id/merge page":           {reach: scoped, path: of("/people/%s/merge", person), ok: 422},
	"GET /clients/:id api":                  {reach: scoped, path: of("/clients/%s", client)},
	"GET /clients/:id page":                 {reach: scoped, path: of("/clients/%s", client)},
	"PATCH /clients/:id api":                {reach: scoped, path: of("/clients/%s", client), body: map[string]string{"tier": "B"}},
	"GET /clients/:id/timeline api":         {reach: scoped, path: of("/clients/%s/timeline", client)},
	"GET /clients/:id/timeline page":        {reach: scoped, path: of("/clients/%s/timeline", client), ok: 303, deny: 303}, // leads to the record, which decides
	"POST /clients/:id/activities api":      {reach: scoped, path: of("/clients/%s/activities", client), body: map[string]string{"kind": "note", "text": "x"}, ok: 201},
	"POST /clients/:id/activities page":     {reach: scoped, path: of("/clients/%s/activities", client), form: []string{"kind", "note", "text", "x"}, ok: 303},
	"GET /clients/:id/installations api":    {reach: scoped, path: of("/clients/%s/installations", client)},
	"GET /clients/:id/edit page":            {reach: scoped, path: of("/clients/%s/edit", client)},
	"POST /clients/:id/edit page":           {reach: scoped, path: of("/clients/%s/edit", client), form: []string{"tier", "A"}, ok: 303},
	"GET /clients/:id/people/new page":      {reach: scoped, path: of("/clients/%s/people/new", client)},
	"POST /clients/:id/people page":         {reach: scoped, path: of("/clients/%s/people", client), form: []string{"name", "x"}, ok: 303},
	"GET /people/:id page":                  {reach: scoped, path: of("/people/%s", person)},
	"POST /people/:id/tie/:other page":      {reach: scoped, path: func(e webtest.Estate) string { return "/people/" + e.Person + "/tie/" + e.Person }, ok: 422}, // of one client
	"POST /people/:id/untie/:other page":    {reach: scoped, path: func(e webtest.Estate) string { return "/people/" + e.Person + "/untie/" + e.Person }, ok: 303},
	"POST /people/:id/former page":          {reach: scoped, path: of("/people/%s/former", person), ok: 303},
	"POST /people/:id/active page":          {reach: scoped, path: of("/people/%s/active", person), ok: 303},
	"POST /people/:id page":                 {reach: scoped, path: of("/people/%s", person), form: []string{"name", "x"}, ok: 303},
	"GET /installations/:id api":            {reach: scoped, path: of("/installations/%s", place)},
	"GET /installations/:id page":           {reach: scoped, path: of("/installations/%s", place)},
	"GET /installations/:id/readings api":   {reach: scoped, path: of("/installations/%s/readings", place)},
	"GET /installations/:id/health api":     {reach: scoped, path: of("/installations/%s/health?months=13", place)},
	"GET /installations/:id/simulation api": {reach: scoped, path: of("/installations/%s/simulation?months=12&modality=verde&kw=400", place)},
	"GET /money api":                        {path: at("/money?limit=200")},
	"GET /benchmarks api":                   {path: at("/benchmarks")},
	"GET /benchmarks page":                  {path: at("/benchmarks?figure=load")},
	"GET /money page":                       {path: at("/money")},
	"GET /threads/:id api":                  {reach: scoped, path: of("/threads/%s", thread)},
	"GET /threads/:id page":                 {reach: scoped, path: of("/threads/%s", thread)},
	"GET /messages/:id/html page":           {reach: scoped, path: of("/messages/%s/html", message)},
	"GET /messages/:id/parts/:part page":    {reach: scoped, path: of("/messages/%s/parts/2", message)},
	"GET /activities/new page":              {reach: scoped, path: of("/activities/new?client=%s", client)},
	"POST /activities page":                 {reach: scoped, path: at("/activities"), form: []string{"kind", "call", "text", "x", "client", "{client}"}, ok: 303, deny: 422},
	"GET /activities/:id/edit page":         {reach: scoped, path: of("/activities/%s/edit", activity)},
	"POST /activities/:id page":             {reach: scoped, path: of("/activities/%s", activity), form: []string{"kind", "call", "text", "x"}, ok: 303},
	"POST /activities/:id/delete page":      {reach: scoped, path: of("/activities/%s/delete", activity), ok: 303},
	"POST /activities/:id/restore page":     {reach: scoped, path: of("/activities/%s/restore", activity), ok: 303},
	"GET /visits/new page":                  {reach: scoped, path: of("/visits/new?client=%s", client)},
	"POST /visits/new page":                 {reach: scoped, path: at("/visits/new"), form: []string{"client", "{client}", "day", "2026-12-01", "time", "10:00", "purpose", "x"}, ok: 303},
	"GET /visits/:id page":                  {reach: scoped, path: of("/visits/%s", visit)},
	"POST /visits/:id page":                 {reach: scoped, path: of("/visits/%s", visit), form: []string{"action", "save", "purpose", "x"}, ok: 303},
	"GET /triage page":                      {path: at("/triage")},
	"GET /triage/rules page":                {path: at("/triage/rules")},
	"POST /triage/rules/:id/delete page":    {reach: scoped, path: of("/triage/rules/%s/delete", ruleID), ok: 303},
	"POST /triage/rules/:id/restore page":   {reach: scoped, path: of("/triage/rules/%s/restore", ruleID), ok: 303},
	"POST /triage/assigned/:id/undo page":   {reach: private, path: of("/triage/assigned/%s/undo", assignedID), ok: 303},
	"POST /triage/:id/ignore page":          {reach: scoped, path: of("/triage/%s/ignore", heldID), form: []string{"what", "nothing"}, ok: 422},
	"POST /triage/:id/assign page":          {reach: scoped, path: of("/triage/%s/assign", heldID), form: []string{"client", "{client}"}, ok: 303},
	"GET /mailboxes page":                   {path: at("/mailboxes")},
	"POST /mailboxes page":                  {path: at("/mailboxes"), form: []string{"address", "no address"}, ok: 422},
	"GET /mailboxes/:id page":               {reach: scoped, path: of("/mailboxes/%s", mailbox), ok: 303},
	"POST /mailboxes/:id/sync page":         {reach: scoped, path: of("/mailboxes/%s/sync", mailbox), ok: 303},
	"GET /mailboxes/:id/edit page":          {reach: ownBox, path: of("/mailboxes/%s/edit", mailbox)},
	"POST /mailboxes/:id/edit page":         {reach: ownBox, path: of("/mailboxes/%s/edit", mailbox), form: []string{"host", ""}, ok: 422},
	"POST /mailboxes/:id/pause page":        {reach: ownBox, path: of("/mailboxes/%s/pause", mailbox), ok: 303},
	"POST /mailboxes/:id/resume page":       {reach: ownBox, path: of("/mailboxes/%s/resume", mailbox), ok: 303},
	"POST /mailboxes/:id/retry page":        {reach: scoped, path: of("/mailboxes/%s/retry", mailbox), ok: 303},
	"GET /mailboxes/:id/remove page":        {reach: ownBox, path: of("/mailboxes/%s/remove", mailbox)},
	"POST /mailboxes/:id/remove page":       {reach: ownBox, path: of("/mailboxes/%s/remove", mailbox), ok: 303},
	"GET /exports page":                     {path: at("/exports")},
	"GET /exports/:id page":                 {reach: mine, path: of("/exports/%s", exported)},
	"GET /exports/:id/file page":            {reach: mine, path: of("/exports/%s/file", exported)},
	"GET /reports page":                     {path: at("/reports")},
	"POST /reports page":                    {path: at("/reports"), form: []string{"month", "2026-10", "lang", "es"}, ok: 303},
	"POST /reports api":                     {path: at("/reports"), body: map[string]string{"month": "2026-10"}, ok: 202},
	"GET /reports/:id page":                 {reach: private, path: of("/reports/%s", report)},
	"GET /reports/:id api":                  {reach: private, path: of("/reports/%s", report)},
	"GET /reports/:id/file page":            {reach: private, path: of("/reports/%s/file", report)},
	"GET /reports/:id/file api":             {reach: private, path: of("/reports/%s/file", report)},
	"GET /reports/monthly api":              {path: at("/reports/monthly?month=never"), ok: 422},
	"POST /clients/bulk page":               {path: at("/clients/bulk"), form: []string{"id", "{client}"}, ok: 303},
	"POST /clients/bulk api":                {path: at("/clients/bulk?q=zx"), body: map[string]any{"all": true, "edit": map[string]string{"tier": "A"}}, ok: 202},
	"GET /serving page":                     {reach: bosses, path: at("/serving"), deny: 403},
	"GET /serving api":                      {path: at("/serving")},
	"POST /serving page":                    {reach: admins, path: at("/serving"), form: []string{"channel.mv", "fax"}, ok: 422, deny: 403},
	"POST /serving api":                     {reach: admins, path: at("/serving"), body: map[string]any{"rules": []string{}, "version": 0}, ok: 422, deny: 403},
	"GET /serving/agents page":              {reach: bosses, path: at("/serving/agents?segment=mv"), deny: 403},
	"GET /serving/agents api":               {reach: bosses, path: at("/serving/agents?segment=mv"), deny: 403},
	"POST /installations/bulk page":         {path: at("/installations/bulk"), form: []string{"id", "{place}"}, ok: 303},
	"POST /installations/bulk api":          {path: at("/installations/bulk?q=zx"), body: map[string]any{"all": true, "edit": map[string]string{"feeder": "x"}}, ok: 202},
	"POST /contracts/bulk page":             {path: at("/contracts/bulk"), form: []string{"id", "{contract}"}, ok: 303},
	"POST /contracts/bulk api":              {path: at("/contracts/bulk?q=zx"), body: map[string]any{"all": true, "edit": map[string]bool{"renews": true}}, ok: 202},
	"POST /people/bulk page":                {path: at("/people/bulk"), form: []string{"id", "{person}"}, ok: 303},
	"POST /people/bulk api":                 {path: at("/people/bulk?q=zx"), body: map[string]any{"all": true, "edit": map[string]string{"role": "legal"}}, ok: 202},
	"GET /bulk page":                        {path: at("/bulk")},
	"GET /bulk/:id page":                    {reach: private, path: of("/bulk/%s", bulk)},
	"GET /bulk/:id api":                     {reach: private, path: of("/bulk/%s", bulk)},
	"POST /edits/:batch/undo page":          {path: at("/edits/edit-none/undo"), ok: 404},
	"POST /bulk/:id page":                   {reach: private, path: of("/bulk/%s", bulk), ok: 303},
	"POST /bulk/:id/undo page":              {reach: private, path: of("/bulk/%s/undo", bulk), ok: 303},
	"POST /bulk/:id/undo api":               {reach: private, path: of("/bulk/%s/undo", bulk), ok: 202},
	"GET /handover page":                    {path: of("/handover?agent=%s", agentOf)},
	"GET /handover api":                     {path: of("/handover?agent=%s", agentOf)},
	"GET /imports page":                     {path: at("/imports")},
	"POST /imports page":                    {path: at("/imports"), ok: 422}, // not a multipart form
	"POST /imports api":                     {path: at("/imports"), body: map[string]string{}, ok: 422},
	"GET /imports/:id page":                 {reach: private, path: of("/imports/%s", imported)},
	"GET /imports/:id api":                  {reach: private, path: of("/imports/%s", imported)},
	"GET /imports/template.xlsx page":       {path: at("/imports/template.xlsx")},
	"GET /imports/:id/errors.xlsx page":     {reach: private, path: of("/imports/%s/errors.xlsx", imported)},
	"POST /imports/:id/run page":            {reach: private, path: of("/imports/%s/run", imported), ok: 303},
	"GET /imports/:id/mapping page":         {reach: private, path: of("/imports/%s/mapping", imported)},
	"POST /imports/:id/mapping page":        {reach: private, path: of("/imports/%s/mapping", imported), ok: 422}, // no sheet chosen
	"GET /imports/:id/file page":            {reach: private, path: of("/imports/%s/file", imported)},
	"GET /imports/:id/undo page":            {reach: private, path: of("/imports/%s/undo", applied)},
	"POST /imports/:id/undo page":           {reach: private, path: of("/imports/%s/undo", applied), ok: 303},
	"GET /jobs/:id page":                    {reach: private, path: of("/jobs/%s", report), ok: 303},
	"POST /jobs/:id/cancel page":            {reach: private, path: of("/jobs/%s/cancel", imported), ok: 303},
	"GET /users page":                       {reach: bosses, path: at("/users"), deny: 403},
	"POST /users page":                      {reach: admins, path: at("/users"), form: []string{"email", "no address"}, ok: 422, deny: 403},
	"POST /users/:id/disable page":          {reach: admins, path: of("/users/%s/disable", agentOf), ok: 303, deny: 403},
	"POST /users/:id/enable page":           {reach: admins, path: of("/users/%s/enable", agentOf), ok: 303, deny: 403},
	"GET /users/:id page":                   {reach: admins, path: of("/users/%s", agentOf), deny: 403},
	"POST /users/:id page":                  {reach: admins, path: of("/users/%s", agentOf), form: []string{"name", ""}, ok: 422, deny: 403},
	"POST /users/:id/link page":             {reach: admins, path: of("/users/%s/link", agentOf), deny: 403},
	"POST /users/:id/sessions/end page":     {reach: private, path: of("/users/%s/sessions/end", agentOf), form: []string{"id", "{session}"}, ok: 303},
	"POST /users/:id/sessions/end-all page": {reach: private, path: of("/users/%s/sessions/end-all", agentOf), ok: 303},
	"GET /settings/sessions page":           {path: at("/settings/sessions")},
	"POST /settings/sessions/end page":      {reach: mine, path: at("/settings/sessions/end"), form: []string{"id", "{session}"}, ok: 303},
	"POST /settings/sessions/end-all page":  {path: at("/settings/sessions/end-all"), ok: 303},
	"GET /link page":                        {reach: open, path: at("/link"), ok: 404},
	"GET /link/:token page":                 {reach: open, path: at("/link/none"), ok: 303},
	"POST /link page":                       {reach: open, path: at("/link"), ok: 403}, // no form of this link
	"GET / page":                            {path: at("/")},
	"GET /search page":                      {path: at("/search?q=zx")},
	"GET /settings page":                    {path: at("/settings")},
	"POST /settings page":                   {path: at("/settings"), form: []string{"lang", "pt-BR"}, ok: 303},
	"GET /password page":                    {path: at("/password")},
	"POST /password page":                   {path: at("/password"), form: []string{"old", "x", "password", "a", "again", "b"}, ok: 422},
	"GET /signin page":                      {reach: open, path: at("/signin"), ok: 303}, // who is in goes on
	"POST /signin page":                     {reach: open, path: at("/signin"), form: []string{"email", "nobody@cemig.example", "password", "x"}, ok: 401},
	"POST /signout page":                    {path: at("/signout"), ok: 303},
	"GET /events page":                      {path: at("/events")},             // never ends; TestEvents asks it
	"POST /demo/mail page":                  {path: at("/demo/mail"), ok: 404}, // no demonstration here
}

// may says whether a user reaches into an estate.
func (c cell) may(u crm.User, e webtest.Estate) bool {
	switch c.reach {
	case scoped:
		return u.Role == crm.RoleAdmin || u.ID == e.Agent || u.Role == crm.RoleManager && u.Team == e.Team
	case private, ownBox:
		return u.Role == crm.RoleAdmin || u.ID == e.Agent
	case mine:
		return u.ID == e.Agent
	case admins:
		return u.Role == crm.RoleAdmin
	case bosses:
		return u.Role != crm.RoleAgent
	}
	return true
}

func (c cell) want(may bool) int {
	want, fallback := c.ok, http.StatusOK
	if !may {
		want, fallback = c.deny, http.StatusNotFound
	}
	if want == 0 {
		return fallback
	}
	return want
}

// The matrix and the table know the same routes.
func TestMatrixIsComplete(t *testing.T) {
	routes := web.Routes()
	for _, r := range routes {
		if _, ok := matrix[r]; !ok {
			t.Errorf("no line for %s: say who may use it", r)
		}
	}
	for r := range matrix {
		if !slices.Contains(routes, r) {
			t.Errorf("a line for %s, which is no route", r)
		}
	}
}

// Every route, every role, own and foreign: who may is let through, who may
// not sees nothing, and no answer has a word of an estate that is out of reach.
func TestScopeMatrix(t *testing.T) {
	for _, name := range []string{"admin", "north", "ana"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, target := range []string{"ana", "bia", "cleo"} {
				k := webtest.New(t)
				estates := k.Fill()
				// Backwards, so that reading comes after writing and deciding
				// after refusing.
				last := []string{"POST /mailboxes/:id/remove page"} // takes away what others ask for
				for _, r := range slices.Backward(web.Routes()) {
					if r != "GET /events page" && !slices.Contains(last, r) {
						walk(k, r, k.Users[name], estates[target], estates)
					}
				}
				for _, r := range last {
					walk(k, r, k.Users[name], estates[target], estates)
				}
			}
		})
	}
}

// notLent answers what a stand-in is told where an estate is not lent whole, 0
// where it is: the agent's mailbox and what waits in it are hidden, and what the
// agent logged is its author's to change.
func notLent(route string) int {
	switch {
	case strings.Contains(route, " /mailboxes"), strings.Contains(route, " /triage"):
		return http.StatusNotFound
	case strings.HasPrefix(route, "POST /activities/:id"):
		return http.StatusForbidden
	}
	return 0
}

// TestStandInMatrix walks every route as an agent that stands in for another
// before, on and after the dates: on them it has the other's estate beside its
// own, and at no other time a word of it.
func TestStandInMatrix(t *testing.T) {
	day := 24 * time.Hour
	for name, step := range map[string]struct {
		later time.Duration // after the day on which the dates were set
		turn  bool          // stand-ins were turned on and off that day
		lent  []string
	}{
		"the day before":           {0, true, nil},
		"the first moment":         {day, false, nil},
		"the first day":            {day, true, []string{"cleo"}},
		"the last day":             {2 * day, true, []string{"cleo"}},
		"the moment after":         {3 * day, false, nil},
		"the day after":            {3 * day, true, nil},
		"cut short on a first day": {-day, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := webtest.New(t)
			estates := k.Fill()
			set := func(who string, from, until time.Duration) {
				first, last := crm.DayOf(webtest.Now.Add(from)), crm.DayOf(webtest.Now.Add(until))
				_, err := k.Service.EditClient(t.Context(), crm.SystemActor(), estates["cleo"].Client, 0, crm.ClientPatch{StandIn: &who, StandInFrom: &first, StandInUntil: &last})
				k.Must(err)
			}
			turn := func() { k.Must(k.Service.TurnStandIns(t.Context())) }
			turn()
			if step.later < 0 {
				set("ana", 0, day)
				set("", 0, 0)
			} else {
				set("ana", day, 2*day)
				for passed := time.Duration(0); passed < step.later; passed += day {
					if passed > 0 {
						turn()
					}
					k.Pass(day)
				}
			}
			if step.turn {
				turn()
			}
			for _, target := range []string{"cleo", "ana"} {
				for _, r := range slices.Backward(web.Routes()) {
					if r != "GET /events page" && r != "POST /mailboxes/:id/remove page" {
						walk(k, r, k.Users["ana"], estates[target], estates, step.lent...)
					}
				}
			}
		})
	}
}

// walk asks one route. lent are the agents whose estates the user has today as
// their stand-in.
func walk(k *webtest.Kit, route string, u crm.User, e webtest.Estate, estates map[string]webtest.Estate, lent ...string) {
	k.Helper()
	c := matrix[route]
	method, rest, _ := strings.Cut(route, " ")
	a := ask(k, method, strings.HasSuffix(rest, " api"), c, u, e)
	may := c.may(u, e)
	want := c.want(may)
	deny := notLent(route)
	if !may && c.reach == scoped && slices.Contains(lent, e.Agent) {
		if want = c.want(true); deny != 0 {
			want = deny
		}
	}
	if c.reach == ownBox && want == http.StatusNotFound && (cell{reach: scoped}).may(u, e) {
		want = http.StatusForbidden
	}
	if a.StatusCode != want {
		k.Errorf("%s as %s on %s's: status %d, want %d\n%.600s", route, u.ID, e.Agent, a.StatusCode, want, a.Body)
	}
	for _, other := range estates {
		if (cell{reach: scoped}).may(u, other) || strings.Contains(c.path(e), other.Mark) || deny != http.StatusNotFound && slices.Contains(lent, other.Agent) {
			continue
		}
		if strings.Contains(strings.ToLower(a.Body), strings.ToLower(other.Mark)) {
			k.Errorf("%s as %s on %s's: the answer has a word of %s's estate", route, u.ID, e.Agent, other.Agent)
		}
	}
}

func ask(k *webtest.Kit, method string, api bool, c cell, u crm.User, e webtest.Estate) *webtest.Answer {
	k.Helper()
	path := c.path(e)
	form := slices.Clone(c.form)
	if i := slices.Index(form, "{session}"); i >= 0 {
		form[i] = k.Session(e.Agent)
	}
	if head, ok := strings.CutSuffix(path, "{session}"); ok {
		path = head + k.Session(e.Agent)
	}
	fresh, err := crm.Users.Get(k.Context(), k.Service.Store(), u.ID)
	k.Must(err)
	k.Users[u.ID] = fresh // who ended more sessions than are listed begins anew
	if api {
		return k.API(u.ID, method, path, c.body)
	}
	b := k.Browser(u.ID)
	if method == http.MethodGet {
		return b.Get(path)
	}
	filled := make([]string, len(form))
	for i, v := range form {
		filled[i] = strings.NewReplacer("{client}", e.Client, "{place}", e.Installation, "{contract}", e.Contract, "{person}", e.Person).Replace(v)
	}
	return b.Post(path, filled...)
}

// Nothing but sign-in is served to a stranger.
func TestStrangersAreSentToSignIn(t *testing.T) {
	k := webtest.New(t)
	e := k.Fill()["ana"]
	for _, route := range web.Routes() {
		c := matrix[route]
		if c.reach == open {
			continue
		}
		method, _, _ := strings.Cut(route, " ")
		if strings.HasSuffix(route, " api") {
			if a := k.Token("", method, c.path(e), c.body); a.StatusCode != http.StatusUnauthorized {
				k.Errorf("%s without a token: %d", route, a.StatusCode)
			}
			continue
		}
		b := k.Stranger()
		a := b.Get(c.path(e))
		if method == http.MethodPost {
			a = b.Post(c.path(e), c.form...)
		}
		path, _ := strings.CutSuffix(strings.TrimPrefix(route, "POST "), " page")
		if method == http.MethodPost && web.Forms()[path] {
			if a.StatusCode != http.StatusUnauthorized || a.Find("[name=held]").Length() != 1 {
				k.Errorf("%s as a stranger: %d, want a sign-in that holds it", route, a.StatusCode)
			}
			continue
		}
		if a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(a.Header.Get("Location"), "/signin") {
			k.Errorf("%s as a stranger: %d to %q", route, a.StatusCode, a.Header.Get("Location"))
		}
	}
}
