// Package gateway is the HTTP gateway of the sandbox: transfers by token over
// HTTPS and WebSocket (spec transfer.md section 12, plugins/httpgw.md). Programs
// and web pages of any origin may use it: a token is what lets them.
package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/docroot"
	"github.com/ascli-go/ascli/sandbox/grant"
)

// root is the path below which a gateway answers.
const root = "/aspera/http-gwy"

// Versions of the real gateway whose protocol this is. IBM's client for web pages
// takes the number, others the endpoints, for what the gateway can do.
const (
	version = "2.3.0"
	// versionBefore is one without version 2 of the upload protocol.
	versionBefore = "2.2.0"
)

// Config is what a gateway needs.
type Config struct {
	Authority grant.Authority
	// BaseURL is how clients reach the gateway: scheme, host and port, with or
	// without "/aspera/http-gwy".
	BaseURL string
	// OnlyV1 leaves version 2 of the upload protocol out, as old gateways do.
	OnlyV1 bool
	// Transfers records the transfers; nil: nobody does.
	Transfers *activity.Journal
	Log       *slog.Logger
}

type gateway struct {
	authority grant.Authority
	root      string // URL below which the gateway answers
	onlyV1    bool
	transfers *activity.Journal
	log       *slog.Logger
	tickets   *tickets
}

// New makes the handler of all paths below /aspera/http-gwy.
func New(config Config) http.Handler {
	g := &gateway{
		authority: config.Authority,
		root:      strings.TrimSuffix(strings.TrimSuffix(config.BaseURL, "/"), root) + root,
		onlyV1:    config.OnlyV1,
		transfers: config.Transfers,
		log:       config.Log,
		tickets:   newTickets(),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+root+"/v1/info", g.info)
	mux.HandleFunc("GET "+root+"/v1/upload", func(w http.ResponseWriter, r *http.Request) { g.upload(w, r, true) })
	if !config.OnlyV1 {
		mux.HandleFunc("GET "+root+"/v2/upload", func(w http.ResponseWriter, r *http.Request) { g.upload(w, r, false) })
	}
	mux.HandleFunc("POST "+root+"/v1/download", g.prepareDownload)
	mux.HandleFunc("GET "+root+"/v1/download/{id}", g.download)
	return anyOrigin(mux)
}

// anyOrigin lets web pages from elsewhere use the gateway (Fetch standard,
// CORS protocol): there is nothing, such as a cookie, that a browser adds.
func anyOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			w.Header().Set("Access-Control-Allow-Methods", "GET, POST")
			w.Header().Set("Access-Control-Allow-Headers", "Content-Type")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (g *gateway) info(w http.ResponseWriter, _ *http.Request) {
	newest, number := "/v2/upload", version
	endpoints := []string{root + "/v1/info", root + "/v1/upload", root + "/v1/download"}
	if g.onlyV1 {
		newest, number = "/v1/upload", versionBefore
	} else {
		endpoints = append(endpoints, root+"/v2/upload")
	}
	g.answer(w, http.StatusOK, map[string]any{
		"name":              "ascli sandbox HTTP gateway",
		"version":           number,
		"endpoints":         endpoints,
		"upload_endpoint":   g.root + newest,
		"download_endpoint": g.root + "/v1/download",
	})
}

func (g *gateway) answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		g.log.Debug("gateway answer not sent", "error", err)
	}
}

func (g *gateway) refuse(w http.ResponseWriter, status int, err error) {
	g.log.Debug("gateway request refused", "status", status, "error", err)
	g.answer(w, status, map[string]string{"message": err.Error()})
}

// transferSpec is what the gateway uses of a transfer spec.
type transferSpec struct {
	Direction       grant.Direction `json:"direction"`
	Token           string          `json:"token"`
	Tags            json.RawMessage `json:"tags"`
	DestinationRoot string          `json:"destination_root"`
	SourceRoot      string          `json:"source_root"`
	Paths           []specPath      `json:"paths"`
	ZipRequired     bool            `json:"zip_required"`
	DownloadName    string          `json:"download_name"`
	CreateDir       bool            `json:"create_dir"`
	Overwrite       string          `json:"overwrite"`
	Cookie          string          `json:"cookie"`
}

type specPath struct {
	Source string `json:"source"`
	// Destination of an upload is the name at the server, if it is another one.
	Destination string `json:"destination"`
}

// open checks the token and opens what it grants; the caller closes it.
func (g *gateway) open(spec *transferSpec, direction grant.Direction) (*docroot.Folder, error) {
	if spec.Token == "" {
		return nil, fmt.Errorf("only token based transfer is supported: the transfer spec has no token")
	}
	if len(spec.Paths) == 0 {
		return nil, fmt.Errorf("the transfer spec has no paths: nothing to transfer")
	}
	access, err := docroot.For(direction)
	if err != nil {
		return nil, err
	}
	granted, err := g.authority.AuthorizeToken(spec.Token, spec.Tags, direction)
	if err != nil {
		return nil, err
	}
	if err := g.transfers.Admit(granted.Owner, spec.Tags); err != nil {
		return nil, err
	}
	return docroot.Open(granted, access)
}

// record starts the entry of a transfer in the journal. stop breaks it off.
func (g *gateway) record(owner string, spec *transferSpec, client string, stop func()) (*activity.Session, error) {
	host := func(address string) string {
		name, _, err := net.SplitHostPort(address)
		if err != nil {
			return address
		}
		return name
	}
	begin := activity.StartSpec{
		SourcePaths: []string{}, DestinationPath: spec.DestinationRoot, Direction: string(spec.Direction), RemoteUser: remoteUser,
		Tags: spec.Tags, Cookie: spec.Cookie, TokenType: activity.TokenType(spec.Token),
	}
	for _, p := range spec.Paths {
		begin.SourcePaths = append(begin.SourcePaths, path.Join(spec.SourceRoot, p.Source))
	}
	if at, err := url.Parse(g.root); err == nil {
		begin.RemoteHost = at.Hostname()
	}
	return g.transfers.Start(activity.Opening{
		Owner: owner, Spec: begin, ClientIP: host(client), ServerIP: begin.RemoteHost, Transport: "https", Stop: stop,
	})
}

// remoteUser is the account of transfers by token (spec transfer.md 6.1).
const remoteUser = "xfer"

// failure is what the journal says of an error.
func failure(err error) *activity.Failure {
	if _, away := errors.AsType[gone](err); away {
		return activity.Lost()
	}
	const codeASCP = 2 // a failure without a code of its own (spec management.md section 7)
	return &activity.Failure{Code: codeASCP, Description: err.Error()}
}
