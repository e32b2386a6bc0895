package nodeapi_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sandbox/nodetoken/tokentest"
)

type accessKey struct {
	ID, Secret string
	RootFileID string `json:"root_file_id"`
	Storage    struct{ Type, Path string }
	License    map[string]string
	Key        string `json:"token_verification_key"`
}

func TestAccessKeyLife(t *testing.T) {
	n := newNode(t)
	var created accessKey
	n.call(asUser, "POST", "/access_keys", `{"id":"k","secret":"s","storage":{"type":"local","path":"/data"}}`).is(200).into(&created)
	if created.ID != "k" || created.Secret != "s" || created.RootFileID == "" || created.Storage.Path != "/data" {
		t.Errorf("created = %+v", created)
	}
	asNew := func(*testNode) (string, string) { return "k", "s" }

	n.call(asUser, "PUT", "/access_keys/k", `{"token_verification_key":`+quoted(tokentest.VerificationKey(t))+`,"license":{"customer_id":"c"}}`).is(http.StatusNoContent)
	var self accessKey
	got := n.call(asNew, "GET", "/access_keys/self", "").is(200)
	got.into(&self)
	if self.ID != "k" || self.Key != tokentest.VerificationKey(t) || self.License["customer_id"] != "c" || self.RootFileID != created.RootFileID || self.Storage.Path != "/" {
		t.Errorf("self = %+v", self)
	}
	if strings.Contains(got.body, "secret") {
		t.Errorf("the secret is shown: %s", got.body)
	}

	n.put("data/f", "x")
	var entries []idEntry
	n.call(asNew, "GET", "/files/"+self.RootFileID+"/files", "").is(200).into(&entries)
	if len(entries) != 1 || entries[0].Path != "/f" {
		t.Errorf("entries = %+v", entries)
	}
	n.call(asNew, "GET", "/files/1", "").is(404).failure()
	n.call(asNew, "POST", "/files/browse", `{"path":"/.."}`).is(403).failure()

	n.call(asUser, "DELETE", "/access_keys/k", "").is(http.StatusNoContent)
	n.call(asNew, "GET", "/access_keys/self", "").is(401).failure()
	n.call(asUser, "GET", "/access_keys/k", "").is(404).failure()
}

func TestListAccessKeys(t *testing.T) {
	n := newNode(t)
	var keys []accessKey
	n.call(asUser, "GET", "/access_keys", "").is(200).into(&keys)
	if len(keys) != 1 || keys[0].ID != "ak1" || keys[0].RootFileID != "1" || keys[0].Secret != "" {
		t.Errorf("keys of the node user = %+v", keys)
	}
	if got := n.call(asKey, "GET", "/access_keys", "").is(200); got.body != "[]\n" || got.header.Get("Content-Type") != "application/json" {
		t.Errorf("keys of ak1 = %s, %v", got.body, got.header)
	}
}

func TestAccessKeyRefusals(t *testing.T) {
	n := newNode(t)
	tests := map[string]struct {
		method, path, body string
		status             int
	}{
		"id taken":          {"POST", "/access_keys", `{"id":"ak1","storage":{"type":"local","path":"/"}}`, 409},
		"no storage":        {"POST", "/access_keys", `{"id":"k"}`, 400},
		"storage outside":   {"POST", "/access_keys", `{"storage":{"type":"local","path":"/../x"}}`, 400},
		"show unknown":      {"GET", "/access_keys/k", "", 404},
		"node user is none": {"GET", "/access_keys/self", "", 404},
		"modify unknown":    {"PUT", "/access_keys/k", "{}", 404},
		"delete unknown":    {"DELETE", "/access_keys/k", "", 404},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n.in(t).call(asUser, test.method, test.path, test.body).is(test.status).failure()
		})
	}
}

func TestInfo(t *testing.T) {
	n := newNode(t)
	var got struct {
		Application  string
		CurrentTime  time.Time `json:"current_time"`
		TransferUser string    `json:"transfer_user"`
		NodeID       string    `json:"node_id"`
		Settings     []struct {
			Name  string
			Value any
		}
	}
	n.call(asKey, "GET", "/info", "").is(200).into(&got)
	if got.Application != "node" || got.TransferUser != "xfer" || got.NodeID != n.world.NodeID() {
		t.Errorf("info = %+v", got)
	}
	if age := time.Since(got.CurrentTime); age < -time.Second || age > time.Minute {
		t.Errorf("current_time is %v old", age)
	}
	settings := map[string]any{}
	for _, s := range got.Settings {
		settings[s.Name] = s.Value
	}
	if settings["wss_enabled"] != false {
		t.Errorf("wss_enabled = %v", settings["wss_enabled"])
	}
	if _, number := settings["wss_port"].(float64); !number {
		t.Errorf("wss_port = %v", settings["wss_port"])
	}
}
