package nodecmd

import (
	"context"
	"net/http"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/restcmd"
)

// SelfKey stands for the access key of the credentials in use.
const SelfKey = "self"

// keyCommands are those on access keys themselves.
func keyCommands(m Mount) sdk.Command {
	keys := restcmd.Resource{Connect: m.api, Lookup: OwnKey}
	return sdk.Command{Name: "access_keys", Summary: "Access keys of the server", Commands: append(keys.Commands(
		restcmd.Create("access_keys", "Create an access key, or several with option bulk"),
		restcmd.Call{Name: "list", Summary: "List access keys", Path: "access_keys", Query: true, Answer: restcmd.List("")},
		restcmd.Call{Name: "show", Summary: "Show an access key", Path: "access_keys/{id}", Answer: restcmd.Object()},
		restcmd.Call{
			Name: "modify", Summary: "Change an access key, or one property of it with option property",
			Method: http.MethodPut, Path: "access_keys/{id}",
			Body:   &restcmd.Body{Arg: restcmd.Data("modify", sdk.Any), Of: modification},
			Answer: restcmd.Status("modified"),
		},
		restcmd.Delete("access_keys/{id}", "Delete an access key, or several with option bulk"),
	), sdk.Command{
		Name: "set_bearer_key", Summary: "Set the key that verifies bearer tokens", Result: sdk.ResultStatus,
		Args: []sdk.Arg{
			{Name: "id", Description: "identifier", Identifier: true},
			{Name: "key", Description: "public or private RSA key PEM value"},
		},
		Run: m.on(setBearerKey),
	})}
}

// OwnKey finds the id of the access key in use, the only one that a selector
// names.
func OwnKey(ctx context.Context, api *rest.Client, s sdk.Selector) (string, error) {
	if s.Field != "id" || s.Value != SelfKey {
		return "", failure.Argumentf("only selector: %%id:self")
	}
	key, err := node.New(api, node.Config{}).AccessKey(ctx, SelfKey)
	return key.Text("id"), err
}

// modification is the argument of `modify`: the properties, or the value of the
// one that option property names.
func modification(inv *sdk.Invocation) (any, error) {
	data := inv.Arg("data")
	if name := inv.OptionText("property"); name != "" {
		return record.New(name, data), nil
	}
	if _, ok := data.(*record.Object); !ok {
		return nil, failure.Argumentf("Argument parameters for modify (Hash) is a %s but must be Hash", record.TypeName(data))
	}
	return data, nil
}

func setBearerKey(ctx context.Context, inv *sdk.Invocation, c *node.Client) (*sdk.Result, error) {
	key, err := node.VerificationKey(inv.Text("key"))
	if err != nil {
		return nil, err
	}
	id, err := inv.Identifier(ctx, "id", func(ctx context.Context, s sdk.Selector) (string, error) { return OwnKey(ctx, c.API(), s) })
	if err != nil {
		return nil, err
	}
	if id == SelfKey {
		own, err := c.AccessKey(ctx, SelfKey)
		if err != nil {
			return nil, err
		}
		id = own.Text("id")
	}
	if err := c.ModifyAccessKey(ctx, id, record.New("token_verification_key", key)); err != nil {
		return nil, err
	}
	return sdk.Status("public key updated"), nil
}
