package output_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/host/output"
)

func TestNagios(t *testing.T) {
	for _, test := range []struct {
		name   string
		rows   []string
		want   string
		status int
	}{
		{"ok", []string{`{"status":"ok","component":"transfer","message":"ok"}`}, "OK - [transfer:ok]\n", 0},
		{"newlines, several components", []string{
			`{"status":"critical","component":"node api","message":"err\nline2"}`,
			`{"status":"ok","component":"time","message":"fine"}`,
			`{"status":"critical","component":"central","message":"down"}`},
			"CRITICAL - [node api:err line2, central:down]\n", 2},
		{"a warning does not hide a failure", []string{
			`{"status":"warning","component":"a","message":"w"}`,
			`{"status":"critical","component":"b","message":"c"}`,
			`{"status":"critical","component":"a","message":"d"}`},
			"CRITICAL - [b:c, a:d,w]\n", 2},
		{"unknown", []string{`{"status":"unknown","component":"a","message":null}`}, "UNKNOWN - [a:]\n", 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			p, err := output.New(t.Context(), &b, settings(func(s *output.Settings) { s.Format, s.Display = "nagios", "error" }))
			if err != nil {
				t.Fatal(err)
			}
			var rows []any
			for _, row := range test.rows {
				rows = append(rows, parseObject(row))
			}
			if err := errors.Join(p.Begin(list()), p.Rows(rows), p.End()); err != nil {
				t.Fatal(err)
			}
			if b.String() != test.want || p.ExitStatus() != test.status {
				t.Errorf("got %q, status %d", b.String(), p.ExitStatus())
			}
		})
	}
	for _, row := range []string{`{"a":1}`, `1`, `{"status":"fine","component":"a","message":"b"}`} {
		if _, err := show(settings(format("nagios")), list(), row); err == nil {
			t.Errorf("%s was taken", row)
		}
	}
}
