// Package sample makes one of every page with fictitious data, in each of its
// states: a storybook for eyes and tests. Names, words and figures are made up.
package sample

import (
	"cemigmas/crm/locale"
	"cemigmas/web/page"
)

// Story is one state of a page or fragment.
type Story struct {
	Name     string // of its file: "client-empty"
	Template string
	Data     any
}

// Stories answers every story in a language.
func Stories(lang locale.Lang) []Story {
	t := page.Text{Lang: lang}
	var all []Story
	for _, part := range [][]Story{
		account(t), day(t), clients(t), client(t), book(t), activities(t), visits(t), installation(t), contracts(t), documents(t), dates(t), threads(t), triage(t), mailboxes(t), reports(t), exports(t), imports(t), bulk(t), serving(t), users(t), moneyStories(t), fragments(t),
	} {
		all = append(all, part...)
	}
	return all
}

// base is the frame of a signed-in agent.
func base(t page.Text, place page.Place, title string, crumbs ...page.Link) page.Base {
	return page.Base{
		Text: t, Title: title, Shape: page.ShapePanels, CSRF: "token", Path: "/",
		User:   &page.User{Name: "Marina Couto", Initials: "MC", Role: "agent"},
		Nav:    page.MainNav(t, page.NavFacts{Current: place, Triage: "5", Imports: true, Mailbox: true, Accounts: true}),
		Crumbs: crumbs,
		Sync:   &page.SyncLine{Label: "E-mail em dia, há 1 min", URL: "/mailboxes", State: page.OK},
		Demo:   &page.DemoBar{URL: "/demo/mail"},
		Quick:  quick(t),
	}
}

func quick(t page.Text) page.LogForm {
	return page.LogForm{Text: t, CSRF: "token", URL: "/activities", FullURL: "/activities/new", Kind: page.KindCall, Kinds: page.LogKinds, Back: "/"}
}

func failed() *page.Notice {
	return &page.Notice{State: page.Bad, Label: "O banco de dados não respondeu em 5 s. Nada se perdeu.", Action: page.Link{Label: "Tentar de novo", URL: "/"}}
}

func account(t page.Text) []Story {
	anon := page.Base{Text: t, Title: t.T("page.signin.title"), CSRF: "token", Demo: &page.DemoBar{}}
	refused := page.SignInForm{Email: page.Field{Value: "marina@cemig.example"}, Error: "E-mail ou senha não conferem."}
	held := page.HeldForm{URL: "/people/p1", Fields: []page.HeldField{{Name: "name", Value: "Helena Prado"}}}
	langs := []page.Option{{Value: "pt-BR", Label: "Português"}, {Value: "es", Label: "Español"}, {Value: "en", Label: "English"}}
	settings := page.Settings{Base: base(t, "", t.T("page.settings.title")), Email: "marina.couto@cemig.example", Version: "0.1", Langs: langs,
		Themes:    []page.Option{{Value: "", Label: t.T("page.settings.theme.auto")}, {Value: "light", Label: t.T("page.settings.theme.light")}, {Value: "dark", Label: t.T("page.settings.theme.dark")}},
		Densities: []page.Option{{Value: "", Label: t.T("page.settings.density.compact")}, {Value: "comfortable", Label: t.T("page.settings.density.comfortable")}},
		Form:      page.SettingsForm{Lang: page.Field{Value: string(t.Lang)}}}
	settings.Toast = &page.Toast{Text: t, Label: "Ajustes salvos"}
	missing := page.ErrorPage{Base: base(t, "", "404"), Status: "404", Heading: "Não encontrado", Label: "O registro não existe ou não é da sua carteira.", Action: page.Link{Label: "Ir a Hoje", URL: "/"}}
	broken := page.ErrorPage{Base: page.Base{Text: t, Title: "500"}, Status: "500", Heading: "Algo falhou aqui", Label: "Nada se perdeu. O erro foi anotado.", Action: page.Link{Label: "Tentar de novo", URL: "/"}, Request: "01j9x3"}
	return []Story{
		{"signin", "signin", page.SignIn{Base: anon}},
		{"signin-refused", "signin", page.SignIn{Base: page.Base{Text: t, Title: "Entrar"}, Form: refused}},
		{"signin-held", "signin", page.SignIn{Base: anon, Held: held}},
		{"resume", "resume", page.Resume{Base: page.Base{Text: t, Title: t.T("account.resume.title")}, Held: held}},
		{"settings", "settings", settings},
		{"password", "password", page.Password{Base: base(t, "", t.T("web.password.title")), Least: "Ao menos 10 caracteres."}},
		{"password-once", "password", page.Password{Base: anon, Once: true, Form: page.PasswordForm{Error: "A senha atual não confere."}}},
		{"sessions", "sessions", page.Sessions{Base: base(t, "", t.T("account.sessions.title")), List: sessions(t, true)}},
		{"sessions-none", "sessions", page.Sessions{Base: base(t, "", t.T("account.sessions.title")), List: page.SessionList{Text: t}}},
		{"link", "link", page.PasswordLink{Base: anon, Hello: "Marina Couto, escolha a senha com que você entra como marina@cemig.example.", Email: "marina@cemig.example", Least: "Ao menos 10 caracteres."}},
		{"link-refused", "link", page.PasswordLink{Base: anon, Form: page.PasswordForm{Again: page.Field{Error: "As duas senhas são diferentes."}, Error: "Espere 4 s."}}},
		{"error-404", "error", missing},
		{"error-500", "error", broken},
	}
}
