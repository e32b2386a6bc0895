package sdk_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// written is a sink that keeps what it gets as text.
type written struct {
	strings.Builder
	failAt int // record that is refused, from 1
	count  int
}

var errSink = errors.New("disk full")

func (w *written) Begin(h sdk.Header) error {
	fmt.Fprintf(w, "%s %v %q:", h.Kind, h.Columns, h.ValueColumn)
	return nil
}

func (w *written) Record(v any) error {
	if w.count++; w.count == w.failAt {
		return errSink
	}
	fmt.Fprintf(w, " %s", record.JSON(v))
	return nil
}

var errLate = errors.New("connection lost")

// two yields two records and then an error, unless it is told to stop.
func two(t *testing.T) iter.Seq2[*record.Object, error] {
	return func(yield func(*record.Object, error) bool) {
		if yield(record.New("id", 1), nil) && yield(record.New("id", 2), nil) && yield(nil, errLate) {
			t.Error("the sequence goes on after its error")
		}
	}
}

func TestExecute(t *testing.T) {
	leaf := func(name string, result func() (*sdk.Result, error)) sdk.Command {
		return sdk.Command{
			Name: name, Aliases: []string{name + "s"}, Result: sdk.ResultList, Columns: []string{"declared"},
			Run: func(context.Context, *sdk.Invocation) (*sdk.Result, error) { return result() },
		}
	}
	p := &sdk.Plugin{Name: "x", Commands: []sdk.Command{{Name: "group", Commands: []sdk.Command{
		leaf("list", func() (*sdk.Result, error) { return sdk.Rows([]*record.Object{record.New("id", 1)}), nil }),
		leaf("columns", func() (*sdk.Result, error) { return sdk.Rows(nil, "own"), nil }),
		leaf("other", func() (*sdk.Result, error) { return sdk.Status("done"), nil }),
		leaf("values", func() (*sdk.Result, error) { return sdk.Values("name", []any{"a", 1, nil}), nil }),
		leaf("nothing", func() (*sdk.Result, error) { return sdk.Nothing(), nil }),
		leaf("late", func() (*sdk.Result, error) { return sdk.List(two(t)), nil }),
		leaf("early", func() (*sdk.Result, error) {
			return sdk.List(func(yield func(*record.Object, error) bool) { yield(nil, errLate) }), nil
		}),
		leaf("fail", func() (*sdk.Result, error) { return nil, failure.Argumentf("no") }),
	}}}}
	for _, c := range []struct {
		words  string
		failAt int
		want   string
		err    string
	}{
		{"group list", 0, `RESULT_KIND_LIST [declared] "": {"id":1}`, ""},
		{"group columns", 0, `RESULT_KIND_LIST [own] "":`, ""},
		{"group other", 0, `RESULT_KIND_STATUS [] "": "done"`, ""},
		{"group values", 0, `RESULT_KIND_VALUES [] "name": "a" 1 null`, ""},
		{"group nothing", 0, `RESULT_KIND_NOTHING [] "":`, ""},
		{"group late", 0, `RESULT_KIND_LIST [declared] "": {"id":1} {"id":2}`, "connection lost"},
		{"group late", 2, `RESULT_KIND_LIST [declared] "": {"id":1}`, "disk full"},
		{"group early", 0, "", "connection lost"},
		{"group fail", 0, "", "no"},
		{"group", 0, "", `plugin does not know the command ["group"]: its manifest is older than the plugin`},
		{"group lists", 0, "", `plugin does not know the command ["group" "lists"]: its manifest is older than the plugin`},
		{"", 0, "", `plugin does not know the command []: its manifest is older than the plugin`},
	} {
		t.Run(c.words, func(t *testing.T) {
			sink := &written{failAt: c.failAt}
			err := sdk.Execute(t.Context(), p, &sdk.Invocation{Command: strings.Fields(c.words)}, sink)
			if fmt.Sprint(err) != c.err && (err != nil || c.err != "") {
				t.Errorf("error %v, want %s", err, c.err)
			}
			if sink.String() != c.want {
				t.Errorf("got %s, want %s", sink, c.want)
			}
		})
	}
}

func TestExecuteStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	given := 0
	p := &sdk.Plugin{Name: "x", Commands: []sdk.Command{{
		Name: "endless",
		Run: func(context.Context, *sdk.Invocation) (*sdk.Result, error) {
			return sdk.List(func(yield func(*record.Object, error) bool) {
				for yield(record.New(), nil) {
					if given++; given == 3 {
						cancel()
					}
				}
			}), nil
		},
	}}}
	if err := sdk.Execute(ctx, p, &sdk.Invocation{Command: []string{"endless"}}, &written{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if given != 3 {
		t.Errorf("%d records were asked for, want 3", given)
	}
}
