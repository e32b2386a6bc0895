package desktop

import (
	"context"
	"path/filepath"

	"github.com/ascli-go/ascli/plugins/transfer/localapp"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/transfer"
)

const name = "IBM Aspera for Desktop"

// Keys of the parameters of its methods.
const (
	keyAppID      = "app_id"
	keyTransferID = "transfer_id"
)

// application is a running Aspera for Desktop.
type application struct {
	appID string
	rpc   *caller
}

// find reaches the application at the address that its log tells.
func (a *Agent) find(ctx context.Context, session *rest.Session) (*application, error) {
	address, err := serverAddress(a.desktop.System.DesktopLogs())
	if err != nil {
		return nil, err
	}
	api, err := session.Client(address, nil)
	if err != nil {
		return nil, err
	}
	app := &application{appID: a.appID, rpc: &caller{api: api}}
	ctx, cancel := context.WithTimeout(ctx, localapp.CallTimeout)
	defer cancel()
	_, err = app.rpc.call(ctx, "get_info", nil)
	return app, err
}

// Name implements [localapp.App].
func (app *application) Name() string { return name }

// Start implements [localapp.App].
func (app *application) Start(ctx context.Context, spec *record.Object) (string, error) {
	const method = "start_transfer"
	ctx, cancel := context.WithTimeout(ctx, localapp.PersonTimeout)
	defer cancel()
	how := record.New()
	if spec.Text(transfer.FieldDirection) == string(transfer.Receive) && filepath.IsAbs(spec.Text(transfer.FieldDestinationRoot)) {
		how.Set("use_absolute_destination_path", true)
	}
	started, err := app.rpc.object(ctx, method, record.New(keyAppID, app.appID, "desktop_spec", how, "transfer_spec", spec))
	if err != nil {
		return "", err
	}
	id := started.Text("uuid")
	if id == "" {
		return "", failure.Otherf("RuntimeError", "the answer to %s has no id of a transfer", method)
	}
	return id, nil
}

// Look implements [localapp.App].
func (app *application) Look(ctx context.Context, id string) (*record.Object, error) {
	return app.rpc.object(ctx, "get_transfer", record.New(keyAppID, app.appID, keyTransferID, id))
}

// Stop implements [localapp.App]. The method is that of IBM's SDK
// (@ibm-aspera/sdk, stopTransfer).
func (app *application) Stop(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, localapp.CallTimeout)
	defer cancel()
	_, err := app.rpc.call(ctx, "stop_transfer", record.New(keyTransferID, id))
	return err
}
