package crm

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// PanicError is a panic that was caught so that one broken request or file does
// not end everybody's program.
type PanicError struct {
	kind  string
	Stack string // of where it happened: functions and lines, no values
}

// Panicked makes an error of what recover returned. What the runtime says
// ("index out of range [3] with length 2") stays; any other value may quote
// somebody's data, so only its type does.
func Panicked(value any) *PanicError {
	e := &PanicError{kind: fmt.Sprintf("of type %T", value), Stack: string(debug.Stack())}
	if r, ok := value.(runtime.Error); ok {
		e.kind = r.Error()
	}
	return e
}

func (e *PanicError) Error() string { return "panic: " + e.kind }
