package nodecmd_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/node/nodetest"
	"github.com/ascli-go/ascli/sdk/nodecmd"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/sdktest"
)

func TestServer(t *testing.T) {
	for _, c := range []struct {
		words   string
		options values
		request string
		answer  string
		kind    sdk.ResultKind
		want    string
		columns []string
	}{
		{"info", nil, "GET /info", `{"version":"4.4"}`, sdk.ResultObject, `[{"version":"4.4"}]`, nil},
		{"slash", nil, "GET /", `{"application":"node"}`, sdk.ResultObject, `[{"application":"node"}]`, nil},
		{"license", nil, "GET /license", `{"max_bandwidth":1}`, sdk.ResultObject, `[{"max_bandwidth":1}]`, nil},
		{"events", values{"query": record.New("count", 2)}, "GET /events?count=2", `[{"id":"1","types":["a"],"data":{"x":1}}]`,
			sdk.ResultList, `[{"id":"1","types":["a"],"data":{"x":1}}]`, []string{"ALL", "-data*"}},
	} {
		t.Run(c.words, func(t *testing.T) {
			server := nodetest.Serve(t, nodetest.Script{c.request: nodetest.JSON(c.answer)})
			out := sdktest.Run(t, plugin(server.URL), "server "+c.words, nil, c.options, sdktest.Host{})
			check(t, out, c.want, "")
			if out.Kind != c.kind || !slices.Equal(out.Columns, c.columns) || !slices.Equal(server.Calls(), []string{c.request}) {
				t.Errorf("kind %v, columns %q, calls %q", out.Kind, out.Columns, server.Calls())
			}
		})
	}
}

// A license that cannot be read comes with 200; what to do about it is said
// once (spec/plugins/node.md 15).
func TestLicenseFailure(t *testing.T) {
	for _, c := range []struct {
		message string
		hints   int
	}{
		{"missing ACL internal", 1},
		{"Please configure ACLs for this URI", 0},
		{"no license", 0},
	} {
		t.Run(c.message, func(t *testing.T) {
			server := nodetest.Serve(t, nodetest.Script{"GET /license": nodetest.JSON(`{"failure":"` + c.message + `","n":1}`)})
			out := sdktest.Run(t, plugin(server.URL), "server license", nil, nil, sdktest.Host{})
			check(t, out, `[]`, c.message+"\nn: 1")
			if e := failure.As(out.Err); e == nil || e.Label != failure.Rest || len(e.Hints) != c.hints {
				t.Errorf("got %+v", e)
			}
		})
	}
}

func TestHealth(t *testing.T) {
	info := func(offset time.Duration) nodetest.Answer {
		return nodetest.JSON(`{"version":"4.4.5","current_time":"` + time.Now().Add(offset).UTC().Format(time.RFC3339Nano) + `"}`)
	}
	const soap = "POST /services/soap/Transfer-201210"
	alive := nodetest.Answer{Header: map[string]string{"Content-Type": "text/xml"}, Body: "<a/>"}
	for _, c := range []struct {
		name   string
		script nodetest.Script
		rows   []string
	}{
		{"well", nodetest.Script{"GET /info": info(0), soap: alive},
			[]string{"ok node api accessible", "ok node api offset 0 sec", "ok node api version 4.4.5", "ok central accessible by node"}},
		{"clock is behind", nodetest.Script{"GET /info": info(-3500 * time.Millisecond), soap: alive},
			[]string{"ok node api accessible", "warning node api offset 3 sec", "ok node api version 4.4.5", "ok central accessible by node"}},
		{"clock is ahead", nodetest.Script{"GET /info": info(time.Hour + 900*time.Millisecond), soap: alive},
			[]string{"ok node api accessible", "critical node api offset 3600 sec", "ok node api version 4.4.5", "ok central accessible by node"}},
		{"no date", nodetest.Script{"GET /info": nodetest.JSON(`{"current_time":"now"}`), soap: alive},
			[]string{"ok node api accessible", `critical node api invalid date: current_time is "now"`, "ok central accessible by node"}},
		{"nothing works", nodetest.Script{"GET /info": {Status: 500, Body: `{}`}, soap: {Status: 503}},
			[]string{"critical node api HOST 500 Internal Server Error", "critical central HOST 503 Service Unavailable"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := nodetest.Serve(t, c.script)
			out := sdktest.Run(t, plugin(server.URL), "server health", nil, nil, sdktest.Host{})
			var rows []string
			for _, r := range out.Records {
				o := r.(*record.Object)
				row := o.Text("status") + " " + o.Text("component") + " " + o.Text("message")
				rows = append(rows, strings.ReplaceAll(row, strings.TrimPrefix(server.URL, "http://"), "HOST"))
			}
			if out.Err != nil || out.Kind != sdk.ResultList || !slices.Equal(rows, c.rows) {
				t.Errorf("got %q, %v", rows, out.Err)
			}
		})
	}
}

