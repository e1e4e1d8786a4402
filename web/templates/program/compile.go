package program

import (
	"fmt"
	"reflect"
	"strings"
	"text/template/parse"
)

// compiler makes one program.
type compiler struct {
	set  *Set
	self *program
	made map[key]*program // of this and those that it calls
	vars []variable       // in scope
	most int
}

type variable struct {
	name string
	typ  reflect.Type
}

// unknown is something that html/template is left to do.
func unknown(n parse.Node, why string) error { return fmt.Errorf("%v: %s", n, why) }

// compile makes the program of a template and of all that it calls. A template
// that calls itself finds the one that is being made.
func (s *Set) compile(name string, data reflect.Type, made map[key]*program) *program {
	k := key{name, data}
	if p := made[k]; p != nil {
		return p
	}
	if p, ok := s.programs.Load(k); ok {
		return p.(*program)
	}
	p := &program{}
	made[k] = p
	tree, err := s.tree(name)
	if err != nil {
		p.err = err
		return p
	}
	c := &compiler{set: s, self: p, made: made, vars: []variable{{"$", data}}, most: 1}
	p.run, p.err = c.list(tree.Root, data)
	p.slots = c.most
	return p
}

// list compiles nodes that follow each other. Variables end with it.
func (c *compiler) list(l *parse.ListNode, dot reflect.Type) (op, error) {
	if l == nil {
		return func(*run, reflect.Value) {}, nil
	}
	defer c.forget(len(c.vars))
	var ops []op
	for _, n := range l.Nodes {
		o, err := c.node(n, dot)
		if err != nil {
			return nil, err
		}
		if o != nil {
			ops = append(ops, o)
		}
	}
	if len(ops) == 1 {
		return ops[0], nil
	}
	return func(r *run, dot reflect.Value) {
		for _, o := range ops {
			o(r, dot)
		}
	}, nil
}

func (c *compiler) node(n parse.Node, dot reflect.Type) (op, error) {
	switch n := n.(type) {
	case *parse.TextNode:
		text := n.Text
		return func(r *run, _ reflect.Value) { r.out = append(r.out, text...) }, nil
	case *parse.ListNode:
		return c.list(n, dot)
	case *parse.CommentNode:
		return nil, nil
	case *parse.ActionNode:
		return c.action(n, dot)
	case *parse.IfNode:
		return c.branch(&n.BranchNode, dot, false)
	case *parse.WithNode:
		return c.branch(&n.BranchNode, dot, true)
	case *parse.RangeNode:
		return c.loop(n, dot)
	case *parse.TemplateNode:
		return c.template(n, dot)
	}
	return nil, unknown(n, "no such node")
}

// declare brings a variable into scope and answers its place.
func (c *compiler) declare(name string, typ reflect.Type) int {
	c.vars = append(c.vars, variable{name, typ})
	c.most = max(c.most, len(c.vars))
	return len(c.vars) - 1
}

func (c *compiler) forget(to int) { c.vars = c.vars[:to] }

func (c *compiler) action(n *parse.ActionNode, dot reflect.Type) (op, error) {
	if len(n.Pipe.Decl) > 0 {
		v, err := c.pipe(n.Pipe, dot)
		if err != nil {
			return nil, err
		}
		at := c.declare(n.Pipe.Decl[0].Ident[0], v.typ)
		return func(r *run, dot reflect.Value) { r.vars[r.base+at] = v.get(r, dot) }, nil
	}
	cmds, way := escapers(n.Pipe)
	if way == nil {
		return nil, unknown(n, "it is escaped in an unknown way")
	}
	v, err := c.commands(n, cmds, dot)
	if err != nil {
		return nil, err
	}
	if v.text != nil {
		return func(r *run, dot reflect.Value) { r.out = way.write(r.out, v.text(r, dot)) }, nil
	}
	write := way.writer(v.typ)
	return func(r *run, dot reflect.Value) { r.out = write(r.out, v.get(r, dot)) }, nil
}

