package nodeapi_test

import (
	"crypto/ed25519"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/sandbox/grant"
)

func TestSyncSetup(t *testing.T) {
	n := newNode(t)
	n.put("remote/f", "x")
	both := []grant.Direction{grant.Send, grant.Receive}
	tests := map[string]struct {
		request     string
		directions  []grant.Direction
		destination string
		sources     []string
	}{
		"pull":                {`{"type":"sync_download","paths":[{"source":"/remote","destination":"/home/me"}]}`, both[1:], "", []string{"/remote"}},
		"push":                {`{"type":"sync_upload","paths":[{"source":"/home/me","destination":"/remote"}]}`, both[:1], "/remote", nil},
		"push of ascli 4.21":  {`{"type":"sync_upload","paths":[{"source":"/remote","destination":"/home/me"}]}`, both[:1], "/remote", nil},
		"push to a new one":   {`{"type":"sync_upload","paths":[{"source":"/home/me","destination":"/new"}]}`, both[:1], "/new", nil},
		"both ways":           {`{"type":"sync","paths":[{"source":"/home/me","destination":"/remote"}]}`, both, "/remote", []string{"/remote"}},
		"both ways, one path": {`{"type":"sync","paths":[{"source":"/remote"}]}`, both, "/remote", []string{"/remote"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			spec := n.in(t).setup("sync_setup", test.request).TransferSpecs[0].TransferSpec
			var asked struct {
				Type  string
				Paths any
			}
			if err := json.Unmarshal([]byte(test.request), &asked); err != nil {
				t.Fatal(err)
			}
			if spec["type"] != asked.Type || !reflect.DeepEqual(spec["paths"], asked.Paths) {
				t.Errorf("spec = %v", spec)
			}
			for _, direction := range both {
				got, err := n.world.AuthorizeToken(spec["token"].(string), nil, direction)
				if allowed := strings.Contains(directionsText(test.directions), string(direction)); allowed != (err == nil) {
					t.Errorf("%s: %v", direction, err)
				}
				if err == nil && (got.Destination != test.destination || !reflect.DeepEqual(got.Sources, test.sources)) {
					t.Errorf("grant = %+v", got)
				}
			}
		})
	}
}

func directionsText(all []grant.Direction) string {
	text := ""
	for _, d := range all {
		text += string(d) + " "
	}
	return text
}

func TestRefusedSyncSetups(t *testing.T) {
	n := newNode(t)
	for name, test := range map[string]struct {
		request string
		code    int
	}{
		"no type":             {`{"paths":[{"source":"/","destination":"/"}]}`, 400},
		"no paths":            {`{"type":"sync"}`, 400},
		"several paths":       {`{"type":"sync","paths":[{"source":"/"},{"source":"/"}]}`, 400},
		"neither path":        {`{"type":"sync","paths":[{}]}`, 400},
		"missing source":      {`{"type":"sync_download","paths":[{"source":"/x"}]}`, 404},
		"destination outside": {`{"type":"sync","paths":[{"destination":"/../x"}]}`, 403},
		"bad SSH key":         {`{"type":"sync","paths":[{"source":"/"}],"public_keys":"x"}`, 400},
	} {
		got := n.setup("sync_setup", test.request).TransferSpecs[0]
		if got.Error == nil || got.Error.Code != test.code {
			t.Errorf("%s: answer = %+v", name, got)
		}
	}
}

func newPublicKey(t *testing.T) (key ssh.PublicKey, line string) {
	t.Helper()
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	if key, err = ssh.NewPublicKey(public); err != nil {
		t.Fatal(err)
	}
	return key, strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
}

func TestDynamicKeyOfATransfer(t *testing.T) {
	n := newNode(t)
	key, line := newPublicKey(t)
	if n.world.AcceptsPublicKey(key) {
		t.Error("the key was accepted before")
	}
	spec := n.setup("upload_setup", `{"paths":[{"destination":"/"}],"public_keys":`+quoted(line)+`}`).TransferSpecs[0]
	if spec.TransferSpec == nil || !n.world.AcceptsPublicKey(key) {
		t.Errorf("answer = %+v, key accepted: %v", spec, n.world.AcceptsPublicKey(key))
	}
}

func TestRegisterPublicKey(t *testing.T) {
	n := newTeamNode(t)
	key, line := newPublicKey(t)
	var got struct {
		PublicKey string `json:"public_key"`
	}
	n.member("user:all", "777").call("POST", "/public_keys", `{"username":"xfer","public_key":`+quoted(line+" me@here")+`}`).is(201).into(&got)
	if got.PublicKey != line || !n.world.AcceptsPublicKey(key) {
		t.Errorf("answer = %+v", got)
	}
	n.call(asUser, "POST", "/public_keys", `{"username":"root","public_key":`+quoted(line)+`}`).is(400).failure()
	n.call(asUser, "POST", "/public_keys", `{"public_key":"ssh-rsa"}`).is(400).failure()
}
