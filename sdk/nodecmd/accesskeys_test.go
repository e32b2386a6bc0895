package nodecmd_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/node/nodetest"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sdktest"
)

func TestAccessKeys(t *testing.T) {
	script := nodetest.Script{
		"GET /access_keys":        nodetest.JSON(`[{"id":"ak1"},{"id":"ak2"}]`),
		"GET /access_keys?none=1": {Status: 204},
		"GET /access_keys?one=1":  nodetest.JSON(`{"id":"ak1"}`),
		"POST /access_keys":       {Status: 201, Body: `{"id":"k","secret":"s"}`},
		"GET /access_keys/self":   nodetest.JSON(`{"id":"ak1"}`),
		"GET /access_keys/ak1":    nodetest.JSON(`{"id":"ak1","root_file_id":"1"}`),
		"PUT /access_keys/ak1":    {Status: 204},
		"DELETE /access_keys/ak1": {Status: 204},
		"DELETE /access_keys/ak2": {Status: 204},
	}
	k1, k2 := record.New("id", "k"), record.New("storage", record.New("type", "local"))
	for _, c := range []struct {
		name, words   string
		args, options values
		kind          sdk.ResultKind
		want, err     string
		calls         []string
	}{
		{"list", "list", nil, nil, sdk.ResultList, `[{"id":"ak1"},{"id":"ak2"}]`, "", []string{"GET /access_keys"}},
		{"list nothing", "list", nil, values{"query": record.New("none", 1)}, sdk.ResultEmpty, `[]`, "", []string{"GET /access_keys?none=1"}},
		{"list one", "list", nil, values{"query": record.New("one", 1)}, sdk.ResultObject, `[{"id":"ak1"}]`, "", []string{"GET /access_keys?one=1"}},
		{"create", "create", values{"data": k1}, nil, sdk.ResultObject, `[{"id":"k","secret":"s","status":"created"}]`, "", []string{`POST /access_keys {"id":"k"}`}},
		{"create several", "create", values{"data": []any{k1, k2}}, values{"bulk": true}, sdk.ResultList,
			`[{"id":"k","secret":"s","status":"created"},{"id":"k","secret":"s","status":"created"}]`, "",
			[]string{`POST /access_keys {"id":"k"}`, `POST /access_keys {"storage":{"type":"local"}}`}},
		{"create one as several", "create", values{"data": k1}, values{"bulk": true}, 0, `[]`, "Argument parameters for create (Array) is a Hash but must be Array", []string{}},
		{"show self", "show", values{"id": "self"}, nil, sdk.ResultObject, `[{"id":"ak1"}]`, "", []string{"GET /access_keys/self"}},
		{"show by selector", "show", values{"id": "%id:self"}, nil, sdk.ResultObject, `[{"id":"ak1","root_file_id":"1"}]`, "",
			[]string{"GET /access_keys/self", "GET /access_keys/ak1"}},
		{"other selector", "show", values{"id": "%id:x"}, nil, 0, `[]`, "only selector: %id:self", []string{}},
		{"modify", "modify", values{"id": "ak1", "data": k2}, nil, sdk.ResultStatus, `["modified"]`, "", []string{`PUT /access_keys/ak1 {"storage":{"type":"local"}}`}},
		{"modify a property", "modify", values{"id": "ak1", "data": "x"}, values{"property": "secret"}, sdk.ResultStatus, `["modified"]`, "",
			[]string{`PUT /access_keys/ak1 {"secret":"x"}`}},
		{"modify with a text", "modify", values{"id": "ak1", "data": "x"}, nil, 0, `[]`, "Argument parameters for modify (Hash) is a String but must be Hash", []string{}},
		{"delete", "delete", values{"ids": []any{"%id:self"}}, nil, sdk.ResultObject, `[{"id":"ak1","status":"deleted"}]`, "",
			[]string{"GET /access_keys/self", "DELETE /access_keys/ak1"}},
		{"delete several", "delete", values{"ids": []any{"ak1", "ak2"}}, values{"bulk": true}, sdk.ResultList,
			`[{"id":"ak1","status":"deleted"},{"id":"ak2","status":"deleted"}]`, "", []string{"DELETE /access_keys/ak1", "DELETE /access_keys/ak2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := nodetest.Serve(t, script)
			out := sdktest.Run(t, plugin(server.URL), "access_keys "+c.words, c.args, c.options, sdktest.Host{})
			check(t, out, c.want, c.err)
			if calls := server.Calls(); out.Kind != c.kind || !slices.Equal(calls, c.calls) {
				t.Errorf("kind %v, calls %q", out.Kind, calls)
			}
		})
	}
}

func TestSetBearerKey(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(&key.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	public := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	private := string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
	put := `PUT /access_keys/ak1 ` + jsonText(record.New("token_verification_key", public))
	for _, c := range []struct {
		name, id, key string
		err           string
		calls         []string
	}{
		{"private key of self", "self", private, "", []string{"GET /access_keys/self", put}},
		{"public key of a selector", "%id:self", public, "", []string{"GET /access_keys/self", put}},
		{"another key without a look", "ak1", public, "", []string{put}},
		{"path for a key", "self", "my_private_key", "the value is not an RSA key in PEM format", []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := nodetest.Serve(t, nodetest.Script{"GET /access_keys/self": nodetest.JSON(`{"id":"ak1"}`), "PUT /access_keys/ak1": {Status: 204}})
			out := sdktest.Run(t, plugin(server.URL), "access_keys set_bearer_key", values{"id": c.id, "key": c.key}, nil, sdktest.Host{})
			want := `["public key updated"]`
			if c.err != "" {
				want = `[]`
			}
			check(t, out, want, c.err)
			if calls := server.Calls(); !slices.Equal(calls, c.calls) {
				t.Errorf("calls %s", strings.Join(calls, "\n"))
			}
		})
	}
}
