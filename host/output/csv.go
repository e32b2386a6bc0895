package output

import (
	"bufio"
	"strings"
)

// csvDialect is how rows of csv are written. Without any of its keys in option
// table_style, cells are joined by commas as they are, like 4.21.0; with one,
// cells are quoted where they must (spec/cli.md 6.4).
type csvDialect struct {
	quoting     bool
	headers     bool
	forceQuotes bool
	quoteEmpty  bool
	colSep      string
	rowSep      string
	quote       string
	emptyValue  string // written in place of an empty cell
}

func defaultCSV() csvDialect {
	return csvDialect{quoteEmpty: true, colSep: ",", rowSep: "\n", quote: `"`}
}

// write writes one row of n cells.
func (d csvDialect) write(w *bufio.Writer, n int, text func(i int) string) {
	for i := range n {
		if i > 0 {
			w.WriteString(d.colSep)
		}
		w.WriteString(d.cell(text(i)))
	}
	w.WriteString(d.rowSep)
}

func (d csvDialect) cell(text string) string {
	if !d.quoting {
		return text
	}
	if text == "" {
		text = d.emptyValue
	}
	if !d.forceQuotes && !d.mustQuote(text) {
		return text
	}
	return d.quote + strings.ReplaceAll(text, d.quote, d.quote+d.quote) + d.quote
}

func (d csvDialect) mustQuote(text string) bool {
	if text == "" {
		return d.quoteEmpty
	}
	return strings.ContainsAny(text, "\r\n") ||
		d.colSep != "" && strings.Contains(text, d.colSep) ||
		d.quote != "" && strings.Contains(text, d.quote)
}
