package testscripts

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/testscripts/contract"
)

// caller is who sends a request.
type caller string

const (
	nobody    caller = ""
	wrong     caller = "wrong"
	nodeUser  caller = "sandbox_node"
	accessKey caller = "sandbox_ak"
	bearer    caller = "Bearer zork"
)

// TestNodeRefusals asks the sandbox for what it must not give: status and body
// are those of the contract.
func TestNodeRefusals(t *testing.T) {
	if shared.hearing == nil {
		t.Skip("the OpenAPI document of the Node API is not here; $ASCLI_OPENAPI can name its folder")
	}
	folder := filepath.Join(shared.sandbox.Files, "refusals")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder)
	judge := contract.NewJudge(shared.hearing.document, contract.NodeDeviations())
	tests := []struct {
		name   string
		by     caller
		line   string
		body   string
		status int
	}{
		{"no credentials", nobody, "GET /info", "", 401},
		{"wrong secret", wrong, "POST /files/browse", `{"path":"/"}`, 401},
		{"no JSON", nodeUser, "POST /files/browse", `{"path":`, 400},
		{"wrong type", nodeUser, "POST /files/browse", `{"path":1}`, 400},
		{"empty body", nodeUser, "POST /files/create", ``, 400},
		{"no transfer requests", nodeUser, "POST /files/download_setup", `{}`, 400},
		{"no such folder", nodeUser, "POST /files/browse", `{"path":"/none"}`, 404},
		{"above the root", nodeUser, "POST /files/browse", `{"path":"/../x"}`, 403},
		{"no such file", nodeUser, "GET /files/%2Fnone/contents", "", 404},
		{"contents of a folder", nodeUser, "GET /files/%2Frefusals/contents", "", 400},
		{"file id by a node user", nodeUser, "GET /files/1", "", 403},
		{"key without storage", nodeUser, "POST /access_keys", `{"id":"nostorage"}`, 400},
		{"key that exists", nodeUser, "POST /access_keys", `{"id":"ACCESS_KEY","secret":"s","storage":{"type":"local","path":"/"}}`, 409},
		{"no such key", accessKey, "GET /access_keys/none", "", 404},
		{"change no such key", accessKey, "PUT /access_keys/none", `{"secret":"x"}`, 404},
		{"delete no such key", accessKey, "DELETE /access_keys/none", "", 404},
		{"no such file id", accessKey, "GET /files/999999", "", 404},
		{"list no such file id", accessKey, "GET /files/999999/files", "", 404},
		{"content of a folder", accessKey, "GET /files/1/content", "", 400},
		{"page without size", accessKey, "GET /files/1/files?page=1", "", 400},
		{"rename no such file id", accessKey, "PUT /files/999999", `{"name":"x"}`, 404},
		{"delete no such file id", accessKey, "DELETE /files/999999", "", 404},
		{"create below no such file id", accessKey, "POST /files/999999/files", `{"name":"x","type":"folder"}`, 404},
		{"transfer without direction", accessKey, "POST /ops/transfers", `{"remote_host":"127.0.0.1","paths":[{"source":"x"}]}`, 400},
		{"transfer without host", accessKey, "POST /ops/transfers", `{"direction":"send","paths":[{"source":"x"}]}`, 400},
		{"no such transfer", accessKey, "GET /ops/transfers/none", "", 404},
		{"change no such transfer", accessKey, "PUT /ops/transfers/none", `{"target_rate_kbps":1}`, 404},
		{"cancel no such transfer", accessKey, "CANCEL /ops/transfers/none", "", 404},
		{"list of no direction", accessKey, "GET /ops/transfers?direction=up", "", 400},
		{"no such permission", accessKey, "GET /permissions/999999", "", 404},
		{"delete no such permission", accessKey, "DELETE /permissions/999999", "", 404},
		{"permission of no type", accessKey, "POST /permissions", `{"file_id":"1","access_id":"u","access_levels":["list"]}`, 400},
		{"permission on no such file", accessKey, "POST /permissions", `{"file_id":"999999","access_type":"user","access_id":"u","access_levels":["list"]}`, 404},
		{"permissions by a node user", nodeUser, "GET /permissions", "", 403},
		{"no such event", accessKey, "GET /events/999999", "", 404},
		{"usage of no such key", accessKey, "GET /usage/none", "", 404},
		{"token that is none", bearer, "GET /files/1", "", 401},
		{"create of no type", accessKey, "POST /files/1/files", `{"name":"x"}`, 400},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			method, path, _ := strings.Cut(test.line, " ")
			x := ask(t, test.by, method, path, strings.ReplaceAll(test.body, "ACCESS_KEY", preset(t, shared.sandbox, "sandbox_ak", "username")))
			if x.Answer.StatusCode != test.status {
				t.Errorf("status = %d, want %d; body %s", x.Answer.StatusCode, test.status, x.AnswerBody)
			}
			judge.Hear(x)
		})
	}
	for _, v := range judge.Broken() {
		t.Errorf("the contract of the Node API is broken:\n%s", v)
	}
}

// ask sends a request to the sandbox itself. header holds pairs of name and value.
func ask(t *testing.T, by caller, method, path, body string, header ...string) contract.Exchange {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, shared.hearing.direct+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	switch by {
	case nobody:
	case bearer:
		request.Header.Set("Authorization", string(by))
		request.Header.Set("X-Aspera-AccessKey", preset(t, shared.sandbox, "sandbox_ak", "username"))
	case wrong:
		request.SetBasicAuth(preset(t, shared.sandbox, "sandbox_node", "username"), "wrong")
	default:
		request.SetBasicAuth(preset(t, shared.sandbox, string(by), "username"), preset(t, shared.sandbox, string(by), "password"))
	}
	for pair := range slices.Chunk(header, 2) {
		request.Header.Set(pair[0], pair[1])
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: shared.hearing.trust, DisableKeepAlives: true}}
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body = io.NopCloser(bytes.NewReader(got))
	return contract.Exchange{Request: request, RequestBody: []byte(body), Answer: answer, AnswerBody: got}
}
