package message

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func findBody(doc *html.Node) *html.Node {
	for n := range doc.Descendants() {
		if n.DataAtom == atom.Body && n.Type == html.ElementNode {
			return n
		}
	}
	return doc
}

// prune removes what is never shown, and links that lead nowhere outside of
// the program: a relative link would lead into it.
func prune(body *html.Node) {
	var gone []*html.Node
	for n := range body.Descendants() {
		if n.Type == html.CommentNode {
			gone = append(gone, n)
			continue
		}
		if n.Type != html.ElementNode {
			continue
		}
		switch n.DataAtom {
		case atom.Script, atom.Style, atom.Head, atom.Title, atom.Template, atom.Noscript, atom.Iframe, atom.Object,
			atom.Embed, atom.Form, atom.Svg, atom.Math, atom.Link, atom.Meta, atom.Base:
			if n.DataAtom == atom.Form {
				n.DataAtom, n.Data, n.Attr = atom.Div, "div", nil // keep what people read
				continue
			}
			gone = append(gone, n)
		case atom.A:
			if href := attr(n, "href"); href != "" && !absolute(href) {
				setAttr(n, "href", "")
			}
		}
	}
	for _, n := range gone {
		if n.Parent != nil {
			n.Parent.RemoveChild(n)
		}
	}
}

func absolute(href string) bool {
	u, err := url.Parse(strings.TrimSpace(href))
	if err != nil {
		return false
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		return u.Host != ""
	case "mailto", "tel":
		return true
	}
	return false
}

// rewriteImages gives each picture the address it may have.
func rewriteImages(body *html.Node, o HTMLOptions) {
	for n := range body.Descendants() {
		if n.Type != html.ElementNode || n.DataAtom != atom.Img {
			continue
		}
		src := strings.TrimSpace(attr(n, "src"))
		lower := strings.ToLower(src)
		setAttr(n, "data-blocked", "")
		setAttr(n, "srcset", "")
		switch {
		case strings.HasPrefix(lower, "cid:"):
			setAttr(n, "src", cidURL(src[4:], o))
		case strings.HasPrefix(lower, "data:image/"):
		case strings.HasPrefix(src, "//"):
			remote(n, "https:"+src, o)
		case strings.HasPrefix(lower, "http://"), strings.HasPrefix(lower, "https://"):
			remote(n, src, o)
		default:
			setAttr(n, "src", "")
		}
	}
}

func remote(n *html.Node, src string, o HTMLOptions) {
	if o.Remote {
		setAttr(n, "src", src)
		return
	}
	setAttr(n, "src", "")
	setAttr(n, "data-blocked", strings.ReplaceAll(src, " ", "%20"))
}

func cidURL(id string, o HTMLOptions) string {
	if o.CID == nil {
		return ""
	}
	if un, err := url.PathUnescape(id); err == nil {
		id = un
	}
	return o.CID(cleanID(id))
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

// setAttr sets an attribute, or removes it when the value is empty.
func setAttr(n *html.Node, key, val string) {
	kept := n.Attr[:0]
	for _, a := range n.Attr {
		if a.Key != key {
			kept = append(kept, a)
		}
	}
	n.Attr = kept
	if val != "" {
		n.Attr = append(n.Attr, html.Attribute{Key: key, Val: val})
	}
}

// foldQuotes wraps what a mail quotes. Where a program marks only the head of
// the quote (Outlook), everything after it is the quote.
func foldQuotes(body *html.Node) {
	var whole, heads []*html.Node
	for n := range body.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		switch {
		case isQuote(n):
			whole = append(whole, n)
		case isQuoteHead(n):
			heads = append(heads, n)
		}
	}
	for _, n := range heads {
		wrapTail(n)
	}
	for _, n := range whole {
		if !insideFold(n) {
			wrap(n, withQuoted(n))
		}
	}
}

// withQuoted returns the last node to fold: an attribution of Thunderbird
// stands in front of the quote that it belongs to.
func withQuoted(n *html.Node) *html.Node {
	if n.DataAtom == atom.Blockquote || !strings.Contains(attr(n, "class"), "moz-cite-prefix") {
		return n
	}
	for s := n.NextSibling; s != nil; s = s.NextSibling {
		if s.DataAtom == atom.Blockquote {
			return s
		}
		if s.Type == html.ElementNode || strings.TrimSpace(s.Data) != "" {
			break
		}
	}
	return n
}

func isQuote(n *html.Node) bool {
	class := " " + attr(n, "class") + " "
	switch n.DataAtom {
	case atom.Blockquote:
		return attr(n, "type") == "cite" || strings.Contains(class, " gmail_quote ")
	case atom.Div:
		if id := attr(n, "id"); id == "OLK_SRC_BODY_SECTION" || id == "reply-intro" {
			return true
		}
		for _, known := range []string{" gmail_quote ", " gmail_quote_container ", " yahoo_quoted ", " protonmail_quote ", " moz-cite-prefix ", " zmail_extra "} {
			if strings.Contains(class, known) {
				return true
			}
		}
	}
	return false
}

// isQuoteHead: Outlook's markers, and the bordered block of its desktop
// program, which has no name but always begins with a sender.
func isQuoteHead(n *html.Node) bool {
	if n.DataAtom != atom.Div && n.DataAtom != atom.Hr {
		return false
	}
	switch attr(n, "id") {
	case "divRplyFwdMsg", "appendonsend", "x_divRplyFwdMsg", "stopSpelling":
		return true
	}
	style := strings.ReplaceAll(strings.ToLower(attr(n, "style")), " ", "")
	return n.DataAtom == atom.Div && strings.Contains(style, "border:none") && strings.Contains(style, "border-top:solid") &&
		headerFrom.MatchString(firstText(n))
}

func firstText(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
		if b.Len() > 200 {
			break
		}
	}
	return strings.TrimSpace(b.String())
}

func insideFold(n *html.Node) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.DataAtom == atom.Details && attr(p, "class") == "mail-quote" {
			return true
		}
	}
	return false
}

// wrapTail folds n and everything that follows it. Outlook's desktop program
// puts the head alone into a div, and the quoted mail beside that div.
func wrapTail(n *html.Node) {
	if n.Parent == nil || insideFold(n) {
		return
	}
	for n.NextSibling == nil && n.Parent != nil && n.Parent.DataAtom == atom.Div && n.Parent.Parent != nil && onlyChild(n) {
		n = n.Parent
	}
	last := n
	for last.NextSibling != nil {
		last = last.NextSibling
	}
	wrap(n, last)
}

// onlyChild says that nothing to read stands before n in its parent.
func onlyChild(n *html.Node) bool {
	for s := n.PrevSibling; s != nil; s = s.PrevSibling {
		if s.Type != html.TextNode || strings.TrimSpace(s.Data) != "" {
			return false
		}
	}
	return true
}

func wrap(first, last *html.Node) {
	parent := first.Parent
	if parent == nil {
		return
	}
	fold := element(atom.Details)
	fold.Attr = []html.Attribute{{Key: "class", Val: "mail-quote"}}
	summary := element(atom.Summary)
	summary.AppendChild(&html.Node{Type: html.TextNode, Data: "•••"})
	fold.AppendChild(summary)
	parent.InsertBefore(fold, first)
	for n := first; n != nil; {
		next := n.NextSibling
		stop := n == last
		parent.RemoveChild(n)
		fold.AppendChild(n)
		if stop {
			break
		}
		n = next
	}
}

func element(a atom.Atom) *html.Node {
	return &html.Node{Type: html.ElementNode, DataAtom: a, Data: a.String()}
}
