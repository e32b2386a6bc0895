package node_test

import (
	"bytes"
	"compress/zlib"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"encoding/base64"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/record"
)

// signer is a key as servers expect it. Making one takes long.
var signer = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

// The format of spec/plugins/node.md 10.2, taken apart by other means than the
// decoder's.
func TestEncodeToken(t *testing.T) {
	const payload = `{"user_id":"777","group_ids":["1"],"scope":"node.ak1:user:all"}`
	token, err := node.EncodeToken(object(t, payload), signer())
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(token, "eJ") {
		t.Errorf("token %s", token)
	}
	compressed, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		t.Fatal(err)
	}
	inflater, err := zlib.NewReader(bytes.NewReader(compressed))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(inflater)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	if len(lines) != 9 || lines[0] != payload || lines[1] != "==SIGNATURE==" || lines[8] != "" {
		t.Fatalf("text %q", text)
	}
	for i, length := range []int{60, 60, 60, 60, 60, 44} {
		if len(lines[2+i]) != length {
			t.Errorf("line %d of the signature has %d characters", i, len(lines[2+i]))
		}
	}
	signature, err := base64.StdEncoding.DecodeString(strings.Join(lines[2:], ""))
	if err != nil {
		t.Fatal(err)
	}
	digest := sha512.Sum512([]byte(payload))
	if err := rsa.VerifyPKCS1v15(&signer().PublicKey, crypto.SHA512, digest[:], signature); err != nil {
		t.Error(err)
	}
	if key, err := node.BearerAccessKey("Bearer " + token); key != "ak1" || err != nil {
		t.Errorf("decoded %q, %v", key, err)
	}
}

// The rules of spec/plugins/node.md 10.3.
func TestTokenPayload(t *testing.T) {
	now := time.Date(2026, 11, 21, 2, 41, 24, 0, time.FixedZone("", 3600))
	for _, c := range []struct{ name, identity, want, err string }{
		{"user", `{"user_id":"777","group_ids":["1"]}`,
			`{"user_id":"777","group_ids":["1"],"scope":"node.ak1:user:all","auth_type":"access_key","expires_at":"2026-11-22T01:41:24Z"}`, ""},
		{"own scope and validity", `{"_scope":"admin:all","user_id":"a","_validity":60}`,
			`{"user_id":"a","scope":"node.ak1:admin:all","auth_type":"access_key","expires_at":"2026-11-21T01:42:24Z"}`, ""},
		{"all given", `{"expires_at":"x","auth_type":"node_user","scope":"s","user_id":"a","watermarking_json_base64":"w"}`,
			`{"expires_at":"x","auth_type":"node_user","scope":"s","user_id":"a","watermarking_json_base64":"w"}`, ""},
		{"no user", `{}`, ``, "payload must have user_id"},
		{"user is no text", `{"user_id":1}`, ``, "user_id: expecting String, but have 1"},
		{"empty user", `{"user_id":""}`, ``, "user_id must not be empty"},
		{"validity is no number", `{"user_id":"a","_validity":"1h"}`, ``, `_validity must be a number of seconds above 0, not "1h"`},
		{"validity is over", `{"user_id":"a","_validity":0}`, ``, `_validity must be a number of seconds above 0, not 0`},
		{"validity beyond all dates", `{"user_id":"a","_validity":9223372036854775807}`, ``, `_validity must be a number of seconds above 0, not 9223372036854775807`},
		{"scope is no text", `{"user_id":"a","_scope":[]}`, ``, `_scope must be a text such as user:all or admin:all, not []`},
	} {
		t.Run(c.name, func(t *testing.T) {
			identity := object(t, c.identity)
			payload, err := node.TokenPayload(identity, "ak1", now)
			if (err == nil) != (c.err == "") || err != nil && err.Error() != c.err {
				t.Fatalf("error %v, want %s", err, c.err)
			}
			if err == nil && string(record.JSON(payload)) != c.want {
				t.Errorf("got %s, want %s", record.JSON(payload), c.want)
			}
			if string(record.JSON(identity)) != c.identity {
				t.Errorf("the argument is now %s", record.JSON(identity))
			}
		})
	}
}

// FuzzToken encodes any payload and decodes it again.
func FuzzToken(f *testing.F) {
	f.Add([]byte(`{"user_id":"777","_validity":5}`))
	f.Add([]byte(`{"a":"==SIGNATURE==","b":"\n"}`))
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		payload, err := record.ParseObject(data)
		if err != nil || len(data) > 1<<19 {
			return
		}
		token, err := node.EncodeToken(payload, small)
		if err != nil {
			t.Fatal(err)
		}
		decoded, err := node.DecodeToken(token)
		if err != nil {
			t.Fatal(err)
		}
		if string(record.JSON(decoded)) != string(record.JSON(payload)) {
			t.Errorf("%s came back as %s", record.JSON(payload), record.JSON(decoded))
		}
	})
}
