package sample

import "cemigmas/web/page"

func sessions(t page.Text, own bool) page.SessionList {
	return page.SessionList{Text: t, CSRF: "token", EndURL: "/settings/sessions/end", AllURL: "/settings/sessions/end-all", AllLabel: t.T("account.sessions.others"), Rows: []page.SessionRow{
		{ID: "s1", Device: "Firefox, Linux", Kind: "Páginas", Address: "192.0.2.17", Opened: "aberta 12/11, 08:02", Seen: "há 2 min", Current: own},
		{ID: "s2", Device: "Chrome, Android", Kind: "Páginas", Address: "2001:db8:4c1:90::17", Opened: "aberta 03/10, 17:40", Seen: "há 3 d"},
		{ID: "s3", Device: "python-requests", Kind: "API", Address: "198.51.100.8", Opened: "aberta 20/11, 06:00", Seen: "há 9 min"},
	}}
}

func users(t page.Text) []Story {
	b := base(t, page.PlaceUsers, t.T("page.nav.users"))
	roles := []page.Option{{Value: "agent", Label: "Agente"}, {Value: "manager", Label: "Gerente"}, {Value: "admin", Label: "Administrador"}}
	langs := []page.Option{{Value: "pt-BR", Label: "Português"}, {Value: "es", Label: "Español"}}
	full := page.Users{Base: b, May: true, Roles: roles, Langs: langs, Rows: []page.UserRow{
		{URL: "/users/u1", Name: "Marina Couto", Initials: "MC", Email: "marina@cemig.example", Role: "Agente", Team: "Triângulo", Clients: "312 clientes", Last: "visto há 2 min", Me: true, LinkURL: "/users/u1/link"},
		{URL: "/users/u2", Name: "Rafael Pires", Initials: "RP", Email: "rafael@cemig.example", Role: "Gerente", Team: "Triângulo", Clients: "–", Last: "nunca entrou", State: &page.Badge{Label: "Convidado", State: page.Idle}, LinkURL: "/users/u2/link", DisableURL: "/users/u2/disable"},
		{URL: "/users/u3", Name: "Célia Prado", Initials: "CP", Email: "celia@cemig.example", Role: "Agente", Last: "visto há 40 d", Dim: true, State: &page.Badge{Label: "Desativado", State: page.Plain}, EnableURL: "/users/u3/enable"},
	}, Form: page.UserForm{Email: page.Field{Value: "marina@cemig.example", Error: "Este e-mail já tem um usuário."}}}
	find := full
	find.May, find.Rows, find.Empty = false, nil, page.Empty{Label: t.T("account.users.nobody"), Action: page.Link{Label: t.T("page.all"), URL: "/users"}}
	find.Find = &page.UserFind{Text: t, Query: "xyz", Narrow: true, Role: t.Field("role", "page.users.role", page.Field{}).In("find").Choose(roles),
		State: t.Field("state", "account.users.state", page.Field{}).In("find").Choose(roles)}
	wrong := page.Users{Base: b, Roles: roles, Empty: page.Empty{Label: t.T("page.users.none")}}
	wrong.Notice = failed()
	return append([]Story{{"users", "users", full}, {"users-none", "users", find}, {"users-failed", "users", wrong}}, user(t, roles, langs)...)
}

func user(t page.Text, roles, langs []page.Option) []Story {
	f := func(v string) page.Field { return page.Field{Value: v} }
	one := page.UserRecord{Base: base(t, page.PlaceUsers, "Rafael Pires", page.Link{Label: t.T("page.nav.users"), URL: "/users"}), Name: "Rafael Pires", URL: "/users/u2", Edits: "3",
		Facts: []page.Fact{{Label: t.T("account.user.created"), Value: "01/10/2026"}, {Label: t.T("account.user.last"), Value: "visto há 2 min"}},
		Form:  page.UserForm{Name: f("Rafael Pires"), Email: f("rafael@cemig.example"), Role: f("manager"), Team: f("Triângulo"), Lang: f("pt-BR")},
		Roles: roles, Langs: langs, Sectors: []page.Check{{Value: "food", Label: "Alimentos", On: true}, {Value: "mining", Label: "Mineração"}},
		LinkURL: "/users/u2/link", LinkHint: t.T("account.link.hint"), DisableURL: "/users/u2/disable", Sessions: sessions(t, false)}
	fresh := one
	fresh.Fresh = &page.FreshLink{Label: t.T("account.link.fresh", "name", "Rafael Pires", "until", "23/11, 13:02"), URL: "https://crm.example/link/Zk3vX0b8tq2f7m9c1a5dQyR4uWnHs6Lj"}
	fresh.Badges = []page.Badge{{Label: t.T("account.user.invited"), State: page.Idle}}
	clash := one
	clash.Notice = &page.Notice{State: page.Warn, Label: "Outra pessoa salvou antes.", Action: page.Link{Label: "Ver o atual", URL: "/users/u2"}}
	clash.Form.Team.Error, clash.Form.Sectors.Error = "Agora está: Sul", "Agora está: –"
	off := one
	off.LinkURL, off.DisableURL, off.EnableURL, off.Sessions.Rows, off.Sessions.AllURL = "", "", "/users/u2/enable", nil, ""
	return []Story{{"user", "user", one}, {"user-link", "user", fresh}, {"user-conflict", "user", clash}, {"user-disabled", "user", off}}
}
