package web

import (
	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
)

// route is one line of the table: a path with what it is for scripts (api),
// for people (page), or for both.
type route struct {
	method, path string
	api          *operation
	page         func(*Server, *fiber.Ctx) error
	public       bool // before sign-in, in both faces
	// form is a page's form that comes back with what was typed when it cannot
	// be taken, so also when the session had ended (web/session_over.go).
	form bool
}

// table is every route of the program. The API's description and the matrix
// test of rights walk it, so nothing is served that they do not know.
func table() []route {
	get, post, patch, remove := fiber.MethodGet, fiber.MethodPost, fiber.MethodPatch, fiber.MethodDelete
	return []route{
		// Sign-in.
		{method: post, path: "/session", public: true, api: op("signIn", "Sign in with an address and a password.", apiSignIn)},
		{method: post, path: "/session/refresh", public: true, api: op("refresh", "Exchange a refresh token for a new one. A retry within 30 s gets the same answer; later use of a spent one ends the sign-in.", apiRefresh)},
		{method: get, path: "/me", api: op("me", "Who holds the token.", apiMe)},
		{method: get, path: "/me/sessions", api: op("listSessions", "List your open sessions, last used first.", apiSessions)},
		{method: remove, path: "/me/sessions", api: op("endSessions", "End all your sessions but the one that asks.", apiEndSessions)},
		{method: remove, path: "/me/sessions/:id", api: op("endSession", "End one of your sessions, with its tokens.", apiEndSession)},

		// Clients.
		{method: get, path: "/clients", api: op("listClients", "List the clients that you may see.", apiClients).of(crm.Client{}), page: clientList.page},
		{method: post, path: "/clients", form: true, api: op("addClient", "Make a client. 422 when its CNPJ or CPF is in the house, or others look like it and anyway is not set.", apiAddClient).made(), page: (*Server).clientAdd},
		{method: post, path: "/clients/bulk", api: op("bulkEditClients", "Edit many clients alike, in the background: those of ids, or with all those of the list that the address asks for.", apiBulk).accepted(), page: clientList.bulkStart},
		{method: post, path: "/installations/bulk", api: op("bulkEditInstallations", "Edit many installations alike, as bulkEditClients.", apiBulkInstallations).accepted(), page: placeList.bulkStart},
		{method: post, path: "/contracts/bulk", api: op("bulkEditContracts", "Edit many contracts alike, as bulkEditClients.", apiBulkContracts).accepted(), page: contractList.bulkStart},
		{method: post, path: "/people/bulk", api: op("bulkEditPeople", "Edit many people alike, as bulkEditClients.", apiBulkPeople).accepted(), page: personList.bulkStart},
		{method: get, path: "/bulk/:id", api: op("getBulkEdit", "How far an edit of many records is, and which did not take it.", apiBulkGet), page: (*Server).bulkPage},
		{method: post, path: "/bulk/:id/undo", api: op("undoBulkEdit", "Take an edit of many records back; what was edited since stays.", apiBulkUndo).accepted(), page: (*Server).bulkUndo},
		{method: get, path: "/handover", api: op("handover", "What is open with the clients of an agent, or with those that a bulk edit (batch) gave to others.", apiHandover), page: (*Server).handoverPage},
		{method: get, path: "/serving", api: op("getServing", "Which channel and kind of agent serve each segment.", apiServing), page: (*Server).servingPage},
		{method: post, path: "/serving", api: op("setServing", "Change which channel and kind of agent serve each segment; version is the one that was read.", apiSetServing), page: (*Server).servingSave},
		{method: get, path: "/serving/agents", api: op("proposeAgents", "Rank who could serve a client of a segment and a sector.", apiProposals), page: (*Server).agentHint},
		{method: get, path: "/clients/:id", api: op("getClient", "Read one client; its version is the ETag.", apiClient), page: (*Server).clientPage},
		{method: patch, path: "/clients/:id", api: op("editClient", "Change members of a client; If-Match names the version that was read.", apiPatchClient)},
		{method: get, path: "/clients/:id/timeline", api: op("timeline", "What happened with a client: planned first, then newest first.", apiTimeline).of(crm.Entry{}), page: (*Server).timelinePart},
		{method: post, path: "/clients/:id/activities", form: true, api: op("logActivity", "Log a call, meeting, message or note, or plan or report a visit.", apiLog).made(), page: (*Server).logOnClient},
		{method: get, path: "/clients/:id/installations", api: op("listInstallations", "List the installations of a client.", apiInstallations).of(crm.Installation{})},

		// Documents of clients.
		{method: remove, path: "/documents/:id", api: op("deleteDocument", "Delete a document; for 30 days it can be brought back on its client's page.", apiDeleteDocument)},
		{method: get, path: "/clients/:id/documents", api: op("listDocuments", "List the documents of a client, the newest first.", apiDocuments).of(crm.Document{}), page: (*Server).documentsPage},
		{method: post, path: "/clients/:id/documents", api: op("addDocuments", "Keep files with a client, up to 50 MB each and 20 at once: multipart with file (again for each), kind, notes, and contract with amendment where they belong to one. All or none.", apiAddDocuments).made().uploads(documentFields), page: (*Server).documentsAdd},
		{method: get, path: "/documents/:id", api: op("getDocument", "Read what is known of a document; its version is the ETag.", apiDocument), page: (*Server).documentPage},
		{method: patch, path: "/documents/:id", api: op("editDocument", "Say name, kind and notes of a document anew; If-Match names the version that was read.", apiEditDocument)},
		{method: get, path: "/documents/:id/file", api: fileOp("documentFile", "The file of a document.", fiber.MIMEOctetStream, idPath{}, (*Server).documentFile), page: (*Server).documentFile},

		// Installations and people.
		{method: get, path: "/installations", api: op("findInstallations", "List the installations of all clients that you may see: by words or number, sorted by name, worst or notice.", apiFindInstallations).of(crm.Installation{}), page: placeList.page},
		{method: get, path: "/contracts", api: op("findContracts", "List the contracts of all clients that you may see, the newest first.", apiFindContracts).of(crm.Contract{}), page: contractList.page},
		{method: get, path: "/contracts/:id", api: op("getContract", "Read one contract with its amendments, and in lawful the days from which a change asked for today can hold, with the article of REN 1.000 and its reason; its version is the ETag.", apiContract), page: (*Server).contractPage},
		{method: post, path: "/installations/:id/contracts", form: true, api: op("addContract", "Make a contract of an installation. 422 when it has one of this kind with this start.", apiAddContract).made(), page: (*Server).contractAdd},
		{method: patch, path: "/contracts/:id", api: op("editContract", "Change members of a contract; schedule, test and migration are replaced whole. If-Match names the version that was read.", apiPatchContract)},
		{method: post, path: "/contracts/:id/amendments", form: true, api: op("addAmendment", "Note a change of a contract that was asked for.", apiAddAmendment).made(), page: (*Server).amendmentAdd},
		{method: patch, path: "/contracts/:id/amendments/:amendment", api: op("setAmendment", "Say what became of an amendment; If-Match names the version of its contract.", apiSetAmendment)},
		{method: get, path: "/people", api: op("findPeople", "List the people of all clients that you may see.", apiFindPeople).of(crm.Person{}), page: personList.page},
		{method: get, path: "/installations/:id", api: op("getInstallation", "Read one installation with its contracts.", apiInstallation), page: (*Server).installationPage},
		{method: get, path: "/installations/:id/readings", api: op("listReadings", "List the readings of an installation, newest month first.", apiReadings).of(crm.Reading{}), page: (*Server).readingNewPage},
		{method: post, path: "/installations/:id/readings", form: true, page: (*Server).readingAdd},
		{method: get, path: "/installations/:id/readings/:month", api: op("getReading", "Read one month of an installation, with what is doubted about it and the figures before the last correction.", apiReading), page: (*Server).readingPage},
		{method: fiber.MethodPut, path: "/installations/:id/readings/:month", api: op("putReading", "Enter or correct the reading of a month as a whole: what is left out was not measured. If-Match names the version that was read.", apiPutReading)},
		{method: patch, path: "/installations/:id/readings/:month", api: op("patchReading", "Correct members of the reading of a month; If-Match names the version that was read.", apiPatchReading)},
		{method: post, path: "/installations/:id/readings/:month", form: true, page: (*Server).readingEdit},
		{method: post, path: "/installations/:id/readings/:month/accept", api: op("acceptReading", "Accept what is doubted about a month, for a reason. It holds until a figure that was doubted changes.", apiAcceptReading), page: (*Server).readingAccept},

		{method: patch, path: "/installations/:id", api: op("editInstallation", "Change members of an installation; If-Match names the version that was read.", apiPatchInstallation)},
		{method: get, path: "/deadlines", api: op("listDeadlines", "List the dates of contracts that matter, the next one first.", apiDeadlines).of(crm.Deadline{})},
		{method: get, path: "/deadlines/waiting", api: op("waitingDeadlines", "The dates that are something to do today: near, not settled, not put off.", apiWaiting)},
		{method: get, path: "/deadlines/:id", api: op("getDeadline", "Read one date of a contract.", apiDeadline)},
		{method: post, path: "/deadlines/:id/settle", api: op("settleDeadline", "Say that a date is done, or dismiss it with a reason; it does not come back.", apiSettle), page: (*Server).deadlineSettle},
		{method: post, path: "/deadlines/:id/put-off", api: op("putOffDeadline", "Put a date off to a later day, on which it is something to do again.", apiPutOff), page: (*Server).deadlinePutOff},
		{method: post, path: "/deadlines/:id/open", api: op("openDeadline", "Take back that a date was settled, or else that it was put off.", apiOpenDeadline), page: (*Server).deadlineOpen},
		{method: get, path: "/installations/:id/health", api: op("getHealth", "How the demand contract was used month by month, in figures and sentences, and what the next months may bring.", apiHealth)},
		{method: get, path: "/installations/:id/simulation", api: op("simulate", "Which contract would have cost least over 12 or 24 months; with modality and kw (peakKw) also what that one would have cost.", apiSimulation)},
		{method: get, path: "/money", api: op("listMoney", "List the installations that another contract would save most, the most first.", apiMoney).of(crm.Installation{}), page: (*Server).moneyPage},

		{method: get, path: "/benchmarks", api: op("listBenchmarks", "List how the clients of each sector and size band use their contracts, in percentiles over the whole book: of at least five clients, none or at least three of them outside your portfolio.", apiBenchmarks), page: (*Server).benchmarksPage},
		{method: get, path: "/tariffs", api: op("listTariffs", "List all tariffs: by distributor, subgroup and day.", apiTariffs), page: (*Server).tariffsPage},
		{method: get, path: "/tariffs/:id", api: op("getTariff", "Read one tariff; its version is the ETag.", apiTariff), page: (*Server).tariffPage},
		{method: fiber.MethodPut, path: "/tariffs", api: op("setTariff", "Make a tariff, or change what it costs; admins only. If-Match names the version that was read. All figures follow in the background.", apiSetTariff)},

		// Mail.
		{method: get, path: "/threads/:id", api: op("getThread", "Read a conversation, message by message as you may see them.", apiThread), page: (*Server).threadPage},

		{method: get, path: "/tiers", api: op("getTiers", "The rule by which clients get a tier; for admins. Its version is the ETag.", apiTiers), page: (*Server).tiersPage},
		{method: get, path: "/tiers/:id", api: op("getTierWork", "How far trying a rule of tiers, or giving the clients theirs, is; its result counts the clients by tier, now and then.", apiTierJob)},
		{method: post, path: "/tiers", api: op("setTiers", "Set the rule of tiers and give every client its tier, or with dryRun count what it would change; for admins. The work goes on in the background: its result counts the clients. A tier that was set by hand stays.", apiSetTiers).accepted(), page: (*Server).tiersSave},
		{method: get, path: "/sectors", api: op("listSectors", "List the sectors in report order, with their CNAE divisions.", apiSectors), page: (*Server).sectorsPage},
		{method: post, path: "/sectors", form: true, api: op("addSector", "Make a sector; admins only. Divisions of other sectors move to it, and their clients in the background, from today on.", apiAddSector).made(), page: (*Server).sectorAdd},
		{method: fiber.MethodPut, path: "/sectors/:id", api: op("setSector", "Change a sector as a whole; admins only. version is the one that was read.", apiSetSector)},
		{method: remove, path: "/sectors/:id", api: op("deleteSector", "Delete a sector that has neither divisions nor clients nor agents; admins only.", apiDeleteSector)},
		{method: post, path: "/sectors/:id/up", api: op("raiseSector", "Let a sector change places with the one before it; admins only.", apiSectorUp), page: (*Server).sectorUp},
		{method: post, path: "/sectors/:id/down", api: op("lowerSector", "Let a sector change places with the one after it; admins only.", apiSectorDown), page: (*Server).sectorDown},
		{method: post, path: "/sectors/undo/:batch", api: op("undoSectors", "Take an edit of the table back, by what it answered as undo; admins only. 412 when it was edited since.", apiUndoSectors), page: (*Server).sectorUndo},

		// Reports.
		{method: get, path: "/reports/monthly", api: fileOp("monthlyReport", "The workbook of a month; waits up to 20 s, else answers 202 with the job's address.", xlsxType, monthlyQuery{}, (*Server).monthly).orLater()},
		{method: post, path: "/reports", api: op("newReport", "Start a workbook in the background.", apiNewReport).accepted(), page: (*Server).startReport},
		{method: get, path: "/reports/:id", api: op("getReport", "How far a workbook is.", apiReport), page: (*Server).reportPage},
		{method: get, path: "/reports/:id/file", api: fileOp("reportFile", "The finished workbook.", xlsxType, idPath{}, (*Server).reportFile), page: (*Server).reportFile},

		// Imports.
		{method: post, path: "/imports", api: op("newImport", "Import a file: multipart with file, kind, year, dryRun.", apiNewImport).accepted().uploads(importFields), page: (*Server).startImport},
		{method: get, path: "/imports/:id", api: op("getImport", "How far an import is, and its faulty rows.", apiImport), page: (*Server).importPage},

		// Pages only.
		{method: get, path: "/signin", public: true, page: (*Server).signInPage},
		{method: post, path: "/signin", public: true, page: (*Server).signIn},
		{method: post, path: "/signout", page: (*Server).signOut},
		{method: get, path: "/password", page: (*Server).passwordPage},
		{method: post, path: "/password", page: (*Server).changePassword},
		{method: get, path: "/", page: (*Server).todayPage},
		{method: get, path: "/bulk", page: (*Server).bulksPage},
		{method: post, path: "/edits/:batch/undo", page: (*Server).undoEdit},
		{method: post, path: "/bulk/:id", page: (*Server).bulkRun},
		{method: get, path: "/sectors/new", page: (*Server).sectorNewPage},
		{method: get, path: "/sectors/:id", page: (*Server).sectorPage},
		{method: post, path: "/sectors/:id", form: true, page: (*Server).sectorSave},
		{method: post, path: "/sectors/:id/delete", page: (*Server).sectorDelete},
		{method: get, path: "/tariffs/new", page: (*Server).tariffNewPage},
		{method: post, path: "/tariffs", form: true, page: (*Server).tariffAdd},
		{method: post, path: "/tariffs/start", page: (*Server).tariffsTake},
		{method: post, path: "/tariffs/start/undo", page: (*Server).tariffsGiveBack},
		{method: post, path: "/tariffs/:id", form: true, page: (*Server).tariffSave},
		{method: post, path: "/tariffs/:id/delete", page: (*Server).tariffDelete},
		{method: post, path: "/views", page: (*Server).viewSave},
		{method: post, path: "/views/choose", page: (*Server).viewChoose},
		{method: post, path: "/views/:id", page: (*Server).viewEdit},
		{method: post, path: "/views/:id/delete", page: (*Server).viewDelete},
		{method: post, path: "/views/:id/restore", page: (*Server).viewRestore},
		{method: get, path: "/clients/export", page: clientList.file},
		{method: post, path: "/clients/export", page: clientList.makeFile},
		{method: post, path: "/clients/columns", page: clientList.choose},
		{method: get, path: "/installations/export", page: placeList.file},
		{method: post, path: "/installations/export", page: placeList.makeFile},
		{method: post, path: "/installations/columns", page: placeList.choose},
		{method: get, path: "/contracts/export", page: contractList.file},
		{method: post, path: "/contracts/export", page: contractList.makeFile},
		{method: post, path: "/contracts/columns", page: contractList.choose},
		{method: get, path: "/people/export", page: personList.file},
		{method: post, path: "/people/export", page: personList.makeFile},
		{method: post, path: "/people/columns", page: personList.choose},
		{method: get, path: "/clients/new", page: (*Server).clientNewPage},
		{method: get, path: "/clients/:id/merge", page: (*Server).mergePage},
		{method: post, path: "/clients/:id/merge", page: (*Server).merge},
		{method: get, path: "/clients/:id/group", page: (*Server).groupPage},
		{method: post, path: "/clients/:id/group", page: (*Server).groupSet},
		{method: get, path: "/clients/:id/history", page: (*Server).historyPage},
		{method: get, path: "/duplicates", page: (*Server).duplicatesPage},
		{method: post, path: "/duplicates/:id/apart", page: (*Server).pairApart},
		{method: post, path: "/duplicates/:id/open", page: (*Server).pairOpen},
		{method: post, path: "/merges/:id/undo", page: (*Server).mergeUndo},
		{method: get, path: "/people/:id/merge", page: (*Server).personMergePage},
		{method: post, path: "/people/:id/merge", page: (*Server).personMerge},
		{method: get, path: "/clients/:id/edit", page: (*Server).clientEditPage},
		{method: post, path: "/clients/:id/edit", form: true, page: (*Server).clientEdit},
		{method: get, path: "/clients/:id/people/new", page: (*Server).personNewPage},
		{method: post, path: "/clients/:id/people", form: true, page: (*Server).personAdd},
		{method: get, path: "/clients/:id/installations/new", page: (*Server).placeNewPage},
		{method: post, path: "/clients/:id/installations", form: true, page: (*Server).placeAdd},
		{method: get, path: "/installations/:id/edit", page: (*Server).placeEditPage},
		{method: get, path: "/installations/:id/export", page: (*Server).healthFile},
		{method: post, path: "/installations/:id/edit", form: true, page: (*Server).placeEdit},
		{method: get, path: "/installations/:id/contracts/new", page: (*Server).contractNewPage},
		{method: get, path: "/contracts/:id/edit", page: (*Server).contractEditPage},
		{method: post, path: "/contracts/:id/edit", form: true, page: (*Server).contractEdit},
		{method: post, path: "/contracts/:id/amendments/:amendment", page: (*Server).amendmentSet},
		{method: post, path: "/documents/:id", form: true, page: (*Server).documentEdit},
		{method: post, path: "/documents/:id/restore", page: (*Server).documentRestore},
		{method: post, path: "/documents/:id/delete", page: (*Server).documentDelete},
		{method: get, path: "/calendar", page: (*Server).calendarPage},
		{method: post, path: "/calendar/feed", page: (*Server).feedMake},
		{method: post, path: "/calendar/feed/end", page: (*Server).feedEnd},
		{method: get, path: "/calendar/feed/:token", public: true, page: (*Server).feedFile},
		{method: get, path: "/people/:id", page: (*Server).personPage},
		{method: post, path: "/people/:id", form: true, page: (*Server).personEdit},
		{method: post, path: "/people/:id/tie/:other", page: (*Server).personTie},
		{method: post, path: "/people/:id/untie/:other", page: (*Server).personUntie},
		{method: post, path: "/people/:id/former", page: (*Server).personLeft},
		{method: post, path: "/people/:id/active", page: (*Server).personBack},
		{method: get, path: "/activities/new", page: (*Server).activityNewPage},
		{method: post, path: "/activities", form: true, page: (*Server).logAnywhere},
		{method: get, path: "/activities/:id/edit", page: (*Server).activityEditPage},
		{method: post, path: "/activities/:id", form: true, page: (*Server).activityEdit},
		{method: post, path: "/activities/:id/delete", page: (*Server).activityDelete},
		{method: post, path: "/activities/:id/restore", page: (*Server).activityRestore},
		{method: get, path: "/visits/new", page: (*Server).visitNewPage},
		{method: post, path: "/visits/new", form: true, page: (*Server).visitPlan},
		{method: get, path: "/visits/:id", page: (*Server).visitPage},
		{method: post, path: "/visits/:id", form: true, page: (*Server).visitReport},
		{method: get, path: "/messages/:id/html", page: (*Server).messageHTML},
		{method: get, path: "/messages/:id/parts/:part", page: (*Server).messagePart},
		{method: get, path: "/triage", page: (*Server).triagePage},
		{method: get, path: "/triage/rules", page: (*Server).rulesPage},
		{method: post, path: "/triage/rules/:id/delete", page: (*Server).ruleDelete},
		{method: post, path: "/triage/rules/:id/restore", page: (*Server).ruleRestore},
		{method: post, path: "/triage/assigned/:id/undo", page: (*Server).assignUndo},
		{method: post, path: "/triage/:id/assign", page: (*Server).triageAssign},
		{method: post, path: "/triage/:id/ignore", page: (*Server).triageIgnore},
		{method: get, path: "/mailboxes", page: (*Server).mailboxesPage},
		{method: post, path: "/mailboxes", form: true, page: (*Server).mailboxAdd},
		{method: get, path: "/mailboxes/:id", page: (*Server).mailboxPart},
		{method: post, path: "/mailboxes/:id/sync", page: (*Server).mailboxSync},
		{method: get, path: "/mailboxes/:id/edit", page: (*Server).mailboxEditPage},
		{method: post, path: "/mailboxes/:id/edit", form: true, page: (*Server).mailboxEdit},
		{method: post, path: "/mailboxes/:id/pause", page: (*Server).mailboxPause},
		{method: post, path: "/mailboxes/:id/resume", page: (*Server).mailboxResume},
		{method: post, path: "/mailboxes/:id/retry", page: (*Server).mailboxRetry},
		{method: get, path: "/mailboxes/:id/remove", page: (*Server).mailboxRemovePage},
		{method: post, path: "/mailboxes/:id/remove", page: (*Server).mailboxRemove},
		{method: get, path: "/reports", page: (*Server).reportsPage},
		{method: get, path: "/exports", page: (*Server).exportsPage},
		{method: get, path: "/exports/:id", page: (*Server).exportPage},
		{method: get, path: "/exports/:id/file", page: (*Server).exportFile},
		{method: get, path: "/imports", page: (*Server).importsPage},
		{method: get, path: "/imports/template.xlsx", page: (*Server).importTemplate},
		{method: get, path: "/imports/:id/errors.xlsx", page: (*Server).importErrors},
		{method: post, path: "/imports/:id/run", page: (*Server).importRun},
		{method: get, path: "/imports/:id/mapping", page: (*Server).mappingPage},
		{method: post, path: "/imports/:id/mapping", page: (*Server).mappingSave},
		{method: get, path: "/imports/:id/file", page: (*Server).importFile},
		{method: get, path: "/imports/:id/undo", page: (*Server).undoPage},
		{method: post, path: "/imports/:id/undo", page: (*Server).importUndo},
		{method: get, path: "/jobs/:id", page: (*Server).jobPart},
		{method: post, path: "/jobs/:id/cancel", page: (*Server).jobCancel},
		{method: get, path: "/users", page: (*Server).usersPage},
		{method: post, path: "/users", form: true, page: (*Server).userAdd},
		{method: post, path: "/users/:id/disable", page: (*Server).userDisable},
		{method: post, path: "/users/:id/enable", page: (*Server).userEnable},
		{method: get, path: "/users/:id", page: (*Server).userPage},
		{method: post, path: "/users/:id", form: true, page: (*Server).userEdit},
		{method: post, path: "/users/:id/link", page: (*Server).userLink},
		{method: post, path: "/users/:id/sessions/end", page: (*Server).userSessionEnd},
		{method: post, path: "/users/:id/sessions/end-all", page: (*Server).userSessionsEnd},
		{method: get, path: "/settings/sessions", page: (*Server).sessionsPage},
		{method: post, path: "/settings/sessions/end", page: (*Server).sessionEnd},
		{method: post, path: "/settings/sessions/end-all", page: (*Server).sessionEndOthers},
		{method: get, path: "/link", public: true, page: (*Server).linkPage},
		{method: get, path: "/link/:token", public: true, page: (*Server).linkEnter},
		{method: post, path: "/link", public: true, page: (*Server).linkUse},
		{method: get, path: "/settings", page: (*Server).settingsPage},
		{method: post, path: "/settings", page: (*Server).settingsSave},
		{method: get, path: "/search", page: (*Server).searchPage},
		{method: get, path: "/events", page: (*Server).events},
		{method: post, path: "/demo/mail", page: (*Server).demoMail},
	}
}

