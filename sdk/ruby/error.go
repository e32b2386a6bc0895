package ruby

import (
	"fmt"
	"unicode/utf8"

	"github.com/ascli-go/ascli/sdk/failure"
)

// Error says what is wrong with an expression, and where.
type Error struct {
	// Kind is the class of the exception that Ruby raises for it, such as
	// NameError, or NotImplementedError for what is outside the subset.
	Kind    string
	Message string
	// Line and Column count from 1, columns in characters. Both are 0 when the
	// error is about no place in particular.
	Line, Column int
	// Cause is the error of the system behind it, nil when there is none.
	Cause error
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("%s (line %d, column %d)", e.Message, e.Line, e.Column)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// labelled gives the error the label with which the host shows it.
func (e *Error) labelled() error { return failure.Otherf(e.Kind, "%w", e) }

// The kinds of errors, by the names that Ruby has for them.
const (
	syntaxError    = "SyntaxError"
	nameError      = "NameError"
	noMethodError  = "NoMethodError"
	argumentError  = "ArgumentError"
	typeError      = "TypeError"
	runtimeError   = "RuntimeError"
	keyError       = "KeyError"
	rangeError     = "RangeError"
	regexpError    = "RegexpError"
	limitError     = "SystemStackError"
	notImplemented = "NotImplementedError"
)

// place is where a construct begins: a byte offset in a source text. The zero
// place is nowhere.
type place struct {
	source *string
	offset int
}

func (at place) lineAndColumn() (line, column int) {
	if at.source == nil {
		return 0, 0
	}
	line, start := 1, 0
	text := (*at.source)[:min(at.offset, len(*at.source))]
	for i := range len(text) {
		if text[i] == '\n' {
			line, start = line+1, i+1
		}
	}
	return line, utf8.RuneCountInString(text[start:]) + 1
}

// fail ends the evaluation with an error about the construct at a place.
func (at place) fail(kind, format string, args ...any) {
	line, column := at.lineAndColumn()
	e := &Error{Kind: kind, Message: fmt.Sprintf(format, args...), Line: line, Column: column}
	panic(e)
}

// failWith is fail with the error of the system that is the cause.
func (at place) failWith(kind string, cause error) {
	line, column := at.lineAndColumn()
	panic(&Error{Kind: kind, Message: cause.Error(), Line: line, Column: column, Cause: cause})
}

// unsupported ends the evaluation at what is outside the subset.
func (at place) unsupported(construct string) {
	at.fail(notImplemented, "unsupported: %s", construct)
}
