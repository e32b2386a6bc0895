package testscripts

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
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

// ask sends a request to the sandbox itself.
func ask(t *testing.T, by caller, method, path, body string) contract.Exchange {
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
	case wrong:
		request.SetBasicAuth(preset(t, shared.sandbox, "sandbox_node", "username"), "wrong")
	default:
		request.SetBasicAuth(preset(t, shared.sandbox, string(by), "username"), preset(t, shared.sandbox, string(by), "password"))
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
