package yaml11

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// Problem is the sort of an [Error]. The text is the kind that the original
// shows in `Other(<kind>)`.
type Problem string

// The problems that YAML text can have.
const (
	// Syntax: the text is no YAML.
	Syntax Problem = "Psych::SyntaxError"
	// Class: the value is of a type that has no place in a record: a date, a
	// time, an infinite number, a tagged object.
	Class Problem = "Psych::DisallowedClass"
	// Alias: the text refers to an anchor.
	Alias Problem = "Psych::BadAlias"
)

// Error says what is wrong with YAML text and where. Line and Column count
// from 1; both are 0 when the place is unknown.
type Error struct {
	Problem      Problem
	Text         string
	Line, Column int
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Text
	}
	return fmt.Sprintf("%s at line %d column %d", e.Text, e.Line, e.Column)
}

func refuse(node *yaml.Node, problem Problem, format string, args ...any) error {
	return &Error{Problem: problem, Text: fmt.Sprintf(format, args...), Line: node.Line, Column: node.Column}
}

// fromParser turns an error of the YAML library into an *Error.
func fromParser(err error, data []byte) error {
	var load *yaml.LoadError
	if !errors.As(err, &load) {
		return &Error{Problem: Syntax, Text: err.Error()}
	}
	e := &Error{Problem: Syntax, Text: load.Message, Line: load.Mark.Line, Column: load.Mark.Column}
	if load.ContextMsg != "" {
		e.Text += " " + load.ContextMsg
	}
	if name, ok := strings.CutPrefix(load.Message, "unknown anchor '"); ok {
		e.Problem, e.Text = Alias, "Unknown alias: "+strings.TrimSuffix(name, "' referenced")
	}
	if e.Line == 0 {
		e.Line, e.Column = firstUnreadable(data)
	}
	return e
}

// firstUnreadable finds the first byte that is neither UTF-8 nor printable:
// the YAML library does not say where it met one. 0, 0 when there is none.
func firstUnreadable(data []byte) (line, column int) {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		control := r < 0x20 && r != '\t' && r != '\n' && r != '\r'
		if control || (r == utf8.RuneError && size == 1) {
			before := data[:i]
			return 1 + bytes.Count(before, []byte("\n")),
				1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
		}
		i += size
	}
	return 0, 0
}
