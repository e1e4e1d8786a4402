package crm

import (
	"context"
	"slices"
	"strings"

	"cemigmas/crm/store"
	"cemigmas/crm/text"
)

// Two records may be the same company when their names have the same bones and
// their municipality does not speak against it, or when they share an address
// of mail. The keys below are declared fields, so that an index answers; alikeOf
// looks at what it found more closely.

// alikeWords bounds how many keys a client has.
const alikeWords = 5

// legalForms say nothing about which company it is.
var legalForms = map[string]bool{
	"ltda": true, "limitada": true, "sa": true, "me": true, "epp": true, "eireli": true, "mei": true, "cia": true, "companhia": true,
	"s": true, "a": true, "de": true, "do": true, "da": true, "dos": true, "das": true, "e": true, "em": true, "o": true, "os": true, "as": true,
}

// bones are the words of a name without what people write differently: accents,
// vowels, doubled letters, the plural.
func bones(name string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(text.Fold(strings.ReplaceAll(name, "S/A", "SA")), notWord) {
		if legalForms[w] {
			continue
		}
		if w = bone(w); w != "" && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	return out
}

func notWord(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }

var sameSound = strings.NewReplacer("ph", "f", "th", "t", "z", "s", "y", "i", "w", "v", "k", "c", "h", "")

func bone(w string) string {
	if w[0] >= '0' && w[0] <= '9' {
		return w
	}
	w = sameSound.Replace(w)
	if len(w) > 3 {
		w = strings.TrimSuffix(w, "s")
	}
	var b strings.Builder
	last := byte(0)
	for i := range len(w) {
		c := w[i]
		if c == last || i > 0 && strings.IndexByte("aeiou", c) >= 0 {
			continue
		}
		last = c
		b.WriteByte(c)
	}
	return b.String()
}

// alike are the keys under which a client's doubles are looked for: all bones;
// and, within a municipality, all bones and all but one of them. A placeholder
// is called after a number and has none.
func (c *Client) alike() []string {
	if c.Placeholder {
		return nil
	}
	words := bones(c.Name)
	if len(words) == 0 {
		return nil
	}
	keys := []string{"n:" + strings.Join(words, " ")}
	city := text.Fold(strings.TrimSpace(c.City))
	if city == "" || len(words) > alikeWords {
		return keys
	}
	keys = append(keys, "c:"+strings.Join(words, " ")+"|"+city)
	if len(words) < 3 {
		return keys
	}
	for n := range words {
		rest := slices.Delete(slices.Clone(words), n, n+1)
		keys = append(keys, "c:"+strings.Join(rest, " ")+"|"+city)
	}
	return keys
}

// Reasons why two records may be one.
const (
	AlikeName  = "name"
	AlikeEmail = "email"
	AlikeCNPJ  = "cnpj" // an installation of one has the other's CNPJ
)

// whyAlike compares two clients by name and own addresses; "" when nothing
// speaks for it.
func whyAlike(a, b *Client) string {
	if slices.ContainsFunc(a.Emails, func(m string) bool { return slices.Contains(b.Emails, m) }) {
		return AlikeEmail
	}
	if a.TaxID != "" && b.TaxID != "" && a.TaxKind == b.TaxKind && strings.Join(bones(a.Name), " ") != strings.Join(bones(b.Name), " ") {
		return "" // two registered companies whose names differ are two companies
	}
	x, y := text.Fold(strings.TrimSpace(a.City)), text.Fold(strings.TrimSpace(b.City))
	if x != "" && y != "" && x != y {
		return ""
	}
	for _, k := range a.alike() {
		if slices.Contains(b.alike(), k) {
			return AlikeName
		}
	}
	return ""
}

// alikeOf finds clients in the actor's scope that may be this one, at most
// maxAlike. Each key is answered by an index.
func (s *Service) alikeOf(ctx context.Context, a Actor, c *Client) (out []Client, err error) {
	look := func(field, v string) error {
		list, _, err := Clients.Find(ctx, s.store, store.Query{Where: []store.Cond{store.Is(field, v)}, Limit: MaxListLimit})
		for _, o := range list {
			known := o.ID == c.ID || slices.ContainsFunc(out, func(x Client) bool { return x.ID == o.ID })
			if !known && a.sees(o.kept()) && whyAlike(c, &o) != "" && len(out) < maxAlike {
				out = append(out, o)
			}
		}
		return err
	}
	for _, k := range c.alike() {
		if err := look("alike", k); err != nil {
			return nil, err
		}
	}
	for _, m := range c.Emails {
		if err := look("emails", m); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// maxAlike is how many doubles are shown of one client.
const maxAlike = 10
