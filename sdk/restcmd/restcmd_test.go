package restcmd_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/node/nodetest"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/restcmd"
	"github.com/ascli-go/ascli/sdk/sdktest"
)

type values = map[string]any

// fruits has a command of every kind.
func fruits(url string) *sdk.Plugin {
	fruit := restcmd.Resource{
		Connect: func(_ context.Context, inv *sdk.Invocation) (*rest.Client, error) {
			session, err := rest.For(inv)
			if err != nil {
				return nil, err
			}
			return session.Client(url, nil)
		},
		Lookup: func(_ context.Context, _ *rest.Client, s sdk.Selector) (string, error) {
			return s.Field + "/" + s.Value, nil
		},
	}
	plain := fruit
	plain.Lookup = nil
	return &sdk.Plugin{Name: "fruits", Commands: append(fruit.Commands(
		restcmd.Create("fruits", "Create"),
		restcmd.Delete("fruits/{id}", "Delete"),
		restcmd.Call{Name: "list", Path: "fruits", Query: true, Answer: restcmd.List("", "id")},
		restcmd.Call{Name: "basket", Path: "basket", Answer: restcmd.List("a.b")},
		restcmd.Call{Name: "text", Path: "text", Answer: restcmd.List("items").Undeclared()},
		restcmd.Call{Name: "names", Path: "names", Answer: restcmd.Values("ids")},
		restcmd.Call{Name: "show", Path: "fruits/{id}", Answer: restcmd.Object()},
		restcmd.Call{Name: "modify", Method: http.MethodPut, Path: "fruits/{id}", Body: restcmd.Parameters("modify"), Answer: restcmd.Structure("Modified")},
		restcmd.Call{Name: "peel", Method: http.MethodPost, Path: "fruits/{id}/peel", Body: restcmd.Content(rest.Raw{}), Answer: restcmd.Status("{id} peeled")},
		restcmd.Call{Name: "plant", Method: http.MethodPost, Path: "trees", Body: restcmd.Parameters("plant"), Answer: restcmd.Status("{id} planted")},
		restcmd.Call{Name: "raw", Path: "raw", Answer: restcmd.Structure("")},
	), plain.Command(restcmd.Call{Name: "look", Path: "fruits/{id}", Answer: restcmd.Object()}))}
}

