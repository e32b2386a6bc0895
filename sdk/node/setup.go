package node

import (
	"context"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// UploadSetup asks for the transfer spec of an upload to a folder. Its "paths"
// are left out: they are those of the client. more, which may be nil, goes into
// the request too.
func (c *Client) UploadSetup(ctx context.Context, destination string, more *record.Object) (*record.Object, error) {
	spec, err := c.setup(ctx, "files/upload_setup", []any{record.New("destination", destination)}, more)
	if err != nil {
		return nil, err
	}
	spec.Delete(transfer.FieldPaths)
	return spec, nil
}

// DownloadSetup asks for the transfer spec of a download, like UploadSetup.
func (c *Client) DownloadSetup(ctx context.Context, sources []transfer.Source, more *record.Object) (*record.Object, error) {
	return c.setup(ctx, "files/download_setup", transfer.PathsValue(sources), more)
}

// setup asks for a transfer spec. Errors inside a 200 answer are found by the
// REST client (spec/plugins/node.md 9).
func (c *Client) setup(ctx context.Context, call string, paths []any, more *record.Object) (*record.Object, error) {
	request := record.New("paths", paths)
	for _, additions := range []*record.Object{c.config.Additions, more} {
		record.Merge(request, additions)
	}
	body := record.New("transfer_requests", []any{record.New("transfer_request", request)})
	answer, err := c.object(c.api.Post(ctx, call, body))
	if err != nil {
		return nil, err
	}
	specs, err := objectsOf(answer, call, "transfer_specs")
	switch {
	case err != nil:
		return nil, err
	case len(specs) == 0:
		return nil, broken(call, "transfer_specs")
	}
	if spec := specs[0].Object("transfer_spec"); spec != nil {
		return spec, nil
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
	spec, err := c.DownloadSetup(ctx, []transfer.Source{{Source: "/"}}, nil)
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
