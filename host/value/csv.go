package value

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// decodeCSV turns lines below a line of titles into objects (spec/cli.md 4.2,
// `@csvt:`). An empty column is null unless quoted, as a missing one is.
func (v *evaluation) decodeCSV(text string) (any, error) {
	reader := csv.NewReader(strings.NewReader(text))
	reader.FieldsPerRecord = -1
	lines := strings.SplitAfter(text, "\n")
	var titles []string
	rows := []any{}
	for {
		fields, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, csvFailure(err, lines)
		}
		if titles == nil {
			titles = fields
			continue
		}
		rows = append(rows, csvRow(titles, fields, func(i int) bool {
			line, column := reader.FieldPos(i)
			return strings.HasPrefix(lines[line-1][column-1:], `"`)
		}))
	}
	if len(rows) == 0 {
		v.env.Log.Warn("Titled CSV file without any line")
	}
	return rows, nil
}

func csvRow(titles, fields []string, quoted func(i int) bool) *record.Object {
	row := record.New()
	for i, title := range titles {
		if i < len(fields) && (fields[i] != "" || quoted(i)) {
			row.Set(title, fields[i])
		} else {
			row.Set(title, nil)
		}
	}
	return row
}

func csvFailure(err error, lines []string) error {
	const kind = "CSV::MalformedCSVError"
	var bad *csv.ParseError
	switch {
	case !errors.As(err, &bad):
		return failure.Otherf(kind, "%w", err)
	case errors.Is(err, csv.ErrBareQuote):
		return failure.Otherf(kind, "Illegal quoting in line %d.", bad.Line)
	case isUnclosed(bad, lines):
		return failure.Otherf(kind, "Unclosed quoted field in line %d.", bad.StartLine)
	}
	return failure.Otherf(kind, "Any value after quoted field isn't allowed in line %d.", bad.Line)
}

// isUnclosed tells a quote that never closes from one that closes too early:
// the position of the former is the end of the text.
func isUnclosed(bad *csv.ParseError, lines []string) bool {
	if bad.Line > len(lines) {
		return true
	}
	line := lines[bad.Line-1]
	return bad.Column > len(line) || line[bad.Column-1] != '"'
}