func TestCommands(t *testing.T) {
	fig := record.New("name", "fig")
	none := nodetest.Answer{Status: http.StatusNoContent}
	bulk, goOn := values{"bulk": true}, values{"bulk": true, "bfail": false}
	for _, c := range []struct {
		name, words   string
		args, options values
		script        nodetest.Script
		kind          sdk.ResultKind
		want, err     string
		calls         []string
	}{
		{"list", "list", nil, values{"query": record.New("a", []any{1, 2})}, nodetest.Script{"GET /fruits": nodetest.JSON(`[{"id":"1"}]`)},
			sdk.ResultList, `[{"id":"1"}]`, "", []string{"GET /fruits?a=1&a=2"}},
		{"list with pairs", "list", nil, values{"query": []any{[]any{"a", "b"}}}, nodetest.Script{"GET /fruits": nodetest.JSON(`[]`)},
			sdk.ResultList, `[]`, "", []string{"GET /fruits?a=b"}},
		{"list of scalars", "list", nil, nil, nodetest.Script{"GET /fruits": nodetest.JSON(`["1",2]`)}, sdk.ResultValues, `["1",2]`, "", nil},
		{"list that is one object", "list", nil, nil, nodetest.Script{"GET /fruits": nodetest.JSON(`{"id":"1"}`)}, sdk.ResultObject, `[{"id":"1"}]`, "", nil},
		{"list without content", "list", nil, nil, nodetest.Script{"GET /fruits": none}, sdk.ResultEmpty, `[]`, "", nil},
		{"list of a mixture", "list", nil, nil, nodetest.Script{"GET /fruits": nodetest.JSON(`[{},1]`)}, 0, `[]`,
			"item 1 of the list is a Integer but must be Hash", nil},
		{"list with a query that is none", "list", nil, values{"query": "a=b"}, nil, 0, `[]`,
			"Query must be an extended value (Hash, Array) which can be encoded with URI.encode_www_form. Refer to manual. (String)", []string{}},
		{"list at a key", "basket", nil, nil, nodetest.Script{"GET /basket": nodetest.JSON(`{"a":{"b":[{"id":"1"}]}}`)}, sdk.ResultList, `[{"id":"1"}]`, "", nil},
		{"nothing at the key", "basket", nil, nil, nodetest.Script{"GET /basket": nodetest.JSON(`{"a":{}}`)}, sdk.ResultList, `[]`, "", nil},
		{"no list at the key", "basket", nil, nil, nodetest.Script{"GET /basket": nodetest.JSON(`{"a":{"b":1}}`)}, 0, `[]`,
			"a.b of the answer is a Integer but must be Array", nil},
		{"JSON that does not say so", "text", nil, nil, nodetest.Script{"GET /text": {Header: map[string]string{"Content-Type": "text/html"}, Body: `{"items":[{"id":"1"}]}`}},
			sdk.ResultList, `[{"id":"1"}]`, "", nil},
		{"values", "names", nil, nil, nodetest.Script{"GET /names": nodetest.JSON(`{"ids":["1","2"]}`)}, sdk.ResultValues, `["1","2"]`, "", nil},
		{"values without content", "names", nil, nil, nodetest.Script{"GET /names": none}, sdk.ResultValues, `[]`, "", nil},
		{"show", "show", values{"id": "a/b"}, nil, nodetest.Script{"GET /fruits/a%2Fb": nodetest.JSON(`{"id":"1"}`)}, sdk.ResultObject, `[{"id":"1"}]`, "", []string{"GET /fruits/a%2Fb"}},
		{"show nothing", "show", values{"id": "1"}, nil, nodetest.Script{"GET /fruits/1": none}, sdk.ResultEmpty, `[]`, "", nil},
		{"show by selector", "show", values{"id": "%name:x"}, nil, nodetest.Script{"GET /fruits/name%2Fx": nodetest.JSON(`{}`)}, sdk.ResultObject, `[{}]`, "", nil},
		{"empty identifier", "show", values{"id": ""}, nil, nil, 0, `[]`, "the identifier is empty", []string{}},
		{"no selector", "look", values{"id": "%name:x"}, nil, nil, 0, `[]`, "Percent syntax for identifier not supported in this context", []string{}},
		{"modify", "modify", values{"id": "1", "data": fig}, nil, nodetest.Script{"PUT /fruits/1": nodetest.JSON(`{"a":1}`)}, sdk.ResultStructure, `[{"a":1}]`, "",
			[]string{`PUT /fruits/1 {"name":"fig"}`}},
		{"modify without content", "modify", values{"id": "1", "data": fig}, nil, nodetest.Script{"PUT /fruits/1": none}, sdk.ResultStatus, `["Modified"]`, "", nil},
		{"structure without content", "raw", nil, nil, nodetest.Script{"GET /raw": none}, sdk.ResultEmpty, `[]`, "", nil},
		{"status", "peel", values{"id": "1"}, nil, nodetest.Script{"POST /fruits/1/peel": none}, sdk.ResultStatus, `["1 peeled"]`, "", []string{"POST /fruits/1/peel"}},
		{"status by the answer", "plant", values{"data": fig}, nil, nodetest.Script{"POST /trees": nodetest.JSON(`{"id":7}`)}, sdk.ResultStatus, `["7 planted"]`, "", nil},
		{"status by the request", "plant", values{"data": record.New("id", "x")}, nil, nodetest.Script{"POST /trees": none}, sdk.ResultStatus, `["x planted"]`, "", nil},
		{"create", "create", values{"data": fig}, nil, nodetest.Script{"POST /fruits": nodetest.JSON(`{"id":"1"}`)}, sdk.ResultObject, `[{"id":"1","status":"created"}]`, "",
			[]string{`POST /fruits {"name":"fig"}`}},
		{"create without content", "create", values{"data": fig}, nil, nodetest.Script{"POST /fruits": none}, sdk.ResultObject, `[{"status":"created"}]`, "", nil},
		{"create several", "create", values{"data": []any{fig, record.New("name", "kiwi")}}, bulk, nodetest.Script{"POST /fruits": nodetest.JSON(`{"id":"1"}`)},
			sdk.ResultList, `[{"id":"1","status":"created"},{"id":"1","status":"created"}]`, "", []string{`POST /fruits {"name":"fig"}`, `POST /fruits {"name":"kiwi"}`}},
		{"delete", "delete", values{"ids": []any{"1"}}, values{"query": record.New("force", true)}, nodetest.Script{"DELETE /fruits/1": none},
			sdk.ResultObject, `[{"id":"1","status":"deleted"}]`, "", []string{"DELETE /fruits/1?force=true"}},
		{"delete by selector", "delete", values{"ids": []any{"%name:x"}}, nil, nodetest.Script{"DELETE /fruits/name%2Fx": none},
			sdk.ResultObject, `[{"id":"name/x","status":"deleted"}]`, "", nil},
		{"delete several", "delete", values{"ids": []any{"1", "%name:x"}}, goOn, nodetest.Script{"DELETE /fruits/1": none},
			sdk.ResultList, `[{"id":"1","status":"deleted"},{"id":"%name:x","status":"not in the script\ncode: 404\nreason: Not Found\nHOST 404 Not Found"}]`, "",
			[]string{"DELETE /fruits/1", "DELETE /fruits/%25name:x"}},
		{"delete several, the first fails", "delete", values{"ids": []any{"1", "2"}}, bulk, nil, 0, `[]`,
			"not in the script\ncode: 404\nreason: Not Found\nHOST 404 Not Found", []string{"DELETE /fruits/1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := nodetest.Serve(t, c.script)
			out := sdktest.Run(t, fruits(server.URL), c.words, c.args, c.options, sdktest.Host{})
			host := strings.TrimPrefix(server.URL, "http://")
			message := ""
			if out.Err != nil {
				message = strings.ReplaceAll(out.Err.Error(), host, "HOST")
			}
			if message != c.err || strings.ReplaceAll(out.JSON(), host, "HOST") != c.want || out.Kind != c.kind {
				t.Errorf("got %v %s, %s", out.Kind, out.JSON(), message)
			}
			if calls := server.Calls(); c.calls != nil && !slices.Equal(calls, c.calls) {
				t.Errorf("calls %q", calls)
			}
		})
	}
}

// A list that the server cut says how long it is.
func TestTotal(t *testing.T) {
	server := nodetest.Serve(t, nodetest.Script{"GET /names": nodetest.JSON(`{"ids":["1"],"total_count":30}`)})
	out := sdktest.Run(t, fruits(server.URL), "names", nil, nil, sdktest.Host{})
	if out.Err != nil || out.Total == nil || *out.Total != 30 || out.ValueColumn != "id" {
		t.Errorf("got %+v", out)
	}
}

func TestEmptyBodyIsText(t *testing.T) {
	server := nodetest.Serve(t, nodetest.Script{"POST /fruits/1/peel": {Status: http.StatusNoContent}})
	sdktest.Run(t, fruits(server.URL), "peel", values{"id": "1"}, nil, sdktest.Host{})
	if got := server.Headers()[0].Get("Content-Type"); got != "text/plain" {
		t.Errorf("Content-Type %s", got)
	}
}
