package page

// Translate answers the text of a catalogue key in a language. It is a
// variable only so that this package needs no catalogue to be built.
var translate = func(lang, key string, args ...string) string { return key }

// Text carries the language of what is rendered. Every page and every fragment
// embeds it, so that templates need no function that knows the language.
type Text struct {
	Lang string // "pt-BR", "es" or "en"
}

// T answers the words of key, with args put in their places.
func (t Text) T(key string, args ...string) string { return translate(t.Lang, key, args...) }
