package nodecmd

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/restcmd"
)

// Server returns the commands about the server itself (spec/plugins/node.md 15).
func Server(m Mount) []sdk.Command {
	server := restcmd.Resource{Connect: m.api}
	return append(server.Commands(
		restcmd.Call{Name: "info", Summary: "Show the description of the server", Path: "info", Answer: restcmd.Object()},
		restcmd.Call{Name: "slash", Summary: "Show what the server answers at its root", Path: "/", Answer: restcmd.Object()},
		restcmd.Call{
			Name: "events", Summary: "List events", Path: "events", Query: true, Answer: restcmd.List("", "ALL", "-data*"),
		},
	), licenseCommand(server), sdk.Command{
		Name: "health", Summary: "Check the server, its clock and its transfer service",
		Result: sdk.ResultList, Columns: []string{"status", "component", "message"},
		Run: m.on(health),
	}, sdk.Command{
		Name: "api_details", Summary: "Show how the API is called", Result: sdk.ResultObject,
		Run: m.on(apiDetails),
	})
}

func licenseCommand(server restcmd.Resource) sdk.Command {
	command := server.Command(restcmd.Call{Name: "license", Summary: "Show the license", Path: "license", Answer: restcmd.Object()})
	show := command.Run
	command.Run = func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
		result, err := show(ctx, inv)
		// The words differ from server to server; some have their advice already.
		if e := failure.As(err); e != nil && strings.Contains(e.Message, "ACL") && len(failure.Advice(e.Label, e.Message)) == 0 {
			e.Hint("server must have: asnodeadmin -mu <node user> --acl-add=internal --internal")
		}
		return result, err
	}
	return command
}

func apiDetails(ctx context.Context, _ *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	auth, headers, err := credentials(ctx, c.API())
	if err != nil {
		return nil, err
	}
	return sdk.Object(record.New(
		"base_url", c.API().BaseURL(),
		"auth", auth,
		"not_auth_codes", []any{"401"},
		"redirect_max", 0,
		"headers", headers,
	)), nil
}

// credentials describes those of a client as the original does: basic ones by
// user, those of an authorization server by name only, any other as a header.
func credentials(ctx context.Context, api *rest.Client) (auth, headers *record.Object, err error) {
	headers = record.New()
	for _, name := range slices.Sorted(maps.Keys(api.Headers())) {
		headers.Set(name, api.Header(name))
	}
	if api.Renews() {
		return record.New("type", "oauth2"), headers, nil
	}
	authorization, err := api.Authorization(ctx)
	if err != nil {
		return nil, nil, err
	}
	if username, password, basic := basicCredentials(authorization); basic {
		return record.New("type", "basic", "username", username, "password", password), headers, nil
	}
	if authorization != "" {
		headers.Set("Authorization", authorization)
	}
	return record.New("type", "none"), headers, nil
}

// basicCredentials takes the value of a header Authorization apart.
func basicCredentials(authorization string) (username, password string, basic bool) {
	r := http.Request{Header: http.Header{"Authorization": {authorization}}}
	return r.BasicAuth()
}
