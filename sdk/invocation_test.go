package sdk_test

import (
	"reflect"
	"regexp"
	"testing"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

func TestInvocationValues(t *testing.T) {
	pattern := regexp.MustCompile("a")
	inv := &sdk.Invocation{
		Args: map[string]any{
			"text": "a", "id": record.Of(int64(9007199254740993)), "list": []any{"x", record.Of(2), nil}, "hash": record.New("a", 1),
			"pattern": pattern, "files": []any{record.New("source", "a"), record.New("source", "b", "destination", "c")},
		},
		Options: map[string]any{"url": "u", "port": record.Of(22), "query": record.New("q", 1), "bulk": true},
	}
	for name, c := range map[string]struct{ got, want any }{
		"text":               {inv.Text("text"), "a"},
		"digits":             {inv.Text("id"), "9007199254740993"},
		"container as text":  {inv.Text("hash"), `{"a":1}`},
		"absent":             {inv.Text("none"), ""},
		"absent value":       {inv.Arg("none"), nil},
		"texts":              {inv.Texts("list"), []string{"x", "2", ""}},
		"texts of no list":   {inv.Texts("text"), []string{}},
		"object":             {inv.Object("hash").Len(), 1},
		"object that is not": {inv.Object("text") == nil, true},
		"pattern":            {inv.Pattern("pattern"), pattern},
		"pattern that isn't": {inv.Pattern("text") == nil, true},
		"sources":            {inv.Sources("files"), []transfer.Source{{Source: "a"}, {Source: "b", Destination: "c"}}},
		"option":             {inv.OptionText("url"), "u"},
		"number option":      {inv.OptionText("port"), "22"},
		"absent option":      {inv.Option("none"), nil},
		"object option":      {inv.OptionObject("query").Len(), 1},
		"flag":               {inv.Flag("bulk"), true},
		"flag that is none":  {inv.Flag("url"), false},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: got %#v, want %#v", name, c.got, c.want)
		}
	}
}

// Where files go: spec/transfer.md 2.2.
func TestDestination(t *testing.T) {
	root := record.New("destination_root", "/root")
	for _, c := range []struct {
		name      string
		options   map[string]any
		direction transfer.Direction
		want      string
	}{
		{"send", nil, transfer.Send, "/"},
		{"receive", nil, transfer.Receive, "."},
		{"option ts", map[string]any{"ts": root}, transfer.Receive, "/root"},
		{"option to_folder", map[string]any{"ts": root, "to_folder": "/d"}, transfer.Send, "/d"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := (&sdk.Invocation{Options: c.options}).Destination(c.direction); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
