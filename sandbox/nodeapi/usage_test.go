package nodeapi_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/grant"
)

type usage struct {
	ID    string
	In    int64 `json:"bytes_in"`
	Out   int64 `json:"bytes_out"`
	Total int64 `json:"bytes_total"`
}

// transferred records a transfer of some bytes.
func transferred(t *testing.T, transfers *activity.Journal, owner string, direction grant.Direction, bytes int64, tags string) *activity.Session {
	t.Helper()
	s, err := transfers.Start(activity.Opening{Owner: owner, Transport: "ssh", Spec: activity.StartSpec{
		Direction: string(direction), Tags: json.RawMessage(tags),
	}})
	if err != nil {
		t.Fatal(err)
	}
	s.Moved(bytes)
	return s
}

func TestUsage(t *testing.T) {
	n := newOperatedNode(t)
	n.takeTokens()
	transfers := n.ops.Transfers
	n.call(asKey, "POST", "/access_keys", `{"id":"sub","secret":"s","storage":{"type":"local","path":"/"}}`).is(http.StatusOK)
	asSub := func(*testNode) (string, string) { return "sub", "s" }
	billed := `{"aspera":{"usage_id":"dep.1"}}`
	for _, moved := range []struct {
		owner     string
		direction grant.Direction
		bytes     int64
		tags      string
	}{
		{"ak1", grant.Receive, 1, billed}, {"ak1", grant.Send, 2, "{}"}, {"sub", grant.Send, 4, billed}, {"node_user", grant.Send, 8, ""},
	} {
		transferred(t, transfers, moved.owner, moved.direction, moved.bytes, moved.tags).End(nil)
	}
	running := transferred(t, transfers, "ak1", grant.Send, 1000, billed)
	defer running.End(nil)

	tests := map[string]struct {
		as     credentials
		target string
		want   usage
	}{
		"access key, with its sub key":      {asKey, "/usage", usage{"ak1", 1, 6, 7}},
		"sub key":                           {asSub, "/usage", usage{"sub", 0, 4, 4}},
		"node user":                         {asUser, "/usage", usage{"node_user", 1, 14, 15}},
		"access key, asked by its user":     {asUser, "/usage?access_key=sub", usage{"sub", 0, 4, 4}},
		"access key asks for itself anyway": {asSub, "/usage?access_key=ak1", usage{"sub", 0, 4, 4}},
		"usage ID":                          {asKey, "/usage/dep.1", usage{"dep.1", 1, 4, 5}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var got usage
			n.in(t).call(test.as, "GET", test.target, "").is(http.StatusOK).into(&got)
			if got != test.want {
				t.Errorf("usage = %+v, want %+v", got, test.want)
			}
		})
	}
	n.call(asSub, "GET", "/usage/dep.1", "").is(http.StatusForbidden).failure()
	n.call(asKey, "GET", "/usage/other", "").is(http.StatusNotFound).failure()
	n.call(asUser, "GET", "/usage?access_key=other", "").is(http.StatusNotFound).failure()
	n.member("user:all", "777").call("GET", "/usage", "").is(http.StatusForbidden).failure()
	n.member("admin:all", "777").call("GET", "/usage", "").is(http.StatusOK)
}

func TestUsageOfANodeThatRecordsNothing(t *testing.T) {
	newNode(t).call(asKey, "GET", "/usage", "").is(http.StatusNotFound).failure()
}
