package program

import (
	"fmt"
	"reflect"
	"text/template/parse"
)

// value is a compiled expression: its type is known before there is data.
type value struct {
	typ reflect.Type
	get func(r *run, dot reflect.Value) reflect.Value
	// text is the same of a string, when it is had without reflection.
	text func(r *run, dot reflect.Value) string
}

var (
	intType    = reflect.TypeFor[int]()
	stringType = reflect.TypeFor[string]()
	boolType   = reflect.TypeFor[bool]()
	errorType  = reflect.TypeFor[error]()
	wordsType  = reflect.TypeFor[words]()
)

func constant(x any) value {
	v := reflect.ValueOf(x)
	return value{typ: v.Type(), get: func(*run, reflect.Value) reflect.Value { return v }}
}

func (c *compiler) pipe(n *parse.PipeNode, dot reflect.Type) (value, error) {
	if n.IsAssign {
		return value{}, unknown(n, "variables are set once")
	}
	return c.commands(n, n.Cmds, dot)
}

// commands compiles a pipeline: each hands its value to the next as its last
// argument.
func (c *compiler) commands(n parse.Node, cmds []*parse.CommandNode, dot reflect.Type) (value, error) {
	var v value
	for i, cmd := range cmds {
		var last *value
		if i > 0 {
			before := v
			last = &before
		}
		var err error
		if v, err = c.command(cmd, last, dot); err != nil {
			return value{}, err
		}
	}
	if v.typ == nil {
		return value{}, unknown(n, "it has no value")
	}
	return v, nil
}

func (c *compiler) command(cmd *parse.CommandNode, last *value, dot reflect.Type) (value, error) {
	var args []value
	for _, a := range cmd.Args[1:] {
		v, err := c.operand(a, dot)
		if err != nil {
			return value{}, err
		}
		args = append(args, v)
	}
	if last != nil {
		args = append(args, *last)
	}
	switch n := cmd.Args[0].(type) {
	case *parse.IdentifierNode:
		return c.function(n, args)
	case *parse.FieldNode:
		on, err := c.operand(&parse.DotNode{}, dot)
		if err != nil {
			return value{}, err
		}
		return c.path(n, on, n.Ident, args)
	case *parse.VariableNode:
		on, err := c.variable(n)
		if err != nil {
			return value{}, err
		}
		return c.path(n, on, n.Ident[1:], args)
	case *parse.ChainNode:
		on, err := c.operand(n.Node, dot)
		if err != nil {
			return value{}, err
		}
		return c.path(n, on, n.Field, args)
	}
	if len(args) > 0 {
		return value{}, unknown(cmd, "it takes no arguments")
	}
	return c.operand(cmd.Args[0], dot)
}

// operand compiles what stands alone.
func (c *compiler) operand(n parse.Node, dot reflect.Type) (value, error) {
	switch n := n.(type) {
	case *parse.DotNode:
		if dot == nil {
			return value{}, unknown(n, "there is no data")
		}
		return value{typ: dot, get: func(_ *run, dot reflect.Value) reflect.Value { return dot }}, nil
	case *parse.StringNode:
		return constant(n.Text), nil
	case *parse.BoolNode:
		return constant(n.True), nil
	case *parse.NumberNode:
		if n.IsInt {
			return constant(int(n.Int64)), nil
		}
	case *parse.PipeNode:
		if len(n.Decl) == 0 {
			return c.pipe(n, dot)
		}
	case *parse.FieldNode, *parse.VariableNode, *parse.ChainNode, *parse.IdentifierNode:
		return c.command(&parse.CommandNode{Args: []parse.Node{n}}, nil, dot)
	}
	return value{}, unknown(n, "no such operand")
}

func (c *compiler) variable(n *parse.VariableNode) (value, error) {
	for at := len(c.vars) - 1; at >= 0; at-- {
		if v := c.vars[at]; v.name == n.Ident[0] && v.typ != nil {
			return value{typ: v.typ, get: func(r *run, _ reflect.Value) reflect.Value { return r.vars[r.base+at] }}, nil
		}
	}
	return value{}, unknown(n, "no such variable")
}

// path follows fields and methods; arguments are those of the last.
func (c *compiler) path(n parse.Node, on value, names []string, args []value) (value, error) {
	for i, name := range names {
		var here []value
		if i == len(names)-1 {
			here = args
		}
		var err error
		if on, err = c.member(n, on, name, here); err != nil {
			return value{}, err
		}
	}
	if len(names) == 0 && len(args) > 0 {
		return value{}, unknown(n, "it takes no arguments")
	}
	return on, nil
}

