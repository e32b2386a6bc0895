package node_test

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/plugins/node"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/node/nodetest"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sdktest"
)

// script is a node with access key ak1: root 1 = {dirA = {f}, f1.txt}.
func script() nodetest.Script {
	return nodetest.Script{
		"GET /access_keys/self":  nodetest.JSON(`{"id":"ak1","root_file_id":"1"}`),
		"GET /access_keys/ak1":   nodetest.JSON(`{"id":"ak1","root_file_id":"1"}`),
		"GET /access_keys/other": nodetest.JSON(`{"id":"other","root_file_id":"1"}`),
		"GET /access_keys/odd":   nodetest.JSON(`{"id":"odd","root_file_id":5}`),
		"GET /files/1/files":     nodetest.JSON(`[{"id":"2","name":"dirA","type":"folder"},{"id":"3","name":"f1.txt","type":"file"}]`),
		"GET /files/2/files":     nodetest.JSON(`[{"id":"4","name":"f","type":"file"}]`),
		"GET /files/1":           nodetest.JSON(`{"id":"1","type":"folder"}`),
		"GET /files/2":           nodetest.JSON(`{"id":"2","name":"dirA","type":"folder"}`),
		"POST /files/2/files":    nodetest.JSON(`{"id":"9","name":"n"}`),
		"POST /files/browse":     nodetest.JSON(`{"self":{"type":"directory"},"items":[],"total_count":0}`),
		"PUT /files/4":           {Status: http.StatusNoContent},
		"DELETE /files/4":        {Status: http.StatusNoContent},
		"GET /info":              nodetest.JSON(`{"transfer_user":"xfer","settings":[{"name":"wss_enabled","value":true},{"name":"wss_port","value":9093}]}`),
	}
}

type values = map[string]any

func run(t *testing.T, server *nodetest.Server, words string, args, options values, host sdktest.Host) *sdktest.Outcome {
	t.Helper()
	all := values{"url": server.URL, "username": "ak1", "password": "sec"}
	for name, v := range options {
		all[name] = v
	}
	return sdktest.Run(t, node.Plugin(), words, args, all, host)
}

