package sdk_test

import (
	"context"
	"errors"
	"testing"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sdktest"
)

// TestTransferCommand: a command gives on the result of another one, or reads it.
func TestTransferCommand(t *testing.T) {
	broken := errors.New("the disk is gone")
	host := sdktest.Host{TransferCommand: func(_ context.Context, words string, args map[string]any) (*sdk.Result, error) {
		switch words {
		case "ascp info":
			return sdk.Object(record.New("sdk_ascp_version", "4.4.4")), nil
		case "sync admin find":
			return sdk.List(func(yield func(*record.Object, error) bool) {
				_ = yield(record.New("name", args["path"]), nil) && yield(nil, broken)
			}, "name"), nil
		case "nothing":
			return sdk.Nothing(), nil
		}
		return nil, broken
	}}
	plugin := func(run func(context.Context, *sdk.Invocation) (*sdk.Result, error)) *sdk.Plugin {
		return &sdk.Plugin{Name: "product", Commands: []sdk.Command{{Name: "ask", Run: run, Result: sdk.ResultText}}}
	}
	given := func(words ...string) *sdktest.Outcome {
		return sdktest.Run(t, plugin(func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
			return inv.TransferCommand(ctx, map[string]any{"path": "/f"}, words...)
		}), "ask", nil, nil, host)
	}
	read := func(words ...string) *sdktest.Outcome {
		return sdktest.Run(t, plugin(func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
			result, err := inv.TransferCommand(ctx, map[string]any{"path": "/f"}, words...)
			if err != nil {
				return nil, err
			}
			o, err := result.Object()
			if err != nil {
				return nil, err
			}
			return sdk.Text(string(record.JSON(o))), nil
		}), "ask", nil, nil, host)
	}
	for _, tt := range []struct {
		name   string
		got    *sdktest.Outcome
		kind   sdk.ResultKind
		want   string
		failed bool
	}{
		{"an object", given("ascp", "info"), sdk.ResultObject, `[{"sdk_ascp_version":"4.4.4"}]`, false},
		{"a list that breaks off", given("sync", "admin", "find"), sdk.ResultList, `[{"name":"/f"}]`, true},
		{"no result", given("nothing"), sdk.ResultNothing, `[]`, false},
		{"an error", given("other"), 0, `[]`, true},
		{"an object to read", read("ascp", "info"), sdk.ResultText, `["{\"sdk_ascp_version\":\"4.4.4\"}"]`, false},
		{"the first of a list to read", read("sync", "admin", "find"), sdk.ResultText, `["{\"name\":\"/f\"}"]`, false},
		{"nothing to read", read("nothing"), 0, `[]`, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.got.Kind != tt.kind || tt.got.JSON() != tt.want || (tt.got.Err != nil) != tt.failed {
				t.Errorf("got %v %s, %v", tt.got.Kind, tt.got.JSON(), tt.got.Err)
			}
		})
	}
}