func (c *compiler) member(n parse.Node, on value, name string, args []value) (value, error) {
	if m, ok := on.typ.MethodByName(name); ok && on.typ.Kind() != reflect.Interface {
		return method(n, on, m, args)
	}
	if _, ok := reflect.PointerTo(on.typ).MethodByName(name); ok || len(args) > 0 {
		return value{}, unknown(n, name+" is no field and no method of the value")
	}
	typ, pointer := on.typ, false
	if typ.Kind() == reflect.Pointer {
		typ, pointer = typ.Elem(), true
		if _, ok := on.typ.MethodByName(name); ok {
			return value{}, unknown(n, name+" is a method")
		}
	}
	if typ.Kind() != reflect.Struct {
		return value{}, unknown(n, typ.String()+" is no struct")
	}
	f, ok := typ.FieldByName(name)
	if !ok || !f.IsExported() || through(typ, f.Index) {
		return value{}, unknown(n, "no field "+name)
	}
	return value{typ: f.Type, get: field(on, f.Index, pointer, name)}, nil
}

// through tells whether a promoted field is reached through a pointer.
func through(typ reflect.Type, index []int) bool {
	for _, i := range index[:len(index)-1] {
		if typ = typ.Field(i).Type; typ.Kind() != reflect.Struct {
			return true
		}
	}
	return false
}

func field(on value, index []int, pointer bool, name string) func(*run, reflect.Value) reflect.Value {
	get := on.get
	if pointer {
		get = pointed(on, name)
	}
	if len(index) == 1 {
		at := index[0]
		return func(r *run, dot reflect.Value) reflect.Value { return get(r, dot).Field(at) }
	}
	return func(r *run, dot reflect.Value) reflect.Value { return get(r, dot).FieldByIndex(index) }
}

// words is the method of pages that puts a key into words; it is called so
// often that it is not called by reflection.
type words interface {
	T(key string, args ...string) string
}

func method(n parse.Node, on value, m reflect.Method, args []value) (value, error) {
	f := reflect.Zero(on.typ).Method(m.Index).Type()
	if err := fits(n, f, args); err != nil {
		return value{}, err
	}
	typ := f.Out(0)
	if m.Name == "T" && on.typ.Implements(wordsType) {
		return inWords(on, args), nil
	}
	return value{typ: typ, get: func(r *run, dot reflect.Value) reflect.Value {
		in := make([]reflect.Value, 0, 4)
		v := on.get(r, dot).Method(m.Index)
		for _, a := range args {
			in = append(in, a.get(r, dot))
		}
		return result(v.Call(in))
	}}, nil
}

func inWords(on value, args []value) value {
	text := func(r *run, dot reflect.Value) string {
		v := on.get(r, dot)
		if v.CanAddr() && v.Kind() != reflect.Pointer {
			v = v.Addr() // an interface of a pointer needs no copy
		}
		key := args[0].get(r, dot).String()
		if len(args) == 1 {
			return v.Interface().(words).T(key)
		}
		texts := make([]string, 0, 4)
		for _, a := range args[1:] {
			texts = append(texts, a.get(r, dot).String())
		}
		return v.Interface().(words).T(key, texts...)
	}
	return value{stringType, func(r *run, dot reflect.Value) reflect.Value { return reflect.ValueOf(text(r, dot)) }, text}
}

// result is what a function answers; an error ends the execution.
func result(out []reflect.Value) reflect.Value {
	if len(out) == 2 && !out[1].IsNil() {
		panic(failure{out[1].Interface().(error)})
	}
	return out[0]
}

// fits checks arguments against a function's parameters, and takes from a pointer
// what a parameter wants.
func fits(n parse.Node, f reflect.Type, args []value) error {
	if f.NumOut() == 0 || f.NumOut() > 2 || f.NumOut() == 2 && f.Out(1) != errorType || f.Out(0).Kind() == reflect.Interface {
		return unknown(n, "it does not answer one value of one type")
	}
	takes := f.NumIn()
	if len(args) != takes && !(f.IsVariadic() && len(args) >= takes-1) {
		return unknown(n, "it takes another number of arguments")
	}
	for i, a := range args {
		want := f.In(min(i, takes-1))
		if f.IsVariadic() && i >= takes-1 {
			want = want.Elem()
		}
		if a.typ.Kind() == reflect.Pointer && a.typ.Elem().AssignableTo(want) {
			args[i] = value{typ: a.typ.Elem(), get: pointed(a, "argument")}
			continue
		}
		if !a.typ.AssignableTo(want) {
			return unknown(n, fmt.Sprintf("%v is no %v", a.typ, want))
		}
	}
	return nil
}

// pointed reads what a pointer points to.
func pointed(on value, name string) func(*run, reflect.Value) reflect.Value {
	return func(r *run, dot reflect.Value) reflect.Value {
		v := on.get(r, dot)
		if v.IsNil() {
			fail("nil has no %s", name)
		}
		return v.Elem()
	}
}
