// Package output prints the results of commands: result kinds times formats,
// as spec/cli.md section 6 describes them.
//
// A result is printed as Begin, any number of batches of rows, End. What the
// format allows is written as the rows come: json, jsonpp, jsonl, yaml, text and
// ruby always (unless the option fields needs to see all columns first), csv
// when its columns are known beforehand. A table waits for its last row, and so
// does every format when a count of items has to stand before the result.
package output

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
)

// Kind is the kind of a result (spec/cli.md 6.1).
type Kind int

// The kinds, with the rows that each takes. The values of a record are those
// of package record; a Structure may also be a *regexp.Regexp or a Predicate.
const (
	Nothing      Kind = iota // no rows, no output
	Empty                    // no rows, shown as <empty>
	Null                     // no rows, shown as <null>
	Status                   // one string: what was done
	Text                     // one string or number
	SingleObject             // one object
	ObjectList               // objects
	ValueList                // scalars
	Structure                // one value of any type
	Image                    // one string: the URL of a picture or its bytes in base64
	Content                  // strings: bytes in base64, to be shown as they are
)

// Header announces a result.
type Header struct {
	Kind Kind
	// Columns are the default columns of objects in tables and csv; none means
	// all. The rules of the option fields hold ("ALL", "-name"), and "-name*"
	// removes the columns that begin so ("ALL", "-data*").
	Columns []string
	// Column is the title of a value list, "id" when empty.
	Column string
	// Secrets are names of fields to hide beyond those of spec/cli.md 6.9: unless
	// secrets are asked for, also when only data is displayed.
	Secrets []string
	// Total is how many items the server has, if the command knows: the count
	// "Items: <shown>/<total>" then stands before the list (spec/cli.md 6.2).
	Total *int
}

// Printer prints results one after the other. It is not safe for concurrent use.
type Printer struct {
	ctx      context.Context // of the command, for the functions in settings
	w        *bufio.Writer
	settings Settings
	style    style
	secrets  []string
	hidden   secretNames
	result   result // nil outside Begin..End
	kind     Kind
	status   int
	broken   bool // a write failed, and the caller knows
}

// result is one result being printed.
type result interface {
	add(value any) error
	close() error
}

// New returns a printer for the results of a command, or an error telling which
// setting is wrong. The functions in settings are called with ctx.
func New(ctx context.Context, w io.Writer, s Settings) (*Printer, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	style, err := newStyle(s)
	if err != nil {
		return nil, err
	}
	return &Printer{ctx: ctx, w: bufio.NewWriter(w), settings: s, style: style, hidden: secretNames{}}, nil
}

// Begin starts a result.
func (p *Printer) Begin(h Header) error {
	if p.result != nil {
		return errors.New("a result is begun before the last one is ended")
	}
	r, err := p.open(h)
	if err != nil {
		return err
	}
	if h.Total != nil && p.shows(info) && p.settings.Format != "nagios" {
		r = &counted{result: r, printer: p, total: *h.Total}
	}
	p.result, p.kind, p.secrets = r, h.Kind, h.Secrets
	return nil
}

// JSONRows prints rows given as JSON texts, one value each.
func (p *Printer) JSONRows(texts [][]byte) error {
	for _, text := range texts {
		v, err := record.Parse(text)
		if err != nil {
			return fmt.Errorf("read row of the result: %w", err)
		}
		if err := p.row(v); err != nil {
			return err
		}
	}
	return p.Flush()
}

// Rows prints rows. The values are not changed and not kept after End.
func (p *Printer) Rows(values []any) error {
	for _, v := range values {
		if err := p.Row(v); err != nil {
			return err
		}
	}
	return p.Flush()
}

// Row prints a row like Rows, but may hold its text back until Flush: a list
// costs less when it is not written row by row.
func (p *Printer) Row(v any) error {
	if p.kind != Structure || !isOption(v) {
		if err := checkValue(v, 0); err != nil {
			return err
		}
	}
	return p.row(v)
}

