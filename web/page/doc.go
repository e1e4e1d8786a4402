// Package page holds the typed data of every page and fragment. It knows
// neither HTTP nor the store: `web` fills these structs from domain data, and
// web/templates renders them. Text that is not a catalogue word arrives here
// already in the viewer's language and format.
//
// # Pages
//
// Template name, struct, route:
//
//	signin            SignIn         GET, POST /signin           fields email, password, next
//	today             Today          GET /
//	clients           Clients        GET /clients                query view, q, sector, agent, sort, after
//	client            Client         GET /clients/{id}           query kind, after
//	client/edit       ClientEdit     GET, POST /clients/{id}/edit  fields version, name, legal_name, tax_id, cnae, sector, agent, tier, status, city, address, phone, emails, domains (one a line), notes
//	person/edit       PersonEdit     GET /clients/{id}/people/new, POST /clients/{id}/people, GET, POST /people/{id}  fields version, name, role, title, emails, phones (one a line)
//	activity/new      ActivityNew    GET /activities/new?client=&q=  fields as the quick log
//	activity/edit     ActivityEdit   GET /activities/{id}/edit, POST /activities/{id}  fields version, kind, text, people, inbound, day, time, minutes
//	visit/new         VisitPlan      GET, POST /visits/new?client=  fields client, day, time, minutes, purpose, place, people (repeated)
//	visit             VisitReport    GET, POST /visits/{id}      fields version, action (save: stays planned; done: the report is in; missed), purpose, place, day, time, who, findings, promises, next_step, why
//	installation      Installation   GET /installations/{id}     query months
//	record/form       RecordForm     GET /clients/{id}/installations/new, POST /clients/{id}/installations, GET, POST /installations/{id}/edit, GET /installations/{id}/contracts/new, POST /installations/{id}/contracts, GET, POST /contracts/{id}/edit
//	contract          Contract       GET /contracts/{id}         query exit, after
//	calendar          Calendar       GET /calendar               query when (month, past), kind, sector, agent, client, after
//	thread            Thread         GET /threads/{id}
//	triage            Triage         GET /triage                 query after
//	mailboxes         Mailboxes      GET, POST /mailboxes        fields action (check, add), address, host, port, tls (tls, starttls, plain), login, password, folders (one a line), horizon
//	mailbox/edit      MailboxEdit    GET, POST /mailboxes/{id}/edit  the same fields without address; an empty password stays
//	mailbox/remove    MailboxRemove  GET, POST /mailboxes/{id}/remove
//	reports           Reports        GET, POST /reports          fields month, lang
//	report            Report         GET /reports/{id}
//	imports           Imports        GET, POST /imports          multipart: file, kind (portfolio, ucmt, readings), year, dry_run
//	import            Import         GET /imports/{id}           query after
//	users             Users          GET, POST /users            fields email, name, role, team, lang; query q, role, state, after
//	user              UserRecord     GET, POST /users/{id}       fields email, name, role, team, lang, sectors (many), edits; query after (of sessions)
//	sessions          Sessions       GET /settings/sessions      query after
//	link              PasswordLink   GET, POST /link             fields password, again
//	settings          Settings       GET, POST /settings         fields lang, theme, density, back
//	search            Search         GET /search                 query q
//	error             ErrorPage      any
//
// # Fragments
//
// Answered when the request carries HX-Request: true. HX-Target decides where
// two come from one route.
//
//	list/table        ListTable      GET of a list, target list (brings its chips out of band)
//	list/rows         ListTable      GET of a list, target list-rows (the next rows, foot out of band)
//	list/count        ListCount      GET of a list, target list-count
//	client/timeline   Timeline       GET /clients/{id}/timeline?kind=, target timeline
//	client/older      Timeline       GET /clients/{id}/timeline?kind=&after=, target older
//	client/logged     Logged         POST /clients/{id}/activities, 200: fresh composer, timeline and toast
//	client/composer   Composer       the same, 422
//	client/changed    Changed        POST /activities/{id}/delete, /restore, 200, from a page with that timeline; from any other the toast alone
//	quick/logged      QuickLogged    POST /activities, 200, with the header HX-Trigger: logged
//	quick/form        LogForm        the same, 422
//	search/results    SearchResults  GET /search?q=, target palette-list
//	search/pick       SearchResults  GET /search?q=&pick=client, target *-picks: clients to choose from
//	job               Job            GET /jobs/{id}
//	triage/row        HeldRow        the same, 422
//	triage/decided    Decided        POST /triage/{id}/assign or /ignore: the row goes, the counts and the toast come out of band
//	mailbox           Mailbox        GET /mailboxes/{id}, POST /mailboxes/{id}/sync
//	toast             Toast          any answer, out of band
//
// # Other routes that the templates name
//
//	POST /signout · POST /demo/mail (back) · POST /activities (quick log from any page)
//	POST /activities/{id}/delete · POST /activities/{id}/restore (back)
//	POST /triage/{id}/assign (client, person: on adds the sender) · POST /triage/{id}/ignore (what: message, sender, domain)
//	POST /mailboxes/{id}/pause, /resume, /retry
//	POST /threads/{id}/unlink (client)
//	POST /users/{id}/disable, /enable (back), /link, /sessions/end (id), /sessions/end-all
//	POST /settings/sessions/end (id), /end-all · GET /link/{token}
//	POST /contracts/{id}/amendments (kind, asked, asked_by, protocol, note, works, efficiency) · POST /contracts/{id}/amendments/{amendment} (state)
//	POST /deadlines/{id}/settle (how, reason), /open · POST /calendar/feed, /calendar/feed/end · GET /calendar/feed/{token}.ics
//	POST /imports/{id}/run (a dry run for real) · POST /jobs/{id}/cancel
//	GET /imports/{id}/errors.xlsx · GET /imports/template.xlsx · GET /reports/{id}/file
//	GET /messages/{id}/html · GET /messages/{id}/parts/{n} · GET /events
//
// Every form carries the hidden field csrf, and those that come back to where
// they were posted from carry back (a path of this site).
//
// # Quick log
//
// Fields kind (call, meeting, message, note), client (id), client_name (what
// was typed), text, people (id, may repeat), inbound (on), day (2026-11-22),
// time (09:58), minutes. Required: client and text.
//
// # Events
//
// GET /events is a stream of server-sent events, opened once a browser. The
// event's name and data make a topic, and every element with the same
// data-live fetches itself again by its hx-get:
//
//	event: client   data: {client id}     the open timeline      data-live="client:{id}"
//	event: job      data: {job id}        a progress             data-live="job:{id}"
//	event: mailbox  data: {mailbox id}    a mailbox's numbers    data-live="mailbox:{id}"
//	event: mail     data: new             new mail on Today      data-live="mail:new"
//
// Cookies set by script, read by web: theme (light, dark or absent), density
// (comfortable or absent).
package page
