package once_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/once"
	"github.com/ascli-go/ascli/sdk/sdktest"
)

// counter shows the number of the run, and keeps it unless it is told to
// forget.
func counter() *sdk.Plugin {
	return &sdk.Plugin{Name: "counter", Options: []sdk.Option{{Name: "url"}, {Name: "username"}, {Name: "forget", Types: []sdk.Type{sdk.Boolean}}}, Commands: []sdk.Command{{
		Name: "count", Result: sdk.ResultText,
		Run: func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
			mark, err := once.For[int64](ctx, inv, "runs", "7")
			if err != nil {
				return nil, err
			}
			if inv.Flag("forget") {
				return sdk.Text("forgotten"), mark.Forget(ctx)
			}
			last, err := mark.Read(ctx)
			if err != nil {
				return nil, err
			}
			if last == nil {
				return sdk.Text("first"), mark.Write(ctx, new(int64(1)))
			}
			if *last == 9 {
				return sdk.Text("9"), mark.Write(ctx, nil)
			}
			return sdk.Text(fmt.Sprint(*last)), mark.Write(ctx, new(*last+1))
		},
	}}}
}

func TestMark(t *testing.T) {
	const file = "runs/https://h:9092/me/7"
	for _, c := range []struct {
		name         string
		before       string
		forget       bool
		shown, after string
		err          string
	}{
		{"nothing kept", "", false, `["first"]`, "[1]", ""},
		{"kept by the original", "[4]", false, `["4"]`, "[5]", ""},
		{"kept that there is none", "[null]", false, `["first"]`, "[1]", ""},
		{"empty list", "[]", false, `["first"]`, "[1]", ""},
		{"keep that there is none", "[9]", false, `["9"]`, "[null]", ""},
		{"forget", "[4]", true, `["forgotten"]`, "", ""},
		{"damaged", "[", false, `[]`, "[", "what an earlier command with once_only kept is damaged: unexpected end of JSON input"},
		{"something else", `["a"]`, false, `[]`, `["a"]`, "what an earlier command with once_only kept is damaged: json: cannot unmarshal string into Go value of type int64"},
	} {
		t.Run(c.name, func(t *testing.T) {
			host := sdktest.Host{State: map[string][]byte{}}
			if c.before != "" {
				host.State[file] = []byte(c.before)
			}
			out := sdktest.Run(t, counter(), "count", nil, map[string]any{"url": "https://h:9092", "username": "me", "forget": c.forget}, host)
			message := ""
			if e := failure.As(out.Err); e != nil {
				message = e.Message
			}
			if out.JSON() != c.shown || string(out.State[file]) != c.after || message != c.err {
				t.Errorf("got %s, kept %s, error %v", out.JSON(), out.State[file], out.Err)
			}
		})
	}
}

func TestMarkNeedsUser(t *testing.T) {
	out := sdktest.Run(t, counter(), "count", nil, map[string]any{"url": "https://h"}, sdktest.Host{})
	if out.Err == nil || out.Err.Error() != "Missing mandatory option: username" {
		t.Errorf("got %v", out.Err)
	}
}