// The request sequences of spec/plugins/node.md S9.
func TestSequences(t *testing.T) {
	const (
		self  = "GET /access_keys/self"
		list1 = "GET /files/1/files?per_page=1000"
		list2 = "GET /files/2/files?per_page=1000"
	)
	on := func(key string, more values) values {
		args := values{"access_key": key}
		for name, v := range more {
			args[name] = v
		}
		return args
	}
	for _, c := range []struct {
		name, words   string
		args, options values
		calls         []string
	}{
		{"browse", "browse", values{"path": "/"}, nil, []string{`POST /files/browse {"count":1000,"path":"/"}`}},
		{"browse a page", "browse", values{"path": "/"}, values{"query": record.New("skip", 1, "count", 1)},
			[]string{`POST /files/browse {"skip":1,"count":1,"path":"/"}`}},
		{"gen4 browse root", "access_keys do browse", on("self", values{"path": "/"}), nil, []string{self, "GET /files/1", list1}},
		{"gen4 browse folder", "access_keys do browse", on("self", values{"path": "/dirA"}), nil, []string{self, list1, "GET /files/2", list2}},
		{"gen4 browse below root_id", "access_keys do browse", on("self", values{"path": "/"}), values{"root_id": "2"}, []string{"GET /files/2", list2}},
		{"gen4 browse as 4.21", "access_keys do browse", on("self", values{"path": "/"}), values{"node_api": record.New("accept_v4", false)},
			[]string{self, "GET /files/1", "GET /files/1/files"}},
		{"find", "access_keys do find", on("self", values{"path": "/"}), nil, []string{self, list1, list2}},
		{"show", "access_keys do show", on("self", values{"path": "/dirA"}), nil, []string{self, list1, "GET /files/2"}},
		{"mkdir", "access_keys do mkdir", on("self", values{"path": "/dirA/n"}), nil, []string{self, list1, `POST /files/2/files {"name":"n","type":"folder"}`}},
		{"rename", "access_keys do rename", on("self", values{"path": "/dirA/f", "name": "zz"}), nil, []string{self, list1, list2, `PUT /files/4 {"name":"zz"}`}},
		{"delete", "access_keys do delete", on("self", values{"paths": []any{"/dirA/f"}}), nil, []string{self, list1, list2, "DELETE /files/4"}},
		{"delete by id", "access_keys do delete", on("self", values{"paths": []any{"%id:4"}}), nil, []string{self, "DELETE /files/4"}},
		{"id of one's own key", "access_keys do show", on("%id:self", values{"path": "/dirA"}), values{}, []string{self, "GET /access_keys/ak1", list1, "GET /files/2"}},
		{"by path with the credentials of a key", "access_keys do v3 info", on("self", nil), nil, []string{self, "GET /info"}},
		{"a key of a key", "access_keys do v3 access_keys do show", on("self", values{"inner_access_key": "self", "path": "%id:2"}), nil,
			[]string{self, self, "GET /files/2"}},
		{"upload", "access_keys do upload", on("self", values{"files": []any{record.New("source", "k.pem")}}), values{"to_folder": "/dirA"},
			[]string{self, list1, "GET /info"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := nodetest.Serve(t, script())
			out := run(t, server, c.words, c.args, c.options, sdktest.Host{Secrets: map[string]string{"ak1@" + server.URL: "sec"}})
			if out.Err != nil {
				t.Error(out.Err)
			}
			if got := server.Calls(); !slices.Equal(got, c.calls) {
				t.Errorf("calls\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.calls, "\n"))
			}
			// Calls one after the other share a connection.
			if n := server.Connections(); n != 1 {
				t.Errorf("%d connections", n)
			}
		})
	}
}

// The captured example of spec/plugins/node.md 8.3.
func TestUploadSpec(t *testing.T) {
	server := nodetest.Serve(t, script())
	out := run(t, server, "access_keys do upload", values{"access_key": "self", "files": []any{record.New("source", "k.pem")}},
		values{"to_folder": "/dirA"}, sdktest.Host{})
	if out.Err != nil || len(out.Transfers) != 1 {
		t.Fatalf("%+v", out)
	}
	const want = `{"direction":"send","token":"Basic YWsxOnNlYw==","tags":{"aspera":{"node":{"access_key":"ak1","file_id":"2"}}},` +
		`"remote_user":"xfer","ssh_port":33001,"fasp_port":33001,"remote_host":"127.0.0.1","wss_enabled":true,"wss_port":9093}`
	if got := string(record.JSON(out.Transfers[0].Spec)); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestOtherAccessKey(t *testing.T) {
	server := nodetest.Serve(t, script())
	args := values{"access_key": "other", "path": "/"}
	out := run(t, server, "access_keys do browse", args, nil, sdktest.Host{Secrets: map[string]string{"other@" + server.URL: "foo"}})
	if out.Err != nil {
		t.Fatal(out.Err)
	}
	users := []string{"ak1:sec", "other:foo", "other:foo"}
	for i, header := range server.Headers() {
		if want := "Basic " + base64.StdEncoding.EncodeToString([]byte(users[i])); header.Get("Authorization") != want {
			t.Errorf("request %d with %s", i, header.Get("Authorization"))
		}
	}

	out = run(t, server, "access_keys do browse", args, nil, sdktest.Host{})
	want := "Please provide secret for other using option: secret or by setting a preset for other@" + server.URL + "."
	if out.Err == nil || out.Err.Error() != want {
		t.Errorf("got %v, want %s", out.Err, want)
	}
}

func TestBearerPassword(t *testing.T) {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write([]byte("{\"scope\":\"node.ak7:user:all\"}\n==SIGNATURE==\nx\n")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	password := "Bearer " + base64.StdEncoding.EncodeToString(b.Bytes())
	server := nodetest.Serve(t, script())
	out := run(t, server, "access_keys do browse", values{"access_key": "self", "path": "/"},
		values{"password": password, "username": nil, "root_id": "1"}, sdktest.Host{})
	if out.Err != nil {
		t.Fatal(out.Err)
	}
	if got := server.Calls(); !slices.Equal(got, []string{"GET /files/1", "GET /files/1/files?per_page=1000"}) {
		t.Errorf("calls %q", got)
	}
	for _, header := range server.Headers() {
		if header.Get("Authorization") != password || header.Get("X-Aspera-AccessKey") != "ak7" {
			t.Errorf("headers %v", header)
		}
	}
}

func TestRefusals(t *testing.T) {
	server := nodetest.Serve(t, script())
	for _, c := range []struct {
		name, words   string
		args, options values
		label         failure.Label
		want          string
	}{
		{"unknown file", "access_keys do show", values{"access_key": "self", "path": "%id:999"}, nil, failure.Rest,
			"not in the script\ncode: 404\nreason: Not Found\n" + strings.TrimPrefix(server.URL, "http://") + " 404 Not Found"},
		{"no user", "info", nil, values{"username": nil}, failure.Argument, "Missing mandatory option: username"},
		{"no password", "info", nil, values{"password": nil}, failure.Argument, "Missing mandatory option: password"},
		{"JWT as password", "info", nil, values{"password": "Bearer a.b.c"}, failure.Argument,
			"option password is not a node bearer token: illegal base64 data at input byte 1"},
		{"selector", "access_keys do show", values{"access_key": "%name:x", "path": "/"}, nil, failure.Argument, "only selector: %id:self"},
		{"key without root", "access_keys do show", values{"access_key": "odd", "path": "/"}, nil, failure.Other, "access key odd has no root_file_id"},
		{"no URL", "info", nil, values{"url": "ftp://h"}, failure.Argument, "REST endpoint shall be http/s not ftp"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := run(t, server, c.words, c.args, c.options, sdktest.Host{})
			e := failure.As(out.Err)
			if e == nil || e.Label != c.label || e.Message != c.want {
				t.Errorf("got %v (%#v), want %s", out.Err, e, c.want)
			}
		})
	}
}

func TestDetect(t *testing.T) {
	p := node.Plugin()
	server := nodetest.Serve(t, nodetest.Script{"GET /ping": {}, "GET /web/ping": nodetest.JSON(`{"hello":1}`)})
	found, err := p.Detect(t.Context(), server.URL+"/", &sdk.Invocation{})
	if err != nil || *found != (sdk.Detection{Application: "HSTS Node API", URL: server.URL, Version: "requires authentication"}) {
		t.Errorf("got %+v, %v", found, err)
	}
	if auth := server.Headers()[0].Get("Authorization"); auth != "" {
		t.Errorf("credentials were sent: %s", auth)
	}
	for _, address := range []string{server.URL + "/web", server.URL + "/none"} {
		if found, err := p.Detect(t.Context(), address, &sdk.Invocation{}); err == nil {
			t.Errorf("%s: detected %+v", address, found)
		}
	}
}

func TestWizard(t *testing.T) {
	preset, err := node.Plugin().Wizard(t.Context(), "https://h:9092", &sdk.Invocation{Options: values{"username": "u", "password": "p"}})
	if err != nil {
		t.Fatal(err)
	}
	want := []sdk.PresetOption{{Name: "url", Value: "https://h:9092"}, {Name: "username", Value: "u"}, {Name: "password", Value: "p"}}
	if !slices.Equal(preset.Options, want) || preset.TestCommand != "info" {
		t.Errorf("got %+v", preset)
	}
}
