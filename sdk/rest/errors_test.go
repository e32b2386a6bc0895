package rest_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/rest"
)

// Each rule of spec/cli.md 7.3. HOST stands for the address of the server.
func TestErrorMessage(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		answer string
		want   []string
	}{
		{"orchestrator", 404, `{"work_order":{"statusDetails":"SD"},"missing_parameters":["a"]}`,
			[]string{"SD", "missing parameter: a", "HOST 404 Not Found"}},
		{"GraphQL, even with 200", 200, `{"errors":[{"message":"M1"},{"message":2},{"message":"M3"}]}`, []string{"M1", "M3"}},
		{"Faspex 4", 400, `{"user_message":"UM","code":5,"rate":1.5,"list":[]}`, []string{"UM", "code: 5", "HOST 400 Bad Request"}},
		{"IBM Cloud IAM", 400, `{"errorCode":"BXN","errorMessage":"EM"}`, []string{"EM", "errorCode: BXN", "HOST 400 Bad Request"}},
		{"transfer setup", 200, `{"transfer_specs":[{"transfer_spec":{"error":{"code":404,"reason":"Not found","user_message":"No such path"}}}]}`,
			[]string{"404: Not found: No such path"}},
		{"transfer setup, error beside", 200, `{"transfer_specs":[{"error":{"code":403,"user_message":"no"}},{"transfer_spec":{}}]}`,
			[]string{"403: no"}},
		{"Shares", 422, `{"errors":{"a":["b","c"],"d":"e"}}`, []string{`a: ["b", "c"]`, "d: e", "HOST 422 Unprocessable Entity"}},
		{"OAuth", 404, `{"error_description":"ED","error":"ERR"}`,
			[]string{"ERR", "error_description: ED", "ED", "error: ERR", "HOST 404 Not Found"}},
		{"failure, even with 200", 200, `{"failure":"F","n":1}`, []string{"F", "n: 1"}},
		{"message", 500, `{"message":"M","x":"y"}`, []string{"M", "x: y", "HOST 500 Internal Server Error"}},
		{"Faspex 4 internal", 404, `{"error":{"internal_message":"IM","user_message":"UM"}}`,
			[]string{"IM", "user_message: UM", "UM", "internal_message: IM", "HOST 404 Not Found"}},
		{"description", 404, `{"error":{"description":"D","code":"c"}}`, []string{"D", "code: c", "HOST 404 Not Found"}},
		{"node, even with 200", 200, `{"error":{"user_message":"UM","code":"x"}}`, []string{"UM", "code: x"}},
		{"node", 404, `{"error":{"code":404,"reason":"Not Found","user_message":"File not found 999"}}`,
			[]string{"File not found 999", "code: 404", "reason: Not Found", "HOST 404 Not Found"}},
		{"no rule", 403, `{}`, []string{"HOST 403 Forbidden"}},
		{"array", 409, `[1]`, []string{"HOST 409 Conflict"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := answering(t, c.status, "application/json; charset=utf-8", c.answer)
			_, err := client(t, server, nil).Get(t.Context(), "x", nil)
			want := strings.ReplaceAll(strings.Join(c.want, "\n"), "HOST", strings.TrimPrefix(server.URL, "http://"))
			checkFailure(t, err, failure.Rest, "", want)
			var e *rest.Error
			if !errors.As(err, &e) || e.Status != c.status || e.Method != "GET" || e.Path != "/x" {
				t.Errorf("no *rest.Error of this call in %#v", err)
			}
		})
	}
}

