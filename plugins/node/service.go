package node

import (
	"net/http"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/restcmd"
)

// services run beside the server, such as WATCHD (spec/plugins/node.md 12.2).
func services() sdk.Command {
	service := restcmd.Resource{Connect: connectAPI}
	return sdk.Command{Name: "service", Summary: "Services run by the server", Commands: service.Commands(
		restcmd.Call{Name: "list", Summary: "List services", Path: "rund/services", Answer: restcmd.List("services")},
		restcmd.Call{
			Name: "create", Summary: "Create a service", Method: http.MethodPost, Path: "rund/services",
			Body: restcmd.Parameters("create"), Answer: restcmd.Status("{id} created"),
		},
		restcmd.Call{
			Name: "delete", Summary: "Delete a service", Method: http.MethodDelete, Path: "rund/services/{id}",
			Answer: restcmd.Status("{id} deleted"),
		},
	)}
}
