// Package contract holds what client and server say to each other against IBM's
// OpenAPI document of the Node API: a proxy stands between the real programs and
// judges each request and each answer that passes.
package contract

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
	"github.com/pb33f/libopenapi-validator/router"
	"github.com/pb33f/libopenapi-validator/schema_validation"
	"github.com/pb33f/libopenapi/datamodel/high/base"
)

const (
	// nodeDocument is the document of the Node API, which is not part of the project.
	nodeDocument = "node-4.4.6.yaml"
	// errorSchema is the document's shape of all errors.
	errorSchema = "error"
)

// Document is the OpenAPI document of the Node API, ready to judge by.
type Document struct {
	validator validator.Validator
	router    router.Router
	schemas   schema_validation.SchemaValidator
	// problem is the shape of errors.
	problem *base.Schema
	// operations are all that the document lists: "GET /info".
	operations []string
}

// Folder returns where the OpenAPI documents are: $ASCLI_OPENAPI, or the folder
// beside the project. The error matches [fs.ErrNotExist] if they are not there.
func Folder(project string) (string, error) {
	folder := os.Getenv("ASCLI_OPENAPI")
	if folder == "" {
		folder = filepath.Join(project, "..", "shared", "openapi")
	}
	_, err := os.Stat(filepath.Join(folder, nodeDocument))
	return folder, err
}

// Open reads the document of the Node API in a folder. That takes half a second.
//
// The document is read strictly: what it does not mention is a violation, too.
func Open(folder string) (*Document, error) {
	text, err := os.ReadFile(filepath.Join(folder, nodeDocument))
	if err != nil {
		return nil, err
	}
	parsed, err := libopenapi.NewDocument(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", nodeDocument, err)
	}
	model, err := parsed.BuildV3Model()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", nodeDocument, err)
	}
	v, errs := validator.NewValidator(parsed, config.WithStrictMode(), config.WithRejectUndeclaredRequestBody(),
		config.WithStrictIgnoredHeadersExtra(unspokenHeaders...))
	if len(errs) > 0 {
		return nil, fmt.Errorf("%s: %w", nodeDocument, errors.Join(errs...))
	}
	problem, found := model.Model.Components.Schemas.Get(errorSchema)
	if !found {
		return nil, fmt.Errorf("%s: no schema %q", nodeDocument, errorSchema)
	}
	var operations []string
	for path, item := range model.Model.Paths.PathItems.FromOldest() {
		for method := range item.GetOperations().FromOldest() {
			operations = append(operations, operation(strings.ToUpper(method), path))
		}
	}
	return &Document{
		validator:  v,
		router:     router.NewRouter(&model.Model, router.WithPathOnlyMatching()),
		schemas:    schema_validation.NewSchemaValidator(config.WithStrictMode()),
		problem:    problem.Schema(),
		operations: operations,
	}, nil
}

func operation(method, path string) string { return method + " " + path }

// unspokenHeaders belong to HTTP, not to the API: no OpenAPI document lists them.
var unspokenHeaders = []string{"Accept-Encoding", "Connection", "Content-Length", "Content-Type", "Date", "WWW-Authenticate"}

// methodCancel ends a transfer. The document lists it as DELETE, with the note
// that the method is really CANCEL (node.md 20).
const methodCancel = "CANCEL"

// documentedMethod is the method under which the document lists a request.
func documentedMethod(method string) string {
	if method == methodCancel {
		return http.MethodDelete
	}
	return method
}

// route returns the path of the document that a request has: /files/{id}. The
// second result tells whether the document lists the request's method there.
func (d *Document) route(r *http.Request) (path string, listed bool) {
	route, err := d.router.FindRoute(r)
	switch {
	case err == nil:
		return route.Path, true
	case errors.Is(err, router.ErrMethodNotAllowed) && !strings.HasSuffix(route.Path, "}"):
		return route.Path, false
	}
	// POST /files/sync_setup is no call on the file "sync_setup".
	return r.URL.EscapedPath(), false
}
