package program

import (
	"html/template"
	"text/template/parse"
)

// Inline puts the text of a template where it is called with the dot, before the
// set is escaped. A template that is called within a tag needs it: html/template
// would make a variant of it for that place, which nobody else can see.
func Inline(t *template.Template, name string) {
	body := t.Lookup(name).Tree.Root
	for _, t := range t.Templates() {
		if t.Tree != nil && t.Name() != name {
			inline(t.Tree.Root, name, body)
		}
	}
}

func inline(l *parse.ListNode, name string, body *parse.ListNode) {
	if l == nil {
		return
	}
	for i, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.TemplateNode:
			if n.Name == name && n.Pipe != nil && n.Pipe.String() == "." {
				l.Nodes[i] = body.CopyList()
			}
		case *parse.IfNode:
			inline(n.List, name, body)
			inline(n.ElseList, name, body)
		case *parse.WithNode:
			inline(n.List, name, body)
			inline(n.ElseList, name, body)
		case *parse.RangeNode:
			inline(n.List, name, body)
			inline(n.ElseList, name, body)
		}
	}
}
