package message

import (
	"regexp"
	"strings"
	"sync"

	"github.com/microcosm-cc/bluemonday"
	"golang.org/x/net/html"
)

// HTMLOptions say how pictures are shown.
type HTMLOptions struct {
	// CID maps a content-id to the address of that part, which must begin with
	// a single "/". Nil, or an empty answer, leaves the picture out.
	CID func(contentID string) string
	// Remote lets pictures of other servers load. Off, they become
	// <img data-blocked="address">: loading one tells the sender who read the
	// mail, when and where.
	Remote bool
}

// HasHTML says whether the mail has a HTML face.
func (m *Message) HasHTML() bool { return m.html != "" }

// HTML returns what a sandboxed frame may show: sanitised, quotes folded into
// <details class="mail-quote">. Empty when the mail is plain text.
func (m *Message) HTML(o HTMLOptions) string {
	if m.html == "" {
		return ""
	}
	return Sanitize(m.html, o)
}

// Sanitize cleans HTML of a mail. Quotes and pictures are rewritten on the
// tree first; the policy comes last, so that nothing of the rewriting has to
// be trusted.
func Sanitize(src string, o HTMLOptions) string {
	doc, err := html.Parse(strings.NewReader(src))
	if err != nil {
		return "<pre>" + html.EscapeString(HTMLText(src)) + "</pre>"
	}
	body := findBody(doc)
	prune(body)
	rewriteImages(body, o)
	foldQuotes(body)
	var b strings.Builder
	for c := body.FirstChild; c != nil; c = c.NextSibling {
		if err := html.Render(&b, c); err != nil {
			return "<pre>" + html.EscapeString(HTMLText(src)) + "</pre>"
		}
	}
	p := policies()
	if o.Remote {
		return p.remote.Sanitize(b.String())
	}
	return p.local.Sanitize(b.String())
}

type policyPair struct{ local, remote *bluemonday.Policy }

var policies = sync.OnceValue(func() policyPair {
	return policyPair{
		local:  policy(regexp.MustCompile(`^(?:/[^/\\].*|data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/= ]+)$`)),
		remote: policy(regexp.MustCompile(`^(?:/[^/\\].*|https?://.+|data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/= ]+)$`)),
	}
})

// policy allows the words and the look of a mail: no script, no form, no
// frame, no style that loads, positions or covers anything.
func policy(pictures *regexp.Regexp) *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "hr", "div", "span", "b", "strong", "i", "em", "u", "s", "strike", "del", "ins",
		"small", "big", "sub", "sup", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd",
		"table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "colgroup", "col", "blockquote", "pre",
		"code", "tt", "kbd", "center", "font", "address", "details", "summary", "img", "a", "q", "cite", "abbr")
	p.AllowStandardURLs()
	p.AllowURLSchemes("http", "https", "mailto", "tel")
	p.AllowDataURIImages()
	p.AllowRelativeURLs(true) // only for pictures; relative links are cut before
	p.AllowAttrs("href").OnElements("a")
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(true)
	p.AllowAttrs("src").Matching(pictures).OnElements("img")
	p.AllowAttrs("data-blocked").Matching(regexp.MustCompile(`^https?://\S+$`)).OnElements("img")
	number := regexp.MustCompile(`^\d{1,4}%?$`)
	p.AllowAttrs("alt", "title").OnElements("img", "a", "abbr")
	p.AllowAttrs("width", "height").Matching(number).OnElements("img", "table", "td", "th", "col", "hr")
	p.AllowAttrs("align", "valign").Matching(bluemonday.Paragraph).Globally()
	p.AllowAttrs("colspan", "rowspan", "border", "cellpadding", "cellspacing", "start", "size").Matching(number).Globally()
	colour := regexp.MustCompile(`(?i)^(?:#[0-9a-f]{3,8}|[a-z]{3,20})$`)
	p.AllowAttrs("bgcolor", "color").Matching(colour).Globally()
	p.AllowAttrs("face").Matching(bluemonday.Paragraph).OnElements("font")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^mail-quote$`)).OnElements("details")
	p.AllowAttrs("dir").Matching(regexp.MustCompile(`^(?:ltr|rtl|auto)$`)).Globally()
	allowStyles(p)
	return p
}

// allowStyles lists what may be styled. No value can hold url(, an expression
// or an escape: each property has a pattern of its own.
func allowStyles(p *bluemonday.Policy) {
	word := regexp.MustCompile(`(?i)^[a-z0-9 ,.%#'"()\-]{1,100}$`)
	colour := regexp.MustCompile(`(?i)^(?:#[0-9a-f]{3,8}|[a-z]{3,20}|rgba?\([0-9 ,.%]{5,40}\))$`)
	length := regexp.MustCompile(`(?i)^(?:-?[0-9.]{1,7}(?:px|pt|em|rem|ex|%|in|cm|mm)?|auto|normal|inherit|[a-z\-]{3,12})(?:\s+(?:[0-9.]{1,7}(?:px|pt|em|rem|%|in|cm|mm)?|auto)){0,3}$`)
	p.AllowStyles("color", "background-color").Matching(colour).Globally()
	p.AllowStyles("font-weight", "font-style", "text-align", "text-decoration", "vertical-align", "white-space", "list-style-type", "border-collapse").
		Matching(regexp.MustCompile(`(?i)^[a-z0-9 \-]{1,40}$`)).Globally()
	p.AllowStyles("font-size", "line-height", "width", "max-width", "height", "padding", "padding-left", "padding-right",
		"padding-top", "padding-bottom", "margin-left", "margin-right", "margin-top", "margin-bottom", "margin", "text-indent").
		Matching(length).Globally()
	p.AllowStyles("border", "border-top", "border-bottom", "border-left", "border-right").
		Matching(regexp.MustCompile(`(?i)^[a-z0-9 #.,%()\-]{1,60}$`)).Globally()
	p.AllowStyles("font-family").MatchingHandler(func(v string) bool {
		return word.MatchString(v) && !strings.Contains(strings.ToLower(v), "url")
	}).Globally()
}
