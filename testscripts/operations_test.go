package testscripts

import (
	"crypto/ed25519"
	"encoding/json"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/testscripts/contract"
)

// TestNodeOperations makes the requests of the contract that no command makes:
// other clients make them.
func TestNodeOperations(t *testing.T) {
	if shared.hearing == nil {
		t.Skip("the OpenAPI document of the Node API is not here; $ASCLI_OPENAPI can name its folder")
	}
	judge := contract.NewJudge(shared.hearing.document, contract.NodeDeviations())
	// call expects success and returns the answer.
	call := func(method, path, body string, header ...string) any {
		t.Helper()
		x := ask(t, accessKey, method, path, body, header...)
		judge.Hear(x)
		shared.hearing.judge.Hear(x)
		if x.Answer.StatusCode/100 != 2 {
			t.Fatalf("%s %s: status %d: %s", method, path, x.Answer.StatusCode, x.AnswerBody)
		}
		var answer any
		if len(x.AnswerBody) > 0 {
			if err := json.Unmarshal(x.AnswerBody, &answer); err != nil {
				t.Fatalf("%s %s: %v", method, path, err)
			}
		}
		return answer
	}
	object := func(answer any) map[string]any { o, _ := answer.(map[string]any); return o }

	folder := object(call("POST", "/files/1/files", `{"name":"operations","type":"folder"}`))
	id, _ := folder["id"].(string)
	defer call("DELETE", "/files/"+id, "")
	for _, name := range []string{"a", "b", "c"} {
		call("POST", "/files/"+id+"/files", `{"name":"`+name+`","type":"file","contents":"aGVsbG8="}`)
	}
	if self := object(call("GET", "/self", "")); self["id"] != preset(t, shared.sandbox, "sandbox_ak", "username") {
		t.Errorf("self = %v", self)
	}
	transfer := object(call("POST", "/ops/transfers", ownTransfer(t, `"paths":[{"source":"/operations/a"}],"destination_root":"/operations/copied",
		"create_dir":true,"tags":{"aspera":{"usage_id":"operations"}}`)))
	transferID, _ := transfer["id"].(string)
	awaitTransfer(t, transferID, hasStatus("completed"), judge)
	call("GET", "/ops/transfers/bandwidth", "")
	call("GET", "/usage", "")
	call("GET", "/usage/operations", "")
	if du := object(call("POST", "/files/du", `{"path":"/operations"}`)); !strings.Contains(toJSON(t, du), "20") {
		t.Errorf("files of 5 bytes, one of them twice: du = %v", du)
	}
	call("POST", "/files/info", `{"paths":[{"path":"/operations/a"},{"path":"/operations"}]}`)
	page := object(call("POST", "/files/page", `{"path":"/operations","count":2}`))
	next, _ := page["next_iteration_token"].(string)
	if next == "" {
		t.Errorf("first page of two = %v", page)
	}
	call("POST", "/files/page", `{"path":"/operations","count":2,"iteration_token":`+strconv.Quote(next)+`}`)
	if events, _ := call("GET", "/events?count=1", "").([]any); len(events) != 1 {
		t.Errorf("events = %v", events)
	} else {
		event, _ := object(events[0])["id"].(string)
		call("GET", "/events/"+event, "")
	}
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	call("POST", "/public_keys", `{"username":"xfer","public_key":`+strconv.Quote(strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key))))+`}`)
	// A deletion in the background, and what became of it.
	below := object(call("POST", "/files/"+id+"/files", `{"name":"later","type":"folder"}`))
	later, _ := below["id"].(string)
	call("DELETE", "/files/"+later, "", "Accept-Version", "4.0")
	for _, v := range judge.Broken() {
		t.Errorf("the contract of the Node API is broken:\n%s", v)
	}
	shared.hearing.operations.Store(true)
}

func toJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// ownTransfer is the spec of a transfer from the sandbox to itself; more is the
// rest of the object.
func ownTransfer(t *testing.T, more string) string {
	t.Helper()
	token, err := accessKeyToken(shared.sandbox)
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(shared.sandbox.SSH)
	if err != nil {
		t.Fatal(err)
	}
	return `{"direction":"send","remote_host":"127.0.0.1","remote_user":"xfer","ssh_port":` + port + `,"token":` + strconv.Quote(token) + `,` + more + `}`
}

// transferState is what the server tells of a transfer.
type transferState struct {
	Status   string
	Sessions []struct {
		Rate int `json:"target_rate_kbps"`
	}
}

func hasStatus(want string) func(transferState) bool {
	return func(s transferState) bool { return s.Status == want }
}

// awaitTransfer waits until the server tells something of a transfer.
func awaitTransfer(t *testing.T, id string, is func(transferState) bool, judge *contract.Judge) {
	t.Helper()
	deadline, again := time.After(20*time.Second), time.NewTicker(50*time.Millisecond)
	defer again.Stop()
	for {
		x := ask(t, accessKey, "GET", "/ops/transfers/"+id, "")
		judge.Hear(x)
		var state transferState
		if err := json.Unmarshal(x.AnswerBody, &state); err != nil {
			t.Fatalf("%v: %s", err, x.AnswerBody)
		}
		if is(state) {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("the transfer stays %+v", state)
		case <-again.C:
		}
	}
}
