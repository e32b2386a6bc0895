package output

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
)

// sheet prints objects and value lists in columns: table, markdown and csv.
type sheet struct {
	*Printer
	header  Header
	flatten flattener
	grid    grid
	scratch []field
	// columns to write csv rows at once, nil when rows have to wait.
	columns []string
	written bool
}

func (p *Printer) openSheet(h Header) result {
	s := &sheet{Printer: p, header: h, flatten: flattener{separator: p.style.listSeparator}}
	columns, fixed := p.settings.Fields.fixed(h.Columns)
	if h.Kind == ValueList {
		columns, fixed = []string{s.title()}, true
	}
	s.grid = newGrid(columns, fixed)
	if fixed && p.settings.Format == "csv" {
		s.columns = columns
	}
	return s
}

// title is the heading of a value list.
func (s *sheet) title() string {
	if s.header.Column == "" {
		return "id"
	}
	return s.header.Column
}

func (s *sheet) add(v any) error {
	if !s.shows(data) {
		return nil
	}
	fields, keep, err := s.fields(v)
	if err != nil || !keep {
		return err
	}
	if s.header.Kind == SingleObject && len(s.grid.rows) > 0 {
		return errSeveral()
	}
	s.grid.add(fields)
	if s.columns != nil && !s.loneCell() {
		s.writeCSV(s.columns)
		s.grid.clear()
	}
	return nil
}

// loneCell tells that the only row so far has one column: if no row follows, the
// bare value is shown, without heading and quotes (spec/cli.md 6.4).
func (s *sheet) loneCell() bool {
	return len(s.columns) == 1 && len(s.grid.rows) == 1 && !s.written && s.style.csv.quoting
}

// fields returns the fields of a row and whether select keeps it.
func (s *sheet) fields(v any) (fields []field, keep bool, err error) {
	if s.header.Kind == ValueList {
		s.scratch = append(s.scratch[:0], field{s.title(), s.hide(v)})
		return s.scratch, true, nil
	}
	o, ok := v.(*record.Object)
	if !ok {
		return nil, false, errNotObject(v)
	}
	if s.settings.Select.given() {
		row := record.New()
		for _, f := range s.split(o) {
			row.Set(f.name, f.value)
		}
		if keep, err := s.settings.Select.keeps(s.ctx, row); err != nil || !keep {
			return nil, false, err
		}
	}
	return s.split(s.hide(o).(*record.Object)), true, nil
}

// split returns the fields of an object. They are overwritten by the next call.
func (s *sheet) split(o *record.Object) []field {
	s.scratch = s.scratch[:0]
	if s.settings.FlatHash {
		s.scratch = s.flatten.object(s.scratch, "", o)
		return s.scratch
	}
	for name, v := range o.All() {
		s.scratch = append(s.scratch, field{name, v})
	}
	return s.scratch
}

func (s *sheet) close() error {
	if !s.shows(data) {
		return nil
	}
	csv := s.settings.Format == "csv"
	if len(s.grid.rows) == 0 {
		if !csv {
			s.puts(info, s.mark("<empty>"))
		}
		return nil
	}
	columns := []string{s.title()}
	if s.header.Kind != ValueList {
		var err error
		if columns, err = s.settings.Fields.columns(s.ctx, s.grid.names, s.header.Columns); err != nil {
			return err
		}
	}
	if len(s.grid.rows) == 1 && len(columns) == 1 && !s.written {
		return s.putLone(columns[0])
	}
	if csv {
		s.writeCSV(columns)
		return nil
	}
	return s.drawTables(columns)
}

// putLone prints the only cell of a result: a list of objects as a table of its
// own, any other value bare.
func (s *sheet) putLone(column string) error {
	place := s.grid.column(column)
	if list, ok := s.grid.at(0, place).([]any); ok && s.settings.Format != "csv" && allObjects(list) {
		return s.nested(list)
	}
	only := s.cell(0, place)
	if only.dim {
		only.text = dim(only.text)
	}
	s.puts(data, only.text)
	return nil
}

