package program

import (
	"html/template"
	"reflect"
	"text/template/parse"
)

// test is a compiled condition.
type test func(r *run, dot reflect.Value) bool

// function compiles a call of a function of the set, or of one of those that
// templates have of themselves.
func (c *compiler) function(n *parse.IdentifierNode, args []value) (value, error) {
	if f, ok := c.set.funcs[n.Ident]; ok {
		return called(n, f, args)
	}
	if n.Ident == "len" && len(args) == 1 {
		switch args[0].typ.Kind() {
		case reflect.Slice, reflect.String, reflect.Map:
			return value{typ: intType, get: func(r *run, dot reflect.Value) reflect.Value { return reflect.ValueOf(args[0].get(r, dot).Len()) }}, nil
		}
	}
	if n.Ident == "index" && len(args) == 2 && args[0].typ.Kind() == reflect.Slice && basic(args[1].typ) == reflect.Int {
		return value{typ: args[0].typ.Elem(), get: func(r *run, dot reflect.Value) reflect.Value {
			return args[0].get(r, dot).Index(int(args[1].get(r, dot).Int()))
		}}, nil
	}
	is, err := compare(n, args)
	if err != nil {
		return value{}, err
	}
	return value{typ: boolType, get: func(r *run, dot reflect.Value) reflect.Value { return reflect.ValueOf(is(r, dot)) }}, nil
}

func called(n parse.Node, f reflect.Value, args []value) (value, error) {
	if err := fits(n, f.Type(), args); err != nil {
		return value{}, err
	}
	if f, ok := f.Interface().(func(string) template.HTML); ok {
		return value{typ: reflect.TypeFor[template.HTML](), get: func(r *run, dot reflect.Value) reflect.Value {
			return reflect.ValueOf(f(args[0].get(r, dot).String()))
		}}, nil
	}
	return value{typ: f.Type().Out(0), get: func(r *run, dot reflect.Value) reflect.Value {
		in := make([]reflect.Value, 0, 4)
		for _, a := range args {
			in = append(in, a.get(r, dot))
		}
		return result(f.Call(in))
	}}, nil
}

// compare compiles eq, ne and not.
func compare(n *parse.IdentifierNode, args []value) (test, error) {
	switch {
	case n.Ident == "not" && len(args) == 1:
		is, err := truth(n, args[0].typ)
		return func(r *run, dot reflect.Value) bool { return !is(args[0].get(r, dot)) }, err
	case n.Ident == "ne" && len(args) == 2:
		same, err := equal(n, args)
		return func(r *run, dot reflect.Value) bool { return !same(r, dot) }, err
	case n.Ident == "eq" && len(args) >= 2:
		return equal(n, args)
	}
	return nil, unknown(n, "no such function for these")
}

// equal tells whether the first is one of the others: texts with texts, whole
// numbers with whole numbers, truths with truths.
func equal(n parse.Node, args []value) (test, error) {
	kind := basic(args[0].typ)
	for _, a := range args {
		if k := basic(a.typ); k == reflect.Invalid || k != kind {
			return nil, unknown(n, "these are not compared")
		}
	}
	first, rest := args[0], args[1:]
	return func(r *run, dot reflect.Value) bool {
		a := first.get(r, dot)
		for _, other := range rest {
			if b := other.get(r, dot); alike(kind, a, b) {
				return true
			}
		}
		return false
	}, nil
}

func alike(kind reflect.Kind, a, b reflect.Value) bool {
	switch kind {
	case reflect.String:
		return a.String() == b.String()
	case reflect.Int:
		return a.Int() == b.Int()
	}
	return a.Bool() == b.Bool()
}

func basic(t reflect.Type) reflect.Kind {
	switch t.Kind() {
	case reflect.String, reflect.Bool:
		return t.Kind()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return reflect.Int
	}
	return reflect.Invalid
}

// condition compiles what is asked for its truth only: there "and" and "or" need
// not agree in their types.
func (c *compiler) condition(n parse.Node, dot reflect.Type) (test, error) {
	if p, ok := n.(*parse.PipeNode); ok && len(p.Cmds) == 1 && len(p.Decl) == 0 {
		cmd := p.Cmds[0]
		id, ok := cmd.Args[0].(*parse.IdentifierNode)
		switch {
		case len(cmd.Args) == 1:
			if _, nested := cmd.Args[0].(*parse.PipeNode); nested {
				return c.condition(cmd.Args[0], dot)
			}
		case ok && (id.Ident == "and" || id.Ident == "or"):
			return c.several(cmd.Args[1:], dot, id.Ident == "or")
		case ok && id.Ident == "not" && len(cmd.Args) == 2:
			is, err := c.condition(cmd.Args[1], dot)
			return func(r *run, dot reflect.Value) bool { return !is(r, dot) }, err
		case ok && (id.Ident == "eq" || id.Ident == "ne"):
			args := make([]value, 0, 2)
			for _, a := range cmd.Args[1:] {
				v, err := c.operand(a, dot)
				if err != nil {
					return nil, err
				}
				args = append(args, v)
			}
			return compare(id, args)
		}
	}
	v, err := c.operand(n, dot)
	if err != nil {
		return nil, err
	}
	is, err := truth(n, v.typ)
	return func(r *run, dot reflect.Value) bool { return is(v.get(r, dot)) }, err
}

// several is "or", which ends at the first that is true, and "and", which ends at
// the first that is not.
func (c *compiler) several(nodes []parse.Node, dot reflect.Type, until bool) (test, error) {
	var all []test
	for _, n := range nodes {
		is, err := c.condition(n, dot)
		if err != nil {
			return nil, err
		}
		all = append(all, is)
	}
	return func(r *run, dot reflect.Value) bool {
		for _, is := range all {
			if is(r, dot) == until {
				return until
			}
		}
		return !until
	}, nil
}

// truth is html/template's: what is not the zero value, or not empty; a struct
// always.
func truth(n parse.Node, t reflect.Type) (func(reflect.Value) bool, error) {
	switch t.Kind() {
	case reflect.Bool:
		return reflect.Value.Bool, nil
	case reflect.String, reflect.Slice, reflect.Map, reflect.Array:
		return func(v reflect.Value) bool { return v.Len() > 0 }, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return func(v reflect.Value) bool { return v.Int() != 0 }, nil
	case reflect.Pointer:
		return func(v reflect.Value) bool { return !v.IsNil() }, nil
	case reflect.Struct:
		return func(reflect.Value) bool { return true }, nil
	}
	return nil, unknown(n, "truth of "+t.String())
}
