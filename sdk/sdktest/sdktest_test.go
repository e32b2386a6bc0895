package sdktest_test

import (
	"context"
	"errors"
	"testing"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sdktest"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// busy asks its host for everything.
func busy() *sdk.Plugin {
	return &sdk.Plugin{
		Name: "busy",
		Options: []sdk.Option{
			{Name: "size", Types: []sdk.Type{sdk.Integer}, Default: 3},
			{Name: "late"},
		},
		Commands: []sdk.Command{{Name: "do", Args: []sdk.Arg{{Name: "id"}}, Commands: []sdk.Command{{
			Name: "work", Result: sdk.ResultList, Columns: []string{"id"}, Run: work,
		}}}},
	}
}

func work(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	late, lateErr := inv.Require(ctx, "late")
	answer, promptErr := inv.Host.Prompt(ctx, "Really", false)
	secret, _, secretErr := inv.Host.Secret(ctx, "https://h", "me")
	state, readErr := inv.Host.ReadState(ctx, "a", "b")
	writeErr := inv.Host.WriteState(ctx, []byte("new"), "a", "b")
	infoErr := inv.Info(ctx, "size %s", inv.OptionText("size"))
	_, transferErr := inv.Transfer(ctx, record.New("direction", "send"), []transfer.Source{{Source: "f"}})
	inv.Log.Warn("careful")
	if err := errors.Join(lateErr, promptErr, secretErr, readErr, writeErr, infoErr, transferErr); err != nil {
		return nil, err
	}
	return sdk.Rows([]*record.Object{record.New("id", inv.Text("id"), "values", []any{late, answer, secret, string(state)})}), nil
}

func TestRun(t *testing.T) {
	out := sdktest.Run(t, busy(), "do work", map[string]any{"id": "7"}, nil, sdktest.Host{
		Late:    map[string]any{"late": "l"},
		Answers: []string{"yes"},
		Secrets: map[string]string{"me@https://h": "s"},
		State:   map[string][]byte{"a/b": []byte("old")},
	})
	if out.Err != nil {
		t.Fatal(out.Err)
	}
	if want := `[{"id":"7","values":["l","yes","s","old"]}]`; out.JSON() != want {
		t.Errorf("got %s, want %s", out.JSON(), want)
	}
	if out.Kind != sdk.ResultList || len(out.Columns) != 1 || string(out.State["a/b"]) != "new" {
		t.Errorf("got %+v", out)
	}
	if len(out.Messages) != 1 || out.Messages[0] != (sdktest.Message{Level: sdk.Information, Text: "size 3"}) {
		t.Errorf("messages %v", out.Messages)
	}
	if len(out.Transfers) != 1 || out.Transfers[0].Sources[0].Source != "f" || out.Log != "level=WARN msg=careful\n" {
		t.Errorf("transfers %v, log %q", out.Transfers, out.Log)
	}
}

func TestRunWithoutAnswers(t *testing.T) {
	out := sdktest.Run(t, busy(), "do work", map[string]any{"id": "7"}, nil, sdktest.Host{
		Transfer: func(context.Context, *record.Object, []transfer.Source) error { return errors.New("disk full") },
	})
	const want = "Missing mandatory option: late\nnobody answers the prompt \"Really\"\ndisk full"
	if out.Err == nil || out.Err.Error() != want || len(out.Records) != 0 {
		t.Errorf("got %v", out.Err)
	}
}
