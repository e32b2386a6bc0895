// Package connectapp is the agent that has IBM Aspera Connect make transfers, on
// the user's desktop (spec/transfer.md 10.1).
package connectapp

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/plugins/transfer/localapp"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// webPage is where users get Connect.
const webPage = "https://www.ibm.com/aspera/connect"

// Agent has Connect make transfers.
type Agent struct {
	desktop localapp.Desktop
	// appID is how Connect knows this process.
	appID string
}

// New returns the agent.
func New() *Agent { return &Agent{desktop: localapp.Here(), appID: uuid.NewString()} }

// Run implements [agent.Agent]. A job is one session.
func (a *Agent) Run(ctx context.Context, order agent.Job, emit func(transfer.Event)) ([]error, error) {
	if err := (agent.Parameters{}).Decode(order.Info); err != nil {
		return nil, err
	}
	if err := a.desktop.Check("connect"); err != nil {
		return nil, err
	}
	session, err := order.Env.HTTP()
	if err != nil {
		return nil, err
	}
	defer session.Close()
	emit(transfer.Event{Kind: transfer.SessionsInit, Text: "starting"})
	defer emit(transfer.Event{Kind: transfer.End})
	app, err := a.reach(ctx, order, session)
	if err != nil {
		return nil, err
	}
	defer app.close()
	spec, err := app.prepare(ctx, order.Spec)
	if err != nil {
		if ctx.Err() != nil {
			err = agent.Interrupted(ctx)
		}
		return nil, err
	}
	return a.desktop.Run(ctx, order.Env.Logger(), app, spec, emit)
}

// reach finds the application, or starts it.
func (a *Agent) reach(ctx context.Context, order agent.Job, session *rest.Session) (app *application, err error) {
	launch := localapp.Launch{
		Name: name, ErrorName: "connect",
		URLs: []string{
			"fasp://initialize", "fasp://initialize", "aspera-drive://initialize", "https://test-connect.ibmaspera.com/",
		},
		// It may have left the file with its address behind, or not written it yet.
		IsDown: func(error) bool { return true },
		NotOpened: func(cause error) error {
			if err := a.desktop.Open(ctx, webPage); err != nil {
				order.Env.Logger().Debug(fmt.Sprintf("the web page of Connect is not shown: %v", err))
			}
			return failure.Otherf("StandardError", "Connect is not installed").
				Hint("%v", cause).
				Hint("Get it from %s, or start it if it is installed", webPage)
		},
	}
	err = a.desktop.Reach(ctx, order.Env.Logger(), launch, func(ctx context.Context) error {
		var err error
		app, err = a.find(ctx, order, session)
		return err
	})
	return app, err
}
