// Package agent is the contract between a transfer job and the ways to move its
// bytes.
package agent

import (
	"context"
	"io"
	"log/slog"
	"net/http"

	"github.com/ascli-go/ascli/plugins/transfer/management"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Agent moves the bytes of transfer jobs. An agent may run several jobs at once.
type Agent interface {
	// Run executes a job to its end and returns the outcome of each session: nil
	// for success, a [*transfer.Error] for a failed transfer. Retries are the
	// agent's own affair; an error that it returns is final.
	//
	// The second result is an error that kept the job from starting, such as a
	// malformed transfer spec; then there are no outcomes.
	//
	// Cancelling ctx stops the sessions in order: partial files stay, so that the
	// same job can be resumed. Their outcome is then [Interrupted]. When Run
	// returns, nothing of the job runs any more: no process, no connection, no
	// file that only the job needed.
	//
	// emit is called from any goroutine, several at a time, and not after Run
	// returned. Each session that starts also ends; [transfer.End] comes last,
	// whatever the outcome, once the job was started. emit should return quickly: it
	// holds up the transfer.
	Run(ctx context.Context, job Job, emit func(transfer.Event)) ([]error, error)
}

// Job is one transfer, complete: an agent asks nothing of the user.
type Job struct {
	// Spec is the final transfer spec. Agents do not change it.
	Spec *record.Object
	// Info is the value of option transfer_info, the agent's own parameters. A key
	// that the agent does not know is an error. nil means none.
	Info *record.Object
	Env  Env
	// RefreshToken returns a new transfer token when the one of Spec has expired;
	// nil when there is no way to get one.
	RefreshToken func(ctx context.Context) (string, error)
	// Observe, when set, takes each message of the management port, as it is; those
	// of one session in their order. An agent that has no such port never calls it.
	// emit's rules hold for it, too.
	Observe func(management.Message)
	// TakeCommands, when set, is called by an agent that can do what commands of the
	// management protocol say, once it can: at the latest when a session runs. send
	// returns how many sessions took the command: none when none runs at the moment.
	TakeCommands func(send func(management.Message) (sessions int, err error))
}

// Env is what agents need of the world around them.
type Env struct {
	// SDKFolder holds ascp and its keys.
	SDKFolder string
	// AscpPath, when set, is the ascp to use.
	AscpPath string
	// FileListFolder is a private folder for lists of files. Empty: sources go
	// on the command line.
	FileListFolder string
	// TempFolder is where other temporary files go; empty means that of the system.
	TempFolder string
	// KeepTemp leaves temporary files where they are (option clean_temp).
	KeepTemp bool
	// TrustedCerts are files of certificates that servers may be signed with.
	TrustedCerts []string
	// IgnoreCertificate tells whether the user accepts any certificate from an
	// address; nil means from none.
	IgnoreCertificate func(host string, port int) bool
	// Session calls APIs with the user's HTTP options; nil means that there are
	// none.
	Session *rest.Session
	// Transport returns an HTTP transport with the user's TLS and proxy options,
	// which the caller may change; nil means that there are none.
	Transport func() *http.Transport
	// Stdout and Stderr take what ascp itself says, from several sessions at once;
	// nil means those of the process.
	Stdout, Stderr io.Writer
	Log            *slog.Logger
}

// HTTPTransport returns a transport with the user's options.
func (e Env) HTTPTransport() *http.Transport {
	if e.Transport != nil {
		return e.Transport()
	}
	return http.DefaultTransport.(*http.Transport).Clone()
}

// HTTP returns a session with the user's options. Who takes it closes it.
func (e Env) HTTP() (*rest.Session, error) {
	if e.Session != nil {
		return e.Session, nil
	}
	return rest.NewSession(nil, e.Log)
}

// Logger returns a logger in any case.
func (e Env) Logger() *slog.Logger {
	if e.Log != nil {
		return e.Log
	}
	return slog.New(slog.DiscardHandler)
}

// Interrupted is the outcome of a session that ctx, which is done, has stopped.
func Interrupted(ctx context.Context) error {
	return &failure.Error{
		Label:   failure.Interruption,
		Message: "transfer interrupted by user",
		Cause:   context.Cause(ctx),
	}
}
