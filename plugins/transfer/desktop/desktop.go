// Package desktop is the agent that has IBM Aspera for Desktop make transfers
// (spec/transfer.md 10.2). Its former name is alpha.
package desktop

import (
	"context"

	"github.com/google/uuid"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/plugins/transfer/localapp"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Agent has Aspera for Desktop make transfers.
type Agent struct {
	desktop localapp.Desktop
	// appID is how the application knows this process.
	appID string
}

// New returns the agent.
func New() *Agent { return &Agent{desktop: localapp.Here(), appID: uuid.NewString()} }

// Run implements [agent.Agent]. A job is one session.
func (a *Agent) Run(ctx context.Context, order agent.Job, emit func(transfer.Event)) ([]error, error) {
	if err := (agent.Parameters{}).Decode(order.Info); err != nil {
		return nil, err
	}
	if err := a.desktop.Check("client"); err != nil {
		return nil, err
	}
	spec, err := adapt(order.Spec)
	if err != nil {
		return nil, err
	}
	session, err := order.Env.HTTP()
	if err != nil {
		return nil, err
	}
	defer session.Close()
	// A person may have to agree to a transfer.
	patient := session.Awaiting(localapp.PersonTimeout)
	defer patient.Close()
	emit(transfer.Event{Kind: transfer.SessionsInit, Text: "starting"})
	defer emit(transfer.Event{Kind: transfer.End})
	app, err := a.reach(ctx, order, patient)
	if err != nil {
		return nil, err
	}
	return a.desktop.Run(ctx, order.Env.Logger(), app, spec, emit)
}

// reach finds the application, or starts it.
func (a *Agent) reach(ctx context.Context, order agent.Job, session *rest.Session) (app *application, err error) {
	const startURL = "aspera://"
	launch := localapp.Launch{
		Name: name, ErrorName: name, URLs: []string{startURL, startURL, startURL}, IsDown: rest.IsRefused,
		NotOpened: func(cause error) error {
			return failure.Otherf("StandardError", "Unable to start %s 1 times", name).Hint("%v", cause).
				Hint("Start it if it is installed")
		},
	}
	err = a.desktop.Reach(ctx, order.Env.Logger(), launch, func(ctx context.Context) error {
		var err error
		app, err = a.find(ctx, session)
		return err
	})
	return app, err
}
