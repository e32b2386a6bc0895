package node

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

// tokenParameter names the page to go on with, in queries and in the links of
// answers.
const tokenParameter = "iteration_token"

const transfersPath = "ops/transfers"

// Transfers reads the transfers of a server page by page, each once.
type Transfers struct {
	client *Client
	query  *record.Object
	token  string
	limit  int
	wanted func(key string) bool
}

// NoLimit is the limit of a reading that takes all.
const NoLimit = -1

// Transfers reads no more than limit transfers. query goes with every request;
// it may be nil, or name the page to begin with.
func (c *Client) Transfers(query *record.Object, limit int) *Transfers {
	query = record.Merge(record.New(), query)
	return &Transfers{client: c, query: query, token: textOf(query, tokenParameter), limit: limit}
}

// Only reads no other members of the transfers than the wanted ones.
func (t *Transfers) Only(wanted func(key string) bool) { t.wanted = wanted }

// From begins at the page that a token names.
func (t *Transfers) From(token string) { t.token = token }

// Token names the page from which a later reading goes on; "" is the first
// one. It moves while All runs, and stays at a page that the limit cut.
func (t *Transfers) Token() string { return t.token }

// All yields the transfers. It holds one page at a time (spec/plugins/node.md
// 11.1, the loop of 4.25.6).
func (t *Transfers) All(ctx context.Context) iter.Seq2[*record.Object, error] {
	return func(yield func(*record.Object, error) bool) {
		left := t.limit
		seen := map[string]bool{t.token: true}
		for left != 0 {
			page, next, err := t.page(ctx)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, one := range page {
				if !yield(one, nil) {
					return
				}
				if left--; left == 0 {
					return
				}
			}
			if len(page) == 0 || next == "" || next == t.token {
				return
			}
			// The server's own sign of the end is the same token; one of before
			// would go round for ever.
			if seen[next] {
				yield(nil, failure.Otherf("RuntimeError", "the server repeats the pages of its transfers without end").
					Hint(`read only some: --query=@json:'{"max":1000}'`))
				return
			}
			seen[next] = true
			t.token = next
		}
	}
}

func (t *Transfers) page(ctx context.Context) (page []*record.Object, next string, err error) {
	if t.token != "" {
		t.query.Set(tokenParameter, t.token)
	}
	page, header, err := t.client.transfers(ctx, t.query, t.wanted)
	if err == nil {
		next, err = nextToken(strings.Join(header.Values("Link"), ", "))
	}
	return page, next, err
}

// nextToken finds the iteration token in a header Link: that of the link with
// rel=next, else of the first one.
func nextToken(header string) (string, error) {
	if header == "" {
		return "", nil
	}
	links := regexp.MustCompile(`<([^>]*)>([^<]*)`).FindAllStringSubmatch(header, -1)
	if links == nil {
		return "", failure.Otherf("RuntimeError", "Cannot parse iteration in Link: %s", header)
	}
	target := links[0][1]
	isNext := regexp.MustCompile(`(?i);\s*rel\s*=\s*"?next"?\s*(?:[;,]|$)`)
	for _, link := range links {
		if isNext.MatchString(strings.TrimSpace(link[2])) {
			target = link[1]
			break
		}
	}
	u, err := url.Parse(target)
	if err != nil {
		return "", failure.Otherf("RuntimeError", "Cannot parse iteration in Link: %s", header)
	}
	return u.Query().Get(tokenParameter), nil
}

// TransferList returns what one call lists, as the query says; see
// [Client.Transfers] for all pages.
func (c *Client) TransferList(ctx context.Context, query any) ([]*record.Object, error) {
	list, _, err := c.transfers(ctx, query, nil)
	return list, err
}

func (c *Client) transfers(ctx context.Context, query any, wanted func(key string) bool) ([]*record.Object, http.Header, error) {
	answer, err := c.api.Do(ctx, rest.Request{Method: http.MethodGet, Path: transfersPath, Query: query, Wanted: wanted})
	if err != nil {
		return nil, nil, err
	}
	if answer.Status == http.StatusNoContent {
		return nil, answer.Header, nil
	}
	items, err := answer.List()
	if err != nil {
		return nil, nil, err
	}
	list, err := objects(items, transfersPath)
	return list, answer.Header, err
}
