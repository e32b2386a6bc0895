package output_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/host/output"
)

// drawing sets a format and draws pictures as their source in brackets.
func drawing(change func(*output.Settings)) func(*output.Settings) {
	return func(s *output.Settings) {
		change(s)
		s.Image = func(w io.Writer, source string) error {
			_, err := fmt.Fprintf(w, "[%s]\n", source)
			return err
		}
	}
}

func TestImages(t *testing.T) {
	object := `{"logo":"https://h/x.png","id":1}`
	logo := drawing(fields("image", "logo"))
	plain := drawing(format("image"))
	play(t, []scene{
		{"picture in a table", one(output.Image), drawing(format("table")), []string{`"aGk="`}, "[aGk=]\n"},
		{"picture in json", one(output.Image), drawing(format("json")), []string{`"aGk="`}, "[aGk=]\n"},
		{"picture in nagios", one(output.Image), drawing(format("nagios")), []string{`"aGk="`}, "[aGk=]\n"},
		{"field of an object", one(output.SingleObject), logo, []string{object}, "[https://h/x.png]\n"},
		{"only field of an object", one(output.SingleObject), plain, []string{`{"logo":"u"}`}, "[u]\n"},
		{"list of one", list(), logo, []string{object}, "[https://h/x.png]\n"},
		{"value list of one", one(output.ValueList), plain, []string{`"u"`}, "[u]\n"},
		{"structure", one(output.Structure), plain, []string{`"<svg/>"`}, "[<svg/>]\n"},
		{"text", one(output.Text), plain, []string{`"u"`}, "[u]\n"},
		{"status", one(output.Status), plain, []string{`"deleted"`}, "deleted\n"},
		{"empty", one(output.Empty), plain, nil, "<empty>\n"},
		{"display=error", one(output.Image), drawing(func(s *output.Settings) { s.Display = "error" }), []string{`"u"`}, ""},
	})
}

func TestImagesRefused(t *testing.T) {
	for _, test := range []struct {
		name     string
		header   output.Header
		settings func(*output.Settings)
		rows     []string
		want     string
	}{
		{"all fields", one(output.SingleObject), drawing(format("image")), []string{`{"a":"u","b":"v"}`}, "select a field to display"},
		{"two fields", one(output.SingleObject), drawing(fields("image", "a,b")), []string{`{"a":"u","b":"v"}`}, "select a field to display"},
		{"absent field", one(output.SingleObject), drawing(fields("image", "c")), []string{`{"a":"u"}`}, "no such field"},
		{"number", one(output.SingleObject), drawing(fields("image", "id")), []string{`{"id":1}`}, "not url: Integer 1"},
		{"list", list(), drawing(fields("image", "a")), []string{`{"a":"u"}`, `{"a":"v"}`}, "image display requires a single result"},
		{"empty list", list(), drawing(fields("image", "a")), nil, "image display requires a single result"},
		{"values", one(output.ValueList), drawing(format("image")), []string{`"u"`, `"v"`}, "image display requires a single result"},
		{"nobody draws", one(output.Image), format("table"), []string{`"u"`}, "pictures cannot be shown here"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := show(settings(test.settings), test.header, test.rows...)
			if err == nil || !strings.Contains(err.Error(), test.want) || got != "" {
				t.Errorf("got %q, error %v, want %q", got, err, test.want)
			}
		})
	}
}

func TestErrorOfDrawing(t *testing.T) {
	broken := errors.New("Cannot decode picture.")
	_, err := show(settings(func(s *output.Settings) {
		s.Image = func(io.Writer, string) error { return broken }
	}), one(output.Image), `"u"`)
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
