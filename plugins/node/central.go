package node

import (
	"net/http"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/restcmd"
)

// centrals ask the database of the transfer service (spec/plugins/node.md 12.4).
func centrals() sdk.Command {
	const base = "services/rest/transfers/v1/"
	central := restcmd.Resource{Connect: connectAPI}
	return sdk.Command{Name: "central", Summary: "Database of the transfer service", Commands: []sdk.Command{
		{Name: "session", Summary: "Sessions", Commands: central.Commands(restcmd.Call{
			Name: "list", Summary: "List sessions", Method: http.MethodPost, Path: base + "sessions", Body: centralRequest(validation),
			Answer: restcmd.List("session_info_result.session_info", "session_uuid", "status", "transport", "direction", "bytes_transferred"),
		})},
		{Name: "file", Summary: "Files of sessions", Commands: central.Commands(restcmd.Call{
			Name: "list", Summary: "List files; with option validator, take them for validation",
			Method: http.MethodPost, Path: base + "files", Body: centralRequest(validation),
			Answer: restcmd.List("file_transfer_info_result.file_transfer_info", "session_uuid", "file_id", "status", "path").Undeclared(),
		}, restcmd.Call{
			Name: "modify", Summary: "Report what became of files", Method: http.MethodPut, Path: base + "files",
			Body: centralRequest(validator), Answer: restcmd.Status("updated"),
		})},
	}}
}

// validator is what names the validator in a request.
func validator(id string) *record.Object { return record.New("validator_id", id) }

func validation(id string) *record.Object { return record.New("validation", validator(id)) }

// centralRequest is an optional Hash, to which the validator of option validator
// is added.
func centralRequest(named func(id string) *record.Object) *restcmd.Body {
	argument := &sdk.Arg{Name: "data", Description: "request data", Types: []sdk.Type{sdk.Hash}, Optional: true}
	return &restcmd.Body{Arg: argument, Of: func(inv *sdk.Invocation) (any, error) {
		request := record.New()
		if given := inv.Object(argument.Name); given != nil {
			request = given.Clone()
		}
		if id := inv.OptionText("validator"); id != "" {
			record.Merge(request, named(id))
		}
		return request, nil
	}}
}
