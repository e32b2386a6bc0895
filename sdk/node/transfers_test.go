package node_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/node/nodetest"
)

// transferPage is an answer with transfers and a header Link.
func transferPage(link string, ids ...string) nodetest.Answer {
	var items []string
	for _, id := range ids {
		items = append(items, `{"id":"`+id+`"}`)
	}
	a := nodetest.JSON("[" + strings.Join(items, ",") + "]")
	if link != "" {
		a.Header = map[string]string{"Link": link}
	}
	return a
}

// nextPage is the header Link of a page.
func nextPage(token string) string {
	return `<https://h:9092/ops/transfers?count=2&iteration_token=` + token + `>; rel="next"`
}

func TestTransfers(t *testing.T) {
	const first, second, third = "GET /ops/transfers", "GET /ops/transfers?iteration_token=2", "GET /ops/transfers?iteration_token=4"
	three := nodetest.Script{
		first:  transferPage(nextPage("2"), "a", "b"),
		second: transferPage(nextPage("4"), "c", "d"),
		third:  transferPage(nextPage("4"), "e"),
	}
	for _, c := range []struct {
		name, query string
		limit       int
		from        string
		script      nodetest.Script
		ids, token  string
		calls       int
		err         string
	}{
		{"until the token stays the same", ``, node.NoLimit, "", three, "a b c d e", "4", 3, ""},
		{"from a token", ``, node.NoLimit, "2", three, "c d e", "4", 2, ""},
		{"from a token of the query", `{"iteration_token":"2"}`, node.NoLimit, "", three, "c d e", "4", 2, ""},
		{"cut inside a page, which comes again", ``, 3, "", three, "a b c", "2", 2, ""},
		{"cut behind a page", ``, 2, "", three, "a b", "", 1, ""},
		{"none wanted", ``, 0, "", three, "", "", 0, ""},
		{"the query goes with each page", `{"count":2}`, node.NoLimit, "", nodetest.Script{
			first + "?count=2": transferPage(nextPage("2"), "a"), first + "?count=2&iteration_token=2": transferPage("", "b"),
		}, "a b", "2", 2, ""},
		{"no link", ``, node.NoLimit, "", nodetest.Script{first: transferPage("", "a")}, "a", "", 1, ""},
		{"nothing", ``, node.NoLimit, "7", nodetest.Script{first: transferPage("")}, "", "7", 1, ""},
		{"no content", ``, node.NoLimit, "", nodetest.Script{first: {Status: 204}}, "", "", 1, ""},
		{"next among others", ``, node.NoLimit, "", nodetest.Script{
			first:  transferPage(`<http://h/?iteration_token=9>; rel=prev, <http://h/a,b?iteration_token=2>; title="x"; REL="Next"`, "a"),
			second: transferPage("", "b"),
		}, "a b", "2", 2, ""},
		{"first link when none is next", ``, node.NoLimit, "", nodetest.Script{
			first: transferPage(`<http://h/?iteration_token=2>, <http://h/?iteration_token=9>; rel=prev`, "a"), second: transferPage(""),
		}, "a", "2", 2, ""},
		{"link without token", ``, node.NoLimit, "", nodetest.Script{first: transferPage(`<http://h/>; rel=next`, "a")}, "a", "", 1, ""},
		{"link that is none", ``, node.NoLimit, "", nodetest.Script{first: transferPage(`next=2`, "a")}, "", "", 1, "Cannot parse iteration in Link: next=2"},
		{"tokens in a circle", ``, node.NoLimit, "", nodetest.Script{
			first: transferPage(nextPage("2"), "a"), second: transferPage(nextPage("4"), "b"), third: transferPage(nextPage("2"), "c"),
		}, "a b c", "4", 3, "the server repeats the pages of its transfers without end"},
		{"no list", ``, node.NoLimit, "", nodetest.Script{first: nodetest.JSON(`{"id":"a"}`)}, "", "", 1, "expecting an array in JSON, got Hash"},
		{"list of something else", ``, node.NoLimit, "", nodetest.Script{first: nodetest.JSON(`["a"]`)}, "", "", 1,
			"the answer to ops/transfers has no object in its list"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := start(t, maps.Clone(c.script), nil)
			transfers := f.Transfers(object(t, c.query), c.limit)
			if c.from != "" {
				transfers.From(c.from)
			}
			var ids []string
			failed := ""
			for one, err := range transfers.All(t.Context()) {
				if err != nil {
					failed = err.Error()
					break
				}
				ids = append(ids, one.Text("id"))
			}
			if got := strings.Join(ids, " "); got != c.ids || transfers.Token() != c.token {
				t.Errorf("got %q, token %q", got, transfers.Token())
			}
			if c.err == "" && failed != "" || !strings.Contains(failed, c.err) {
				t.Errorf("error %q, want %q", failed, c.err)
			}
			if calls := f.server.Calls(); len(calls) != c.calls {
				t.Errorf("calls %q", calls)
			}
		})
	}
}

func TestTransfersStopEarly(t *testing.T) {
	f := start(t, nodetest.Script{"GET /ops/transfers": transferPage(nextPage("2"), "a", "b")}, nil)
	transfers := f.Transfers(nil, node.NoLimit)
	for range transfers.All(t.Context()) {
		break
	}
	if transfers.Token() != "" || len(f.server.Calls()) != 1 {
		t.Errorf("token %q, calls %q", transfers.Token(), f.server.Calls())
	}
}

func TestTransferList(t *testing.T) {
	f := start(t, nodetest.Script{
		"GET /ops/transfers?a=1&a=2": transferPage(nextPage("2"), "a"),
		"GET /ops/transfers?a=none":  {Status: 204},
		"GET /ops/transfers?a=odd":   nodetest.JSON(`[1]`),
	}, nil)
	for _, c := range []struct {
		name, query string
		count       int
		err         string
	}{
		{"one page", `{"a":[1,2]}`, 1, ""},
		{"no content", `{"a":"none"}`, 0, ""},
		{"numbers", `{"a":"odd"}`, 0, "the answer to ops/transfers has no object in its list: is option url that of a Node API?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, err := f.TransferList(t.Context(), object(t, c.query))
			if len(list) != c.count || (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
				t.Errorf("got %v, %v", list, err)
			}
		})
	}
}
