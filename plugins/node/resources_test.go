package node_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/node/nodetest"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sdktest"
)

// exchange is a command, what it asks a node that answers as the script says,
// and what it shows. HOST stands for the address of the node.
type exchange struct {
	name, words   string
	args, options values
	script        nodetest.Script
	kind          sdk.ResultKind
	want, err     string
	calls         []string
}

func (c exchange) check(t *testing.T) *nodetest.Server {
	t.Helper()
	server := nodetest.Serve(t, c.script)
	out := run(t, server, c.words, c.args, c.options, sdktest.Host{})
	host := strings.TrimPrefix(server.URL, "http://")
	message := ""
	if out.Err != nil {
		message = strings.ReplaceAll(out.Err.Error(), host, "HOST")
	}
	shown := strings.ReplaceAll(out.JSON(), host, "HOST")
	if message != c.err || out.Err == nil && (shown != c.want || out.Kind != c.kind) {
		t.Errorf("got %v %s, error %q", out.Kind, out.JSON(), message)
	}
	if calls := server.Calls(); !slices.Equal(calls, c.calls) {
		t.Errorf("calls\n%s\nwant\n%s", strings.Join(calls, "\n"), strings.Join(c.calls, "\n"))
	}
	return server
}

func parse(t testing.TB, text string) *record.Object {
	t.Helper()
	o, err := record.ParseObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// answer is a script for the one request of a command.
func answer(request, body string) nodetest.Script {
	return nodetest.Script{request: nodetest.JSON(body)}
}

func noContent(request string) nodetest.Script {
	return nodetest.Script{request: {Status: http.StatusNoContent}}
}

// The tables of spec/plugins/node.md 12.1 and 12.2.
func TestStreamsAndServices(t *testing.T) {
	spec := parse(t, `{"direction":"send","source":"udp://233.3.3.4:3000?loopback=1&ttl=2","remote_host":"localhost"}`)
	service := parse(t, `{"id":"mywatchd","type":"WATCHD","run_as":{"user":"u","pass":"p"},"enabled":true}`)
	id := values{"id": "7"}
	for _, c := range []exchange{
		{"streams", "stream list", nil, values{"query": record.New("count", 2)}, answer("GET /ops/transfers", `[{"id":"1","status":"running"}]`),
			sdk.ResultList, `[{"id":"1","status":"running"}]`, "", []string{"GET /ops/transfers?count=2"}},
		{"start a stream", "stream create", values{"data": spec}, nil, answer("POST /streams", `{"id":"7"}`), sdk.ResultObject, `[{"id":"7"}]`, "",
			[]string{`POST /streams {"direction":"send","source":"udp://233.3.3.4:3000?loopback=1&ttl=2","remote_host":"localhost"}`}},
		{"a stream", "stream show", id, nil, answer("GET /ops/transfers/7", `{"id":"7"}`), sdk.ResultStructure, `[{"id":"7"}]`, "", []string{"GET /ops/transfers/7"}},
		{"change a stream", "stream modify", values{"id": "7", "data": record.New("a", 1)}, nil, answer("PUT /streams/7", `{"id":"7"}`),
			sdk.ResultStructure, `[{"id":"7"}]`, "", []string{`PUT /streams/7 {"a":1}`}},
		{"end a stream", "stream cancel", id, nil, noContent("CANCEL /streams/7"), sdk.ResultStatus, `["Cancelled"]`, "", []string{"CANCEL /streams/7"}},
		{"end a stream that says more", "stream cancel", id, nil, answer("CANCEL /streams/7", `{"a":1}`), sdk.ResultStructure, `[{"a":1}]`, "", []string{"CANCEL /streams/7"}},
		{"end no stream", "stream cancel", id, nil, nil, 0, ``, "not in the script\ncode: 404\nreason: Not Found\nHOST 404 Not Found", []string{"CANCEL /streams/7"}},

		{"services", "service list", nil, nil, answer("GET /rund/services", `{"services":[{"id":"a","type":"WATCHD"}]}`), sdk.ResultList,
			`[{"id":"a","type":"WATCHD"}]`, "", []string{"GET /rund/services"}},
		{"create a service", "service create", values{"data": service}, nil, answer("POST /rund/services", `{"id":"mywatchd"}`), sdk.ResultStatus,
			`["mywatchd created"]`, "", []string{`POST /rund/services {"id":"mywatchd","type":"WATCHD","run_as":{"user":"u","pass":"p"},"enabled":true}`}},
		{"delete a service", "service delete", values{"id": "mywatchd"}, nil, noContent("DELETE /rund/services/mywatchd"), sdk.ResultStatus,
			`["mywatchd deleted"]`, "", []string{"DELETE /rund/services/mywatchd"}},
	} {
		t.Run(c.name, func(t *testing.T) { c.check(t) })
	}
}

// The table of spec/plugins/node.md 12.3.
func TestWatchFolders(t *testing.T) {
	id, one := values{"id": "w1"}, record.New("id", "w1", "cool_off", "5s")
	for _, c := range []exchange{
		{"create", "watch_folder create", values{"data": one}, nil, answer("POST /v3/watchfolders", `{"id":"w1"}`), sdk.ResultStatus, `["w1 created"]`, "",
			[]string{`POST /v3/watchfolders {"id":"w1","cool_off":"5s"}`}},
		{"list", "watch_folder list", nil, values{"query": record.New("a", 1)}, answer("GET /v3/watchfolders", `{"ids":["w1","w2"]}`), sdk.ResultValues, `["w1","w2"]`, "",
			[]string{"GET /v3/watchfolders?a=1"}},
		{"show", "watch_folder show", id, nil, answer("GET /v3/watchfolders/w1", `{"a":1}`), sdk.ResultObject, `[{"a":1}]`, "", []string{"GET /v3/watchfolders/w1"}},
		{"state", "watch_folder state", id, nil, answer("GET /v3/watchfolders/w1/state", `{"a":1}`), sdk.ResultObject, `[{"a":1}]`, "",
			[]string{"GET /v3/watchfolders/w1/state"}},
		{"modify as before", "watch_folder modify", id, values{"query": one}, noContent("PUT /v3/watchfolders/w1"), sdk.ResultStatus, `["w1 updated"]`, "",
			[]string{`PUT /v3/watchfolders/w1 {"id":"w1","cool_off":"5s"}`}},
		{"modify", "watch_folder modify", values{"id": "w1", "data": one}, nil, noContent("PUT /v3/watchfolders/w1"), sdk.ResultStatus, `["w1 updated"]`, "",
			[]string{`PUT /v3/watchfolders/w1 {"id":"w1","cool_off":"5s"}`}},
		{"modify nothing", "watch_folder modify", id, nil, nil, 0, ``, "Missing mandatory option: query", []string{}},
		{"modify by pairs", "watch_folder modify", id, values{"query": []any{}}, nil, 0, ``, "Option query is a Array but must be Hash", []string{}},
		{"delete", "watch_folder delete", id, nil, noContent("DELETE /v3/watchfolders/w1"), sdk.ResultStatus, `["w1 deleted"]`, "",
			[]string{"DELETE /v3/watchfolders/w1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := c.check(t)
			for _, header := range server.Headers() {
				if got := header.Get("X-aspera-WF-version"); got != "2017_10_23" {
					t.Errorf("version %q", got)
				}
			}
		})
	}
}

// The table of spec/plugins/node.md 12.4.
func TestCentral(t *testing.T) {
	const sessions, files = "POST /services/rest/transfers/v1/sessions", "POST /services/rest/transfers/v1/files"
	by := values{"validator": "ascli"}
	one := nodetest.Answer{Header: map[string]string{"Content-Type": "text/plain"}, Body: `{"file_transfer_info_result":{"file_transfer_info":[{"file_id":"f"}]}}`}
	for _, c := range []exchange{
		{"sessions", "central session list", nil, nil, answer(sessions, `{"session_info_result":{"session_info":[{"status":"running"}]}}`), sdk.ResultList,
			`[{"status":"running"}]`, "", []string{sessions + " {}"}},
		{"sessions for a validator", "central session list", values{"data": parse(t, `{"session_filter":{"iteration_token":"1"}}`)}, by,
			answer(sessions, `{"session_info_result":{}}`), sdk.ResultList, `[]`, "",
			[]string{sessions + ` {"session_filter":{"iteration_token":"1"},"validation":{"validator_id":"ascli"}}`}},
		{"files, not declared as JSON", "central file list", values{"data": parse(t, `{"file_transfer_filter":{"max_result":1}}`)}, nil, nodetest.Script{files: one},
			sdk.ResultList, `[{"file_id":"f"}]`, "", []string{files + ` {"file_transfer_filter":{"max_result":1}}`}},
		{"files for a validator", "central file list", values{"data": parse(t, `{"validation":{"a":1}}`)}, by, nodetest.Script{files: one},
			sdk.ResultList, `[{"file_id":"f"}]`, "", []string{files + ` {"validation":{"a":1,"validator_id":"ascli"}}`}},
		{"files are a web page", "central file list", nil, nil, nodetest.Script{files: {Header: map[string]string{"Content-Type": "text/html"}, Body: "<html>"}},
			0, ``, "POST http://HOST/services/rest/transfers/v1/files: expecting an object in JSON, got text/html", []string{files + " {}"}},
		{"report files", "central file modify", values{"data": parse(t, `{"files":[{"file_id":"f","status":"completed"}]}`)}, by,
			noContent("PUT /services/rest/transfers/v1/files"), sdk.ResultStatus, `["updated"]`, "",
			[]string{`PUT /services/rest/transfers/v1/files {"files":[{"file_id":"f","status":"completed"}],"validator_id":"ascli"}`}},
	} {
		t.Run(c.name, func(t *testing.T) { c.check(t) })
	}
}

// The table of spec/plugins/node.md 13.2.
func TestServerSync(t *testing.T) {
	named := nodetest.Script{
		"GET /asyncs":    nodetest.JSON(`{"ids":["a1","a2"]}`),
		"GET /asyncs/a1": nodetest.JSON(`{"configuration":{"name":"other"}}`),
		"GET /asyncs/a2": nodetest.JSON(`{"configuration":{"name":"mine"}}`),
	}
	look := []string{"GET /asyncs", "GET /asyncs/a1", "GET /asyncs/a2"}
	query := values{"query": record.New("a", 1)}
	id := values{"id": "a1"}
	setup := record.New("configuration", record.New("name", "n"))
	checks := []exchange{
		{"list", "ssync list", nil, query, answer("GET /asyncs", `{"ids":["a1"],"total_count":3}`), sdk.ResultValues, `["a1"]`, "", []string{"GET /asyncs?a=1"}},
		{"create", "ssync create", values{"data": setup}, nil, answer("POST /asyncs", `{"id":"a1"}`), sdk.ResultObject, `[{"id":"a1","status":"created"}]`, "",
			[]string{`POST /asyncs {"configuration":{"name":"n"}}`}},
		{"create several", "ssync create", values{"data": []any{setup, setup}}, values{"bulk": true}, answer("POST /asyncs", `{"id":"a1"}`), sdk.ResultList,
			`[{"id":"a1","status":"created"},{"id":"a1","status":"created"}]`, "",
			[]string{`POST /asyncs {"configuration":{"name":"n"}}`, `POST /asyncs {"configuration":{"name":"n"}}`}},
		{"show", "ssync show", id, nil, answer("GET /asyncs/a1", `{"a":1}`), sdk.ResultObject, `[{"a":1}]`, "", []string{"GET /asyncs/a1"}},
		{"show by name", "ssync show", values{"id": "%name:mine"}, nil, named, sdk.ResultObject, `[{"configuration":{"name":"mine"}}]`, "",
			append(slices.Clone(look), "GET /asyncs/a2")},
		{"show by unknown name", "ssync show", values{"id": "%name:none"}, nil, named, 0, ``, "no such sync: name=none", look},
		{"show by another field", "ssync show", values{"id": "%id:a1"}, nil, named, 0, ``, "Only search by name is supported (id)", []string{}},
		{"delete", "ssync delete", values{"ids": []any{"a1"}}, query, noContent("DELETE /asyncs/a1"), sdk.ResultObject, `[{"id":"a1","status":"deleted"}]`, "",
			[]string{"DELETE /asyncs/a1?a=1"}},
		{"delete several", "ssync delete", values{"ids": []any{"a1", "a2"}}, values{"bulk": true, "bfail": false}, noContent("DELETE /asyncs/a1"), sdk.ResultList,
			`[{"id":"a1","status":"deleted"},{"id":"a2","status":"not in the script\ncode: 404\nreason: Not Found\nHOST 404 Not Found"}]`, "",
			[]string{"DELETE /asyncs/a1", "DELETE /asyncs/a2"}},
	}
	for _, word := range []string{"start", "stop"} {
		checks = append(checks, exchange{word, "ssync " + word, id, query, noContent("POST /asyncs/a1/" + word), sdk.ResultStatus, `["Done"]`, "",
			[]string{"POST /asyncs/a1/" + word}})
	}
	for word, suffix := range map[string]string{"bandwidth": "?a=1", "counters": "?a=1", "files": "?a=1", "state": "", "summary": ""} {
		checks = append(checks, exchange{word, "ssync " + word, id, query, answer("GET /asyncs/a1/"+word, `{"b":2}`), sdk.ResultObject, `[{"b":2}]`, "",
			[]string{"GET /asyncs/a1/" + word + suffix}})
	}
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			server := c.check(t)
			if c.kind == sdk.ResultStatus && server.Headers()[0].Get("Content-Type") != "text/plain" {
				t.Errorf("headers %v", server.Headers())
			}
		})
	}
}
