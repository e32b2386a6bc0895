package nodeapi_test

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sandbox/grant"
)

type setupAnswer struct {
	TransferSpecs []struct {
		TransferSpec map[string]any `json:"transfer_spec"`
		Error        *failure
	} `json:"transfer_specs"`
}

func (n *testNode) setup(route, request string) setupAnswer {
	n.Helper()
	var got setupAnswer
	n.call(asUser, "POST", "/files/"+route, `{"transfer_requests":[{"transfer_request":`+request+`}]}`).is(200).into(&got)
	return got
}

func TestDownloadSetup(t *testing.T) {
	n := newNode(t)
	n.put("a/f", "x")
	spec := n.setup("download_setup", `{"paths":[{"source":"/a/f"}]}`).TransferSpecs[0].TransferSpec
	token, _ := spec["token"].(string)
	delete(spec, "token")
	want := map[string]any{
		"paths": []any{map[string]any{"source": "/a/f"}}, "source_root": "", "destination_root": "",
		"direction": "receive", "cipher": "aes-128", "rate_policy_allowed": "fixed", "rate_policy": "fair",
		"target_rate_kbps": 10000000.0, "min_rate_kbps": 0.0, "remote_host": "127.0.0.1", "remote_user": "xfer",
		"ssh_port": float64(sshPort), "fasp_port": float64(sshPort), "http_fallback": false,
		"wss_enabled": false, "wss_port": 443.0,
	}
	if !reflect.DeepEqual(spec, want) {
		t.Errorf("spec = %v, want %v", spec, want)
	}
	got, err := n.world.AuthorizeToken(token, nil, grant.Receive)
	if err != nil || !reflect.DeepEqual(got.Sources, []string{"/a/f"}) || filepath.Base(got.Root) != "files" {
		t.Errorf("grant = %+v, %v", got, err)
	}
}

func TestDownloadSetupWithSourceRoot(t *testing.T) {
	n := newNode(t)
	n.put("a/b/f", "x")
	spec := n.setup("download_setup", `{"source_root":"/a","paths":[{"source":"b/f","destination":"g"}]}`).TransferSpecs[0].TransferSpec
	got, err := n.world.AuthorizeToken(spec["token"].(string), nil, grant.Receive)
	if err != nil || !reflect.DeepEqual(got.Sources, []string{"/a/b/f"}) || spec["source_root"] != "/a" {
		t.Errorf("grant = %+v, %v; spec %v", got, err, spec)
	}
}

func TestUploadSetup(t *testing.T) {
	n := newNode(t)
	tests := map[string]struct{ request, destination string }{
		"destination of the path":  {`{"paths":[{"destination":"/up"}]}`, "/up"},
		"destination root":         {`{"destination_root":"/root","paths":[{"source":"a","destination":"b"}]}`, "/root"},
		"whole root":               {`{"paths":[{"destination":"/"}]}`, "/"},
		"tags and cookie are kept": {`{"paths":[{"destination":"/up"}],"tags":{"a":1},"cookie":"c"}`, "/up"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			spec := n.in(t).setup("upload_setup", test.request).TransferSpecs[0].TransferSpec
			if spec["direction"] != "send" || spec["destination_root"] != test.destination {
				t.Errorf("spec = %v", spec)
			}
			got, err := n.world.AuthorizeToken(spec["token"].(string), nil, grant.Send)
			if err != nil || got.Destination != test.destination {
				t.Errorf("grant = %+v, %v", got, err)
			}
			if strings.Contains(test.request, "tags") && (spec["cookie"] != "c" || spec["tags"] == nil) {
				t.Errorf("spec = %v", spec)
			}
		})
	}
}

func TestRefusedSetupsAreInsideOf200(t *testing.T) {
	n := newNode(t)
	tests := map[string]struct {
		route, request string
		code           int
	}{
		"missing source":         {"download_setup", `{"paths":[{"source":"/a"}]}`, 404},
		"source outside":         {"download_setup", `{"paths":[{"source":"/../a"}]}`, 403},
		"source root outside":    {"download_setup", `{"source_root":"..","paths":[{"source":"a"}]}`, 403},
		"no source":              {"download_setup", `{"paths":[{}]}`, 400},
		"no paths":               {"download_setup", `{}`, 400},
		"destination outside":    {"upload_setup", `{"paths":[{"destination":"/.."}]}`, 403},
		"no destination":         {"upload_setup", `{"paths":[{"source":"a"}]}`, 400},
		"token of no life":       {"upload_setup", `{"paths":[{"destination":"/"}],"token_life_seconds":0}`, 400},
		"destination with NUL":   {"upload_setup", `{"paths":[{"destination":"\u0000"}]}`, 400},
		"one of several sources": {"download_setup", `{"paths":[{"source":"/"},{"source":"/a"}]}`, 404},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := n.in(t).setup(test.route, test.request).TransferSpecs[0]
			if got.Error == nil || got.Error.Code != test.code || got.TransferSpec != nil {
				t.Errorf("answer = %+v", got)
			}
		})
	}
}

func TestEachTransferRequestHasItsOwnAnswer(t *testing.T) {
	n := newNode(t)
	n.put("a", "x")
	var got setupAnswer
	n.call(asKey, "POST", "/files/download_setup", `{"transfer_requests":[
		{"transfer_request":{"paths":[{"source":"/nothing"}]}},{"transfer_request":{"paths":[{"source":"/a"}]}}]}`).is(200).into(&got)
	if len(got.TransferSpecs) != 2 || got.TransferSpecs[0].Error == nil || got.TransferSpecs[1].TransferSpec == nil {
		t.Errorf("answer = %+v", got)
	}
}
