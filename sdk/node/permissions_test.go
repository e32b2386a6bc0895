package node_test

import (
	"testing"

	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/node/nodetest"
	"github.com/ascli-go/ascli/sdk/record"
)

func TestPermissionPages(t *testing.T) {
	counted := func(body, total string) nodetest.Answer {
		return nodetest.Answer{Body: body, Header: map[string]string{"X-Total-Count": total}}
	}
	const two, one = `[{"id":"a"},{"id":"b"}]`, `[{"id":"c"}]`
	for _, c := range []struct {
		name, query string
		script      nodetest.Script
		count       int
		calls       []string
	}{
		{"all at once", `{}`, nodetest.Script{"GET /permissions": counted(two, "2")}, 2, []string{"GET /permissions"}},
		{"nobody counts", `{}`, nodetest.Script{"GET /permissions": nodetest.JSON(two)}, 2, []string{"GET /permissions"}},
		{"cut short by the server", `{}`, nodetest.Script{
			"GET /permissions":                   counted(two, "3"),
			"GET /permissions?per_page=2&page=2": counted(one, "3"),
		}, 3, []string{"GET /permissions", "GET /permissions?per_page=2&page=2"}},
		{"pages of a size", `{"per_page":2}`, nodetest.Script{
			"GET /permissions?per_page=2&page=1": nodetest.JSON(two),
			"GET /permissions?per_page=2&page=2": nodetest.JSON(one),
		}, 3, []string{"GET /permissions?per_page=2&page=1", "GET /permissions?per_page=2&page=2"}},
		{"one page", `{"per_page":2,"page":7}`, nodetest.Script{"GET /permissions": counted(two, "99")}, 2,
			[]string{"GET /permissions?per_page=2&page=7"}},
		{"fewer than announced", `{}`, nodetest.Script{
			"GET /permissions":                   counted(two, "9"),
			"GET /permissions?per_page=2&page=2": counted(`[]`, "9"),
		}, 2, []string{"GET /permissions", "GET /permissions?per_page=2&page=2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := start(t, c.script, func(config *node.Config) { config.Root = "" })
			query, err := record.ParseObject([]byte(c.query))
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, err := range f.Permissions(t.Context(), query) {
				if err != nil {
					t.Fatal(err)
				}
				n++
			}
			if n != c.count {
				t.Errorf("%d permissions", n)
			}
			checkCalls(t, f.server, c.calls...)
		})
	}
}
