package nodeapi_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"testing"

	"github.com/ascli-go/ascli/sandbox/nodeapi"
)

// A link may lead to a folder above it, or round in circles: following is the
// client's business.
func TestCyclicLinks(t *testing.T) {
	n := newNode(t)
	n.put("a/f", "x")
	a := n.children("1")["a"].ID
	n.call(asKey, "POST", "/files/"+a+"/files", fmt.Sprintf(`{"name":"up","type":"link","target_id":%q,"target_node_id":%q}`, a, n.world.NodeID())).is(http.StatusOK)
	n.call(asUser, "POST", "/files/create", `{"paths":[{"type":"symbolic_link","path":"/a/self","target":{"path":"/a/self"}},
		{"type":"symbolic_link","path":"/a/top","target":{"path":"/"}}]}`).is(http.StatusOK)
	found := n.children(a)
	if up := found["up"]; up.Type != "link" || up.TargetID != a || up.TargetNodeID != n.world.NodeID() {
		t.Errorf("link = %+v", up)
	}
	if top := found["top"]; top.Type != "link" || top.TargetID != "1" {
		t.Errorf("link = %+v", top)
	}
	if self := found["self"]; self.Type != "link" || self.TargetID != self.ID {
		t.Errorf("link = %+v", self)
	}
}

func TestBareLinks(t *testing.T) {
	n := newNode(t)
	n.handler = nodeapi.New(nodeapi.Config{World: n.world, SSHPort: sshPort, BareLinks: true, Log: slog.New(slog.DiscardHandler)})
	n.call(asKey, "POST", "/files/1/files", `{"name":"l","type":"link","target_id":"1","target_node_id":"x"}`).is(http.StatusOK)
	listed := n.children("1")["l"]
	if listed.Type != "link" || listed.TargetID != "" || listed.TargetNodeID != "" {
		t.Errorf("listed link = %+v", listed)
	}
	var asked idEntry
	n.call(asKey, "GET", "/files/"+listed.ID, "").is(http.StatusOK).into(&asked)
	if asked.TargetID != "1" || asked.TargetNodeID != "x" {
		t.Errorf("link = %+v", asked)
	}
}

func TestListingTellsItsSource(t *testing.T) {
	n := newNode(t)
	got := n.call(asKey, "GET", "/files/1/files", "").is(http.StatusOK)
	if got.header.Get("X-Aspera-Node-Cache") != "miss" || got.header.Get("Access-Control-Expose-Headers") == "" {
		t.Errorf("header = %v", got.header)
	}
}
