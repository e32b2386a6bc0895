package node

import (
	"context"
	"net/http"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record/inspect"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/restcmd"
)

const (
	asyncsPath = "asyncs"
	asyncPath  = "asyncs/{id}"
)

// ssyncs are synchronizations that the server runs (spec/plugins/node.md 13.2).
func ssyncs() sdk.Command {
	show := func(word, summary string, query bool) restcmd.Call {
		return restcmd.Call{Name: word, Summary: summary, Path: asyncPath + "/" + word, Query: query, Answer: restcmd.Object()}
	}
	operate := func(word, summary string) restcmd.Call {
		return restcmd.Call{
			Name: word, Summary: summary, Method: http.MethodPost, Path: asyncPath + "/" + word,
			Body: restcmd.Content(rest.Raw{}), Answer: restcmd.Status("Done"),
		}
	}
	sync := restcmd.Resource{Connect: connectAPI, Lookup: syncNamed}
	return sdk.Command{Name: "ssync", Summary: "Synchronizations run by the server", Commands: sync.Commands(
		restcmd.Call{Name: "list", Summary: "List synchronizations", Path: asyncsPath, Query: true, Answer: restcmd.Values("ids")},
		restcmd.Create(asyncsPath, "Create a synchronization, or several with option bulk"),
		restcmd.Call{Name: "show", Summary: "Show a synchronization", Path: asyncPath, Answer: restcmd.Object()},
		restcmd.Delete(asyncPath, "Delete a synchronization, or several with option bulk"),
		operate("start", "Start a synchronization"),
		operate("stop", "Stop a synchronization"),
		show("bandwidth", "Show the bandwidth of a synchronization", true),
		show("counters", "Show the counters of a synchronization", true),
		show("files", "Show the files of a synchronization", true),
		show("state", "Show whether a synchronization runs", false),
		show("summary", "Show what a synchronization did", false),
	)}
}

// syncNamed looks at one synchronization after another: the API cannot search.
func syncNamed(ctx context.Context, api *rest.Client, s sdk.Selector) (string, error) {
	if err := onlyName(s); err != nil {
		return "", err
	}
	list, err := object(api.Get(ctx, asyncsPath, nil))
	if err != nil {
		return "", err
	}
	for _, item := range list.List("ids") {
		id := inspect.Plain(item)
		one, err := object(api.Get(ctx, restcmd.Path(asyncPath, id), nil))
		if err != nil {
			return "", err
		}
		if name, _ := one.At("configuration", "name"); name == s.Value {
			return id, nil
		}
	}
	return "", noSuchSync("name=" + s.Value)
}

func onlyName(s sdk.Selector) error {
	if s.Field == "name" {
		return nil
	}
	return failure.Argumentf("Only search by name is supported (%s)", s.Field)
}

func noSuchSync(name string) error { return failure.New(failure.Identifier, "no such sync: %s", name) }