func TestNoError(t *testing.T) {
	for _, c := range []struct{ name, answer string }{
		{"login of Shares", `{"errors":{},"min_connect_version":"3"}`},
		{"user_message with 200", `{"user_message":"hello"}`},
		{"error text with 200", `{"error":"x"}`},
		{"message with 200", `{"message":"x"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := client(t, answering(t, 200, "application/json", c.answer), nil).Get(t.Context(), "x", nil); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestUnusableAnswers(t *testing.T) {
	for _, c := range []struct {
		name              string
		status            int
		kind, body, label string
		want              string
	}{
		{"HTML error page", 502, "text/html", "<html>Bad gateway", "Rest", "HOST 502 Bad Gateway"},
		{"HTML page", 200, "text/html; charset=utf-8", "<html>Welcome", "Other", "GET http://HOST/x: expecting an object in JSON, got text/html"},
		{"JSON that does not say so", 200, "text/plain", `{"a":1}`, "Other", "GET http://HOST/x: expecting an object in JSON, got text/plain"},
		{"JSON error that does not say so", 404, "text/html", `{"error":{"user_message":"x"}}`, "Rest", "HOST 404 Not Found"},
		{"truncated JSON", 200, "application/json", `{"a":`, "Other", "GET http://HOST/x: the answer is not valid JSON: unexpected EOF"},
		{"truncated JSON of an error", 500, "application/json", `{"a":`, "Rest", "HOST 500 Internal Server Error"},
		{"array for an object", 200, "application/json", `[]`, "Other", "GET http://HOST/x: expecting an object in JSON, got Array"},
		{"nothing", 200, "", ``, "Other", "GET http://HOST/x: expecting an object in JSON, got text/plain"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := answering(t, c.status, c.kind, c.body)
			answer, err := client(t, server, nil).Get(t.Context(), "x", nil)
			if err == nil {
				_, err = answer.Object()
			}
			e := failure.As(err)
			want := strings.ReplaceAll(c.want, "HOST", strings.TrimPrefix(server.URL, "http://"))
			if e == nil || string(e.Label) != c.label || e.Message != want {
				t.Errorf("got %v (%#v), want %s", err, e, want)
			}
		})
	}
}

// Some servers glue the head of another answer to the body (spec/plugins/node.md 19).
func TestGluedAnswerIsCut(t *testing.T) {
	server := answering(t, 200, "application/json", "{\"id\":\"1\"}HTTP/1.1 400 Bad Request\r\n\r\n")
	answer, err := client(t, server, nil).Get(t.Context(), "x", nil)
	if err != nil {
		t.Fatal(err)
	}
	if o, err := answer.Object(); err != nil || o.Text("id") != "1" {
		t.Errorf("got %v, %v", answer.Value, err)
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	calls := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls++
		http.Redirect(w, r, "https://elsewhere.example.com/login?token=s3cret", http.StatusFound)
	}))
	defer server.Close()
	_, err := client(t, server, nil).Get(t.Context(), "x", nil)
	checkFailure(t, err, failure.Rest, "", strings.TrimPrefix(server.URL, "http://")+" 302 Found")
	if calls != 1 {
		t.Errorf("%d calls", calls)
	}
	if hints := fmt.Sprint(failure.As(err).Hints); !strings.Contains(hints, "https://elsewhere.example.com/login:") {
		t.Errorf("hints %s", hints)
	}
}

// FuzzAnswer lets a server answer anything: the client must give a value or an
// error with a message.
func FuzzAnswer(f *testing.F) {
	f.Add(404, "application/json", []byte(`{"error":{"internal_message":"IM","user_message":["x"]}}`))
	f.Add(200, "application/json; charset=", []byte(`{"transfer_specs":[{"error":1},2,{"transfer_spec":{"error":{}}}]}`))
	f.Add(302, "TEXT/HTML; a", []byte(`{"work_order":{},"missing_parameters":[null],"errors":[{"message":1},3]}`))
	f.Add(200, "application/vnd.api+json", []byte(`{"errors":{"a":null,"b":{"c":[1.0]}},"failure":""}`))
	session, err := rest.NewSession(map[string]any{"http_options": parse(f, `{"retry_max":0}`)}, nil)
	if err != nil {
		f.Fatal(err)
	}
	type reply struct {
		status int
		kind   string
		body   []byte
	}
	replies := make(chan reply, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		r := <-replies
		w.Header().Set("Content-Type", r.kind)
		w.WriteHeader(r.status)
		// A body that the status does not allow is not sent.
		_, _ = w.Write(r.body)
	}))
	f.Cleanup(server.Close)
	api, err := session.Client(server.URL, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, status int, kind string, body []byte) {
		if status < 200 || status > 599 || strings.ContainsAny(kind, "\r\n\x00") {
			t.Skip()
		}
		replies <- reply{status, kind, body}
		answer, err := api.Get(t.Context(), "x", nil)
		if (answer == nil) == (err == nil) {
			t.Fatalf("answer %v and error %v", answer, err)
		}
		if err != nil && failure.As(err) == nil {
			t.Errorf("error without label: %v", err)
		}
	})
}

func answering(t testing.TB, status int, kind, body string) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		// nil keeps the server from guessing a type.
		w.Header()["Content-Type"] = nil
		if kind != "" {
			w.Header().Set("Content-Type", kind)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}))
	t.Cleanup(server.Close)
	return server
}

func client(t testing.TB, server *httptest.Server, options map[string]any) *rest.Client {
	t.Helper()
	return clientAt(t, server.URL, options)
}

func clientAt(t testing.TB, address string, options map[string]any) *rest.Client {
	t.Helper()
	session, err := rest.NewSession(options, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	api, err := session.Client(address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func checkFailure(t *testing.T, err error, label failure.Label, kind, message string) {
	t.Helper()
	e := failure.As(err)
	if e == nil {
		t.Fatalf("no labelled error: %v", err)
	}
	if e.Label != label || e.Kind != kind {
		t.Errorf("label %s(%s), want %s(%s)", e.Label, e.Kind, label, kind)
	}
	if err.Error() != message {
		t.Errorf("message %q, want %q", err, message)
	}
}
