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

// Entry is an entry of a folder as the server lists it. It is read as far as a
// walk needs it; [Entry.Record] gives all of it.
type Entry struct {
	ID, Name, Type string
	// Path is that from where a walk began; "" in a listing.
	Path string

	text string
}

// entryKeys are the members that are read of each entry.
func entryKeys() []string { return []string{"id", "name", "type", "error"} }

// Record returns the entry whole, with its path if it has one.
func (e Entry) Record() (*record.Object, error) {
	o, err := record.ParseObject([]byte(e.text))
	if err == nil && e.Path != "" {
		o.Set("path", e.Path)
	}
	return o, err
}

// Children yields the entries of a folder, page by page as they are consumed.
// query may be nil. Entries that the server reports as erroneous are logged and
// left out (spec/plugins/node.md 6.2).
func (c *Client) Children(ctx context.Context, folderID string, query *record.Object) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for page, err := range c.listing(folderID, query).pages(ctx) {
			if err != nil {
				yield(Entry{}, err)
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
func (l *listing) pages(ctx context.Context) iter.Seq2[[]Entry, error] {
	switch {
	case l.client.config.Settings.AcceptV4:
		return l.tokenPages(ctx)
	case l.query.Has("per_page") && !l.query.Has("page"):
		return l.numberedPages(ctx)
	}
	return func(yield func([]Entry, error) bool) {
		page, err := l.page(ctx, "")
		yield(page.entries, err)
	}
}

// tokenPages reads with version 4.0 of the API: each page names the next one.
func (l *listing) tokenPages(ctx context.Context) iter.Seq2[[]Entry, error] {
	return func(yield func([]Entry, error) bool) {
		if !l.query.Has("per_page") {
			l.query.Set("per_page", folderPage)
		}
		seen := map[string]bool{}
		for {
			page, err := l.page(ctx, "4.0")
			if !yield(page.entries, err) || err != nil || page.next == "" {
				return
			}
			if seen[page.next] {
				yield(nil, failure.Otherf("RuntimeError", "the server repeats the pages of folder %s without end", l.folderID).
					Hint(`list without paging: --node-api=@json:'{"accept_v4":false}'`))
				return
			}
			seen[page.next] = true
			l.query.Set(tokenParameter, page.next)
		}
	}
}

// numberedPages reads pages from 1 up, until one is not full.
func (l *listing) numberedPages(ctx context.Context) iter.Seq2[[]Entry, error] {
	return func(yield func([]Entry, error) bool) {
		size, _ := l.query.Get("per_page")
		full := max(1, countOf(size))
		for number := 1; ; number++ {
			l.query.Set("page", number)
			page, err := l.page(ctx, "")
			if !yield(page.entries, err) || err != nil || page.length < full {
				return
			}
		}
	}
}

// listed is a page of a listing.
type listed struct {
	entries []Entry
	// length also counts erroneous entries.
	length int
	// next is the token of the page that follows, "" for none.
	next string
}

func (l *listing) page(ctx context.Context, version string) (listed, error) {
	request := rest.Request{
		Method: http.MethodGet, Path: filePath(l.folderID) + "/files", Query: l.query,
		Header: l.client.cacheHeader(), Patient: l.patient, ListAsText: true,
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
		return listed{}, err
	}
	if answer.Text == "" {
		// No list at all; the error says what came instead.
		_, err := answer.List()
		return listed{}, err
	}
	return l.read(ctx, answer)
}

// read takes the entries of a page apart. What the server reports as erroneous
// is logged and left out.
func (l *listing) read(ctx context.Context, answer *rest.Response) (listed, error) {
	page := listed{next: answer.Header.Get(nextPageHeader)}
	err := record.Scan(answer.Text, entryKeys(), func(text string, members []record.Member) error {
		page.length++
		if members[3] != "" && members[3] != "null" {
			l.client.logEntryError(ctx, text)
			return nil
		}
		page.entries = append(page.entries, Entry{ID: members[0].Text(), Name: members[1].Text(), Type: members[2].Text(), text: text})
		return nil
	})
	if err != nil {
		err = failure.Otherf("JSON::ParserError", "GET %s/files: the answer is not a list of entries: %w", filePath(l.folderID), err)
	}
	return page, err
}

func (c *Client) logEntryError(ctx context.Context, text string) {
	if o, err := record.ParseObject([]byte(text)); err == nil {
		c.log.ErrorContext(ctx, o.Object("error").Text("user_message"))
	}
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
