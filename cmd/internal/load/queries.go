package load

// The floor's queries are those that the driver runs for the pages of the API
// that are measured, on the same indexes.
var (
	TimelineQuery = Query{"timeline", `SELECT _body FROM timeline INDEXED BY sqlite_autoindex_timeline_1 WHERE client = ? ORDER BY planned DESC, "at" DESC, _id LIMIT 51`}
	KindQuery     = Query{"kind", `SELECT _body FROM timeline INDEXED BY "timeline(client,kind,-planned,-at)" WHERE client = ? AND kind = ? ORDER BY planned DESC, "at" DESC, _id LIMIT 51`}
	AgentQuery    = Query{"agent", `SELECT _body FROM clients INDEXED BY "clients(agent,sector,lastContactAt)" WHERE agent = ? AND sector = ? ORDER BY lastContactAt, _id LIMIT 51`}
	TeamQuery     = Query{"team", `SELECT _body FROM clients INDEXED BY "clients(team,sector,-contractedW)" WHERE team = ? AND sector = ? ORDER BY contractedW DESC, _id LIMIT 51`}
	SectorQuery   = Query{"sector", `SELECT _body FROM clients INDEXED BY "clients(sector,-contractedW)" WHERE sector = ? ORDER BY contractedW DESC, _id LIMIT 51`}
	TenQuery      = Query{"ten", `SELECT _body FROM clients INDEXED BY "clients(agent,sector,lastContactAt)" WHERE agent = ? AND sector = ? ORDER BY lastContactAt, _id LIMIT 11`}
	Queries       = []Query{TimelineQuery, KindQuery, AgentQuery, TeamQuery, SectorQuery, TenQuery}
)
