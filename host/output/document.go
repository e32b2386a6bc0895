package output

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
)

// notation writes values in one of the formats that show the full data
// (spec/cli.md 6.4): json, jsonl, jsonpp, yaml, ruby, text.
type notation struct {
	// document is a whole result of one value.
	document func(v any) (string, error)
	// A list is open, its items with separator between them, and end. When it
	// has no items it is empty instead.
	open, separator, end, empty string
	item                        func(v any) (string, error)
}

func notationOf(format string) (notation, bool) {
	switch format {
	case "json":
		return notation{document: jsonText, open: "[", separator: ",", end: "]\n", empty: "[]\n", item: jsonText}, true
	case "jsonl":
		return notation{document: jsonText, separator: "\n", end: "\n", item: jsonText}, true
	case "jsonpp":
		return notation{
			document: prettyText,
			open:     "[\n  ", separator: ",\n  ", end: "\n]\n", empty: "[]\n",
			// JSON strings hold no newline as such: those of the text are all layout.
			item: func(v any) (string, error) {
				return strings.ReplaceAll(string(record.Pretty(v)), "\n", "\n  "), nil
			},
		}, true
	case "yaml":
		return notation{document: yamlDocument, open: "---\n", empty: "--- []\n", item: yamlItem}, true
	case "ruby":
		return notation{document: rubyText}, true
	case "text":
		return notation{
			document: func(v any) (string, error) { return scalarText(v), nil },
			open:     "[", separator: ", ", end: "]\n", empty: "[]\n",
			item: func(v any) (string, error) { return inspect.Text(v), nil },
		}, true
	}
	return notation{}, false
}

func jsonText(v any) (string, error) { return string(record.JSON(v)), nil }

func prettyText(v any) (string, error) { return string(record.Pretty(v)), nil }

// list writes the items of a list.
type list interface {
	item(v any) error
	end() error
}

// delimited is a list in a notation.
type delimited struct {
	notation
	printer *Printer
	begun   bool
}

func (l *delimited) item(v any) error {
	text, err := l.notation.item(v)
	if err != nil {
		return err
	}
	w := l.printer.w
	if l.begun {
		w.WriteString(l.separator)
	} else {
		w.WriteString(l.open)
	}
	l.begun = true
	w.WriteString(l.printer.clean(text))
	return nil
}

func (l *delimited) end() error {
	if l.begun {
		l.printer.w.WriteString(l.notation.end)
	} else {
		l.printer.w.WriteString(l.empty)
	}
	return nil
}

// openDocument begins a result in a format that shows the full data. Texts have
// level data here: 4.21.0 shows a status as a String of the format, and the
// String nil for a result without data (spec/cli.md 6.1).
func (p *Printer) openDocument(h Header) (result, error) {
	n, ok := notationOf(p.settings.Format)
	if !ok {
		return nil, fmt.Errorf("no notation for format %s", p.settings.Format)
	}
	filtered := p.settings.Format != "text" && (p.settings.Fields.given() || p.settings.Select.given())
	switch h.Kind {
	case Nothing, Empty:
		text, err := n.document("nil")
		return &constant{func() { p.puts(data, text) }}, err
	case Null:
		return &constant{func() { p.puts(data, "null") }}, nil
	case ObjectList:
		return p.openList(n, h, filtered), nil
	}
	if filtered && h.Kind != SingleObject {
		return nil, errNotList()
	}
	switch h.Kind {
	case ValueList:
		return p.openList(n, h, false), nil
	case Status, Text, SingleObject, Structure:
		return &single{print: func(v any) error { return p.putDocument(n, h, v) }}, nil
	}
	return nil, fmt.Errorf("unknown kind of result: %d", h.Kind)
}

func (p *Printer) putDocument(n notation, h Header, v any) error {
	if _, ok := v.(*record.Object); !ok && h.Kind == SingleObject {
		return errNotObject(v)
	}
	switch option := v.(type) {
	case *regexp.Regexp:
		// Only ruby has a notation for patterns; elsewhere they are Strings.
		if p.settings.Format != "ruby" {
			v = inspect.Plain(option)
		}
	case Predicate:
		v = lambdaMark
	}
	text, err := n.document(p.hide(v))
	if err != nil {
		return err
	}
	p.puts(data, p.clean(text))
	return nil
}

// records is a list whose rows go out as they come.
type records struct {
	*Printer
	list    list
	objects bool
}

func (p *Printer) openList(n notation, h Header, filtered bool) result {
	r := records{Printer: p, objects: h.Kind == ObjectList}
	if p.settings.Format == "ruby" {
		r.list = &rubyList{printer: p}
	} else {
		r.list = &delimited{notation: n, printer: p}
	}
	if !filtered {
		return &r
	}
	f := &filtering{records: r, defaults: h.Columns, project: p.settings.Fields.given()}
	f.columns, f.known = p.settings.Fields.fixed(h.Columns)
	return f
}

func (r *records) add(v any) error {
	if _, ok := v.(*record.Object); !ok && r.objects {
		return errNotObject(v)
	}
	if !r.shows(data) {
		return nil
	}
	return r.list.item(r.hide(v))
}

func (r *records) close() error {
	if !r.shows(data) {
		return nil
	}
	return r.list.end()
}
