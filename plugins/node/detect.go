package node

import (
	"context"
	"strings"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/rest"
)

// candidates are the URLs at which a server may be (spec/plugins/node.md 2.1).
func candidates(address string) []string {
	if strings.Contains(address, "://") {
		return []string{address}
	}
	return []string{"https://" + address, "https://" + address + ":9092", "http://" + address + ":9091"}
}

// detect finds a Node API by its ping, which needs no credentials and answers
// nothing.
func detect(ctx context.Context, address string, inv *sdk.Invocation) (*sdk.Detection, error) {
	session, err := rest.For(inv)
	if err != nil {
		return nil, err
	}
	defer session.Close()
	for _, candidate := range candidates(address) {
		var found *sdk.Detection
		if found, err = ping(ctx, session, candidate); err == nil {
			return found, nil
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, err
}

func ping(ctx context.Context, session *rest.Session, address string) (*sdk.Detection, error) {
	api, err := session.Client(address, nil)
	if err != nil {
		return nil, err
	}
	answer, err := api.Get(ctx, "ping", nil)
	if err != nil {
		return nil, err
	}
	if answer.Value != nil {
		return nil, failure.Otherf("RuntimeError", "%s is not a Node API: its ping has content", api.BaseURL())
	}
	return &sdk.Detection{Application: "HSTS Node API", URL: api.BaseURL(), Version: "requires authentication"}, nil
}

// wizard proposes the options that every command needs.
func wizard(ctx context.Context, address string, inv *sdk.Invocation) (*sdk.Preset, error) {
	username, err := inv.Require(ctx, "username")
	if err != nil {
		return nil, err
	}
	password, err := inv.Require(ctx, "password")
	if err != nil {
		return nil, err
	}
	return &sdk.Preset{
		Options: []sdk.PresetOption{
			{Name: "url", Value: address}, {Name: "username", Value: username}, {Name: "password", Value: password},
		},
		TestCommand: "info",
	}, nil
}
