package output_test

import (
	"context"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/host/output"
	"github.com/ascli-go/ascli/sdk/record"
)

// scene is a result and how to print it.
type scene struct {
	name     string
	header   output.Header
	settings func(*output.Settings)
	rows     []string
	want     string
}

func list(columns ...string) output.Header {
	return output.Header{Kind: output.ObjectList, Columns: columns}
}

func one(kind output.Kind) output.Header { return output.Header{Kind: kind} }

func settings(change func(*output.Settings)) output.Settings {
	s := output.Settings{Format: "table", Display: "info", MultiSingle: "no", FlatHash: true}
	if change != nil {
		change(&s)
	}
	return s
}

func format(name string) func(*output.Settings) {
	return func(s *output.Settings) { s.Format = name }
}

// predicate is a function of the user's.
type predicate func(item any) (bool, error)

func (p predicate) True(_ context.Context, item any) (bool, error) { return p(item) }

// fields sets option fields, with a format.
func fields(formatName string, value any) func(*output.Settings) {
	return func(s *output.Settings) {
		f, err := output.ParseFields(value)
		if err != nil {
			panic(err)
		}
		s.Format, s.Fields = formatName, f
	}
}

func styled(formatName, style string) func(*output.Settings) {
	return func(s *output.Settings) { s.Format, s.TableStyle = formatName, parseObject(style) }
}

func parseObject(text string) *record.Object {
	o, err := record.ParseObject([]byte(text))
	if err != nil {
		panic(err)
	}
	return o
}

// show prints a result and returns what was written.
func show(s output.Settings, h output.Header, rows ...string) (string, error) {
	var b strings.Builder
	p, err := output.New(context.Background(), &b, s)
	if err != nil {
		return "", err
	}
	if err := p.Begin(h); err != nil {
		return b.String(), err
	}
	texts := make([][]byte, len(rows))
	for i, row := range rows {
		texts[i] = []byte(row)
	}
	if err := p.JSONRows(texts); err != nil {
		return b.String(), err
	}
	err = p.End()
	return b.String(), err
}

func play(t *testing.T, scenes []scene) {
	t.Helper()
	for _, s := range scenes {
		t.Run(s.name, func(t *testing.T) {
			got, err := show(settings(s.settings), s.header, s.rows...)
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.TrimPrefix(s.want, "\n"); got != want {
				t.Errorf("got:\n%s\nwant:\n%s\n%q", got, want, got)
			}
		})
	}
}
