package node

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// browsePage is the number of entries asked in one call; the API's own default
// is 100.
const browsePage = 1000

// Browsed is the content of a folder, or one entry.
type Browsed struct {
	// Self is the entry of the path itself, when it is no folder or was asked.
	Self *record.Object
	// Items are read page by page as they are consumed.
	Items iter.Seq2[*record.Object, error]
	// Counts, of a query with skip, is "<items of this page>/<total>".
	Counts string
}

// browsing is one call of Browse.
type browsing struct {
	client *Client
	// query is sent with every call.
	query           *record.Object
	recursive, self bool
	single          bool
	// limit is the number of entries after which to stop; 0 means none.
	limit int
}

// Browse lists a folder by path. Of query, which may be nil, the keys max,
// recursive and self are for this method, skip turns paging off, and the rest
// is sent (spec/plugins/node.md 4.1).
func (c *Client) Browse(ctx context.Context, path string, query *record.Object) (*Browsed, error) {
	b, err := c.newBrowsing(query)
	if err != nil {
		return nil, err
	}
	first, err := b.page(ctx, path, 0)
	if err != nil {
		return nil, err
	}
	own := first.Object("self")
	if own != nil && (b.self || !isFolder(own)) {
		return &Browsed{Self: own}, nil
	}
	found := &Browsed{Items: b.items(ctx, path, first)}
	if b.single {
		found.Counts = countsOf(first)
	}
	return found, nil
}

func (c *Client) newBrowsing(query *record.Object) (*browsing, error) {
	b := &browsing{client: c, query: record.New()}
	if query != nil {
		b.query = query.Clone()
	}
	b.recursive, b.self, b.single = b.query.Bool("recursive"), b.query.Bool("self"), b.query.Has("skip")
	if b.recursive && b.single {
		return nil, failure.Argumentf("options recursive and skip cannot be used together")
	}
	if v, given := b.query.Get("max"); given {
		limit, ok := b.query.Int("max")
		if !ok || limit < 1 {
			return nil, failure.Argumentf("query: max must be a number above 0, not %s", record.JSON(v))
		}
		b.limit = int(limit)
	}
	for _, own := range []string{"max", "recursive", "self"} {
		b.query.Delete(own)
	}
	if !b.query.Has("count") {
		b.query.Set("count", browsePage)
	}
	return b, nil
}

func (b *browsing) page(ctx context.Context, path string, skip int) (*record.Object, error) {
	body := b.query.Clone()
	body.Set("path", path)
	if skip > 0 {
		body.Set("skip", skip)
	}
	return b.client.object(b.client.api.Post(ctx, "files/browse", body))
}

// items yields the entries of a folder whose first page is known, and of the
// folders below when asked. Entries are counted folder by folder.
func (b *browsing) items(ctx context.Context, path string, page *record.Object) iter.Seq2[*record.Object, error] {
	return func(yield func(*record.Object, error) bool) {
		left := b.limit
		queue := []string{path}
		for len(queue) > 0 {
			folder := queue[0]
			queue = queue[1:]
			for item, err := range b.folder(ctx, folder, page) {
				if !yield(item, err) || err != nil {
					return
				}
				if left--; left == 0 {
					return
				}
				if b.recursive && isFolder(item) {
					queue = append(queue, item.Text("path"))
				}
			}
			page = nil
		}
	}
}

// folder yields the entries of one folder; page is its first, when known.
func (b *browsing) folder(ctx context.Context, path string, page *record.Object) iter.Seq2[*record.Object, error] {
	return func(yield func(*record.Object, error) bool) {
		for got, total := 0, int64(-1); ; {
			if page == nil {
				var err error
				if page, err = b.page(ctx, path, got); err != nil {
					yield(nil, fmt.Errorf("%s: %w", path, err))
					return
				}
			}
			items := page.List("items")
			if total < 0 {
				total, _ = page.Int("total_count")
			}
			got += len(items)
			for _, item := range items {
				entry, ok := item.(*record.Object)
				if !ok {
					yield(nil, broken("files/browse", "object in items"))
					return
				}
				if !yield(entry, nil) {
					return
				}
			}
			// An empty page ends a folder that shrank meanwhile.
			if b.single || int64(got) >= total || len(items) == 0 {
				return
			}
			page = nil
		}
	}
}

// Found is what a search gave.
type Found struct {
	Items []*record.Object
	// Counts is "<items of this page>/<total>".
	Counts string
	// Parameters are those that the server used.
	Parameters *record.Object
}

// Search finds files below a folder by path, one page: query, which may be nil,
// has skip, count, sort, case_sensitive, filters (spec/plugins/node.md 4.2).
func (c *Client) Search(ctx context.Context, path string, query *record.Object) (*Found, error) {
	const call = "files/search"
	body := record.New("path", path)
	for key, value := range query.All() {
		body.Set(key, value)
	}
	answer, err := c.object(c.api.Post(ctx, call, body))
	if err != nil {
		return nil, err
	}
	items, err := objectsOf(answer, call, "items")
	return &Found{Items: items, Counts: countsOf(answer), Parameters: answer.Object("parameters")}, err
}

func countsOf(answer *record.Object) string {
	return textOf(answer, "item_count") + "/" + textOf(answer, "total_count")
}

// isFolder tells folders; Shares calls them containers.
func isFolder(entry *record.Object) bool {
	return slices.Contains([]string{"directory", "container"}, entry.Text("type"))
}

// countOf reads a whole number, 0 when it is none.
func countOf(v any) int {
	n, _ := v.(json.Number)
	i, _ := n.Int64()
	return int(i)
}
