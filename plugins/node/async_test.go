package node_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/node/nodetest"
	"github.com/ascli-go/ascli/sdk/sdktest"
)

// The table of spec/plugins/node.md 13.1.
func TestAsync(t *testing.T) {
	const summary = `{"sync_summaries":[{"snid":1,"name":"other"},{"snid":2,"name":"mine"}]}`
	all := nodetest.Script{
		"GET /async/list":                                             nodetest.JSON(`{"sync_ids":[1,2]}`),
		`POST /async/summary {"syncs":[1,2]}`:                         nodetest.JSON(summary),
		`POST /async/summary {"syncs":[2]}`:                           nodetest.JSON(`{"sync_summaries":[{"snid":2,"name":"mine"}]}`),
		`POST /async/summary {"syncs":["2"]}`:                         nodetest.JSON(`{"sync_summaries":[{"snid":2,"name":"mine"}]}`),
		`POST /async/summary {"syncs":["9"]}`:                         nodetest.JSON(`{"sync_summaries":[]}`),
		`POST /async/delete {"syncs":[1,2]}`:                          nodetest.JSON(`{"deleted":2}`),
		`POST /async/delete {"syncs":["2"]}`:                          {Status: 204},
		`POST /async/counters {"syncs":["2"]}`:                        nodetest.JSON(`{"sync_counters":[{"2":[{"n":1},{"n":2}]}]}`),
		`POST /async/counters {"syncs":["9"]}`:                        nodetest.JSON(`{"sync_counters":[{"9":null}]}`),
		`POST /async/counters {"syncs":[2]}`:                          nodetest.JSON(`{"sync_counters":[{"2":[{"n":3}]}]}`),
		`POST /async/bandwidth {"syncs":["2"],"seconds":100}`:         nodetest.JSON(`{"bandwidth_data":[{"2":{"data":[{"t":1}]}}]}`),
		`POST /async/bandwidth {"syncs":["9"],"seconds":100}`:         nodetest.JSON(`{"bandwidth_data":[]}`),
		`POST /async/files {"syncs":["2"]}`:                           nodetest.JSON(`{"sync_files":[{"2":[{"fnid":1},{"fnid":2}]}]}`),
		`POST /async/files {"syncs":["2"],"count":1,"filename":"*a"}`: nodetest.JSON(`{"sync_files":[{"2":[]}]}`),
	}
	two, nine, everything := values{"id": "2"}, values{"id": "9"}, values{"id": "ALL"}
	const lookup, names = "GET /async/list", `POST /async/summary {"syncs":[1,2]}`
	for _, c := range []exchange{
		{"list", "async list", nil, nil, all, sdk.ResultValues, `[1,2]`, "", []string{lookup}},
		{"show", "async show", two, nil, all, sdk.ResultObject, `[{"snid":2,"name":"mine"}]`, "", []string{`POST /async/summary {"syncs":["2"]}`}},
		{"show nothing", "async show", nine, nil, all, sdk.ResultEmpty, `[]`, "", []string{`POST /async/summary {"syncs":["9"]}`}},
		{"show ALL", "async show", everything, nil, all, sdk.ResultList, `[{"snid":1,"name":"other"},{"snid":2,"name":"mine"}]`, "", []string{lookup, names}},
		{"show by option", "async show", nil, values{"sync_name": "mine"}, all, sdk.ResultObject, `[{"snid":2,"name":"mine"}]`, "",
			[]string{lookup, names, `POST /async/summary {"syncs":[2]}`}},
		{"show by selector", "async show", values{"id": "%name:mine"}, nil, all, sdk.ResultObject, `[{"snid":2,"name":"mine"}]`, "",
			[]string{lookup, names, `POST /async/summary {"syncs":[2]}`}},
		{"unknown name in the option", "async show", nil, values{"sync_name": "none"}, all, 0, ``, "no such sync: none", []string{lookup, names}},
		{"unknown name in the selector", "async show", values{"id": "%name:none"}, nil, all, 0, ``, "sync with name=none: not found", []string{lookup, names}},
		{"other selector", "async show", values{"id": "%id:1"}, nil, all, 0, ``, "Only search by name is supported (id)", []string{}},
		{"no identifier", "async show", nil, nil, all, 0, ``, "missing argument: identifier (String)", []string{}},
		{"two identifiers", "async show", two, values{"sync_name": "mine"}, all, 0, ``, "give either the identifier 2 or option sync_name", []string{}},
		{"no number", "async show", values{"id": "x"}, nil, all, 0, ``, `invalid value for Integer(): "x"`, []string{}},
		{"ALL elsewhere", "async files", everything, nil, all, 0, ``, "ALL only for show and delete", []string{}},
		{"delete", "async delete", two, nil, all, sdk.ResultEmpty, `[]`, "", []string{`POST /async/delete {"syncs":["2"]}`}},
		{"delete ALL", "async delete", everything, nil, all, sdk.ResultObject, `[{"deleted":2}]`, "", []string{lookup, `POST /async/delete {"syncs":[1,2]}`}},
		{"counters", "async counters", two, nil, all, sdk.ResultObject, `[{"n":2}]`, "", []string{`POST /async/counters {"syncs":["2"]}`}},
		{"counters by name", "async counters", nil, values{"sync_name": "mine"}, all, sdk.ResultObject, `[{"n":3}]`, "",
			[]string{lookup, names, `POST /async/counters {"syncs":[2]}`}},
		{"no counters", "async counters", nine, nil, all, sdk.ResultEmpty, `[]`, "", []string{`POST /async/counters {"syncs":["9"]}`}},
		{"bandwidth", "async bandwidth", two, nil, all, sdk.ResultList, `[{"t":1}]`, "", []string{`POST /async/bandwidth {"syncs":["2"],"seconds":100}`}},
		{"no bandwidth", "async bandwidth", nine, nil, all, sdk.ResultEmpty, `[]`, "", []string{`POST /async/bandwidth {"syncs":["9"],"seconds":100}`}},
		{"files", "async files", two, nil, all, sdk.ResultList, `[{"fnid":1},{"fnid":2}]`, "", []string{`POST /async/files {"syncs":["2"]}`}},
		{"no files", "async files", two, values{"query": parse(t, `{"count":1,"filename":"*a"}`)}, all, sdk.ResultEmpty, `[]`, "",
			[]string{`POST /async/files {"syncs":["2"],"count":1,"filename":"*a"}`}},
		{"files by pairs", "async files", two, values{"query": []any{}}, all, 0, ``, "Option query is a Array but must be Hash", []string{}},
	} {
		t.Run(c.name, func(t *testing.T) { c.check(t) })
	}
}

