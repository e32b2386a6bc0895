package node

import (
	"context"
	"net/url"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// TransferSpec makes the transfer spec of a folder by its id. additions, which
// may be nil, are merged in: paths of a download, tags of a product
// (spec/plugins/node.md 8.3).
func (at Location) TransferSpec(ctx context.Context, direction transfer.Direction, additions *record.Object) (*record.Object, error) {
	c := at.Node
	token, err := c.api.Authorization(ctx)
	if err != nil {
		return nil, err
	}
	spec := record.New(
		transfer.FieldDirection, string(direction),
		transfer.FieldToken, token,
		transfer.FieldTags, record.New(transfer.TagAspera, record.New("node",
			record.New("access_key", c.config.AccessKey, "file_id", at.ID))),
	)
	for _, more := range []*record.Object{c.config.Additions, additions} {
		record.Merge(spec, more)
	}
	if c.config.Amend != nil {
		if err := c.config.Amend(ctx, spec); err != nil {
			return nil, err
		}
	}
	if err := c.addTransport(ctx, spec); err != nil {
		return nil, err
	}
	if user := spec.Text(transfer.FieldRemoteUser); user != transfer.DefaultUser {
		c.log.WarnContext(ctx, "Expected transfer user: "+transfer.DefaultUser+", but have "+user)
	}
	return spec, nil
}

func (c *Client) addTransport(ctx context.Context, spec *record.Object) error {
	if !c.config.Settings.StandardPorts {
		transport, err := c.Transport(ctx)
		if err == nil {
			record.Merge(spec, transport)
		}
		return err
	}
	spec.Set(transfer.FieldRemoteUser, transfer.DefaultUser)
	spec.Set(transfer.FieldSSHPort, transfer.DefaultSSHPort)
	spec.Set(transfer.FieldFaspPort, transfer.DefaultUDPPort)
	spec.Set(transfer.FieldRemoteHost, c.transferHost())
	info, err := c.Info(ctx)
	if err != nil {
		return err
	}
	if user := info.Text("transfer_user"); user != "" {
		spec.Set(transfer.FieldRemoteUser, user)
	}
	for _, item := range info.List("settings") {
		setting, ok := item.(*record.Object)
		if !ok {
			continue
		}
		if name := setting.Text("name"); name == transfer.FieldWSSEnabled || name == transfer.FieldWSSPort {
			value, _ := setting.Get("value")
			spec.Set(name, value)
		}
	}
	return nil
}

func (c *Client) transferHost() string {
	if c.config.TransferHost != "" {
		return c.config.TransferHost
	}
	u, err := url.Parse(c.api.BaseURL())
	if err != nil {
		// The base URL was parsed when the client was made.
		return ""
	}
	return u.Hostname()
}

// DownloadSpec makes the transfer spec of a gen4 download. The first source is
// a folder, followed by what to take in it, or the only item
// (spec/plugins/node.md 8.2).
func (c *Client) DownloadSpec(ctx context.Context, sources []transfer.Source) (*record.Object, error) {
	if len(sources) == 0 {
		return nil, failure.Argumentf("specify at least one file on command line or use --sources=@ts to use transfer spec")
	}
	at, err := c.Resolve(ctx, sources[0].Source, true)
	if err != nil {
		return nil, err
	}
	inside := sources[1:]
	if len(inside) == 0 {
		if at, inside, err = c.single(ctx, at, sources[0]); err != nil {
			return nil, err
		}
	}
	return at.TransferSpec(ctx, transfer.Receive, record.New(transfer.FieldPaths, transfer.PathsValue(inside)))
}

// single finds the folder to download one item from, and what to take in it.
func (c *Client) single(ctx context.Context, at Location, item transfer.Source) (Location, []transfer.Source, error) {
	entry, err := at.Node.File(ctx, at.ID)
	if err != nil {
		return at, nil, err
	}
	switch kind := entry.Text("type"); kind {
	case TypeFolder, TypeLink:
		return at, []transfer.Source{{Source: ".", Destination: item.Destination}}, nil
	case TypeFile:
		parent, name := Split(item.Source)
		at, err := c.Resolve(ctx, parent, true)
		return at, []transfer.Source{{Source: name, Destination: item.Destination}}, err
	default:
		return at, nil, failure.Otherf("RuntimeError", "Unknown source type: %s", kind)
	}
}

// Split separates the last element of a path from the folder that holds it;
// the name is empty for "/".
func Split(path string) (folder, name string) {
	names := Names(path)
	if len(names) == 0 {
		return "/", ""
	}
	last := len(names) - 1
	return "/" + strings.Join(names[:last], "/"), names[last]
}
