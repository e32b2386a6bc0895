package sdk

import (
	"context"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Host is what a command may ask of the program that runs it. Its methods may
// be called from any goroutine while the command runs, and not after.
type Host interface {
	// Option returns the value of an option, asking the user for it when the
	// session is interactive. Without value it fails with the message
	// "Missing mandatory option: <name>", to be returned as is.
	Option(ctx context.Context, name string) (any, error)
	// Prompt asks the user for a line of text; hidden: without echo.
	Prompt(ctx context.Context, text string, hidden bool) (string, error)
	// Secret looks for the secret of a user at a URL in option `secret`, then
	// in the presets. Not found is no error.
	Secret(ctx context.Context, url, username string) (secret string, found bool, err error)
	// Message shows a line besides the result.
	Message(ctx context.Context, level MessageLevel, text string) error
	// ReadState returns JSON kept by WriteState in an earlier run, nil if none.
	ReadState(ctx context.Context, id ...string) ([]byte, error)
	// WriteState keeps JSON for later runs; empty content deletes it.
	WriteState(ctx context.Context, content []byte, id ...string) error
	// Open shows a URL in the user's browser, or a file, as option `ui` says.
	Open(ctx context.Context, target string) error
	// Proxy tells through which HTTP proxy a URL is reached, as the proxy
	// auto-configuration script says; "" for none.
	Proxy(ctx context.Context, url string) (string, error)
	// SetPreset stores options in a preset of the configuration file; "GLOBAL"
	// is the global default preset.
	SetPreset(ctx context.Context, preset string, options *record.Object) error
	// Transfer moves files with the agent that the user chose. spec is the
	// transfer spec from the product; the user's own values (option ts) are
	// merged over it, and sources are used unless it has "paths". progress may
	// be nil. The returned error is that of the first failed session.
	Transfer(ctx context.Context, spec *record.Object, sources []transfer.Source, progress func(transfer.Event)) error
	// TransferComplete moves files as a complete transfer spec says, for somebody
	// else than the user: no option is laid over it, no progress is shown, no mail
	// sent. Several may run at once. A failed session gives a *transfer.Error in
	// the chain of the error.
	TransferComplete(ctx context.Context, spec *record.Object, progress func(transfer.Event)) error
	// Sync runs sessions of async to their end. The user's own values (option ts)
	// are merged over the transfer specs.
	Sync(ctx context.Context, sync Sync) error
	// TransferCommand runs a command that the transfer plugin mounts under
	// `config`, e.g. ["ascp", "info"], with arguments by name and the options of
	// the command that asks, secret ones left out, and feeds the result to sink
	// from the caller's goroutine. No other command can be run. Handlers that want the
	// result as theirs use [Invocation.TransferCommand].
	TransferCommand(ctx context.Context, command []string, args map[string]any, sink Sink) error
}

// Sync is what a product asks of async.
type Sync struct {
	// Description is that of the sessions, form conf or args (spec/sync.md 3).
	Description *record.Object
	// Specs are transfer specs, one for each session in order: where the server
	// is, and the authorization.
	Specs []*record.Object
	// Additive holds the rules of 4.24: a spec adds only what the description
	// lacks, and async shows its progress on a terminal. Else a spec has
	// precedence over the description, as in 4.21.
	Additive bool
}

// MessageLevel says where a message goes.
type MessageLevel string

// Information is hidden by --display=data; Data goes to standard output and
// Trouble to standard error, always.
const (
	Information MessageLevel = "info"
	Data        MessageLevel = "data"
	Trouble     MessageLevel = "error"
)
