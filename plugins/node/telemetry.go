package node

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

const telemetryInterval = 10 * time.Second

// telemetry reports the load of the node to Instana (spec/plugins/node.md 18).
func telemetry() sdk.Command {
	return sdk.Command{
		Name: "telemetry", Summary: "Send the number of active transfers to Instana, until interrupted", Since: "4.22.0",
		Result: sdk.ResultNothing,
		Args: []sdk.Arg{{
			Name: "parameters", Description: "parameters for telemetry", Types: []sdk.Type{sdk.Hash},
			Schema: []sdk.Field{
				{Name: "url", Type: "string", Description: "Address of the OpenTelemetry receiver. Mandatory."},
				{Name: "key", Type: "string", Description: "Key of the agent (apikey is the same). Mandatory."},
				{Name: "interval", Type: "number", Description: "Seconds between two reports, 10 by default; 0 sends one only"},
				{Name: "hostname", Type: "string", Description: "Name of the reporting host, that of this computer by default"},
			},
		}},
		Run: runTelemetry,
	}
}

func runTelemetry(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	r, err := newReporter(ctx, inv)
	if err != nil {
		return nil, err
	}
	if err := r.report(ctx, time.Now()); err != nil || r.interval == 0 {
		return sdk.Nothing(), err
	}
	ticker := time.NewTicker(r.interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case now := <-ticker.C:
			// The first report worked: a receiver or node that is away comes back.
			if err := r.report(ctx, now); err != nil && ctx.Err() == nil {
				inv.Log.ErrorContext(ctx, "telemetry: "+err.Error())
			}
		}
	}
}

// reporter counts the transfers of a node and tells a receiver.
type reporter struct {
	inv      *sdk.Invocation
	node     *node.Client
	receiver *rest.Client
	interval time.Duration
	hostname string
}

func newReporter(ctx context.Context, inv *sdk.Invocation) (*reporter, error) {
	parameters := inv.Object("parameters")
	known := []string{"url", "key", "apikey", "interval", "hostname"}
	for name := range parameters.All() {
		if !slices.Contains(known, name) {
			return nil, failure.Argumentf("unknown parameter: %s (%s)", name, strings.Join(known, ", "))
		}
	}
	address, key := parameters.Text("url"), cmp.Or(parameters.Text("key"), parameters.Text("apikey"))
	switch {
	case address == "":
		return nil, failure.Argumentf("Missing parameter: url")
	case key == "":
		return nil, failure.Argumentf("Missing parameter: key")
	}
	r := &reporter{inv: inv, hostname: parameters.Text("hostname")}
	var err error
	if r.interval, err = interval(parameters); err != nil {
		return nil, err
	}
	if r.hostname == "" {
		if r.hostname, err = os.Hostname(); err != nil {
			return nil, fmt.Errorf("give the parameter hostname: %w", err)
		}
	}
	if r.node, err = connect(ctx, inv); err != nil {
		return nil, err
	}
	// A session and client of its own: the credentials of the node stay with it.
	session, err := rest.For(inv)
	if err != nil {
		return nil, err
	}
	receiver, err := session.Client(address, nil)
	if err != nil {
		return nil, err
	}
	r.receiver = receiver.WithHeader("X-Instana-Key", key).WithHeader("X-Instana-Host", r.hostname)
	return r, nil
}

// interval is the time between two reports, 0 for a single one.
func interval(parameters *record.Object) (time.Duration, error) {
	v, given := parameters.Get("interval")
	if !given {
		return telemetryInterval, nil
	}
	number, _ := v.(json.Number)
	seconds, err := number.Float64()
	if err != nil || seconds < 0 || seconds > (365*24*time.Hour).Seconds() {
		return 0, failure.Argumentf("Interval must be a positive number in seconds").Hint("0 sends one report only")
	}
	if seconds == 0 {
		return 0, nil
	}
	// No busy loop, however small the number.
	return max(time.Duration(seconds*float64(time.Second)), 100*time.Millisecond), nil
}

// report sends what holds at a moment.
func (r *reporter) report(ctx context.Context, now time.Time) error {
	active := 0
	for _, err := range r.node.Transfers(record.New("active_only", true), node.NoLimit).All(ctx) {
		if err != nil {
			return err
		}
		active++
	}
	r.inv.Log.InfoContext(ctx, fmt.Sprintf("%d active transfers", active))
	_, err := r.receiver.Do(ctx, rest.Request{Method: http.MethodPost, Path: "v1/metrics", Body: r.metrics(active, now)})
	return err
}

// metrics is a report in the JSON form of OpenTelemetry.
func (r *reporter) metrics(active int, now time.Time) *record.Object {
	attribute := func(key, value string) []any {
		return []any{record.New("key", key, "value", record.New("stringValue", value))}
	}
	point := record.New("attributes", attribute("server.name", r.hostname), "asInt", active, "timeUnixNano", now.UnixNano())
	metric := record.New(
		"name", "active.transfers", "description", "Number of active transfers", "unit", "1",
		"gauge", record.New("dataPoints", []any{point}),
	)
	return record.New("resourceMetrics", []any{record.New(
		"resource", record.New("attributes", attribute("service.name", "IBMAspera")),
		"scopeMetrics", []any{record.New("metrics", []any{metric})},
	)})
}