// isOption finds values that only options have, which config echo shows.
func isOption(v any) bool {
	switch v.(type) {
	case *regexp.Regexp, Predicate:
		return true
	}
	return false
}

// Flush writes what Row has held back. The error wraps that of the writer.
func (p *Printer) Flush() error {
	if err := p.w.Flush(); err != nil {
		p.broken = true
		return fmt.Errorf("write result: %w", err)
	}
	return nil
}

func (p *Printer) row(v any) error {
	if p.result == nil {
		return errors.New("rows of a result that was not begun")
	}
	return p.result.add(v)
}

// End finishes the result, also one whose command failed midway: what came
// before is shown and a list is closed. After an error the result is over too.
// A write error that Flush or Rows has told is not told again.
func (p *Printer) End() error {
	if p.result == nil {
		return errors.New("a result is ended that was not begun")
	}
	r := p.result
	p.result = nil
	if p.broken {
		return nil
	}
	err := r.close()
	if failed := p.Flush(); failed != nil {
		return failed
	}
	return err
}

// Info prints a line for the user, which display=data hides.
func (p *Printer) Info(text string) error {
	p.puts(info, p.clean(text))
	return p.Flush()
}

// ExitStatus is what the results printed so far ask the process to exit with:
// 0, or the state found by format nagios (spec/cli.md 10.11).
func (p *Printer) ExitStatus() int { return p.status }

// open chooses what prints a result.
func (p *Printer) open(h Header) (result, error) {
	switch h.Kind {
	case Image:
		return &single{print: p.putImage}, nil
	case Content:
		return p.openContent()
	}
	switch p.settings.Format {
	case "image":
		return p.openImage(h)
	case "nagios":
		return &health{printer: p}, nil
	case "table", "csv", "markdown":
		return p.openTabular(h)
	}
	return p.openDocument(h)
}

// openTabular prints what is no table by itself, and begins a sheet otherwise.
func (p *Printer) openTabular(h Header) (result, error) {
	switch h.Kind {
	case Nothing:
		return &constant{func() {}}, nil
	case Empty:
		return &constant{func() { p.puts(info, p.mark("<empty>")) }}, nil
	case Null:
		return &constant{func() { p.puts(info, p.mark("<null>")) }}, nil
	case Status:
		return &single{print: func(v any) error { p.puts(info, p.clean(p.plain(v))); return nil }}, nil
	case Text:
		return &single{print: func(v any) error { p.puts(data, p.clean(p.plain(v))); return nil }}, nil
	case Structure:
		return &single{print: p.putStructure}, nil
	case SingleObject, ObjectList, ValueList:
		return p.openSheet(h), nil
	}
	return nil, fmt.Errorf("unknown kind of result: %d", h.Kind)
}

// putStructure prints a value as inspected text; null is a result of its own.
func (p *Printer) putStructure(v any) error {
	switch v := v.(type) {
	case nil:
		p.puts(info, p.mark("<null>"))
	case Predicate:
		p.puts(data, p.emphasis(lambdaMark))
	default:
		p.puts(data, p.clean(inspect.Text(p.hide(v))))
	}
	return nil
}

// plain is the text of a status or text result.
func (p *Printer) plain(v any) string { return scalarText(p.hide(v)) }

// errNotList is the original's answer to fields or select on other results.
func errNotList() error {
	return failure.Argumentf("Filtering fields or select requires result is an Array of Hash")
}

// level is the importance of a text (spec/cli.md 6.2).
type level int

const (
	info level = iota
	data
)

func (p *Printer) shows(l level) bool {
	switch p.settings.Display {
	case "error":
		return false
	case "data":
		return l == data
	}
	return true
}

// puts writes a text that ends in exactly the newlines it has, or one.
func (p *Printer) puts(l level, text string) {
	if !p.shows(l) {
		return
	}
	p.w.WriteString(text)
	if text == "" || text[len(text)-1] != '\n' {
		p.w.WriteByte('\n')
	}
}