func TestAsyncFilesOnce(t *testing.T) {
	server := nodetest.Serve(t, answer("POST /async/files", `{"sync_files":[{"2":[{"fnid":5},{"fnid":"6"},{"fnid":7}]}]}`))
	file := strings.Join([]string{"sync_files", server.URL, "ak1", "2"}, "/")
	for _, c := range []struct {
		name, before, after string
		options             values
		kind                sdk.ResultKind
		want, err           string
	}{
		{"the first time", "", "[7]", nil, sdk.ResultList, `[{"fnid":5},{"fnid":"6"},{"fnid":7}]`, ""},
		{"some were seen", "[5]", "[7]", nil, sdk.ResultList, `[{"fnid":"6"},{"fnid":7}]`, ""},
		{"all were seen", "[7]", "[7]", nil, sdk.ResultEmpty, `[]`, ""},
		{"nothing kept yet", "[null]", "[7]", nil, sdk.ResultList, `[{"fnid":5},{"fnid":"6"},{"fnid":7}]`, ""},
		{"no user", "", "", values{"password": "Bearer " + token(t), "username": nil}, 0, `[]`, "Missing mandatory option: username"},
	} {
		t.Run(c.name, func(t *testing.T) {
			host := sdktest.Host{State: map[string][]byte{}}
			if c.before != "" {
				host.State[file] = []byte(c.before)
			}
			options := values{"once_only": true}
			maps.Copy(options, c.options)
			out := run(t, server, "async files", values{"id": "2"}, options, host)
			message := ""
			if out.Err != nil {
				message = out.Err.Error()
			}
			if out.JSON() != c.want || out.Kind != c.kind || string(out.State[file]) != c.after || message != c.err {
				t.Errorf("got %v %s, kept %s, %s", out.Kind, out.JSON(), out.State[file], message)
			}
		})
	}
}

// What a command shows by default.
func TestColumns(t *testing.T) {
	for words, want := range map[string]string{
		"stream list":          "id status",
		"central session list": "session_uuid status transport direction bytes_transferred",
		"central file list":    "session_uuid file_id status path",
		"transfer list":        "id status start_spec.direction start_spec.remote_user start_spec.remote_host start_spec.destination_path",
		"transfer sessions":    "id status start_time end_time target_rate_kbps",
		"events":               "ALL -data*",
		"health":               "status component message",
		"service list":         "",
		"access_keys list":     "",
	} {
		t.Run(words, func(t *testing.T) {
			server := nodetest.Serve(t, nodetest.Script{
				"GET /ops/transfers": nodetest.JSON(`[]`), "GET /events": nodetest.JSON(`[]`), "GET /access_keys": nodetest.JSON(`[]`),
				"GET /rund/services": nodetest.JSON(`{}`), "POST /services/rest/transfers/v1/files": nodetest.JSON(`{}`),
				"POST /services/rest/transfers/v1/sessions": nodetest.JSON(`{}`), "GET /info": nodetest.JSON(`{}`),
			})
			out := run(t, server, words, nil, nil, sdktest.Host{})
			if out.Err != nil || !slices.Equal(out.Columns, strings.Fields(want)) {
				t.Errorf("got %q, %v", out.Columns, out.Err)
			}
		})
	}
	server := nodetest.Serve(t, nodetest.Script{"GET /async/list": nodetest.JSON(`{"sync_ids":[1]}`), "POST /async/summary": nodetest.JSON(`{"sync_summaries":[{}]}`)})
	out := run(t, server, "async show", values{"id": "ALL"}, nil, sdktest.Host{})
	if want := []string{"snid", "name", "local_dir", "remote_dir"}; !slices.Equal(out.Columns, want) {
		t.Errorf("async show ALL: %q", out.Columns)
	}
}
