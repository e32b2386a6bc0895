package output

import (
	"strings"
	"unicode/utf8"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
)

// rubyWidth is the longest line of the ruby format: 80 columns, of which the
// original's layout leaves the last one free.
const rubyWidth = 79

// rubyText lays inspected text out: on one line if it fits, else one item per
// line, at each depth (spec/cli.md 6.4).
func rubyText(v any) (string, error) {
	var l rubyLayout
	l.value(v, 0, 0)
	return l.b.String(), nil
}

// rubyLayout writes inspected text in lines. Columns count characters.
type rubyLayout struct {
	b      strings.Builder
	column int
}

// value writes a value. Its further lines begin at indent; after is the number
// of characters that follow the value on its last line.
func (l *rubyLayout) value(v any, indent, after int) {
	flat := rubyFlat(v)
	if l.column+utf8.RuneCountInString(flat)+after <= rubyWidth {
		l.text(flat)
		return
	}
	switch v := v.(type) {
	case string:
		l.lines(v, indent)
	case []any:
		l.text("[")
		for i, x := range v {
			if i > 0 {
				l.text(",")
				l.newline(indent + 1)
			}
			l.value(x, indent+1, l.following(i, len(v), after))
		}
		l.text("]")
	case *record.Object:
		l.text("{")
		i := 0
		for key, x := range v.All() {
			if i > 0 {
				l.text(",")
				l.newline(indent + 1)
			}
			l.pair(key, x, indent+1, l.following(i, v.Len(), after))
			i++
		}
		l.text("}")
	default:
		l.text(flat)
	}
}

// following is the number of characters after item i of n: a comma, or the
// closing bracket and what follows that.
func (l *rubyLayout) following(i, n, after int) int {
	if i == n-1 {
		return 1 + after
	}
	return 1
}

// pair writes a key and its value, which goes to the next line if it does not fit.
func (l *rubyLayout) pair(key string, v any, indent, after int) {
	l.text(inspect.Text(key) + "=>")
	if l.column+utf8.RuneCountInString(rubyFlat(v))+after > rubyWidth {
		l.newline(indent + 1)
	}
	l.value(v, indent+1, after)
}

// lines writes a string of several lines as their sum.
func (l *rubyLayout) lines(s string, indent int) {
	for i, line := range textLines(s) {
		if i > 0 {
			l.text(" +")
			l.newline(indent)
		}
		l.text(inspect.Text(line))
	}
}

func (l *rubyLayout) text(s string) {
	l.b.WriteString(s)
	l.column += utf8.RuneCountInString(s)
}

func (l *rubyLayout) newline(indent int) {
	l.b.WriteString("\n" + strings.Repeat(" ", indent))
	l.column = indent
}

// rubyFlat is inspected text on one line, strings of several lines as their sum.
// What is too wide for a line is cut somewhere beyond its width.
func rubyFlat(v any) string {
	var b strings.Builder
	writeFlat(&b, v)
	return b.String()
}

// tooWideText tells that a text of bytes has more characters than a line.
func tooWideText(b *strings.Builder) bool { return b.Len() > rubyWidth*utf8.UTFMax }

func writeFlat(b *strings.Builder, v any) {
	separate := func(i int) {
		if i > 0 {
			b.WriteString(", ")
		}
	}
	switch v := v.(type) {
	case string:
		if !strings.Contains(v, "\n") {
			b.WriteString(inspect.Text(v))
			return
		}
		for i, line := range textLines(v) {
			if i > 0 {
				b.WriteString(" + ")
			}
			b.WriteString(inspect.Text(line))
		}
	case []any:
		b.WriteByte('[')
		for i, x := range v {
			if tooWideText(b) {
				return
			}
			separate(i)
			writeFlat(b, x)
		}
		b.WriteByte(']')
	case *record.Object:
		b.WriteByte('{')
		i := 0
		for key, x := range v.All() {
			if tooWideText(b) {
				return
			}
			separate(i)
			b.WriteString(inspect.Text(key))
			b.WriteString("=>")
			writeFlat(b, x)
			i++
		}
		b.WriteByte('}')
	default:
		b.WriteString(inspect.Text(v))
	}
}

// textLines splits a text after its newlines.
func textLines(s string) []string {
	lines := strings.SplitAfter(s, "\n")
	if n := len(lines); n > 1 && lines[n-1] == "" {
		lines = lines[:n-1]
	}
	return lines
}

// rubyList is a list in the ruby format. Items wait until it is clear that the
// list does not fit on one line.
type rubyList struct {
	printer *Printer
	waiting []any
	width   int // of the waiting items on one line, with brackets and commas
	broken  bool
}

func (l *rubyList) item(v any) error {
	if l.broken {
		l.printer.w.WriteString(",\n ")
		l.put(v)
		return nil
	}
	l.waiting = append(l.waiting, v)
	l.width += utf8.RuneCountInString(rubyFlat(v)) + len(", ")
	if l.width > rubyWidth {
		l.broken = true
		l.printer.w.WriteString("[")
		for i, v := range l.waiting {
			if i > 0 {
				l.printer.w.WriteString(",\n ")
			}
			l.put(v)
		}
		l.waiting = nil
	}
	return nil
}

// put writes an item of a broken list, followed by a comma or the bracket.
func (l *rubyList) put(v any) {
	layout := rubyLayout{column: 1}
	layout.value(v, 1, 1)
	l.printer.w.WriteString(l.printer.clean(layout.b.String()))
}

func (l *rubyList) end() error {
	if l.broken {
		l.printer.w.WriteString("]\n")
		return nil
	}
	text, err := rubyText(l.waiting)
	l.printer.puts(data, l.printer.clean(text))
	return err
}
