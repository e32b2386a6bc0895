package configcmd

import (
	"context"
	"strings"

	"github.com/ascli-go/ascli/host/completion"
	"github.com/ascli-go/ascli/host/options"
	"github.com/ascli-go/ascli/sdk"
)

// completionCommands serve the shells (docs/completion.md).
func (c commands) completionCommands() []sdk.Command {
	words := sdk.Arg{Name: "words", Optional: true, Multiple: true}
	list := []sdk.Command{
		{
			Name: "bash", Summary: "Names of the plugins, for `complete -W`", Since: "4.26.2",
			Args: []sdk.Arg{words}, Result: sdk.ResultNothing, Run: c.completionNames,
		},
		{
			Name: "script", Summary: "Script that completes everything in a shell", Result: sdk.ResultText, Run: completionScript,
			Args: []sdk.Arg{{Name: "shell", Types: []sdk.Type{sdk.Enum}, Values: completion.Shells()}},
		},
		{
			Name: "words", Summary: "What may follow: called by the scripts",
			Args: []sdk.Arg{words}, Result: sdk.ResultNothing, Run: c.completionWords,
		},
	}
	for _, shell := range completion.Shells() {
		if shell != "bash" {
			list = append(list, sdk.Command{
				Name: shell, Summary: "Script that completes everything in " + shell, Result: sdk.ResultText, Run: scriptOf(shell),
			})
		}
	}
	return list
}

func (c commands) completionNames(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	var names strings.Builder
	warning, err := completion.FirstLevel(ctx, &names, c.host.CompletionSource(ctx, nil), inv.Texts("words"))
	if err != nil {
		return nil, err
	}
	if warning != "" {
		c.host.Warn(warning)
		return sdk.Nothing(), nil
	}
	return sdk.Nothing(), inv.Host.Message(ctx, sdk.Data, strings.TrimSuffix(names.String(), "\n"))
}

func completionScript(_ context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	return script(inv.Text("shell"))
}

func scriptOf(shell string) func(context.Context, *sdk.Invocation) (*sdk.Result, error) {
	return func(context.Context, *sdk.Invocation) (*sdk.Result, error) { return script(shell) }
}

func script(shell string) (*sdk.Result, error) {
	text, err := completion.Script(shell)
	if err != nil {
		return nil, err
	}
	return sdk.Text(strings.TrimSuffix(text, "\n")), nil
}

func (c commands) completionWords(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	words, err := completion.Decode(inv.Texts("words"))
	if err != nil {
		return nil, err
	}
	request := completion.Request{Words: words, Globals: options.Globals()}
	answer, err := completion.Complete(ctx, request, c.host.CompletionSource(ctx, completion.FolderOptions(request)))
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	if err := answer.Write(&text); err != nil {
		return nil, err
	}
	return sdk.Nothing(), inv.Host.Message(ctx, sdk.Data, strings.TrimSuffix(text.String(), "\n"))
}
