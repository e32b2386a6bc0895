package contract_test

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ascli-go/ascli/testscripts/contract"
)

var open = sync.OnceValues(func() (*contract.Document, error) {
	folder, err := contract.Folder("../..")
	if err != nil {
		return nil, err
	}
	return contract.Open(folder)
})

func document(t *testing.T) *contract.Document {
	t.Helper()
	d, err := open()
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the OpenAPI document of the Node API is not here; $ASCLI_OPENAPI can name its folder")
	} else if err != nil {
		t.Fatal(err)
	}
	return d
}

// exchange is what a client that knows its password said and got. head is
// "METHOD path".
func exchange(head, body string, status int, answer string) contract.Exchange {
	method, path, _ := strings.Cut(head, " ")
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	request.SetBasicAuth("me", "secret")
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	response := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(answer)), Request: request}
	if answer != "" {
		response.Header.Set("Content-Type", "application/json")
	}
	return contract.Exchange{Request: request, RequestBody: []byte(body), Answer: response, AnswerBody: []byte(answer)}
}

func TestJudge(t *testing.T) {
	const missing = `{"error":{"code":404,"reason":"Not Found","user_message":"no"}}`
	tests := []struct {
		name   string
		heard  contract.Exchange
		broken []string
	}{
		{"what the document says", exchange("GET /files/1/files?per_page=10", "", 200, `[{"id":"1","name":"a","type":"file"}]`), nil},
		{"an error it lists", exchange("GET /files/1", "", 404, missing), nil},
		{"type in an answer", exchange("GET /files/1/files", "", 200, `[{"id":"1"},{"id":2}]`), []string{"answer GET /files/{id}/files body[].id type 2"}},
		{"property in an answer", exchange("GET /info", "", 200, `{"colour":"red"}`), []string{`answer GET /info body.colour undeclared "red"`}},
		{"property in a request", exchange("POST /files/browse", `{"path":"/","depth":{"a":1}}`, 200, `{}`),
			[]string{`request POST /files/browse body.depth undeclared {"a":1}`}},
		{"query of a request", exchange("GET /permissions?include[]=a&per_page=x", "", 200, `[]`),
			[]string{"answer GET /permissions body type []", "request GET /permissions query per_page "}},
		{"body of a request is missing", exchange("POST /files/delete", "", 200, `{"paths":[]}`),
			[]string{"request POST /files/delete requestBody contentType "}},
		{"what the server refused is not the client's fault", exchange("POST /files/delete", "", 400, missing), nil},
		{"status", exchange("POST /files/browse", `{"path":"/"}`, 418, missing), []string{"answer POST /files/browse status 418 "}},
		{"shape of an error that is not listed", exchange("POST /files/browse", `{"path":"/"}`, 418, `{"error":{"code":"x"}}`),
			[]string{"answer POST /files/browse body.error.code type \"x\"", "answer POST /files/browse status 418 "}},
		{"cancel is listed as delete", exchange("CANCEL /ops/transfers/1", "", 204, ""), nil},
		{"path", exchange("GET /async/list", "", 200, "{}"), []string{"request GET /async/list undocumented "}},
		{"path like a file id", exchange("POST /files/sync_setup", "{}", 200, "{}"), []string{"request POST /files/sync_setup undocumented "}},
		{"encoded path", exchange("GET /files/%2Fa%2Fb/contents", "", 404, missing), nil},
	}
	d := document(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			judge := contract.NewJudge(d, nil)
			judge.Hear(test.heard)
			var got []string
			for _, v := range judge.Broken() {
				got = append(got, strings.Join([]string{string(v.Side), v.Method, v.Path, v.Rule, v.Value}, " "))
			}
			if !slices.Equal(got, test.broken) {
				t.Errorf("broken:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(test.broken, "\n"))
			}
		})
	}
}

func TestDeviations(t *testing.T) {
	deviations := []contract.Deviation{
		{Side: contract.Request, Method: "GET", Path: "/async/*", Rule: "undocumented"},
		{Side: contract.Answer, Method: "*", Path: "*", Rule: "body.col*"},
		{Side: contract.Request, Method: "POST", Path: "/async/*", Rule: "undocumented"},
	}
	judge := contract.NewJudge(document(t), deviations)
	judge.Hear(exchange("GET /async/list", "", 200, "{}"))
	judge.Hear(exchange("GET /info", "", 200, `{"colour":1}`))
	if broken := judge.Broken(); len(broken) != 0 {
		t.Errorf("broken: %v", broken)
	}
	if unmet := judge.Unmet(); !slices.Equal(unmet, deviations[2:]) {
		t.Errorf("unmet: %v", unmet)
	}
}

func TestViolationsShowNoSecrets(t *testing.T) {
	judge := contract.NewJudge(document(t), nil)
	judge.Hear(exchange("POST /files/browse?iteration_token=hush1&a=b", `{"path":"/","z":{"user":"u","password":"hush2"},"secret":"hush3"}`, 200, `{}`))
	var text strings.Builder
	for _, v := range judge.Broken() {
		text.WriteString(v.String())
	}
	if got := text.String(); strings.Contains(got, "hush") || !strings.Contains(got, `"user":"u"`) || !strings.Contains(got, "a=b") {
		t.Errorf("shown:\n%s", got)
	}
}
