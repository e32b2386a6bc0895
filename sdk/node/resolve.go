package node

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// Location is a file id on its node: a path that crosses a link leads to
// another node than the one it started from.
type Location struct {
	Node *Client
	ID   string
}

// Root returns the location that paths start from.
func (c *Client) Root() (Location, error) {
	if c.config.Root == "" {
		return Location{}, failure.Argumentf("Specify root file id with option root_id")
	}
	return Location{c, c.config.Root}, nil
}

// Names splits a path into the names of its elements.
func Names(path string) []string {
	return strings.FieldsFunc(path, func(r rune) bool { return r == '/' })
}

// Resolve finds the location of a path. A link at its end is followed when
// followLast is true or the path ends with "/" (spec/plugins/node.md 6.3).
func (c *Client) Resolve(ctx context.Context, path string, followLast bool) (Location, error) {
	at, err := c.Root()
	if err != nil {
		return at, err
	}
	followLast = followLast || strings.HasSuffix(path, "/")
	names := Names(path)
	for i := range names {
		next, err := at.step(ctx, "/"+strings.Join(names[:i], "/"), names[i:], followLast)
		if err != nil {
			return Location{}, err
		}
		at = next
	}
	return at, nil
}

// step goes from a folder to the first of the names that are left. shown is
// the path of the folder, for messages.
func (at Location) step(ctx context.Context, shown string, left []string, followLast bool) (Location, error) {
	name, last := left[0], len(left) == 1
	if id, known := at.Node.knownFolder(at.ID, name); known {
		return Location{at.Node, id}, nil
	}
	entry, err := at.child(ctx, shown, name)
	if err != nil {
		return at, err
	}
	notFound := failure.Otherf("RuntimeError", "entry not found: %s", quoted(left))
	if entry == nil {
		return at, notFound
	}
	here := Location{at.Node, entry.ID}
	switch entry.Type {
	case TypeFolder:
		at.Node.keepFolder(at.ID, name, here.ID)
		return here, nil
	case TypeFile:
		if !last {
			return at, failure.Otherf("RuntimeError", "%s is a file, expecting folder to find: %s", name, quoted(left[1:]))
		}
		return here, nil
	case TypeLink:
		if last && !followLast {
			return here, nil
		}
		target, ok, err := at.Node.follow(ctx, *entry)
		switch {
		case err != nil:
			return at, err
		case ok:
			return target, nil
		case last:
			return at, failure.Otherf("RuntimeError", "Cannot resolve link")
		}
	default:
		at.Node.log.WarnContext(ctx, "Unknown element type: "+entry.Type)
	}
	return at, notFound
}

// child finds the entry with exactly that name; nil when there is none. shown is
// the path of the folder, for messages.
func (at Location) child(ctx context.Context, shown, name string) (*Entry, error) {
	for entry, err := range at.Node.Children(ctx, at.ID, nil) {
		if err != nil {
			return nil, fmt.Errorf("%s: %w", shown, err)
		}
		if entry.Name == name {
			return &entry, nil
		}
	}
	return nil, nil
}

// List yields the entries of a folder like [Client.Children], each with its path.
func (at Location) List(ctx context.Context, query *record.Object) iter.Seq2[*record.Object, error] {
	return func(yield func(*record.Object, error) bool) {
		for entry, err := range at.Node.Children(ctx, at.ID, query) {
			var shown *record.Object
			if err == nil {
				entry.Path = "/" + entry.Name
				shown, err = entry.Record()
			}
			if !yield(shown, err) || err != nil {
				return
			}
		}
	}
}

// CheckFree tells, as an error, that a folder already has an entry of that name:
// a link is a file of a name of its own (spec/plugins/node.md 7.2).
func (at Location) CheckFree(ctx context.Context, name string) error {
	page, err := at.Node.listing(at.ID, nil).page(ctx, "")
	if err != nil {
		return err
	}
	for _, entry := range page.entries {
		if entry.Name == name || entry.Name == "."+name+".asp-lnk" {
			return failure.Otherf("RuntimeError", "A %s already exists with name %s", entry.Type, entry.Name)
		}
	}
	return nil
}

// follow finds the target of a link; ok is false, after a warning, when it
// cannot be reached.
func (c *Client) follow(ctx context.Context, link Entry) (target Location, ok bool, err error) {
	listed, err := link.Record()
	if err != nil {
		return target, false, err
	}
	nodeID, fileID := textOf(listed, "target_node_id"), textOf(listed, "target_id")
	if nodeID == "" || fileID == "" {
		complete, err := c.File(ctx, link.ID)
		if err != nil {
			return target, false, err
		}
		nodeID, fileID = textOf(complete, "target_node_id"), textOf(complete, "target_id")
	}
	switch {
	case nodeID == "" || fileID == "":
		c.log.WarnContext(ctx, "Missing target information for link: "+link.Name)
		return target, false, nil
	case c.config.Resolve == nil:
		c.log.WarnContext(ctx, "Cannot resolve link with node id "+nodeID+", no resolver")
		return target, false, nil
	case nodeID == c.config.NodeID:
		return Location{c, fileID}, true, nil
	}
	other, err := c.config.Resolve(ctx, nodeID)
	if err != nil {
		if ctx.Err() != nil {
			return target, false, ctx.Err()
		}
		c.log.WarnContext(ctx, "Cannot resolve link with node id "+nodeID+": "+err.Error())
		return target, false, nil
	}
	return Location{other, fileID}, true, nil
}
