package node

import (
	"net/http"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/restcmd"
)

// streams are shown as transfers, which they are (spec/plugins/node.md 12.1).
func streams() sdk.Command {
	stream := restcmd.Resource{Connect: connectAPI}
	return sdk.Command{Name: "stream", Summary: "Streams of the server", Commands: stream.Commands(
		restcmd.Call{Name: "list", Summary: "List transfers and streams", Path: "ops/transfers", Query: true, Answer: restcmd.List("", "id", "status")},
		restcmd.Call{
			Name: "create", Summary: "Start a stream", Method: http.MethodPost, Path: "streams",
			Body: restcmd.Parameters("create"), Answer: restcmd.Object(),
		},
		restcmd.Call{Name: "show", Summary: "Show a stream", Path: "ops/transfers/{id}", Answer: restcmd.Structure("")},
		restcmd.Call{
			Name: "modify", Summary: "Change a stream", Method: http.MethodPut, Path: "streams/{id}",
			Body: restcmd.Parameters("modify"), Answer: restcmd.Structure("Modified"),
		},
		restcmd.Call{
			Name: "cancel", Summary: "End a stream", Method: node.MethodCancel, Path: "streams/{id}",
			Answer: restcmd.Structure("Cancelled"),
		},
	)}
}
