package sdk_test

import (
	"context"
	"testing"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
)

// seen is a sink that keeps the records as JSON.
type seen struct{ records []string }

func (s *seen) Begin(sdk.Header) error { return nil }

func (s *seen) Record(v any) error {
	s.records = append(s.records, string(record.JSON(v)))
	return nil
}

func TestOnlyShownFieldsAreSent(t *testing.T) {
	row := func() *record.Object {
		return record.New("id", 1, "start_spec", record.New("direction", "send", "token", "x"), "a.b", 2, "rest", 3)
	}
	const all = `{"id":1,"start_spec":{"direction":"send","token":"x"},"a.b":2,"rest":3}`
	for _, c := range []struct {
		name    string
		shown   sdk.Shown
		columns []string
		kind    sdk.ResultKind
		want    string
		onlyID  bool
	}{
		{"all", sdk.Shown{}, []string{"id"}, sdk.ResultList, all, false},
		{"columns of the command", sdk.Shown{Some: true}, []string{"id"}, sdk.ResultList, `{"id":1}`, true},
		{"a command without columns", sdk.Shown{Some: true}, nil, sdk.ResultList, all, false},
		{"a rule", sdk.Shown{Some: true}, []string{"ALL", "-id"}, sdk.ResultList, all, false},
		{"fields of the user", sdk.Shown{Some: true, Names: []string{"rest"}}, []string{"id"}, sdk.ResultList, `{"rest":3}`, false},
		{"fields inside", sdk.Shown{Some: true}, []string{"start_spec.direction", "a.b", "none"}, sdk.ResultList,
			`{"start_spec":{"direction":"send","token":"x"},"a.b":2}`, false},
		{"all of the user", sdk.Shown{Some: true, Names: []string{"ALL"}}, []string{"id"}, sdk.ResultList, all, false},
		{"no list", sdk.Shown{Some: true}, []string{"id"}, sdk.ResultObject, all, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			onlyID := false
			plugin := &sdk.Plugin{Name: "p", Commands: []sdk.Command{{
				Name: "c", Result: c.kind, Columns: c.columns,
				Run: func(_ context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
					onlyID = inv.ShowsOnly("id")
					if c.kind == sdk.ResultObject {
						return sdk.Object(row()), nil
					}
					return sdk.Rows([]*record.Object{row()}), nil
				},
			}}}
			sink := &seen{}
			if err := sdk.Execute(t.Context(), plugin, &sdk.Invocation{Command: []string{"c"}, Shown: c.shown}, sink); err != nil {
				t.Fatal(err)
			}
			if len(sink.records) != 1 || sink.records[0] != c.want || onlyID != c.onlyID {
				t.Errorf("got %s, only id: %v", sink.records, onlyID)
			}
		})
	}
}
