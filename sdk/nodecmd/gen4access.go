package nodecmd

import (
	"context"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/record"
)

// nodeInfo shows what gives access to a folder in another tool: with a bearer
// token it is the password.
func nodeInfo(ctx context.Context, _ *sdk.Invocation, at node.Location) (*sdk.Result, error) {
	authorization, err := at.Node.API().Authorization(ctx)
	if err != nil {
		return nil, err
	}
	username, password, isBasic := basicCredentials(authorization)
	if !isBasic {
		username, password = at.Node.Config().AccessKey, authorization
	}
	return sdk.Object(record.New("url", at.Node.API().BaseURL(), "root_id", at.ID, "username", username, "password", password)), nil
}

// bearerTokenNode shows the authorization for the node that a path leads to.
func bearerTokenNode(ctx context.Context, _ *sdk.Invocation, at node.Location) (*sdk.Result, error) {
	authorization, err := at.Node.API().Authorization(ctx)
	switch {
	case err != nil:
		return nil, err
	case !node.IsBearer(authorization):
		return nil, failure.Otherf("RuntimeError", "not a bearer token, wrong prefix").
			Hint("the node is used with a secret: make a token with `bearer_token`, and give it as password")
	}
	return sdk.Text(authorization), nil
}
