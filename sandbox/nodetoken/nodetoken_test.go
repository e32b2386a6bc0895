package nodetoken_test

import (
	"bytes"
	"compress/zlib"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sandbox/nodetoken"
)

const payload = `{"user_id":"777","group_ids":["1"],"scope":"node.ak1:user:all","auth_type":"access_key","expires_at":"2026-11-22T02:41:24Z"}`

// newKey makes the key of all tests.
var newKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func sign(t testing.TB, text string) string {
	t.Helper()
	token, err := nodetoken.Sign([]byte(text), newKey())
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func pack(text string) string {
	var packed bytes.Buffer
	out := zlib.NewWriter(&packed)
	_, _ = io.WriteString(out, text)
	out.Close()
	return base64.StdEncoding.EncodeToString(packed.Bytes())
}

func TestRoundTrip(t *testing.T) {
	text := sign(t, payload)
	if !strings.HasPrefix(text, "eJ") {
		t.Errorf("token begins with %.2s, want eJ (node.md 10.2)", text)
	}
	token, err := nodetoken.Decode(text[:10] + "\n" + text[10:])
	if err != nil {
		t.Fatal(err)
	}
	want := nodetoken.Claims{
		UserID: "777", GroupIDs: []string{"1"}, Scope: "node.ak1:user:all", AuthType: "access_key", ExpiresAt: "2026-11-22T02:41:24Z",
	}
	if !reflect.DeepEqual(token.Claims, want) {
		t.Errorf("claims = %+v", token.Claims)
	}
	if err := token.Verify(&newKey().PublicKey); err != nil {
		t.Error(err)
	}
	if id, role, err := token.AccessKey(); id != "ak1" || role != "user:all" || err != nil {
		t.Errorf("scope is of %q, %q, %v", id, role, err)
	}
}

// The layout of the signature is that of node.md 10.2.
func TestLayout(t *testing.T) {
	packed, err := base64.StdEncoding.DecodeString(sign(t, payload))
	if err != nil {
		t.Fatal(err)
	}
	in, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	if len(lines) != 9 || lines[0] != payload || lines[1] != "==SIGNATURE==" || len(lines[2]) != 60 || len(lines[7]) != 44 || lines[8] != "" {
		t.Errorf("lines = %q", lines)
	}
}

func TestChangedPayloadAndOtherKeyAreRefused(t *testing.T) {
	packed, _ := base64.StdEncoding.DecodeString(sign(t, payload))
	in, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(in)
	forged, err := nodetoken.Decode(pack(strings.Replace(string(text), "user:all", "admin:all", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if forged.Verify(&newKey().PublicKey) == nil {
		t.Error("a changed payload passes")
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	token, err := nodetoken.Decode(sign(t, payload))
	if err != nil {
		t.Fatal(err)
	}
	if token.Verify(&other.PublicKey) == nil {
		t.Error("the signature of another key passes")
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := map[string]struct{ token, why string }{
		"empty":                {"", "zlib"},
		"not base64":           {"%%%", "base64"},
		"not zlib":             {"aGVsbG8=", "zlib"},
		"no signature":         {pack(payload), "no signature"},
		"payload not JSON":     {pack("x\n==SIGNATURE==\n"), "payload"},
		"user id not text":     {pack(`{"user_id":1}` + "\n==SIGNATURE==\n"), "payload"},
		"signature not base64": {pack(payload + "\n==SIGNATURE==\n%%\n"), "signature"},
		"long":                 {strings.Repeat("A", 70_000), "longer"},
		"bomb":                 {pack(strings.Repeat("x", 10<<20)), "unpacks to more"},
		"cut":                  {sign(t, payload)[:100], "zlib"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			token, err := nodetoken.Decode(test.token)
			if err == nil || !strings.Contains(err.Error(), test.why) {
				t.Errorf("token = %+v, error = %v; want one about %q", token, err, test.why)
			}
		})
	}
}

func TestScopes(t *testing.T) {
	for _, scope := range []string{"", "ak1:user:all", "node.", "node.ak1", "node.:user:all"} {
		if id, role, err := (nodetoken.Claims{Scope: scope}).AccessKey(); err == nil {
			t.Errorf("scope %q gives %q, %q", scope, id, role)
		}
	}
}

func TestExpiry(t *testing.T) {
	end := time.Date(2026, 11, 22, 2, 41, 24, 0, time.UTC)
	claims := nodetoken.Claims{ExpiresAt: "2026-11-22T02:41:24Z"}
	if expired, err := claims.Expired(end.Add(-time.Second)); expired || err != nil {
		t.Errorf("a second before: %v, %v", expired, err)
	}
	if expired, err := claims.Expired(end); !expired || err != nil {
		t.Errorf("at the end: %v, %v", expired, err)
	}
	if _, err := (nodetoken.Claims{ExpiresAt: "tomorrow"}).Expired(end); err == nil {
		t.Error("an expiry that is no time passes")
	}
}

func TestParsePublicKey(t *testing.T) {
	public := &newKey().PublicKey
	spki, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	good := map[string]pem.Block{
		"SubjectPublicKeyInfo": {Type: "PUBLIC KEY", Bytes: spki},
		"PKCS #1":              {Type: "RSA PUBLIC KEY", Bytes: x509.MarshalPKCS1PublicKey(public)},
	}
	for name, block := range good {
		if got, err := nodetoken.ParsePublicKey(string(pem.EncodeToMemory(&block))); err != nil || !got.Equal(public) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for name, text := range map[string]string{
		"no PEM":   "PEM",
		"no key":   string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: []byte("x")})),
		"no PKCS1": string(pem.EncodeToMemory(&pem.Block{Type: "RSA PUBLIC KEY", Bytes: []byte("x")})),
	} {
		if key, err := nodetoken.ParsePublicKey(text); err == nil {
			t.Errorf("%s: key = %v", name, key)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(sign(f, payload))
	f.Add(pack(payload))
	f.Add(pack("{}\n==SIGNATURE==\nAAAA\n"))
	f.Fuzz(func(t *testing.T, text string) {
		token, err := nodetoken.Decode(text)
		if err != nil {
			return
		}
		// Only the payload that this test signed can pass, however it is packed.
		if token.Verify(&newKey().PublicKey) == nil && token.UserID != "777" {
			t.Errorf("a made up token passes: %q", text)
		}
		_, _, _ = token.AccessKey()
		_, _ = token.Expired(time.Time{})
	})
}
