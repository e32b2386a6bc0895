package oauth_test

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sdk/oauth"
	"github.com/ascli-go/ascli/sdk/record"
)

func nodeToken(t testing.TB, payload string) string {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write([]byte(payload + "\n==SIGNATURE==\nc2ln\n")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func TestDecode(t *testing.T) {
	jwt := func(claims string) string {
		return "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".c2ln"
	}
	for _, c := range []struct{ name, token, want, err string }{
		{"JWT", jwt(`{"sub":"me","exp":12}`), `{"sub":"me","exp":12}`, ""},
		{"JWT with padding", "e30." + base64.URLEncoding.EncodeToString([]byte(`{"sub":"m"}`)) + ".c2ln", `{"sub":"m"}`, ""},
		{"JWT of the other alphabet", "e30." + base64.StdEncoding.EncodeToString([]byte(`{"sub":"~~?>"}`)) + ".c2ln", `{"sub":"~~?>"}`, ""},
		{"node token", nodeToken(t, `{"scope":"node.ak:user:all"}`), `{"scope":"node.ak:user:all"}`, ""},
		{"opaque", "opaque", "", "neither a JWT nor a node token"},
		{"three parts that are no JWT", "a.!.c", "", "not a JWT"},
		{"claims that are no object", jwt(`["a"]`), "", "not a JWT: its claims are not a JSON object"},
		{"empty", "", "", "neither a JWT nor a node token"},
	} {
		t.Run(c.name, func(t *testing.T) {
			content, err := oauth.Decode(c.token)
			if c.err != "" {
				if err == nil || !strings.Contains(err.Error(), c.err) {
					t.Errorf("got %v, want %s", err, c.err)
				}
				return
			}
			if err != nil || string(record.JSON(content)) != c.want {
				t.Errorf("got %v, %v", content, err)
			}
		})
	}
}

func TestExpiry(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{
		{"exp", `{"exp":1795312884}`, "2026-11-22T02:01:24Z"},
		{"exp with decimals", `{"exp":1795312884.9}`, "2026-11-22T02:01:24Z"},
		{"date", `{"expires_at":"2026-11-22T02:41:24Z","exp":1}`, "2026-11-22T02:41:24Z"},
		{"date with zone", `{"expires_at":"2026-11-22T02:41:24+02:00"}`, "2026-11-22T00:41:24Z"},
		{"date of a database", `{"expires_at":"2026-11-22 02:41:24 UTC"}`, "2026-11-22T02:41:24Z"},
		{"no date", `{"expires_at":"soon","exp":1}`, ""},
		{"exp as text", `{"exp":"1795312884"}`, ""},
		{"exp beyond dates", `{"exp":1e300}`, ""},
		{"exp before dates", `{"exp":-1}`, ""},
		{"none", `{}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			content, err := record.ParseObject([]byte(c.content))
			if err != nil {
				t.Fatal(err)
			}
			expiry, known := oauth.Expiry(content)
			got := ""
			if known {
				got = expiry.UTC().Format(time.RFC3339)
			}
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(nodeToken(f, `{"expires_at":"2026-11-22T02:41:24Z"}`))
	f.Add("e30.eyJleHAiOjF9.c2ln")
	f.Add("a..c")
	f.Fuzz(func(t *testing.T, token string) {
		content, err := oauth.Decode(token)
		if (content == nil) == (err == nil) {
			t.Fatalf("content %v, error %v", content, err)
		}
		if content == nil {
			return
		}
		if expiry, known := oauth.Expiry(content); known && (expiry.Year() > 9999 || expiry.Year() < 0) {
			t.Errorf("expiry %v", expiry)
		}
	})
}
