// Package node is a client of the Node API of IBM Aspera High-Speed Transfer
// Server: calls by path ("gen3") and calls by file id ("gen4"), which need an
// access key or a bearer token (spec/plugins/node.md).
package node

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/url"
	"strings"
	"sync"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

// AccessKeyHeader names the access key of a bearer token.
const AccessKeyHeader = "X-Aspera-AccessKey"

// MethodCancel is the HTTP method that ends transfers and streams.
const MethodCancel = "CANCEL"

// Settings are choices of the user about gen4 (option node_api).
type Settings struct {
	// StandardPorts: transfers use the ports of every Aspera server; else they
	// are asked from the server.
	StandardPorts bool
	// Cache: the server may list folders from its cache.
	Cache bool
	// AcceptV4: folders are listed with version 4.0 of the API, which pages.
	AcceptV4 bool
}

// DefaultSettings returns what holds when the user chose nothing.
func DefaultSettings() Settings { return Settings{StandardPorts: true, Cache: true, AcceptV4: true} }

// LinkResolver finds the node that a link leads to.
type LinkResolver func(ctx context.Context, nodeID string) (*Client, error)

// Config is what a client knows besides the API. Only gen4 uses it.
type Config struct {
	// AccessKey is the id of the access key in use; empty for a node user.
	AccessKey string
	// Root is the file id of the folder that paths start from.
	Root     string
	Settings Settings
	// NodeID is the id of the node in a product that has several.
	NodeID string
	// Resolve follows links to other nodes; nil leaves links unresolved.
	Resolve LinkResolver
	// TransferHost replaces the host of the API's URL in transfer specs.
	TransferHost string
	// Additions are merged into each transfer request and transfer spec: tags of
	// a product, credentials of its storage. nil adds nothing.
	Additions *record.Object
	// Amend adds a product's own fields to the transfer spec of a file id.
	Amend func(ctx context.Context, spec *record.Object) error
	// Log may be nil.
	Log *slog.Logger
}

// Client calls one Node API. It is safe for use by several goroutines.
type Client struct {
	api    *rest.Client
	config Config
	log    *slog.Logger

	mu sync.Mutex
	// folders holds the ids of folders found by path. It lives as long as one
	// command.
	folders map[folderName]string
}

// folderName is the name of a folder inside another.
type folderName struct{ parent, name string }

// New returns a client for an API.
func New(api *rest.Client, config Config) *Client {
	c := &Client{api: api, config: config, log: config.Log, folders: map[folderName]string{}}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	return c
}

// API returns the HTTP client, for calls that this package does not know.
func (c *Client) API() *rest.Client { return c.api }

// Config returns what the client was made with.
func (c *Client) Config() Config { return c.config }

// Info returns the description of the server.
func (c *Client) Info(ctx context.Context) (*record.Object, error) {
	return c.object(c.api.Get(ctx, "info", nil))
}

// AccessKey returns an access key by its id; "self" is the one in use.
func (c *Client) AccessKey(ctx context.Context, id string) (*record.Object, error) {
	return c.object(c.api.Get(ctx, accessKeyPath(id), nil))
}

// ModifyAccessKey changes some fields of an access key.
func (c *Client) ModifyAccessKey(ctx context.Context, id string, fields *record.Object) error {
	_, err := c.api.Put(ctx, accessKeyPath(id), fields)
	return err
}

func accessKeyPath(id string) string { return "access_keys/" + url.PathEscape(id) }

func (c *Client) object(answer *rest.Response, err error) (*record.Object, error) {
	if err != nil {
		return nil, err
	}
	return answer.Object()
}

// objectsOf returns the objects listed at a key of an answer.
func objectsOf(answer *record.Object, call, key string) ([]*record.Object, error) {
	return objects(answer.List(key), call)
}

// objects returns a list of objects that a call answered.
func objects(list []any, call string) ([]*record.Object, error) {
	objects := make([]*record.Object, len(list))
	for i, item := range list {
		var ok bool
		if objects[i], ok = item.(*record.Object); !ok {
			return nil, broken(call, "object in its list")
		}
	}
	return objects, nil
}

// textOf gives an identifier as text: ids are strings, but some servers send
// numbers.
func textOf(o *record.Object, key string) string {
	v, _ := o.Get(key)
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// broken is an answer that does not have what the API promises.
func broken(call, missing string) error {
	return failure.Otherf("RuntimeError", "the answer to %s has no %s: is option url that of a Node API?", call, missing)
}

// quoted lists names as messages show them: ["a", "b"].
func quoted(names []string) string {
	items := make([]string, len(names))
	for i, n := range names {
		items[i] = string(record.JSON(n))
	}
	return "[" + strings.Join(items, ", ") + "]"
}
