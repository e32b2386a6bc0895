package node

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"slices"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

const (
	// folderPage is the number of entries asked in one call of version 4.0.
	folderPage = 1000
	// nextPageHeader holds the iteration token of the next page.
	nextPageHeader = "X-Aspera-Next-Iteration-Token"
)

// Children yields the entries of a folder, page by page as they are consumed.
// query may be nil. Entries that the server reports as erroneous are logged and
// left out (spec/plugins/node.md 6.2).
func (c *Client) Children(ctx context.Context, folderID string, query *record.Object) iter.Seq2[*record.Object, error] {
	return func(yield func(*record.Object, error) bool) {
		for page, err := range c.listing(folderID, query).pages(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, entry := range page {
				if !yield(entry, nil) {
					return
				}
			}
		}
	}
}

// listing is the reading of a folder.
type listing struct {
	client   *Client
	folderID string
	query    *record.Object
	// patient waits for a server that is busy.
	patient bool
	// slots, when set, bound the requests of several readings.
	slots chan struct{}
}

func (c *Client) listing(folderID string, query *record.Object) *listing {
	parameters := record.New()
	if query != nil {
		parameters = query.Clone()
	}
	return &listing{client: c, folderID: folderID, query: parameters}
}

// pages yields the entries, a page at a time.
func (l *listing) pages(ctx context.Context) iter.Seq2[[]*record.Object, error] {
	return func(yield func([]*record.Object, error) bool) {
		for page, err := range l.rawPages(ctx) {
			var entries []*record.Object
			if err == nil {
				entries, err = l.entries(ctx, page)
			}
			if !yield(entries, err) || err != nil {
				return
			}
		}
	}
}

// entries logs what the server reports as erroneous and leaves it out.
func (l *listing) entries(ctx context.Context, page []any) ([]*record.Object, error) {
	all, err := objects(page, "files/"+l.folderID+"/files")
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(entry *record.Object) bool {
		e := entry.Object("error")
		if e != nil {
			l.client.log.ErrorContext(ctx, e.Text("user_message"))
		}
		return e != nil
	}), nil
}

func (l *listing) rawPages(ctx context.Context) iter.Seq2[[]any, error] {
	switch {
	case l.client.config.Settings.AcceptV4:
		return l.tokenPages(ctx)
	case l.query.Has("per_page") && !l.query.Has("page"):
		return l.numberedPages(ctx)
	}
	return func(yield func([]any, error) bool) {
		page, _, err := l.page(ctx, "")
		yield(page, err)
	}
}

// tokenPages reads with version 4.0 of the API: each page names the next one.
func (l *listing) tokenPages(ctx context.Context) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		if !l.query.Has("per_page") {
			l.query.Set("per_page", folderPage)
		}
		seen := map[string]bool{}
		for {
			page, header, err := l.page(ctx, "4.0")
			if !yield(page, err) || err != nil {
				return
			}
			token := header.Get(nextPageHeader)
			if token == "" {
				return
			}
			if seen[token] {
				yield(nil, failure.Otherf("RuntimeError", "the server repeats the pages of folder %s without end", l.folderID).
					Hint(`list without paging: --node-api=@json:'{"accept_v4":false}'`))
				return
			}
			seen[token] = true
			l.query.Set("iteration_token", token)
		}
	}
}

// numberedPages reads pages from 1 up, until one is not full.
func (l *listing) numberedPages(ctx context.Context) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		size, _ := l.query.Get("per_page")
		full := max(1, countOf(size))
		for number := 1; ; number++ {
			l.query.Set("page", number)
			page, _, err := l.page(ctx, "")
			if !yield(page, err) || err != nil || len(page) < full {
				return
			}
		}
	}
}

func (l *listing) page(ctx context.Context, version string) ([]any, http.Header, error) {
	request := rest.Request{
		Method: http.MethodGet, Path: filePath(l.folderID) + "/files", Query: l.query,
		Header: l.client.cacheHeader(), Patient: l.patient,
	}
	if version != "" {
		request.Header.Set("Accept-Version", version)
	}
	if l.slots != nil {
		l.slots <- struct{}{}
		defer func() { <-l.slots }()
	}
	answer, err := l.client.api.Do(ctx, request)
	if err != nil {
		return nil, nil, err
	}
	page, err := answer.List()
	return page, answer.Header, err
}

// cacheHeader makes the server read its storage when its cache is not wanted.
func (c *Client) cacheHeader() http.Header {
	header := http.Header{}
	if !c.config.Settings.Cache {
		header.Set("X-Aspera-Cache-Control", "no-cache")
	}
	return header
}

func filePath(id string) string { return "files/" + url.PathEscape(id) }
