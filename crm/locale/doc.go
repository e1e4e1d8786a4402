// Package locale speaks the user's language: message catalogues in pt-BR, es
// and en, and the forms of numbers, money, dates and sizes.
//
// # Adding messages
//
// Put one file a language beside the others: catalog/pt-BR/AREA.json,
// catalog/es/AREA.json, catalog/en/AREA.json. Every file there is embedded;
// nothing else has to be named. A file is a flat object of keys and texts:
//
//	{
//		"visit.saved": "Visita salva",
//		"visit.count": {"one": "{count} visita", "other": "{count} visitas"}
//	}
//
// A key starts with its area and stands in one file only. {name} is replaced by
// the argument of that name. A text with plural forms is chosen by the argument
// count. The tests hold the three languages to the same keys, forms and
// placeholders.
//
// # What callers may rely on
//
// Nothing here panics or fails on a missing key, argument or language: a
// missing key is returned as it is, so that a page shows what is missing.
package locale
