package node

import (
	"context"
	"iter"
	"net/http"
	"net/url"

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
		for page, err := range c.folderPages(ctx, folderID, query) {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, item := range page {
				entry, ok := item.(*record.Object)
				if !ok {
					yield(nil, broken("files/"+folderID+"/files", "object in its list"))
					return
				}
				if e := entry.Object("error"); e != nil {
					c.log.ErrorContext(ctx, e.Text("user_message"))
					continue
				}
				if !yield(entry, nil) {
					return
				}
			}
		}
	}
}

func (c *Client) folderPages(ctx context.Context, folderID string, query *record.Object) iter.Seq2[[]any, error] {
	parameters := record.New()
	if query != nil {
		parameters = query.Clone()
	}
	switch {
	case c.config.Settings.AcceptV4:
		return c.tokenPages(ctx, folderID, parameters)
	case parameters.Has("per_page") && !parameters.Has("page"):
		return c.numberedPages(ctx, folderID, parameters)
	}
	return func(yield func([]any, error) bool) {
		page, _, err := c.folderPage(ctx, folderID, parameters, "")
		yield(page, err)
	}
}

// tokenPages reads with version 4.0 of the API: each page names the next one.
func (c *Client) tokenPages(ctx context.Context, folderID string, query *record.Object) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		if !query.Has("per_page") {
			query.Set("per_page", folderPage)
		}
		seen := map[string]bool{}
		for {
			page, header, err := c.folderPage(ctx, folderID, query, "4.0")
			if !yield(page, err) || err != nil {
				return
			}
			token := header.Get(nextPageHeader)
			if token == "" {
				return
			}
			if seen[token] {
				yield(nil, failure.Otherf("RuntimeError", "the server repeats the pages of folder %s without end", folderID).
					Hint(`list without paging: --node-api=@json:'{"accept_v4":false}'`))
				return
			}
			seen[token] = true
			query.Set("iteration_token", token)
		}
	}
}

// numberedPages reads pages from 1 up, until one is not full.
func (c *Client) numberedPages(ctx context.Context, folderID string, query *record.Object) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		size, _ := query.Get("per_page")
		full := max(1, countOf(size))
		for number := 1; ; number++ {
			query.Set("page", number)
			page, _, err := c.folderPage(ctx, folderID, query, "")
			if !yield(page, err) || err != nil || len(page) < full {
				return
			}
		}
	}
}

func (c *Client) folderPage(ctx context.Context, folderID string, query *record.Object, version string) ([]any, http.Header, error) {
	request := rest.Request{Method: http.MethodGet, Path: filePath(folderID) + "/files", Query: query, Header: c.cacheHeader()}
	if version != "" {
		request.Header.Set("Accept-Version", version)
	}
	answer, err := c.api.Do(ctx, request)
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