// fileOp is an operation whose answer is a file.
func fileOp(id, summary, kind string, in any, h func(*Server, *fiber.Ctx) error) *operation {
	o := op(id, summary, func(*Server, call, struct{}) (none, error) { return none{}, nil })
	o.binary, o.in = kind, typeOf(in)
	o.handler = func(s *Server) fiber.Handler { return func(c *fiber.Ctx) error { return h(s, c) } }
	return o
}

// made, accepted and orLater say what else is special of an operation.
func (o *operation) made() *operation     { o.status = fiber.StatusCreated; return o }
func (o *operation) accepted() *operation { o.status = fiber.StatusAccepted; return o }
func (o *operation) orLater() *operation  { o.later = true; return o }

// uploads says that the body is a form with files, and its other fields.
func (o *operation) uploads(fields object) *operation { o.upload = fields; return o }

// of says what the rows of a page are.
func (o *operation) of(row any) *operation { o.rows = typeOf(row); return o }

// mount hangs the table into Fiber, once for each face. Fixed paths go first:
// Fiber takes the first that fits, and /imports/template.xlsx fits
// /imports/:id too.
func (s *Server) mount() {
	s.health()
	s.app.Get("/static/*", s.static)
	s.app.Get("/api/v1/openapi.json", s.openapi)
	routes := table()
	for _, fixed := range []bool{true, false} {
		for _, r := range routes {
			if hasParam(r.path) == fixed {
				continue
			}
			if r.api != nil {
				s.add(r, "/api/v1"+r.path, s.guarded(r.public, s.needBearer, r.api.handler(s))...)
			}
			if r.page != nil {
				page := r.page
				s.add(r, r.path, s.guarded(r.public, s.needSession(r.form), func(c *fiber.Ctx) error { return page(s, c) })...)
			}
		}
	}
	s.app.Use(func(c *fiber.Ctx) error { return s.unknown(c) })
}

// mountHealth hangs in what a node without pages answers.
func (s *Server) mountHealth() {
	s.health()
	s.app.Use(func(c *fiber.Ctx) error {
		return c.Status(fiber.StatusNotFound).SendString("this node serves no pages\n")
	})
}

func (s *Server) health() {
	s.app.Get("/healthz", s.healthz)
	s.app.Get("/readyz", s.readyz)
}

// add hangs in a route. What can be read answers HEAD too, but for the stream of
// events, which has no end.
func (s *Server) add(r route, path string, handlers ...fiber.Handler) {
	s.app.Add(r.method, path, handlers...)
	if r.method == fiber.MethodGet && r.path != "/events" {
		s.app.Add(fiber.MethodHead, path, handlers...)
	}
}

func (s *Server) guarded(public bool, guard, h fiber.Handler) []fiber.Handler {
	if public {
		return []fiber.Handler{h}
	}
	return []fiber.Handler{guard, h}
}
