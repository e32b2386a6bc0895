package sdk

import (
	"encoding/base64"
	"io"
	"iter"

	"github.com/ascli-go/ascli/sdk/record"
)

// Result is what a command gives back. Make one with the functions below.
type Result struct {
	Kind ResultKind
	// Columns are the default ones; nil takes those that the command declares.
	Columns []string
	// ValueColumn is the title of a list of values.
	ValueColumn string
	// Total is how many records there are in all, when a list shows only some.
	Total *int64
	// Secrets are names of fields to hide, besides those whose names tell.
	Secrets []string
	// Records yields the values; for a kind of a single value, that one. The
	// first error ends the sequence and fails the command; what came before it
	// is shown.
	Records iter.Seq2[any, error]
}

func single(kind ResultKind, v any) *Result {
	return &Result{Kind: kind, Records: func(yield func(any, error) bool) { yield(record.Of(v), nil) }}
}

// Object is one record.
func Object(o *record.Object, columns ...string) *Result {
	r := single(ResultObject, o)
	r.Columns = columns
	return r
}

// List streams records: they are shown as they come.
func List(records iter.Seq2[*record.Object, error], columns ...string) *Result {
	return &Result{Kind: ResultList, Columns: columns, Records: func(yield func(any, error) bool) {
		for o, err := range records {
			if !yield(o, err) || err != nil {
				return
			}
		}
	}}
}

// Rows is a list of records at hand.
func Rows(records []*record.Object, columns ...string) *Result {
	return List(func(yield func(*record.Object, error) bool) {
		for _, o := range records {
			if !yield(o, nil) {
				return
			}
		}
	}, columns...)
}

// Values is a list of scalars under one title.
func Values(column string, values []any) *Result {
	return &Result{Kind: ResultValues, ValueColumn: column, Records: func(yield func(any, error) bool) {
		for _, v := range values {
			if !yield(record.Of(v), nil) {
				return
			}
		}
	}}
}

// Status is a line of information, such as "created: folder".
func Status(text string) *Result { return single(ResultStatus, text) }

// Text is a text that is data.
func Text(text string) *Result { return single(ResultText, text) }

// Structure is any other value.
func Structure(v any) *Result { return single(ResultStructure, v) }

// Empty is an answer without content.
func Empty() *Result { return &Result{Kind: ResultEmpty, Records: none} }

// Null is the answer null.
func Null() *Result { return &Result{Kind: ResultNull, Records: none} }

// Image is a picture: its URL, or its bytes in base64.
func Image(source string) *Result { return single(ResultImage, source) }

// Content is bytes as they are, such as those of a file, shown as they are
// written. The error of write fails the command.
func Content(write func(w io.Writer) error) *Result {
	return &Result{Kind: ResultContent, Records: func(yield func(any, error) bool) {
		pieces := &pieces{yield: yield}
		if err := write(pieces); err != nil && !pieces.unwanted {
			yield(nil, err)
		}
	}}
}

// pieces turns what is written into records.
type pieces struct {
	yield    func(any, error) bool
	unwanted bool
}

func (p *pieces) Write(b []byte) (int, error) {
	if p.unwanted || !p.yield(base64.StdEncoding.EncodeToString(b), nil) {
		p.unwanted = true
		return 0, io.ErrClosedPipe
	}
	return len(b), nil
}

// Nothing prints nothing.
func Nothing() *Result { return &Result{Kind: ResultNothing, Records: none} }

func none(func(any, error) bool) {}