// The request of spec/plugins/node.md 15.1.
func TestHealthAsksForSessions(t *testing.T) {
	server := nodetest.Serve(t, nil)
	sdktest.Run(t, plugin(server.URL), "server health", nil, nil, sdktest.Host{})
	calls, headers := server.Calls(), server.Headers()
	if len(calls) != 2 {
		t.Fatalf("calls %q", calls)
	}
	body, isSOAP := strings.CutPrefix(calls[1], "POST /services/soap/Transfer-201210 ")
	if !isSOAP || len(body) != 375 || !strings.HasSuffix(body, "<SessionStatus>running</SessionStatus></SessionFilter></typ:GetSessionInfoRequest></soapenv:Body></soapenv:Envelope>") {
		t.Errorf("%d bytes: %s", len(body), calls[1])
	}
	if headers[1].Get("Content-Type") != "text/xml;charset=UTF-8" || headers[1].Get("SOAPAction") != "FASPSessionNET-200911#GetSessionInfo" {
		t.Errorf("headers %v", headers[1])
	}
}

func TestHealthIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	server := nodetest.Serve(t, nil)
	commands := nodecmd.Server(nodecmd.Mount{Connect: func(_ context.Context, inv *sdk.Invocation) (*node.Client, error) {
		session, err := rest.For(inv)
		if err != nil {
			return nil, err
		}
		api, err := session.Client(server.URL, nil)
		return node.New(api, node.Config{}), err
	}})
	health := commands[slices.IndexFunc(commands, func(c sdk.Command) bool { return c.Name == "health" })]
	if result, err := health.Run(ctx, &sdk.Invocation{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, %v", result, err)
	}
}

type oauth struct{ rest.Auth }

func (oauth) Renew(*http.Request) error { return nil }

func TestAPIDetails(t *testing.T) {
	for _, c := range []struct {
		name   string
		auth   rest.Auth
		header string
		want   string
	}{
		{"user", rest.Basic("ak1", "s:c"), "", `"auth":{"type":"basic","username":"ak1","password":"s:c"},"not_auth_codes":["401"],"redirect_max":0,"headers":{}`},
		{"bearer token", rest.Verbatim("Bearer x"), "ak1",
			`"auth":{"type":"none"},"not_auth_codes":["401"],"redirect_max":0,"headers":{"X-Aspera-Accesskey":"ak1","Authorization":"Bearer x"}`},
		{"nobody", nil, "", `"auth":{"type":"none"},"not_auth_codes":["401"],"redirect_max":0,"headers":{}`},
		{"authorization server", oauth{rest.None()}, "", `"auth":{"type":"oauth2"},"not_auth_codes":["401"],"redirect_max":0,"headers":{}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			mount := nodecmd.Mount{Connect: func(_ context.Context, inv *sdk.Invocation) (*node.Client, error) {
				session, err := rest.For(inv)
				if err != nil {
					return nil, err
				}
				api, err := session.Client("https://h:9092/", c.auth)
				if err == nil && c.header != "" {
					api = api.WithHeader(node.AccessKeyHeader, c.header)
				}
				return node.New(api, node.Config{}), err
			}}
			out := sdktest.Run(t, &sdk.Plugin{Name: "test", Commands: nodecmd.Server(mount)}, "api_details", nil, nil, sdktest.Host{})
			check(t, out, `[{"base_url":"https://h:9092",`+c.want+`}]`, "")
		})
	}
}
