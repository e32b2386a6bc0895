// Package connect is the local API of IBM Aspera Connect, with transfers that are
// made by a [clientapp.Client] (transfer.md section 10.1; endpoints of IBM's
// @ibm-aspera/connect-sdk-js).
package connect

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/clientapp"
)

const (
	// version is the one that the API says to be of.
	version = "4.2.0.0"
	// maxBody bounds a request, bytes.
	maxBody = 32 << 20
	// selectionFile lists what the user of the dialogs selects.
	selectionFile = "selection"
)

// Config is what an API needs.
type Config struct {
	Client *clientapp.Client
	// Folder holds the file "selection": the paths that dialogs return, one a line.
	// Without it whoever sees a dialog selects nothing.
	Folder string
	Log    *slog.Logger
}

// api serves one Connect.
type api struct {
	config Config

	mu sync.Mutex
	// requests are the ids that programs gave to their requests, by transfer.
	requests map[string]string
}

// New returns the API.
func New(config Config) http.Handler {
	a := &api{config: config, requests: map[string]string{}}
	mux := http.NewServeMux()
	// The versions of the API that IBM's clients ask for differ in nothing here.
	for _, root := range []string{"/v5/connect/", "/v6/connect/"} {
		for pattern, serve := range a.routes() {
			method, rest, _ := strings.Cut(pattern, " ")
			mux.HandleFunc(method+" "+root+rest, a.handler(serve))
		}
	}
	return clientapp.Guard(mux)
}

func (a *api) routes() map[string]endpoint {
	return map[string]endpoint{
		"GET info/version": func(*http.Request, request) (any, error) { return map[string]string{"version": version}, nil },
		"GET info/ping":    nothing,

		"POST windows/select-open-file-dialog/":   a.selectFiles,
		"POST windows/select-open-folder-dialog/": a.selectFiles,

		"POST transfers/start":       a.start,
		"POST transfers/activity":    a.activity,
		"POST transfers/info/{id}":   a.info,
		"POST transfers/stop/{id}":   a.change((*clientapp.Client).Stop),
		"POST transfers/resume/{id}": a.change((*clientapp.Client).Resume),
		"POST transfers/remove/{id}": a.remove,
		"POST transfers/modify/{id}": a.modify,

		// There are no windows here.
		"GET windows/about":                  nothing,
		"GET windows/preferences":            nothing,
		"GET windows/preferences/{page}":     nothing,
		"GET windows/transfer-manager":       nothing,
		"GET windows/transfer-monitor/{id}":  nothing,
		"GET windows/finder/{id}":            nothing,
		"POST file/initialize-drag-drop":     nothing,
		"GET file/initialize-drag-drop":      nothing,
		"POST windows/transfer-monitor/{id}": nothing,
		"POST windows/finder/{id}":           nothing,
	}
}

// request is the part of bodies that all have.
type request struct {
	Settings  settings `json:"aspera_connect_settings"`
	Transfers []struct {
		Settings settings        `json:"aspera_connect_settings"`
		Spec     json.RawMessage `json:"transfer_spec"`
	} `json:"transfer_specs"`
	Iteration uint64   `json:"iteration_token"`
	Target    *float64 `json:"target_rate_kbps"`
	Min       *float64 `json:"min_rate_kbps"`
}

// settings say who asks, and how Connect shall do it.
type settings struct {
	AppID     string `json:"app_id"`
	RequestID string `json:"request_id,omitempty"`
	WholePath bool   `json:"use_absolute_destination_path,omitempty"`
}

// endpoint makes the answer to a request.
type endpoint func(r *http.Request, asked request) (any, error)

func nothing(*http.Request, request) (any, error) { return struct{}{}, nil }

// refusal is the error of an answer.
type refusal struct {
	Code     int    `json:"code"`
	Internal string `json:"internal_message"`
	User     string `json:"user_message"`
}

func (a *api) handler(serve endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var asked request
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err == nil && len(body) > 0 {
			err = json.Unmarshal(body, &asked)
		}
		if err != nil {
			err = fmt.Errorf("%w: %w", clientapp.ErrRequest, err)
		} else if r.Header.Get("Origin") == "" && r.Method == http.MethodPost {
			err = fmt.Errorf("%w: header Origin is missing", clientapp.ErrRequest)
		}
		var answer any
		if err == nil {
			answer, err = serve(r, asked)
		}
		status := http.StatusOK
		if err != nil {
			status = statusOf(err)
			answer = map[string]refusal{"error": {Code: status, Internal: err.Error(), User: err.Error()}}
			a.config.Log.Info("refused", "path", r.URL.Path, "error", err)
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		// Whoever is gone needs no answer.
		_ = json.NewEncoder(w).Encode(answer)
	}
}

func statusOf(err error) int {
	switch {
	case errors.Is(err, activity.ErrUnknown):
		return http.StatusNotFound
	case errors.Is(err, clientapp.ErrRequest), errors.Is(err, activity.ErrRefused):
		return http.StatusBadRequest
	}
	return http.StatusInternalServerError
}

// selectFiles is a dialog in which a user selects files.
func (a *api) selectFiles(*http.Request, request) (any, error) {
	type file struct {
		Name         string `json:"name"`
		Size         int64  `json:"size"`
		Type         string `json:"type"`
		LastModified string `json:"lastModifiedDate"`
	}
	files := []file{}
	list, err := os.Open(filepath.Join(a.config.Folder, selectionFile))
	if err == nil {
		defer list.Close()
		lines := bufio.NewScanner(list)
		for lines.Scan() {
			name := strings.TrimRight(lines.Text(), "\r")
			if name == "" {
				continue
			}
			info, err := os.Stat(name)
			if err != nil {
				return nil, fmt.Errorf("%w: the selection: %w", clientapp.ErrRequest, err)
			}
			files = append(files, file{Name: name, Size: info.Size(), LastModified: info.ModTime().UTC().Format("2006-01-02T15:04:05")})
		}
		err = lines.Err()
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	return map[string]any{"dataTransfer": map[string]any{"files": files}}, nil
}
