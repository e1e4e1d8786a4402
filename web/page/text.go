package page

import "cemigmas/crm/locale"

// Text carries the language of what is rendered. Every page and every fragment
// embeds it, so that templates need no function that knows the language.
type Text struct {
	Lang locale.Lang
}

// T answers the words of key. Arguments are name, value, name, value.
func (t Text) T(key string, args ...string) string {
	values := make([]any, len(args))
	for i, a := range args {
		values[i] = a
	}
	return locale.T(t.Lang, key, values...)
}
