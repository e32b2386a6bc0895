package node_test

import (
	"bytes"
	"compress/zlib"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sdk"
	api "github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/node/nodetest"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sdktest"
)

// signer is the key of access key ak7, made once: that takes long.
var signer = sync.OnceValue(func() string {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
})

// token is one for a user of access key ak7.
func token(t testing.TB) string {
	t.Helper()
	key, err := api.SigningKey(signer())
	if err != nil {
		t.Fatal(err)
	}
	text, err := api.EncodeToken(record.New("user_id", "777", "scope", "node.ak7:user:all"), key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestBearerToken(t *testing.T) {
	server := nodetest.Serve(t, nil)
	before := time.Now().Add(24 * time.Hour).Truncate(time.Second)
	out := run(t, server, "bearer_token", values{"key": signer(), "identity": parse(t, `{"user_id":"777","group_ids":["1"]}`)}, nil, sdktest.Host{})
	if out.Err != nil || out.Kind != sdk.ResultText || len(out.Records) != 1 || len(server.Calls()) != 0 {
		t.Fatalf("got %+v, calls %q", out, server.Calls())
	}
	payload, err := api.DecodeToken(out.Records[0].(string))
	if err != nil {
		t.Fatal(err)
	}
	if got := payload.Keys(); !slices.Equal(got, []string{"user_id", "group_ids", "scope", "auth_type", "expires_at"}) || payload.Text("scope") != "node.ak1:user:all" {
		t.Errorf("payload %s", record.JSON(payload))
	}
	expiry, err := time.Parse(time.RFC3339, payload.Text("expires_at"))
	if err != nil || expiry.Before(before) || expiry.After(time.Now().Add(24*time.Hour)) {
		t.Errorf("expires at %s", payload.Text("expires_at"))
	}
}

// The token that the command makes is one with which a user gets in.
func TestBearerTokenIsAccepted(t *testing.T) {
	server := nodetest.Serve(t, answer("GET /info", `{"version":"4.4"}`))
	out := run(t, server, "info", nil, values{"username": nil, "password": "Bearer " + token(t)}, sdktest.Host{})
	if out.Err != nil || server.Headers()[0].Get("X-Aspera-AccessKey") != "ak7" {
		t.Errorf("got %v, headers %v", out.Err, server.Headers())
	}
}

func TestBasicToken(t *testing.T) {
	server := nodetest.Serve(t, nil)
	out := run(t, server, "basic_token", nil, nil, sdktest.Host{})
	if want := "Basic " + base64.StdEncoding.EncodeToString([]byte("ak1:sec")); out.Err != nil || out.Kind != sdk.ResultText || out.JSON() != `["`+want+`"]` {
		t.Errorf("got %v %s, %v", out.Kind, out.JSON(), out.Err)
	}
}

// A bearer password replaces the user, but not for these commands
// (spec/plugins/node.md 2).
func TestUserStaysMandatory(t *testing.T) {
	server := nodetest.Serve(t, nil)
	identity := parse(t, `{"user_id":"777"}`)
	for words, args := range map[string]values{
		"basic_token":   nil,
		"asperabrowser": nil,
		"bearer_token":  {"key": signer(), "identity": identity},
	} {
		t.Run(words, func(t *testing.T) {
			out := run(t, server, words, args, values{"username": nil, "password": "Bearer " + token(t)}, sdktest.Host{})
			if out.Err == nil || out.Err.Error() != "Missing mandatory option: username" {
				t.Errorf("got %s, %v", out.JSON(), out.Err)
			}
		})
	}
	for _, c := range []struct{ name, key, want string }{
		{"path instead of a key", "my_private_key", "the value is not an RSA key in PEM format"},
		{"public key", "-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n", "private key is needed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := run(t, server, "bearer_token", values{"key": c.key, "identity": identity}, nil, sdktest.Host{})
			if out.Err == nil || out.Err.Error() != c.want {
				t.Errorf("got %v", out.Err)
			}
		})
	}
}

// The reader of the page: backwards, base64, inflate (spec/plugins/node.md 16).
func TestAsperaBrowser(t *testing.T) {
	server := nodetest.Serve(t, nil)
	out := run(t, server, "asperabrowser", nil, values{"asperabrowserurl": "https://b.example.com"}, sdktest.Host{})
	if out.Err != nil || out.JSON() != `["done"]` || out.Kind != sdk.ResultStatus || len(out.Opened) != 1 || len(server.Calls()) != 0 {
		t.Fatalf("got %+v", out)
	}
	text, ours := strings.CutPrefix(out.Opened[0], "https://b.example.com?goto=")
	backwards := []byte(text)
	slices.Reverse(backwards)
	compressed, err := base64.RawURLEncoding.DecodeString(string(backwards))
	if err != nil || !ours {
		t.Fatalf("%s: %v", out.Opened[0], err)
	}
	inflater, err := zlib.NewReader(bytes.NewReader(compressed))
	if err != nil {
		t.Fatal(err)
	}
	shown, err := io.ReadAll(inflater)
	if want := `{"nodeUser":"ak1","nodePW":"sec","nodeURL":"` + server.URL + `"}`; err != nil || string(shown) != want {
		t.Errorf("got %s, %v", shown, err)
	}
}
