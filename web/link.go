package web

import (
	"net/url"
	"strings"

	"cemigmas/crm/ident"
	"cemigmas/web/page"
)

// tel is a phone that can be dialled, as people write it; empty for what is no
// number.
func tel(phone string) page.Tel {
	n, err := ident.NormalPhone(phone)
	if err != nil {
		return ""
	}
	number, _, _ := strings.Cut(n, ";ext=") // nobody dials an extension at once
	return page.Tel(ident.FormatPhone(number))
}

func mailURL(address string) string {
	a, err := ident.NormalEmail(address)
	if err != nil {
		return ""
	}
	return "mailto:" + url.PathEscape(a)
}

// at makes an address with a query of the pairs that have a value.
func at(path string, pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// pathID writes an id with colons (a ledger row, a timeline entry) so that it
// is an address and a CSS selector; wholeID reads it. Ids of crm have no
// underscore.
func pathID(id string) string  { return strings.ReplaceAll(id, ":", "_") }
func wholeID(id string) string { return strings.ReplaceAll(id, "_", ":") }
