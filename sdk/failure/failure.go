// Package failure classes the errors that a user sees. The label decides how
// the host prints an error: `ERROR: <label>: <message>` (spec/cli.md 7.1).
package failure

import (
	"errors"
	"fmt"
)

// Label is the word that stands before the message.
type Label string

// The labels of spec/cli.md 7.1.
const (
	Argument     Label = "Argument"
	Identifier   Label = "Identifier"
	Tool         Label = "Tool"
	Transfer     Label = "Transfer"
	Rest         Label = "Rest"
	SSH          Label = "SSH"
	SSL          Label = "SSL"
	Network      Label = "Network"
	Other        Label = "Other"
	Interruption Label = "Interruption"
)

// Error is an error with its label. Kind stands in the parentheses of
// Other(<kind>) and is empty for every other label. Hints are printed after
// the message, one a line. Cause, when set, is what errors.Is and errors.As see.
type Error struct {
	Label   Label
	Kind    string
	Message string
	Hints   []string
	Cause   error
}

func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// New returns an error with a label. The format may wrap an error with %w.
func New(label Label, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Label: label, Message: err.Error(), Cause: errors.Unwrap(err)}
}

// Argumentf is an error in what the user typed.
func Argumentf(format string, args ...any) *Error { return New(Argument, format, args...) }

// Toolf is an error of the tool's own state: presets, configuration.
func Toolf(format string, args ...any) *Error { return New(Tool, format, args...) }

// Otherf is an error of the given kind, e.g. "RuntimeError" or "Errno::ENOENT".
func Otherf(kind, format string, args ...any) *Error {
	e := New(Other, format, args...)
	e.Kind = kind
	return e
}

// Hint adds a line telling the user what to do next and returns e.
func (e *Error) Hint(format string, args ...any) *Error {
	e.Hints = append(e.Hints, fmt.Sprintf(format, args...))
	return e
}

// As finds the labelled error in a chain; nil when there is none.
func As(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}
