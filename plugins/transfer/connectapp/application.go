package connectapp

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/plugins/transfer/localapp"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/transfer"
)

const (
	name = "Aspera Connect"
	// root is the version of the API that is used.
	root = "/v5/connect"
	// keySettings is the key of what Connect wants to know of its callers.
	keySettings = "aspera_connect_settings"
	// maxAddress bounds what is read of a file with an address, bytes.
	maxAddress = 4 << 10
)

// application is a running Connect.
type application struct {
	appID string
	log   *slog.Logger
	api   *rest.Client
	// asking is for calls that wait for a person.
	asking  *rest.Client
	release func()
}

// find reaches Connect at the address that it has written to a file.
func (a *Agent) find(ctx context.Context, order agent.Job, session *rest.Session) (*application, error) {
	folder := a.desktop.System.ConnectRun()
	if folder == "" {
		return nil, failure.Toolf("the home folder of the user is not known: Connect cannot be found")
	}
	address, err := readAddress(filepath.Join(folder, "var", "run"))
	if err != nil {
		return nil, err
	}
	patient := session.Awaiting(localapp.PersonTimeout)
	app := &application{appID: a.appID, log: order.Env.Logger(), release: patient.Close}
	if app.api, err = client(session, address); err != nil {
		return nil, err
	}
	if app.asking, err = client(patient, address); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, localapp.CallTimeout)
	defer cancel()
	answer, err := app.api.Get(ctx, "info/version", nil)
	if err != nil {
		return nil, err
	}
	if _, err := answer.Object(); err != nil {
		return nil, err
	}
	return app, nil
}

func (app *application) close() { app.release() }

func client(session *rest.Session, address string) (*rest.Client, error) {
	api, err := session.Client(strings.TrimRight(address, "/")+root, nil)
	if err != nil {
		return nil, err
	}
	// Connect serves web pages: it wants to know which.
	return api.WithHeader("Origin", "ascli"), nil
}

// readAddress reads the address of Connect from a file of its run folder.
func readAddress(folder string) (string, error) {
	for _, file := range []string{"http.uri", "https.uri"} {
		path := filepath.Join(folder, file)
		text, err := os.Open(path)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return "", failure.Otherf("RuntimeError", "the address of Connect cannot be read: %w", err)
		}
		defer func() { _ = text.Close() }()
		lines := bufio.NewScanner(io.LimitReader(text, maxAddress))
		if lines.Scan() {
			if address := strings.TrimSpace(lines.Text()); address != "" {
				return address, nil
			}
		}
		return "", failure.Otherf("RuntimeError", "no address in %s", path)
	}
	return "", failure.Otherf("RuntimeError", "no connect uri file found in %s", folder)
}

// prepare makes the transfer spec that Connect gets: the files to send are those
// that the user selects in its window.
func (app *application) prepare(ctx context.Context, spec *record.Object) (*record.Object, error) {
	spec = spec.Clone()
	if spec.Text(transfer.FieldToken) != "" {
		spec.Set(transfer.FieldAuthentication, "token")
	}
	if spec.Text(transfer.FieldDirection) != string(transfer.Send) {
		return spec, nil
	}
	app.log.Warn("Connect requires upload selection using GUI, ignoring " + strings.Join(sources(spec), ", "))
	selected, err := app.selection(ctx)
	if err != nil {
		return nil, err
	}
	spec.Set(transfer.FieldPaths, selected)
	// What is selected has whole paths.
	spec.Delete(transfer.FieldSourceRoot)
	return spec, nil
}

func sources(spec *record.Object) []string {
	var names []string
	for _, item := range spec.List(transfer.FieldPaths) {
		if path, ok := item.(*record.Object); ok {
			names = append(names, path.Text(transfer.FieldSource))
		}
	}
	return names
}

// selection shows a dialog and returns the files that the user has selected, in
// the form of a transfer spec.
func (app *application) selection(ctx context.Context) ([]any, error) {
	const path = "windows/select-open-file-dialog/"
	answer, err := app.ask(ctx, path, record.New(
		keySettings, app.settings(), "title", "Select Files", "suggestedName", "", "allowMultipleSelection", true,
		"allowedFileTypes", "",
	))
	if err != nil {
		return nil, err
	}
	var paths []any
	for _, item := range answer.Object("dataTransfer").List("files") {
		file, _ := item.(*record.Object)
		source := file.Text("name")
		if source == "" {
			return nil, failure.Otherf("RuntimeError", "%s: the answer names a file without name", path)
		}
		paths = append(paths, record.New(transfer.FieldSource, source))
	}
	if len(paths) == 0 {
		return nil, failure.Argumentf("no file was selected in Connect")
	}
	return paths, nil
}

func (app *application) settings() *record.Object { return record.New("app_id", app.appID) }

// ask calls what may wait for a person.
func (app *application) ask(ctx context.Context, path string, body *record.Object) (*record.Object, error) {
	ctx, cancel := context.WithTimeout(ctx, localapp.PersonTimeout)
	defer cancel()
	answer, err := app.asking.Post(ctx, path, body)
	if err != nil {
		return nil, err
	}
	return answer.Object()
}

// Name implements [localapp.App].
func (app *application) Name() string { return name }

// Start implements [localapp.App].
func (app *application) Start(ctx context.Context, spec *record.Object) (string, error) {
	const path = "transfers/start"
	settings := app.settings()
	settings.Set("request_id", uuid.NewString())
	settings.Set("allow_dialogs", true)
	if isAbsolute(spec) {
		settings.Set("use_absolute_destination_path", true)
	}
	answer, err := app.ask(ctx, path, record.New(
		keySettings, settings, "transfer_specs", []any{record.New("transfer_spec", spec)},
	))
	if err != nil {
		return "", err
	}
	if list := answer.List("transfer_specs"); len(list) > 0 {
		started, _ := list[0].(*record.Object)
		aspera := started.Object("transfer_spec").Object(transfer.FieldTags).Object(transfer.TagAspera)
		if id := aspera.Text("xfer_id"); id != "" {
			return id, nil
		}
	}
	return "", failure.Otherf("RuntimeError", "the answer to POST %s has no id of a transfer", path)
}

// isAbsolute tells that the user names the folder for received files in full. Else
// Connect puts it below its own download folder.
func isAbsolute(spec *record.Object) bool {
	return spec.Text(transfer.FieldDirection) == string(transfer.Receive) && filepath.IsAbs(spec.Text(transfer.FieldDestinationRoot))
}

// Look implements [localapp.App].
func (app *application) Look(ctx context.Context, id string) (*record.Object, error) {
	answer, err := app.api.Post(ctx, "transfers/info/"+url.PathEscape(id), record.New(keySettings, app.settings()))
	if err != nil {
		return nil, err
	}
	body, err := answer.Object()
	if err != nil {
		return nil, err
	}
	return body.Object("transfer_info"), nil
}

// Stop implements [localapp.App]. The endpoint is that of IBM's SDK
// (@ibm-aspera/connect-sdk-js, stopTransfer).
func (app *application) Stop(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, localapp.CallTimeout)
	defer cancel()
	_, err := app.api.Post(ctx, "transfers/stop/"+url.PathEscape(id), record.New(keySettings, app.settings()))
	return err
}