// branch compiles if and with.
func (c *compiler) branch(n *parse.BranchNode, dot reflect.Type, with bool) (op, error) {
	defer c.forget(len(c.vars))
	if !with && len(n.Pipe.Decl) == 0 {
		is, err := c.condition(n.Pipe, dot)
		if err != nil {
			return nil, err
		}
		return c.either(n, dot, func(r *run, dot reflect.Value, then, other op) {
			if is(r, dot) {
				then(r, dot)
			} else {
				other(r, dot)
			}
		}, dot)
	}
	v, err := c.pipe(n.Pipe, dot)
	if err != nil {
		return nil, err
	}
	is, err := truth(n, v.typ)
	if err != nil {
		return nil, err
	}
	at := -1
	if len(n.Pipe.Decl) > 0 {
		at = c.declare(n.Pipe.Decl[0].Ident[0], v.typ)
	}
	inner := dot
	if with {
		inner = v.typ
	}
	return c.either(n, inner, func(r *run, dot reflect.Value, then, other op) {
		x := v.get(r, dot)
		if at >= 0 {
			r.vars[r.base+at] = x
		}
		switch {
		case !is(x):
			other(r, dot)
		case with:
			then(r, x)
		default:
			then(r, dot)
		}
	}, dot)
}

// either compiles the two ways that a branch can go; inner is the type of the
// dot in the first.
func (c *compiler) either(n *parse.BranchNode, inner reflect.Type, choose func(r *run, dot reflect.Value, then, other op), dot reflect.Type) (op, error) {
	then, err := c.list(n.List, inner)
	if err != nil {
		return nil, err
	}
	other, err := c.list(n.ElseList, dot)
	if err != nil {
		return nil, err
	}
	return func(r *run, dot reflect.Value) { choose(r, dot, then, other) }, nil
}

// loop compiles range over a slice.
func (c *compiler) loop(n *parse.RangeNode, dot reflect.Type) (op, error) {
	defer c.forget(len(c.vars))
	v, err := c.pipe(n.Pipe, dot)
	if err != nil {
		return nil, err
	}
	if v.typ.Kind() != reflect.Slice || v.typ.Elem().Kind() == reflect.Interface {
		return nil, unknown(n.Pipe, "it is no slice of one type")
	}
	index, element := -1, -1
	for i, d := range n.Pipe.Decl {
		if i == 0 && len(n.Pipe.Decl) == 2 {
			index = c.declare(d.Ident[0], intType)
		} else {
			element = c.declare(d.Ident[0], v.typ.Elem())
		}
	}
	body, err := c.list(n.List, v.typ.Elem())
	if err != nil {
		return nil, err
	}
	none, err := c.list(n.ElseList, dot)
	if err != nil {
		return nil, err
	}
	return func(r *run, dot reflect.Value) {
		list := v.get(r, dot)
		for i := range list.Len() {
			x := list.Index(i)
			if index >= 0 {
				r.vars[r.base+index] = reflect.ValueOf(i)
			}
			if element >= 0 {
				r.vars[r.base+element] = x
			}
			body(r, x)
		}
		if list.Len() == 0 {
			none(r, dot)
		}
	}, nil
}

// template compiles a call of another template.
func (c *compiler) template(n *parse.TemplateNode, dot reflect.Type) (op, error) {
	if strings.Contains(n.Name, "$htmltemplate_") {
		return nil, unknown(n, "it is escaped for this place only")
	}
	if n.Pipe == nil {
		p := c.call(n.Name, nil)
		return func(r *run, _ reflect.Value) { r.call(p, n.Name, reflect.Value{}) }, nil
	}
	v, err := c.pipe(n.Pipe, dot)
	if err != nil {
		return nil, err
	}
	p := c.call(n.Name, v.typ)
	return func(r *run, dot reflect.Value) { r.call(p, n.Name, v.get(r, dot)) }, nil
}

func (c *compiler) call(name string, data reflect.Type) *program {
	p := c.set.compile(name, data, c.made)
	c.self.calls = append(c.self.calls, p)
	return p
}