// nested prints the objects of a cell, in all their columns.
func (s *sheet) nested(list []any) error {
	p := *s.Printer
	p.settings.Fields, p.settings.Select = Fields{}, Select{}
	table := p.openSheet(Header{Kind: ObjectList})
	for _, o := range list {
		if err := table.add(o); err != nil {
			return err
		}
	}
	return table.close()
}

func allObjects(list []any) bool {
	return len(list) > 0 && !slices.ContainsFunc(list, func(v any) bool {
		_, ok := v.(*record.Object)
		return !ok
	})
}

// drawTables draws the rows as the option multi_single wants them (spec/cli.md 6.5).
func (s *sheet) drawTables(columns []string) error {
	rows := len(s.grid.rows)
	multi := s.settings.MultiSingle
	upright := s.header.Kind == SingleObject ||
		s.header.Kind == ObjectList && (multi == "yes" || multi == "single" && rows == 1)
	if upright {
		for r := range rows {
			if r > 0 && s.settings.Format == "markdown" {
				s.puts(data, "") // tables of markdown would run together
			}
			if err := s.style.table.draw(s.w, s.upright(r, columns)); err != nil {
				return err
			}
		}
		return nil
	}
	if len(columns) == 0 {
		s.puts(info, s.mark("<empty>"))
		return nil
	}
	places := s.grid.columns(columns)
	return s.style.table.draw(s.w, table{
		heads: s.heads(columns),
		count: rows,
		cell:  func(row, column int) cell { return s.cell(row, places[column]) },
	})
}

// upright is the table of one object: a row per field.
func (s *sheet) upright(row int, columns []string) table {
	heads, places := s.heads(columns), s.grid.columns(columns)
	return table{
		heads: []string{"field", "value"},
		count: len(columns),
		cell: func(line, column int) cell {
			if column == 0 {
				return cell{text: heads[line]}
			}
			return s.cell(row, places[line])
		},
	}
}

// heads are the names of columns as cells.
func (s *sheet) heads(columns []string) []string {
	heads := make([]string, len(columns))
	for i, name := range columns {
		heads[i] = s.fitCell(name)
	}
	return heads
}

// writeCSV writes the rows of the grid.
func (s *sheet) writeCSV(columns []string) {
	dialect := s.style.csv
	if dialect.headers && !s.written {
		dialect.write(s.w, len(columns), func(i int) string { return s.clean(columns[i]) })
	}
	s.written = true
	places := s.grid.columns(columns)
	for r := range s.grid.rows {
		dialect.write(s.w, len(columns), func(i int) string { return s.cell(r, places[i]).text })
	}
}

// cell returns a cell as it is shown (spec/cli.md 6.3).
func (s *sheet) cell(row, column int) cell {
	flat := s.settings.FlatHash
	switch v := s.grid.at(row, column).(type) {
	case absent:
	case nil:
		if flat {
			return s.markCell("<null>")
		}
	case string:
		if v == "" && flat {
			return s.markCell("<empty string>")
		}
		return cell{text: s.fitCell(v)}
	case json.Number:
		return cell{text: v.String()}
	case bool:
		return cell{text: strconv.FormatBool(v)}
	case []any:
		if len(v) == 0 && flat {
			return s.markCell("<empty list>")
		}
		return cell{text: s.fitCell(inspect.Text(v))}
	default:
		return cell{text: s.fitCell(inspect.Text(v))}
	}
	return cell{}
}

// markCell is a mark, dim in a table on a terminal.
func (s *sheet) markCell(text string) cell {
	return cell{text, s.settings.Terminal && s.settings.Format != "csv"}
}

// fitCell makes a text harmless to a terminal and to the format.
func (s *sheet) fitCell(text string) string {
	switch s.settings.Format {
	case "markdown":
		text = strings.NewReplacer("|", `\|`, "\r\n", "<br>", "\n", "<br>").Replace(text)
	case "table":
		if s.settings.Terminal {
			// A tab would break the alignment.
			text = strings.ReplaceAll(text, "\t", "    ")
		}
	}
	return s.clean(text)
}
