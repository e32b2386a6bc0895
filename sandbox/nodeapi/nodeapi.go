// Package nodeapi serves the Node API of an Aspera transfer server over the
// files and access keys of a [world.World]: the calls by path (gen3) and by
// file id (gen4), access keys, permissions, and the authorization of transfers.
//
// Shapes are those of IBM's OpenAPI document of the Node API 4.4.6; what that
// leaves open is from node.md, "Server side", whose sections the comments name.
package nodeapi

import (
	"log/slog"
	"maps"
	"net/http"
	"path"

	"github.com/ascli-go/ascli/sandbox/world"
)

// Config is what a node needs to know.
type Config struct {
	World *world.World
	// SSHPort is where transfers go, on 127.0.0.1.
	SSHPort int
	// WSSPort is where SSH goes through a WebSocket over TLS; 0: nowhere.
	WSSPort int
	// BareLinks leaves the targets of links out of listings, as a node may do
	// (node.md S5): clients must then ask for each link.
	BareLinks bool
	// Operations, if not nil, are served beside the files.
	Operations *Operations
	Log        *slog.Logger
}

// node is the handler's state.
type node struct {
	Config
}

// New returns the handler of the whole API.
//
// Calls by path and by file id share the prefix /files/. They cannot clash:
// by path, an id-like element ("browse") comes with POST and two elements in
// all, or with the ending /contents; by id, POST has three elements and the
// ending is /content, /files or /preview. A file id is always a number.
func New(config Config) http.Handler {
	n := &node{config}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ping", func(http.ResponseWriter, *http.Request) {})
	routes := map[string]endpoint{
		"/":         unknownRoute,
		"GET /{$}":  root,
		"GET /info": info,

		"GET /self":             withoutNodeUsers(showSelf),
		"GET /access_keys/self": showSelf,
		"POST /public_keys":     registerPublicKey,

		"GET /access_keys":          listKeys,
		"POST /access_keys":         createKey,
		"GET /access_keys/{key}":    showKey,
		"PUT /access_keys/{key}":    modifyKey,
		"DELETE /access_keys/{key}": deleteKey,

		"POST /files/browse":         withFiles(browse),
		"POST /files/search":         withFiles(search),
		"POST /files/create":         withFiles(createPaths),
		"POST /files/delete":         withFiles(deletePaths),
		"POST /files/rename":         withFiles(renamePaths),
		"POST /files/upload_setup":   withFiles(uploadSetup),
		"POST /files/download_setup": withFiles(downloadSetup),
		"POST /files/sync_setup":     withFiles(syncSetup),
		"GET /files/{path}/contents": withFiles(contents),
		"POST /files/page":           withFiles(page),
		"POST /files/info":           withFiles(describePaths),
		"POST /files/du":             withFiles(diskUsage),
		"POST /space":                withFiles(space),

		"GET /files/{id}":         withKeyFiles(showFile),
		"PUT /files/{id}":         withKeyFiles(modifyFile),
		"DELETE /files/{id}":      withKeyFiles(deleteFile),
		"GET /files/{id}/files":   withKeyFiles(listFolder),
		"POST /files/{id}/files":  withKeyFiles(createFile),
		"GET /files/{id}/content": withKeyFiles(content),
		"GET /files/{id}/preview": withKeyFiles(preview),
	}
	maps.Copy(routes, permissionRoutes())
	maps.Copy(routes, usageRoutes())
	if config.Operations != nil {
		maps.Copy(routes, operationRoutes())
	}
	for pattern, serve := range routes {
		mux.Handle(pattern, n.handler(serve))
	}
	return n.refuseUncleanPaths(mux)
}

// refuseUncleanPaths answers 404 to paths such as /files/../x, for which a
// ServeMux would answer a redirection, which no node does.
func (n *node) refuseUncleanPaths(next http.Handler) http.Handler {
	notFound := n.handler(unknownRoute)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if escaped := r.URL.EscapedPath(); path.Clean(escaped) != escaped {
			notFound.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// handler turns an endpoint into a handler: it authenticates the caller and
// writes the error, if any.
func (n *node) handler(serve endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		x := &exchange{Request: r, w: w, node: n}
		if err := x.authenticate(); err != nil {
			x.fail(err)
			return
		}
		if err := serve(x); err != nil {
			x.fail(err)
		}
	})
}

// withFiles opens the files of the caller for an endpoint.
func withFiles(serve endpoint) endpoint {
	return func(x *exchange) error {
		files, err := x.node.World.View(x.caller)
		if err != nil {
			return err
		}
		defer files.Close()
		x.files = files
		return serve(x)
	}
}

// withKeyFiles is withFiles for calls by file id, which node users may not make
// (node.md S1).
func withKeyFiles(serve endpoint) endpoint {
	return withoutNodeUsers(withFiles(serve))
}

func withoutNodeUsers(serve endpoint) endpoint {
	return func(x *exchange) error {
		if !x.caller.IsAccessKey() {
			return refuse(http.StatusForbidden, "This call needs an access key; %s is a node user", x.caller.Name)
		}
		return serve(x)
	}
}

func unknownRoute(x *exchange) error {
	return refuse(http.StatusNotFound, "No such resource: %s %s", x.Method, x.URL.Path)
}
