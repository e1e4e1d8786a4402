package web

import (
	"encoding/base64"
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

// pathID writes an id (a ledger row names a folder, which may be called
// anything) so that it is an address and a CSS selector; wholeID reads it.
func pathID(id string) string { return base64.RawURLEncoding.EncodeToString([]byte(id)) }

// wholeID is "" for what pathID never wrote.
func wholeID(id string) string {
	raw, err := base64.RawURLEncoding.DecodeString(id)
	if err != nil {
		return ""
	}
	return string(raw)
}
