package node

import (
	"context"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// CreateFolders creates folders by path and returns the paths that the server
// reports. One failed path makes the error, though the others were created.
func (c *Client) CreateFolders(ctx context.Context, paths []string) ([]string, error) {
	return c.changePaths(ctx, "files/create", paths, func(p string) *record.Object {
		return record.New("type", "directory", "path", p)
	})
}

// DeletePaths deletes files and folders by path, like CreateFolders.
func (c *Client) DeletePaths(ctx context.Context, paths []string) ([]string, error) {
	return c.changePaths(ctx, "files/delete", paths, func(p string) *record.Object {
		if !strings.HasPrefix(p, "/") {
			p = "/" + p
		}
		return record.New("path", p)
	})
}

// RenamePath renames an entry of the folder base and returns the path that the
// server reports.
func (c *Client) RenamePath(ctx context.Context, base, from, to string) ([]string, error) {
	return c.changePaths(ctx, "files/rename", []string{base}, func(p string) *record.Object {
		return record.New("path", p, "source", from, "destination", to)
	})
}

// changePaths makes a call whose answer reports success or error for each path
// (spec/plugins/node.md 4.3).
func (c *Client) changePaths(ctx context.Context, call string, paths []string, element func(string) *record.Object) ([]string, error) {
	elements := make([]any, len(paths))
	for i, p := range paths {
		elements[i] = element(p)
	}
	answer, err := c.object(c.api.Post(ctx, call, record.New("paths", elements)))
	if err != nil {
		return nil, err
	}
	var done, failed []string
	for _, item := range answer.List("paths") {
		result, ok := item.(*record.Object)
		if !ok {
			return nil, broken(call, "object in paths")
		}
		path := result.Text("path")
		if e := result.Object("error"); e != nil {
			message := e.Text("user_message")
			c.log.ErrorContext(ctx, message+" : "+path)
			failed = append(failed, path+": "+message)
		}
		done = append(done, path)
	}
	if len(failed) > 0 {
		return nil, failure.Otherf("RuntimeError", "%s", strings.Join(failed, ", "))
	}
	return done, nil
}

// UploadSetup asks for the transfer spec of an upload to a folder. Its "paths"
// are left out: they are those of the client.
func (c *Client) UploadSetup(ctx context.Context, destination string) (*record.Object, error) {
	spec, err := c.setup(ctx, "files/upload_setup", []any{record.New("destination", destination)})
	if err != nil {
		return nil, err
	}
	spec.Delete(transfer.FieldPaths)
	return spec, nil
}

// DownloadSetup asks for the transfer spec of a download.
func (c *Client) DownloadSetup(ctx context.Context, sources []transfer.Source) (*record.Object, error) {
	return c.setup(ctx, "files/download_setup", transfer.PathsValue(sources))
}

// setup asks for a transfer spec. Errors inside a 200 answer are found by the
// REST client (spec/plugins/node.md 9).
func (c *Client) setup(ctx context.Context, call string, paths []any) (*record.Object, error) {
	request := record.New("transfer_request", record.New("paths", paths))
	answer, err := c.object(c.api.Post(ctx, call, record.New("transfer_requests", []any{request})))
	if err != nil {
		return nil, err
	}
	specs := answer.List("transfer_specs")
	if len(specs) == 0 {
		return nil, broken(call, "transfer_specs")
	}
	if first, ok := specs[0].(*record.Object); ok {
		if spec := first.Object("transfer_spec"); spec != nil {
			return spec, nil
		}
	}
	return nil, broken(call, "transfer_spec")
}

// transportFields are the fields of a transfer spec that say how to reach the
// server.
func transportFields() []string {
	return []string{
		transfer.FieldRemoteHost, transfer.FieldRemoteUser, transfer.FieldSSHPort, transfer.FieldFaspPort,
		transfer.FieldWSSEnabled, transfer.FieldWSSPort,
	}
}

// Transport returns the fields that say how to reach the server for a
// transfer, as it gives them for a download of "/".
func (c *Client) Transport(ctx context.Context) (*record.Object, error) {
	spec, err := c.DownloadSetup(ctx, []transfer.Source{{Source: "/"}})
	if err != nil {
		return nil, err
	}
	transport := record.New()
	for _, field := range transportFields() {
		if v, ok := spec.Get(field); ok {
			transport.Set(field, v)
		}
	}
	return transport, nil
}
