package node_test

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/node"
)

func token(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func TestBearerAccessKey(t *testing.T) {
	signed := func(payload string) string { return token(t, payload+"\n==SIGNATURE==\nabc\n") }
	for _, c := range []struct{ name, token, key, err string }{
		{"access key", signed(`{"user_id":"777","scope":"node.ak1:user:all"}`), "ak1", ""},
		{"line breaks are tolerated", strings.ReplaceAll(signed(`{"scope":"node.ak1:user:all"}`), "e", "e\n"), "ak1", ""},
		{"no colon", signed(`{"scope":"node.ak1"}`), "", "invalid scope: node.ak1"},
		{"no node", signed(`{"scope":"ak1:user:all"}`), "", "invalid scope: ak1:user:all"},
		{"not base64", "a.b.c", "", "not a node bearer token"},
		{"not zlib", base64.StdEncoding.EncodeToString([]byte("xx{}")), "", "not a node bearer token"},
		{"unsigned", token(t, `{"scope":"node.ak1:user:all"}`), "", "no signature"},
		{"not JSON", signed(`scope`), "", "not a node bearer token"},
		{"bomb", token(t, strings.Repeat("x", 2<<20)), "", "more than 1048576 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			key, err := node.BearerAccessKey("Bearer " + c.token)
			if key != c.key || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("got %q, %v", key, err)
			}
		})
	}
}

func FuzzDecodeToken(f *testing.F) {
	f.Add(token(f, "{\"scope\":\"node.a:b\"}\n==SIGNATURE==\n"))
	f.Add("eJwDAAAAAAE=")
	f.Fuzz(func(t *testing.T, text string) {
		payload, err := node.DecodeToken(text)
		if (payload == nil) == (err == nil) {
			t.Errorf("payload %v, error %v", payload, err)
		}
	})
}
