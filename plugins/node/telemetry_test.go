package node_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ascli-go/ascli/plugins/node"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/node/nodetest"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sdktest"
)

// activeTransfers are three on two pages.
func activeTransfers() nodetest.Script {
	return nodetest.Script{
		"GET /ops/transfers?active_only=true":                   {Header: map[string]string{"Link": `<http://h/?iteration_token=2>; rel=next`}, Body: `[{},{}]`},
		"GET /ops/transfers?active_only=true&iteration_token=2": nodetest.JSON(`[{}]`),
	}
}

// The report of spec/plugins/node.md 18.
func TestTelemetryOnce(t *testing.T) {
	server := nodetest.Serve(t, activeTransfers())
	receiver := nodetest.Serve(t, nodetest.Script{"POST /otlp/v1/metrics": {Status: http.StatusNoContent}})
	before := time.Now().UnixNano()
	out := run(t, server, "telemetry", values{"parameters": record.New("url", receiver.URL+"/otlp/", "apikey", "k", "interval", 0, "hostname", "HSTS1")}, nil, sdktest.Host{})
	if out.Err != nil || out.Kind != sdk.ResultNothing || !strings.Contains(out.Log, "3 active transfers") {
		t.Fatalf("got %+v", out)
	}
	calls := receiver.Calls()
	if len(calls) != 1 {
		t.Fatalf("calls %q", calls)
	}
	body := parse(t, strings.TrimPrefix(calls[0], "POST /otlp/v1/metrics "))
	at := pointOf(t, body)
	stamp, _ := at.Int("timeUnixNano")
	if stamp < before || stamp > time.Now().UnixNano() {
		t.Errorf("time %d", stamp)
	}
	at.Set("timeUnixNano", 0)
	const want = `{"resourceMetrics":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"IBMAspera"}}]},` +
		`"scopeMetrics":[{"metrics":[{"name":"active.transfers","description":"Number of active transfers","unit":"1",` +
		`"gauge":{"dataPoints":[{"attributes":[{"key":"server.name","value":{"stringValue":"HSTS1"}}],"asInt":3,"timeUnixNano":0}]}}]}]}]}`
	if got := string(record.JSON(body)); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	header := receiver.Headers()[0]
	if header.Get("x-instana-key") != "k" || header.Get("x-instana-host") != "HSTS1" || header.Get("Authorization") != "" {
		t.Errorf("headers %v", header)
	}
	if server.Headers()[0].Get("x-instana-key") != "" {
		t.Error("the node was told the key of the receiver")
	}
}

// pointOf is the only measurement of a report.
func pointOf(t *testing.T, report *record.Object) *record.Object {
	t.Helper()
	o := report
	for _, key := range []string{"resourceMetrics", "scopeMetrics", "metrics"} {
		list := o.List(key)
		if len(list) != 1 {
			t.Fatalf("%s of %s", key, record.JSON(report))
		}
		o = list[0].(*record.Object)
	}
	return o.Object("gauge").List("dataPoints")[0].(*record.Object)
}

func TestTelemetryUntilInterrupted(t *testing.T) {
	server := nodetest.Serve(t, activeTransfers())
	// None is in between: each report is waited for.
	reports := make(chan string)
	var received atomic.Int32
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if received.Add(1) == 2 {
			w.WriteHeader(http.StatusInternalServerError)
		}
		select {
		case reports <- string(body):
		case <-ctx.Done():
		}
	}))
	t.Cleanup(receiver.Close)
	var log strings.Builder
	inv := &sdk.Invocation{
		Command: []string{"telemetry"},
		Args:    values{"parameters": record.New("url", receiver.URL, "key", "k", "interval", 0.1)},
		Options: values{"url": server.URL, "username": "ak1", "password": "sec"},
		Log:     slog.New(slog.NewTextHandler(&log, nil)), Home: t.TempDir(),
	}
	done := make(chan error, 1)
	go func() { done <- sdk.Execute(ctx, node.Plugin(), inv, &sdktest.Outcome{}) }()
	var report string
	for range 3 {
		select {
		case err := <-done:
			t.Fatalf("ended by itself: %v", err)
		case report = <-reports:
		}
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
	name, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(report, fmt.Sprintf(`"stringValue":%q`, name)) {
		t.Errorf("report %s", report)
	}
	if !strings.Contains(log.String(), "500 Internal Server Error") {
		t.Errorf("log %s", &log)
	}
}

func TestTelemetryRefusals(t *testing.T) {
	for _, c := range []struct{ name, parameters, want string }{
		{"no address", `{"key":"k"}`, "Missing parameter: url"},
		{"no key", `{"url":"http://h"}`, "Missing parameter: key"},
		{"negative interval", `{"url":"http://h","key":"k","interval":-1}`, "Interval must be a positive number in seconds"},
		{"interval is a text", `{"url":"http://h","key":"k","interval":"1"}`, "Interval must be a positive number in seconds"},
		{"unknown parameter", `{"url":"http://h","key":"k","host":"x"}`, "unknown parameter: host (url, key, apikey, interval, hostname)"},
		{"no URL", `{"url":"ftp://h","key":"k"}`, "REST endpoint shall be http/s not ftp"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := run(t, nodetest.Serve(t, nil), "telemetry", values{"parameters": parse(t, c.parameters)}, nil, sdktest.Host{})
			if out.Err == nil || out.Err.Error() != c.want {
				t.Errorf("got %v", out.Err)
			}
		})
	}
}

// What is wrong from the start ends the command.
func TestTelemetryFirstReportFails(t *testing.T) {
	receiver := nodetest.Serve(t, nil)
	out := run(t, nodetest.Serve(t, activeTransfers()), "telemetry", values{"parameters": record.New("url", receiver.URL, "key", "k")}, nil, sdktest.Host{})
	if out.Err == nil || len(receiver.Calls()) != 1 {
		t.Errorf("got %v, calls %q", out.Err, receiver.Calls())
	}
}
