package node

import (
	"context"
	"encoding/base64"
	"time"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/node"
)

func basicToken() sdk.Command {
	return sdk.Command{
		Name: "basic_token", Summary: "Show the credentials as a value for the header Authorization", Result: sdk.ResultText,
		Run: func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
			username, password, err := userAndPassword(ctx, inv)
			if err != nil {
				return nil, err
			}
			return sdk.Text("Basic " + base64.StdEncoding.EncodeToString([]byte(username+":"+password))), nil
		},
	}
}

func bearerToken() sdk.Command {
	return sdk.Command{
		Name: "bearer_token", Summary: "Make a bearer token for a user of an access key", Result: sdk.ResultText,
		Args: []sdk.Arg{
			{Name: "key", Description: "private RSA key PEM value"},
			{
				Name: "identity", Description: "user and group identification", Types: []sdk.Type{sdk.Hash},
				Schema: []sdk.Field{
					{Name: "user_id", Type: "string", Description: "Identifier of the user. Mandatory."},
					{Name: "group_ids", Type: "array", Description: "Identifiers of the groups of the user"},
					{Name: "organization_id", Type: "string", Description: "Identifier of the organization of the user"},
					{Name: "scope", Type: "string", Description: "Complete scope: node.<access key>:<scope>"},
					{Name: "auth_type", Type: "string", Description: "access_key (default) or node_user"},
					{Name: "expires_at", Type: "string", Description: "Date of expiry, e.g. 2030-01-02T03:04:05Z"},
					{Name: "_scope", Type: "string", Description: "user:all (default) or admin:all"},
					{Name: "_validity", Type: "integer", Description: "Seconds until the token expires, 86400 by default"},
				},
			},
		},
		Run: makeToken,
	}
}

func makeToken(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	accessKey, err := inv.Require(ctx, "username")
	if err != nil {
		return nil, err
	}
	key, err := node.SigningKey(inv.Text("key"))
	if err != nil {
		return nil, err
	}
	payload, err := node.TokenPayload(inv.Object("identity"), accessKey, time.Now())
	if err != nil {
		return nil, err
	}
	token, err := node.EncodeToken(payload, key)
	if err != nil {
		return nil, err
	}
	return sdk.Text(token), nil
}

// userAndPassword are needed even where a bearer password would do alone
// (spec/plugins/node.md 2).
func userAndPassword(ctx context.Context, inv *sdk.Invocation) (username, password string, err error) {
	if username, err = inv.Require(ctx, "username"); err != nil {
		return "", "", err
	}
	password, err = inv.Require(ctx, "password")
	return username, password, err
}
