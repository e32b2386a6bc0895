package nodecmd

import (
	"context"
	"net/http"
	"time"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/once"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/restcmd"
)

// Transfers returns the commands on the transfers of the server
// (spec/plugins/node.md 11).
func Transfers(m Mount) sdk.Command {
	transfers := restcmd.Resource{Connect: m.api}
	return sdk.Command{Name: "transfer", Summary: "Transfers of the server", Commands: append([]sdk.Command{
		{
			Name: "list", Summary: "List transfers", Result: sdk.ResultList,
			Columns: []string{
				"id", "status", "start_spec.direction", "start_spec.remote_user", "start_spec.remote_host", "start_spec.destination_path",
			},
			Run: m.on(listTransfers),
		},
		{
			Name: "sessions", Summary: "List the sessions of transfers", Result: sdk.ResultList,
			Columns: []string{"id", "status", "start_time", "end_time", "target_rate_kbps"},
			Run:     m.on(listSessions),
		},
		{
			Name: "bandwidth_average", Summary: "Show the bandwidth of all transfers over time", Result: sdk.ResultList,
			Run: m.on(bandwidthAverage),
		},
	}, transfers.Commands(
		restcmd.Call{Name: "show", Summary: "Show a transfer", Path: "ops/transfers/{id}", Answer: restcmd.Structure("")},
		restcmd.Call{
			Name: "modify", Summary: "Change rates or status of a transfer", Method: http.MethodPut, Path: "ops/transfers/{id}",
			Body: restcmd.Parameters("modify"), Answer: restcmd.Structure("Modified"),
		},
		restcmd.Call{
			Name: "cancel", Summary: "Cancel a transfer", Method: node.MethodCancel, Path: "ops/transfers/{id}",
			Answer: restcmd.Status("Cancelled"),
		},
	)...)}
}

func listTransfers(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	query, err := queryObject(inv)
	if err != nil {
		return nil, err
	}
	query = record.Merge(record.New(), query)
	limit, err := limitOf(query)
	if err != nil {
		return nil, err
	}
	reset := query.Bool("reset")
	query.Delete("reset")
	transfers := c.Transfers(query, limit)
	transfers.Only(inv.ShownKeys())
	if inv.Flag("once_only") {
		return newTransfers(ctx, inv, transfers, reset)
	}
	if reset {
		return nil, failure.Argumentf("reset only with once_only")
	}
	return sdk.List(transfers.All(ctx)), nil
}

// newTransfers lists from the page on that the last such list came to, the file
// of the original says which (spec/plugins/node.md 11.1).
func newTransfers(ctx context.Context, inv *sdk.Invocation, transfers *node.Transfers, reset bool) (*sdk.Result, error) {
	mark, err := once.For[string](ctx, inv, "node_transfers")
	if err != nil {
		return nil, err
	}
	if reset {
		return sdk.Status("Persistency reset"), mark.Forget(ctx)
	}
	token, err := mark.Read(ctx)
	if err != nil {
		return nil, err
	}
	if token != nil {
		transfers.From(*token)
	}
	return sdk.List(func(yield func(*record.Object, error) bool) {
		for one, err := range transfers.All(ctx) {
			if !yield(one, err) || err != nil {
				return
			}
		}
		// All were shown: the next list begins behind them.
		if token = nil; transfers.Token() != "" {
			token = new(transfers.Token())
		}
		if err := mark.Write(ctx, token); err != nil {
			yield(nil, err)
		}
	}), nil
}

// limitOf takes the key max out of a query.
func limitOf(query *record.Object) (int, error) {
	v, given := query.Get("max")
	if !given {
		return node.NoLimit, nil
	}
	limit, ok := query.Int("max")
	if !ok || limit < 0 {
		return 0, failure.Argumentf("query: max must be a number of transfers, not %s", record.JSON(v))
	}
	query.Delete("max")
	return int(limit), nil
}

func listSessions(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	transfers, err := c.TransferList(ctx, inv.Option("query"))
	if err != nil {
		return nil, err
	}
	var sessions []*record.Object
	for _, t := range transfers {
		for _, item := range t.List("sessions") {
			if session, ok := item.(*record.Object); ok {
				setTimes(session)
				sessions = append(sessions, session)
			}
		}
	}
	return sdk.Rows(sessions), nil
}

// setTimes adds readable times; that of a session which goes on is null.
func setTimes(session *record.Object) {
	for _, name := range []string{"start_time", "end_time"} {
		var text any
		if at, given := session.Int(name + "_usec"); given {
			text = time.UnixMicro(at).UTC().Format("2006-01-02T15:04:05Z")
		}
		session.Set(name, text)
	}
}
