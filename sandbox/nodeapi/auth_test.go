package nodeapi_test

import (
	"net/http"
	"strings"
	"testing"
)

var routes = []struct{ method, path string }{
	{"GET", "/"}, {"GET", "/info"}, {"GET", "/access_keys"}, {"POST", "/access_keys"}, {"GET", "/access_keys/self"},
	{"PUT", "/access_keys/self"}, {"DELETE", "/access_keys/self"}, {"POST", "/files/browse"}, {"POST", "/files/search"},
	{"POST", "/files/create"}, {"POST", "/files/delete"}, {"POST", "/files/rename"}, {"POST", "/files/upload_setup"},
	{"POST", "/files/download_setup"}, {"GET", "/files/%2Ff/contents"}, {"POST", "/space"}, {"GET", "/files/1"},
	{"PUT", "/files/1"}, {"DELETE", "/files/1"}, {"GET", "/files/1/files"}, {"POST", "/files/1/files"},
	{"GET", "/files/1/content"}, {"GET", "/unknown"}, {"GET", "/self"}, {"GET", "/permissions"}, {"POST", "/permissions"},
	{"GET", "/permissions/1"}, {"PUT", "/permissions/1"}, {"DELETE", "/permissions/1"},
	{"GET", "/usage"}, {"GET", "/usage/1"}, {"POST", "/files/page"}, {"POST", "/files/info"}, {"POST", "/files/du"}, {"GET", "/files/1/preview"},
	{"POST", "/files/sync_setup"}, {"POST", "/public_keys"},
}

func TestEveryRouteNeedsAuthentication(t *testing.T) {
	n := newNode(t)
	strangers := map[string]credentials{
		"nobody":         nil,
		"unknown user":   func(*testNode) (string, string) { return "mallory", "x" },
		"wrong password": func(n *testNode) (string, string) { name, _ := n.world.NodeUser(); return name, "x" },
	}
	for name, stranger := range strangers {
		for _, route := range routes {
			t.Run(name+" "+route.method+" "+route.path, func(t *testing.T) {
				n := n.in(t)
				n.call(stranger, route.method, route.path, "{}").is(http.StatusUnauthorized).failure()
			})
		}
	}
}

func TestPingNeedsNoAuthentication(t *testing.T) {
	if got := newNode(t).call(nil, "GET", "/ping", "").is(200); got.body != "" {
		t.Errorf("body = %q, want none", got.body)
	}
}

func TestNodeUserMayNotCallByFileID(t *testing.T) {
	n := newNode(t)
	for _, route := range routes {
		if !strings.HasPrefix(route.path, "/files/1") {
			continue
		}
		n.call(asUser, route.method, route.path, "{}").is(http.StatusForbidden).failure()
	}
}

func TestUnknownRoutes(t *testing.T) {
	n := newNode(t)
	for _, route := range []struct{ method, path string }{
		{"GET", "/nothing"}, {"GET", "/ops/transfers"}, {"PATCH", "/files/1"}, {"GET", "/files"}, {"POST", "/files/mystery"},
		{"GET", "/files/1/other"}, {"GET", "/files//1"}, {"GET", "/files/../info"}, {"GET", "/files/1/"}, {"POST", "/info"},
	} {
		n.call(asKey, route.method, route.path, "{}").is(http.StatusNotFound).failure()
	}
}

func TestMalformedBodies(t *testing.T) {
	n := newNode(t)
	bodies := map[string]string{
		"empty":       "",
		"not JSON":    "hello",
		"wrong shape": `{"path":1,"paths":1,"transfer_requests":1,"name":1,"id":1,"access_levels":1,"public_key":1}`,
		"cut":         `{"path":"/"`,
		"two values":  `{"path":"/","paths":[],"name":"n","type":"folder"} {}`,
	}
	for name, body := range bodies {
		for _, route := range routes {
			if route.method != "POST" && route.method != "PUT" {
				continue
			}
			t.Run(name+" "+route.path, func(t *testing.T) {
				n := n.in(t)
				n.call(asKey, route.method, route.path, body).is(http.StatusBadRequest).failure()
			})
		}
	}
}

func TestTooLargeABody(t *testing.T) {
	body := `{"path":"` + strings.Repeat("x", 17<<20) + `"}`
	newNode(t).call(asKey, "POST", "/files/browse", body).is(http.StatusRequestEntityTooLarge).failure()
}

func TestServerFailureIsHTTP500(t *testing.T) {
	n := newNode(t)
	n.world.Close()
	n.call(asKey, "POST", "/files/browse", `{"path":"/"}`).is(http.StatusInternalServerError).failure()
}
