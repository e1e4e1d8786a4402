package web

import (
	"context"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"cemigmas/crm"
	"cemigmas/web/page"
)

// bulkKind is how the records of one list are edited alike: its form, what was
// said in it, and the same in words.
type bulkKind struct {
	sample func(ctx context.Context, s *crm.Service, a crm.Actor, v view, args crm.BulkArgs) (count, names string, err error)
	form   func(s *Server, c *fiber.Ctx, f *typed, wrong map[string]string) ([][]page.FieldView, error)
	read   func(f typed, args *crm.BulkArgs) error
	facts  func(v view, args crm.BulkArgs, users map[string]string) []page.Fact
}

func bulkKindOf(args crm.BulkArgs) bulkKind {
	switch args.Of {
	case placeList.name:
		return bulkRecords(placeList.sample, placeBulk, func(args *crm.BulkArgs) **crm.BulkInstallation { return &args.Installation })
	case contractList.name:
		return bulkRecords(contractList.sample, contractBulk, func(args *crm.BulkArgs) **crm.BulkContract { return &args.Contract })
	case personList.name:
		return bulkRecords(personList.sample, personBulk, func(args *crm.BulkArgs) **crm.BulkPerson { return &args.Person })
	}
	return bulkKind{clientList.sample, bulkClientForm, func(f typed, args *crm.BulkArgs) error { args.Edit = bulkClientEdit(f); return nil },
		func(v view, args crm.BulkArgs, users map[string]string) []page.Fact {
			return v.bulkClientFacts(args.Edit, users)
		}}
}

// bulkField is one field of the form of an edit of many. A field that is left
// empty leaves what the records have.
type bulkField[E any] struct {
	name, api, label string
	draw             func(v view, f page.FieldView) page.FieldView // nil: a line of text
	set              func(e *E, raw string) error                  // raw is "" for what is cleared
	said             func(v view, e E) (word string, ok bool)      // false: it leaves
}

// clearField is what empties what may be without a value.
const clearField = "-"

// bulkRecords is the edit of a list whose form is made of fields.
func bulkRecords[E any](sample func(context.Context, *crm.Service, crm.Actor, view, crm.BulkArgs) (string, string, error), rows [][]bulkField[E], at func(*crm.BulkArgs) **E) bulkKind {
	k := bulkKind{sample: sample}
	k.form = func(s *Server, c *fiber.Ctx, f *typed, wrong map[string]string) (out [][]page.FieldView, err error) {
		v := s.view(c)
		for _, r := range rows {
			var row []page.FieldView
			for _, b := range r {
				var got page.Field
				if f != nil {
					got = f.field(b.name, wrong, b.api)
				}
				field := v.Field(b.name, b.label, got)
				if b.draw != nil {
					field = b.draw(v, field)
				}
				row = append(row, field)
			}
			out = append(out, row)
		}
		return out, nil
	}
	k.read = func(f typed, args *crm.BulkArgs) error {
		e := new(E)
		*at(args) = e
		for _, b := range slices.Concat(rows...) {
			raw := f.get(b.name)
			switch raw {
			case "":
				continue
			case clearField:
				raw = ""
			}
			if err := b.set(e, raw); err != nil {
				return err
			}
		}
		return nil
	}
	k.facts = func(v view, args crm.BulkArgs, _ map[string]string) (out []page.Fact) {
		e := *at(&args)
		if e == nil {
			return nil
		}
		for _, b := range slices.Concat(rows...) {
			if word, ok := b.said(v, *e); ok {
				if word == "" {
					word = nothing
				}
				out = append(out, page.Fact{Label: v.T(b.label), Value: word})
			}
		}
		return out
	}
	return k
}

// bulkChoice is a select of words with a common prefix; open: there may be none.
func bulkChoice[E any](name, api, label string, to func(*E) **string, prefix string, open bool, words ...string) bulkField[E] {
	b := bulkText(name, api, label, to)
	b.draw = func(v view, f page.FieldView) page.FieldView {
		options := []page.Option{{Label: v.T("web.bulk.leave")}}
		if open {
			options = append(options, page.Option{Value: clearField, Label: nothing})
		}
		return f.Choose(append(options, bulkOptions(v, prefix, words)...))
	}
	b.said = func(v view, e E) (string, bool) {
		is := *to(&e)
		if is == nil || *is == "" {
			return "", is != nil
		}
		return bulkOptions(v, prefix, []string{*is})[0].Label, true
	}
	return b
}

// bulkOptions are words of the catalogue, or themselves where there is no prefix.
func bulkOptions(v view, prefix string, words []string) (out []page.Option) {
	if prefix != "" {
		return v.options(prefix, words...)
	}
	for _, w := range words {
		out = append(out, page.Option{Value: w, Label: w})
	}
	return out
}

func bulkText[E any](name, api, label string, to func(*E) **string) bulkField[E] {
	return bulkField[E]{name, api, label, func(_ view, f page.FieldView) page.FieldView { return f.Help("web.bulk.text.hint") },
		func(e *E, raw string) error { *to(e) = &raw; return nil },
		func(_ view, e E) (string, bool) {
			if is := *to(&e); is != nil {
				return *is, true
			}
			return "", false
		}}
}

func bulkDay[E any](name, api, label string, to func(*E) **string) bulkField[E] {
	b := bulkText(name, api, label, to)
	b.draw = asDate
	b.said = func(v view, e E) (string, bool) {
		is := *to(&e)
		if is == nil || *is == "" {
			return "", is != nil
		}
		return v.date(*is), true
	}
	return b
}

