package output

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// style is the value of option table_style (spec/cli.md 6.4, 6.5).
type style struct {
	table         tableLayout
	csv           csvDialect
	listSeparator string
}

// newStyle reads the table_style of settings over the defaults.
func newStyle(s Settings) (style, error) {
	st := style{
		table:         tableLayout{paddingLeft: 1, paddingRight: 1},
		csv:           defaultCSV(),
		listSeparator: "\n",
	}
	if err := st.setBorder(s); err != nil {
		return style{}, err
	}
	if s.TableStyle == nil {
		return st, nil
	}
	for key, value := range s.TableStyle.All() {
		// null stands for the default.
		if value == nil {
			continue
		}
		if err := st.set(key, value); err != nil {
			return style{}, err
		}
	}
	return st, nil
}

// setBorder chooses the border before other keys change it. Any table_style
// replaces the default style, hence its round border.
func (st *style) setBorder(s Settings) error {
	name := "ascii"
	styled := s.TableStyle != nil && s.TableStyle.Len() > 0
	switch {
	case s.Format == "markdown":
		name = "markdown"
	case styled && s.TableStyle.Text("border") != "":
		// Text is accepted beside the symbols of the original.
		name = strings.TrimPrefix(s.TableStyle.Text("border"), ":")
	case !styled && s.Terminal && s.Unicode:
		name = "unicode_round"
	}
	b, ok := borderNamed(name)
	if !ok {
		return failure.Argumentf("Invalid border for option table_style: %s, use ascii, markdown, unicode, unicode_round, unicode_thick_edge", name)
	}
	st.table.border = b
	return nil
}

// styleKey is a key of table_style and where its value goes: a *bool, *int,
// *string, func(string) or func(string) error.
type styleKey struct {
	name   string
	target any
}

func (st *style) tableKeys() []styleKey {
	t := &st.table
	return []styleKey{
		{"border", func(string) {}}, // done by setBorder
		{"border_x", t.border.setHorizontal},
		{"border_y", t.border.setVertical},
		{"border_i", t.border.setCrossing},
		{"border_top", &t.border.hasTop},
		{"border_bottom", &t.border.hasBottom},
		{"border_left", &t.border.hasLeft},
		{"border_right", &t.border.hasRight},
		{"padding_left", &t.paddingLeft},
		{"padding_right", &t.paddingRight},
		{"margin_left", &t.margin},
		{"width", &t.width},
		{"alignment", t.setAlignment},
		{"all_separators", &t.separators},
		{"str_lst_sep", &st.listSeparator},
	}
}

// csvKeys are those that turn quoting on.
func (st *style) csvKeys() []styleKey {
	c := &st.csv
	return []styleKey{
		{"headers", &c.headers},
		{"force_quotes", &c.forceQuotes},
		{"col_sep", &c.colSep},
		{"row_sep", &c.rowSep},
		{"quote_char", &c.quote},
		{"quote_empty", &c.quoteEmpty},
		{"write_empty_value", &c.emptyValue},
	}
}

func (st *style) set(name string, value any) error {
	named := func(k styleKey) bool { return k.name == name }
	keys := st.tableKeys()
	csv := st.csvKeys()
	if i := slices.IndexFunc(csv, named); i >= 0 {
		st.csv.quoting = true
		return csv[i].set(value)
	}
	if i := slices.IndexFunc(keys, named); i >= 0 {
		return keys[i].set(value)
	}
	var names []string
	for _, k := range append(keys, csv...) {
		names = append(names, k.name)
	}
	return failure.Argumentf("Invalid parameter for option table_style: %s, use %s", name, strings.Join(names, ", "))
}

func (k styleKey) set(value any) error {
	switch target := k.target.(type) {
	case *bool:
		v, ok := value.(bool)
		if !ok {
			return k.wrongType("Boolean", value)
		}
		*target = v
	case *int:
		v, ok := wholeNumber(value)
		if !ok {
			return k.wrongType("positive Integer", value)
		}
		*target = v
	case *string:
		v, ok := value.(string)
		if !ok {
			return k.wrongType("String", value)
		}
		*target = v
	case func(string):
		v, ok := value.(string)
		if !ok {
			return k.wrongType("String", value)
		}
		target(v)
	case func(string) error:
		v, ok := value.(string)
		if !ok {
			return k.wrongType("String", value)
		}
		return target(v)
	}
	return nil
}

func (k styleKey) wrongType(want string, value any) error {
	return failure.Argumentf("Option table_style: %s is a %s but must be %s", k.name, record.TypeName(value), want)
}

// wholeNumber reads a size; a table is at most a million columns wide.
func wholeNumber(value any) (int, bool) {
	n, ok := value.(json.Number)
	if !ok {
		return 0, false
	}
	i, err := n.Int64()
	return int(i), err == nil && i >= 0 && i <= 1_000_000
}
