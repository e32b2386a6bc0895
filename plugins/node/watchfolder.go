package node

import (
	"context"
	"net/http"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/restcmd"
)

// watchFolders are folders from which new files are sent (spec/plugins/node.md 12.3).
func watchFolders() sdk.Command {
	const all, one = "v3/watchfolders", "v3/watchfolders/{id}"
	folder := restcmd.Resource{Connect: connectWatchFolders}
	return sdk.Command{Name: "watch_folder", Summary: "Watch folders of the server", Commands: folder.Commands(
		restcmd.Call{
			Name: "create", Summary: "Create a watch folder", Method: http.MethodPost, Path: all,
			Body: restcmd.Parameters("create"), Answer: restcmd.Status("{id} created"),
		},
		restcmd.Call{Name: "list", Summary: "List watch folders", Path: all, Query: true, Answer: restcmd.Values("ids")},
		restcmd.Call{Name: "show", Summary: "Show a watch folder", Path: one, Answer: restcmd.Object()},
		restcmd.Call{Name: "state", Summary: "Show what a watch folder does", Path: one + "/state", Answer: restcmd.Object()},
		restcmd.Call{
			Name: "modify", Summary: "Change a watch folder", Method: http.MethodPut, Path: one,
			Body: folderChange(), Answer: restcmd.Status("{id} updated"),
		},
		restcmd.Call{
			Name: "delete", Summary: "Delete a watch folder", Method: http.MethodDelete, Path: one, Answer: restcmd.Status("{id} deleted"),
		},
	)}
}

// connectWatchFolders asks for the version of the API in which bodies are
// nested.
func connectWatchFolders(ctx context.Context, inv *sdk.Invocation) (*rest.Client, error) {
	api, err := connectAPI(ctx, inv)
	if err != nil {
		return nil, err
	}
	return api.WithHeader("X-aspera-WF-version", "2017_10_23"), nil
}

// folderChange is a Hash argument, since 4.25.0, or as before option query.
func folderChange() *restcmd.Body {
	argument := restcmd.Data("modify", sdk.Hash)
	argument.Optional = true
	return &restcmd.Body{Arg: argument, Of: func(inv *sdk.Invocation) (any, error) {
		if data := inv.Object(argument.Name); data != nil {
			return data, nil
		}
		switch query := inv.Option("query").(type) {
		case *record.Object:
			return query, nil
		case nil:
			return nil, failure.Argumentf("Missing mandatory option: query").Hint("or give the changes as a Hash after the identifier")
		default:
			return nil, failure.Argumentf("Option query is a %s but must be Hash", record.TypeName(query))
		}
	}}
}