// bulkQuestion is a question with two answers, whose words may be given.
func bulkQuestion[E any](name, api, label, yes, no string, to func(*E, bool), is func(E) *bool) bulkField[E] {
	return bulkField[E]{name, api, label,
		func(v view, f page.FieldView) page.FieldView {
			return f.Choose([]page.Option{{Label: v.T("web.bulk.leave")}, {Value: "yes", Label: v.T(yes)}, {Value: "no", Label: v.T(no)}})
		},
		func(e *E, raw string) error {
			if raw != "yes" && raw != "no" {
				return wrongField(name, "error.field.choice")
			}
			to(e, raw == "yes")
			return nil
		},
		func(v view, e E) (string, bool) {
			switch said := is(e); {
			case said == nil:
				return "", false
			case *said:
				return v.T(yes), true
			}
			return v.T(no), true
		}}
}

type (
	placeEdit    = crm.BulkInstallation
	contractEdit = crm.BulkContract
	personEdit   = crm.BulkPerson
)

var placeBulk = [][]bulkField[placeEdit]{{
	bulkChoice("status", "", "page.client.status", func(e *placeEdit) **string { return &e.Status }, "inst.status.", false, crm.InstallationStatuses...),
	bulkChoice("market", "", "inst.market", func(e *placeEdit) **string { return &e.Market }, "web.market.", true, crm.MarketCaptive, crm.MarketFree),
	bulkChoice("subgroup", "", "inst.subgroup", func(e *placeEdit) **string { return &e.Subgroup }, "", true, crm.Subgroups...),
}, {
	bulkText("tariff_class", "tariffClass", "web.class", func(e *placeEdit) **string { return &e.TariffClass }),
	bulkText("distributor", "", "web.distributor", func(e *placeEdit) **string { return &e.Distributor }),
}, {
	bulkText("substation", "", "web.substation", func(e *placeEdit) **string { return &e.Substation }),
	bulkText("feeder", "", "inst.feeder", func(e *placeEdit) **string { return &e.Feeder }),
}, bulkConditions()}

// bulkConditions asks for each condition of an installation.
func bulkConditions() (row []bulkField[placeEdit]) {
	for _, name := range crm.Conditions {
		row = append(row, bulkQuestion("condition_"+name, "conditions", "inst.condition."+name, "form.yes", "form.no", func(e *placeEdit, on bool) {
			if on {
				e.AddConditions = append(e.AddConditions, name)
			} else {
				e.DropConditions = append(e.DropConditions, name)
			}
		}, func(e placeEdit) *bool {
			on := slices.Contains(e.AddConditions, name)
			if !on && !slices.Contains(e.DropConditions, name) {
				return nil
			}
			return &on
		}))
	}
	return row
}

var contractBulk = [][]bulkField[contractEdit]{{
	bulkQuestion("renews", "", "contract.renews", "form.yes", "form.no", func(e *contractEdit, on bool) { e.Renews = &on }, func(e contractEdit) *bool { return e.Renews }),
	bulkTerm(),
}, {
	bulkDay("denounced", "", "contract.field.denounced", func(e *contractEdit) **string { return &e.Denounced }),
	bulkDay("end", "", "contract.field.end", func(e *contractEdit) **string { return &e.End }),
	bulkDay("migration", "", "contract.migration.on", func(e *contractEdit) **string { return &e.Migration }),
}}

// bulkTerm is the term in months; 0 is what the rules say.
func bulkTerm() bulkField[contractEdit] {
	return bulkField[contractEdit]{"term", "termMonths", "contract.term",
		func(_ view, f page.FieldView) page.FieldView { return f.Digits().Help("web.bulk.term.hint") },
		func(e *contractEdit, raw string) error {
			n, err := strconv.Atoi(raw)
			if err != nil {
				return wrongField("term", "contract.term.range")
			}
			e.TermMonths = &n
			return nil
		},
		func(v view, e contractEdit) (string, bool) {
			if e.TermMonths == nil {
				return "", false
			}
			return v.int(int64(*e.TermMonths)), true
		}}
}

var personBulk = [][]bulkField[personEdit]{{
	bulkChoice("role", "", "web.person.role", func(e *personEdit) **string { return &e.Role }, "web.person.", true, crm.PersonRoles...),
	bulkQuestion("former", "", "page.client.status", "web.person.former", "web.person.here", func(e *personEdit, on bool) { e.Former = &on }, func(e personEdit) *bool { return e.Former }),
}, {
	bulkChoice("channel", "", "web.person.channel", func(e *personEdit) **string { return &e.Channel }, "web.channel.", true, crm.PersonChannels...),
	bulkText("hours", "", "web.person.hours", func(e *personEdit) **string { return &e.Hours }),
}, {
	bulkLang(),
	bulkDay("consent_on", "consentOn", "web.person.consent", func(e *personEdit) **string { return &e.ConsentOn }),
}}

func bulkLang() bulkField[personEdit] {
	b := bulkChoice("lang", "", "web.person.lang", func(e *personEdit) **string { return &e.Lang }, "", true)
	b.draw = func(v view, f page.FieldView) page.FieldView {
		return f.Choose(append([]page.Option{{Label: v.T("web.bulk.leave")}, {Value: clearField, Label: nothing}}, langNames()...))
	}
	b.said = func(_ view, e personEdit) (string, bool) {
		if e.Lang == nil {
			return "", false
		}
		for _, o := range langNames() {
			if o.Value == *e.Lang {
				return o.Label, true
			}
		}
		return "", true
	}
	return b
}
