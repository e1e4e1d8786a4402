// Package program runs html/template's templates without interpreting them.
//
// html/template remains the judge of what is escaped and how: a Set takes its
// trees after it has rewritten them, and compiles each for the type of its data
// into functions that know which field to read. What it does not know how to
// compile, html/template executes as before; the two write the same bytes.
package program

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io"
	"reflect"
	"sync"
	"text/template/parse"
)

// Set is templates that call each other.
type Set struct {
	from  *template.Template
	funcs map[string]reflect.Value

	making   sync.Mutex
	trees    map[string]*parse.Tree
	programs sync.Map // of key: *program
}

// New makes a Set of parsed templates, which must not be changed any more, and of
// the functions that they were parsed with.
func New(t *template.Template, funcs template.FuncMap) *Set {
	s := &Set{from: t, trees: map[string]*parse.Tree{}, funcs: map[string]reflect.Value{}}
	for name, f := range funcs {
		s.funcs[name] = reflect.ValueOf(f)
	}
	return s
}

// tree answers a template's tree as html/template has rewritten it. It is called
// under making.
func (s *Set) tree(name string) (*parse.Tree, error) {
	if tree, ok := s.trees[name]; ok {
		return tree, nil
	}
	t := s.from.Lookup(name)
	if t == nil || t.Tree == nil {
		return nil, fmt.Errorf("no template %q", name)
	}
	// The first execution rewrites it, and what it calls. Without data most
	// fail after that.
	var wrong *template.Error
	if err := t.Execute(io.Discard, nil); errors.As(err, &wrong) {
		return nil, err
	}
	s.trees[name] = t.Tree
	return t.Tree, nil
}

// key names a program: a template for a type of data, nil for none.
type key struct {
	name string
	data reflect.Type
}

// program is a compiled template.
type program struct {
	run   op
	slots int   // variables that it has at once
	err   error // why html/template executes it instead
	calls []*program
}

// op writes something.
type op func(r *run, dot reflect.Value)

// run is one execution.
type run struct {
	set  *Set
	out  []byte
	vars []reflect.Value // of all templates that are being executed
	base int             // of the innermost one's
}

// failure is what an execution is broken off with.
type failure struct{ error }

func fail(format string, args ...any) { panic(failure{fmt.Errorf(format, args...)}) }

// Compiles tells why a template is left to html/template for that data: nil when
// it, and every template that it calls, is not.
func (s *Set) Compiles(name string, data any) error {
	p, err := s.program(name, reflect.TypeOf(data))
	if err != nil {
		return err
	}
	return p.left(map[*program]bool{})
}

func (p *program) left(seen map[*program]bool) error {
	if seen[p] || p.err != nil {
		return p.err
	}
	seen[p] = true
	for _, called := range p.calls {
		if err := called.left(seen); err != nil {
			return err
		}
	}
	return nil
}

// runs are kept for the room that they have.
var runs = sync.Pool{New: func() any { return new(run) }}

// maxKept bounds the room that is kept.
const maxKept = 1 << 20

// Execute writes a template with its data. Nothing is written when it fails.
func (s *Set) Execute(w io.Writer, name string, data any) error {
	p, err := s.program(name, reflect.TypeOf(data))
	if err != nil {
		return err
	}
	r := runs.Get().(*run)
	r.set, r.out, r.vars, r.base = s, r.out[:0], r.vars[:0], 0
	defer func() {
		clear(r.vars)
		if cap(r.out) <= maxKept {
			runs.Put(r)
		}
	}()
	if err := r.start(p, name, data); err != nil {
		return err
	}
	_, err = w.Write(r.out)
	return err
}

// start turns what breaks an execution into an error, as html/template does
// with a panic of a method.
func (r *run) start(p *program, name string, data any) (err error) {
	defer func() {
		if e := recover(); e != nil {
			f, ok := e.(failure)
			if !ok {
				f.error = fmt.Errorf("%v", e)
			}
			err = fmt.Errorf("%s: %w", name, f.error)
		}
	}()
	var dot reflect.Value
	if data != nil {
		// Fields of what has an address are read without copying it.
		dot = reflect.New(reflect.TypeOf(data)).Elem()
		dot.Set(reflect.ValueOf(data))
	}
	r.call(p, name, dot)
	return nil
}

// call executes a template within another.
func (r *run) call(p *program, name string, dot reflect.Value) {
	if p.err != nil {
		r.interpret(name, dot)
		return
	}
	outer := r.base
	r.base = len(r.vars)
	for range p.slots {
		r.vars = append(r.vars, reflect.Value{})
	}
	r.vars[r.base] = dot
	p.run(r, dot)
	r.vars, r.base = r.vars[:r.base], outer
}

// interpret leaves a template to html/template.
func (r *run) interpret(name string, dot reflect.Value) {
	var b bytes.Buffer
	if err := r.set.from.ExecuteTemplate(&b, name, plain(dot)); err != nil {
		panic(failure{err})
	}
	r.out = append(r.out, b.Bytes()...)
}

func plain(v reflect.Value) any {
	if !v.IsValid() {
		return nil
	}
	return v.Interface()
}

// program answers a compiled template, compiling it when it is the first time.
func (s *Set) program(name string, data reflect.Type) (*program, error) {
	if p, ok := s.programs.Load(key{name, data}); ok {
		return p.(*program), nil
	}
	s.making.Lock()
	defer s.making.Unlock()
	if p, ok := s.programs.Load(key{name, data}); ok {
		return p.(*program), nil
	}
	if _, err := s.tree(name); err != nil {
		return nil, err
	}
	made := map[key]*program{}
	p := s.compile(name, data, made)
	for k, p := range made {
		s.programs.Store(k, p)
	}
	return p, nil
}
