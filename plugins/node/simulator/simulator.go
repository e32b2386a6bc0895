// Package simulator is a small node for tests of programs that use the Node
// API: it shows the files of this machine and makes transfers with a local
// agent. It asks nobody for a password (spec/plugins/node.md 17).
package simulator

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

const (
	// maxBody bounds the body of a request, bytes: the list of files of a transfer.
	maxBody = 16 << 20
	// startWait is how long the answer to a request for a transfer waits for it
	// to start, so that it can tell of its session.
	startWait = 500 * time.Millisecond

	methodCancel  = "CANCEL"
	pathInfo      = "/info"
	pathTransfers = "/ops/transfers"
	pathBrowse    = "/files/browse"
)

// Host is what a node needs of the program that it is part of.
type Host interface {
	// Transfer moves files as a transfer spec says. Cancelling ctx stops it.
	Transfer(ctx context.Context, spec *record.Object, progress func(transfer.Event)) error
	// Ascp tells what is known of the installed ascp, as `config ascp info` does.
	Ascp(ctx context.Context) (*record.Object, error)
}

// Node answers the requests of a Node API that its clients need to make
// transfers. It is an [http.Handler].
type Node struct {
	host      Host
	log       *slog.Logger
	transfers *transfers
}

// New returns a node. Its transfers end with ctx.
func New(ctx context.Context, host Host, log *slog.Logger) *Node {
	return &Node{host: host, log: log, transfers: newTransfers(ctx, host, startWait)}
}

// Wait returns when no transfer runs any more.
func (n *Node) Wait() { n.transfers.running.Wait() }

// ServeHTTP answers a request; its path is below that of the node's URL.
func (n *Node) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var answer any
	var err error
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		answer, err = n.get(r)
	case http.MethodPost:
		answer, err = n.post(w, r)
	case methodCancel:
		if err = n.transfers.cancel(r.URL.Path); err == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
	case http.MethodOptions:
		w.Header().Set("Allow", strings.Join([]string{methodCancel, http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPost}, ","))
		return
	default:
		page(w, http.StatusMethodNotAllowed, fmt.Sprintf("unsupported method `%s'.", r.Method))
		return
	}
	if err != nil {
		n.refuse(w, r, err)
		return
	}
	write(w, http.StatusOK, answer)
}

// Outside answers what is not below the path of the node's URL.
func (n *Node) Outside() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.refuse(w, r, errUnknown)
	})
}

func (n *Node) get(r *http.Request) (any, error) {
	switch path := r.URL.Path; {
	case path == pathInfo:
		return n.info(r.Context())
	case path == pathTransfers:
		return n.transfers.list(), nil
	default:
		if id, found := transferID(path); found {
			return n.transfers.show(id), nil
		}
	}
	return nil, errUnknown
}

func (n *Node) post(w http.ResponseWriter, r *http.Request) (any, error) {
	if r.URL.Path != pathTransfers && r.URL.Path != pathBrowse {
		return nil, errBad
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, &refusal{http.StatusBadRequest, fmt.Sprintf("cannot read the body of the request: %v", err)}
	}
	if r.URL.Path == pathBrowse {
		request, err := parseBrowse(body)
		if err != nil {
			return nil, err
		}
		return request.list()
	}
	spec, err := parseSpec(body)
	if err != nil {
		return nil, err
	}
	return n.transfers.start(r.Context(), spec), nil
}

// unknownRequest is a request that the node does not know. The answer is its text
// alone.
type unknownRequest string

func (u unknownRequest) Error() string { return string(u) }

const (
	errUnknown = unknownRequest("Unknown request")
	errBad     = unknownRequest("Bad request")
)

// refusal is an error with a status of its own; others are of the node (500).
type refusal struct {
	status int
	text   string
}

func (r *refusal) Error() string { return r.text }

func malformed(format string, args ...any) error {
	return &refusal{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

// refuse answers with an error: as the Node API has them to who wants JSON, as
// the original of this simulator to everybody else.
func (n *Node) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var unknown unknownRequest
	if errors.As(err, &unknown) {
		write(w, http.StatusBadRequest, []any{record.New("error", unknown.Error())})
		return
	}
	status := http.StatusInternalServerError
	var own *refusal
	if errors.As(err, &own) {
		status = own.status
	}
	n.log.Info("simulator refuses", "method", r.Method, "path", r.URL.Path, "status", status, "reason", err)
	if !strings.Contains(r.Header.Get("Accept"), "application/json") {
		page(w, status, err.Error())
		return
	}
	write(w, status, record.New("error", record.New("code", status, "reason", http.StatusText(status), "user_message", err.Error())))
}

func write(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// A client that went away is no concern of the node.
	_, _ = w.Write(record.JSON(record.Of(answer)))
}

func page(w http.ResponseWriter, status int, text string) {
	title := http.StatusText(status)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<!DOCTYPE html>\n<html>\n<head><title>%s</title></head>\n<body>\n<h1>%s</h1>\n%s\n</body>\n</html>\n",
		title, title, strings.ReplaceAll(html.EscapeString(text), "&#39;", "'"))
}
