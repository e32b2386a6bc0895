package node

import (
	"context"
	"iter"

	"github.com/ascli-go/ascli/sdk/record"
)

// Walk yields all that is below a folder, breadth first, each entry with its
// path from there. The target of a link is walked entirely before the entry
// that follows the link (spec/plugins/node.md 6.4).
func (at Location) Walk(ctx context.Context) iter.Seq2[*record.Object, error] {
	return func(yield func(*record.Object, error) bool) {
		w := walk{yield: yield, followed: map[string]bool{at.key(): true}}
		w.below(ctx, at, "")
	}
}

type walk struct {
	yield func(*record.Object, error) bool
	// followed holds the targets of links that were walked: a link may lead
	// back to a folder above it.
	followed map[string]bool
}

// key is the same for every client of the node.
func (at Location) key() string { return at.Node.api.BaseURL() + " " + at.ID }

type folder struct{ id, path string }

func (f folder) shown() string {
	if f.path == "" {
		return "/"
	}
	return f.path
}

// below walks a folder and the folders under it; false ends the walk.
func (w *walk) below(ctx context.Context, at Location, path string) bool {
	queue := []folder{{at.ID, path}}
	for len(queue) > 0 {
		here := queue[0]
		queue = queue[1:]
		for entry, err := range at.Node.entries(ctx, here.shown(), here.id, nil) {
			if err != nil {
				w.yield(nil, err)
				return false
			}
			entryPath := here.path + "/" + entry.Text("name")
			entry.Set("path", entryPath)
			if !w.yield(entry, nil) {
				return false
			}
			switch entry.Text("type") {
			case TypeFolder:
				queue = append(queue, folder{textOf(entry, "id"), entryPath})
			case TypeLink:
				if !w.link(ctx, at, entry, entryPath) {
					return false
				}
			}
		}
	}
	return true
}

func (w *walk) link(ctx context.Context, at Location, entry *record.Object, path string) bool {
	target, ok, err := at.Node.follow(ctx, entry)
	switch {
	case ctx.Err() != nil:
		w.yield(nil, ctx.Err())
		return false
	case err != nil:
		at.Node.log.WarnContext(ctx, path+": "+err.Error())
		return true
	case !ok || w.followed[target.key()]:
		return true
	}
	w.followed[target.key()] = true
	return w.below(ctx, target, path)
}
