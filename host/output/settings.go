package output

import (
	"io"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// Settings says how results are printed: the options of spec/cli.md 2.1 that
// concern output, already evaluated.
type Settings struct {
	Format      string         // one of Formats
	Display     string         // info, data or error (spec/cli.md 6.2)
	MultiSingle string         // no, yes or single (spec/cli.md 6.5)
	FlatHash    bool           // deep values become a.b.c columns
	ShowSecrets bool           // do not hide secrets
	Fields      Fields         // columns; the zero value is DEF
	Select      Select         // row filter; the zero value keeps all rows
	TableStyle  *record.Object // nil or empty: the default border
	Terminal    bool           // the writer is a terminal: colours, control characters made harmless
	Unicode     bool           // the terminal shows Unicode, see UnicodeLocale
	// Image draws a picture and the newline after it. The source is a URL, base64
	// or the text of a picture (spec/cli.md 6.10). Nil refuses pictures.
	Image func(w io.Writer, source string) error
}

// Formats lists the values of option format that this package prints, sorted.
// jsonl (one record a line) and markdown are additions to the original's.
func Formats() []string {
	return []string{"csv", "image", "json", "jsonl", "jsonpp", "markdown", "nagios", "ruby", "table", "text", "yaml"}
}

// UnicodeLocale tells whether the environment announces a UTF-8 terminal
// (spec/cli.md 6.2). Lookup returns "" for an unset variable, as os.Getenv does.
func UnicodeLocale(lookup func(name string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if strings.Contains(lookup(name), "UTF-8") {
			return true
		}
	}
	return false
}

// Shown tells which fields of the objects of a list matter, when that can be
// said beforehand: those of names, or the default columns when there are none.
func (s Settings) Shown() (names []string, some bool) {
	switch f := s.Fields; {
	case s.Format != "table" && s.Format != "csv" && s.Format != "markdown", s.Select.given(), f.Pattern != nil, f.Match != nil:
		return nil, false
	case !f.given():
		return nil, true
	case slices.Contains(f.Names, defaultFields):
		return nil, false
	default:
		return f.Names, true
	}
}

func (s Settings) check() error {
	for _, option := range []struct {
		name, value string
		allowed     []string
	}{
		{"format", s.Format, Formats()},
		{"display", s.Display, []string{"data", "error", "info"}},
		{"multi_single", s.MultiSingle, []string{"no", "single", "yes"}},
	} {
		if !slices.Contains(option.allowed, option.value) {
			return failure.Argumentf("unknown value for %s: %s\nUse:\n- %s",
				option.name, option.value, strings.Join(option.allowed, "\n- "))
		}
	}
	return nil
}
