package nodeapi_test

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sandbox/nodetoken"
	"github.com/ascli-go/ascli/sandbox/nodetoken/tokentest"
	"github.com/ascli-go/ascli/sandbox/world"
)

// newTeamNode is a node whose default access key takes the tokens of tokentest.
func newTeamNode(t testing.TB, options ...world.Option) *testNode {
	t.Helper()
	n := openNode(t, t.TempDir(), options...)
	n.takeTokens()
	return n
}

// takeTokens makes the default access key take the tokens of tokentest.
func (n *testNode) takeTokens() {
	n.Helper()
	body := `{"token_verification_key":` + quoted(tokentest.VerificationKey(n)) + `}`
	n.call(asKey, "PUT", "/access_keys/self", body).is(http.StatusNoContent)
}

// member makes requests with a bearer token.
type member struct {
	*testNode
	token string
}

func (n *testNode) member(role, user string, groups ...string) member {
	n.Helper()
	return member{n, tokentest.Sign(n, tokentest.Claims("ak1", role, user, groups...))}
}

func (m member) call(method, target, body string, headers ...string) answer {
	m.Helper()
	headers = append(headers, "Authorization", "Bearer "+m.token, "X-Aspera-AccessKey", "ak1")
	return m.testNode.call(nil, method, target, body, headers...)
}

// permit gives a user rights on a file.
func (n *testNode) permit(fileID, user string, levels ...string) {
	n.Helper()
	n.call(asKey, "POST", "/permissions", fmt.Sprintf(`{"file_id":%q,"access_type":"user","access_id":%q,"access_levels":["%s"]}`,
		fileID, user, strings.Join(levels, `","`))).is(http.StatusOK)
}

func TestBearerTokensAreChecked(t *testing.T) {
	n := newTeamNode(t)
	good := n.member("admin:all", "777").token
	old := tokentest.Claims("ak1", "admin:all", "777")
	old.ExpiresAt = "2020-01-01T00:00:00Z"
	tests := map[string]struct {
		authorization, key string
		status             int
	}{
		"good":                     {"Bearer " + good, "ak1", http.StatusOK},
		"word in another spelling": {"bearer " + good, "ak1", http.StatusOK},
		"no access key":            {"Bearer " + good, "", http.StatusUnauthorized},
		"another access key":       {"Bearer " + good, "ak2", http.StatusUnauthorized},
		"expired":                  {"Bearer " + tokentest.Sign(t, old), "ak1", http.StatusUnauthorized},
		"no token":                 {"Bearer", "ak1", http.StatusUnauthorized},
		"another scheme":           {"Digest " + good, "ak1", http.StatusUnauthorized},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := n.in(t).call(nil, "GET", "/files/1", "", "Authorization", test.authorization, "X-Aspera-AccessKey", test.key).is(test.status)
			if test.status != http.StatusOK {
				got.failure()
			}
		})
	}
}

func TestBearerTokenExpiresDuringAWalk(t *testing.T) {
	now := time.Now()
	n := newTeamNode(t, world.WithClock(func() time.Time { return now }))
	user := n.member("admin:all", "777")
	user.call("GET", "/files/1/files", "").is(http.StatusOK)
	now = now.Add(time.Hour + time.Second)
	user.call("GET", "/files/1/files", "").is(http.StatusUnauthorized).failure()
}

func TestWhatABearerMayCall(t *testing.T) {
	n := newTeamNode(t)
	n.put("f", "x")
	open := map[string]bool{
		"GET /info": true, "GET /access_keys/self": true, "GET /self": true, "POST /files/download_setup": true, "POST /public_keys": true, "GET /unknown": true,
	}
	admin := n.member("admin:all", "777")
	for _, route := range routes {
		name := route.method + " " + route.path
		want := open[name] || strings.HasPrefix(route.path, "/files/1") || strings.HasPrefix(route.path, "/permissions") || strings.HasPrefix(route.path, "/usage")
		got := admin.call(route.method, route.path, "{}")
		if refused := got.status == http.StatusForbidden && strings.Contains(got.body, "bearer"); refused == want {
			t.Errorf("%s: status %d, open to bearers: want %v", name, got.status, want)
		}
	}
}

func TestWhichOperationsABearerMayCall(t *testing.T) {
	n := newOperatedNode(t)
	n.takeTokens()
	admin := n.member("admin:all", "777")
	for target, want := range map[string]int{
		"/ops/transfers": http.StatusOK, "/ops/transfers/bandwidth": http.StatusOK, "/events": http.StatusOK, "/usage": http.StatusOK,
		"/license": http.StatusForbidden, "/rund/services": http.StatusForbidden, "/v3/watchfolders": http.StatusForbidden,
		"/asyncs": http.StatusForbidden, "/async/list": http.StatusForbidden,
	} {
		if got := admin.call("GET", target, ""); got.status != want {
			t.Errorf("%s: status %d, want %d; body %s", target, got.status, want, got.body)
		}
	}
	user := n.member("user:all", "777")
	transfer := `{"direction":"send","remote_host":"127.0.0.1","ssh_port":1,"remote_user":"u","paths":[{"source":"/f"}]}`
	user.call("POST", "/ops/transfers", transfer).is(http.StatusForbidden).failure()
	admin.call("POST", "/ops/transfers", transfer).is(http.StatusOK)
}

func TestSelf(t *testing.T) {
	n := newTeamNode(t)
	for name, got := range map[string]answer{
		"access key": n.call(asKey, "GET", "/self", ""), "bearer": n.member("user:all", "777").call("GET", "/self", ""),
	} {
		var self accessKey
		got.is(http.StatusOK).into(&self)
		if self.ID != "ak1" || self.RootFileID != "1" || self.Secret != "" {
			t.Errorf("%s: self = %+v", name, self)
		}
	}
	n.call(asUser, "GET", "/self", "").is(http.StatusForbidden).failure()
}

// Each call by file id needs one access level, and no other one will do.
func TestRightsOfAUser(t *testing.T) {
	calls := []struct{ level, method, target, body string }{
		{"list", "GET", "/files/%d", ""},
		{"list", "GET", "/files/%d/files", ""},
		{"list", "GET", "/files/%f", ""},
		{"read", "GET", "/files/%f/content", ""},
		{"preview", "GET", "/files/%f/preview", ""},
		{"write", "POST", "/files/%d/files", `{"name":"new","type":"file"}`},
		{"write", "POST", "/files/%d/files", `{"name":"l","type":"link","target_id":"1","target_node_id":"x"}`},
		{"mkdir", "POST", "/files/%d/files", `{"name":"sub","type":"folder"}`},
		{"rename", "PUT", "/files/%f", `{"name":"g"}`},
		{"delete", "DELETE", "/files/%f", ""},
	}
	levels := world.AllRights.Names()
	for _, call := range calls {
		t.Run(call.level+" "+call.method+" "+call.target, func(t *testing.T) {
			for _, only := range []bool{true, false} {
				n := newTeamNode(t)
				n.put("d/f", asPNG(t, red(1, 1)))
				d := n.children("1")["d"].ID
				given, want := []string{call.level}, true
				if !only {
					given, want = without(levels, call.level), false
				}
				n.permit(d, "777", given...)
				target := strings.NewReplacer("%d", d, "%f", n.children(d)["f"].ID).Replace(call.target)
				got := n.member("user:all", "777").call(call.method, target, call.body)
				if want && got.status >= 300 {
					t.Errorf("with %v: status = %d, body %s", given, got.status, got.body)
				}
				if !want {
					got.is(http.StatusForbidden).failure()
				}
			}
		})
	}
}

func without(all []string, name string) []string {
	var rest []string
	for _, other := range all {
		if other != name {
			rest = append(rest, other)
		}
	}
	return rest
}

func TestEntriesTellTheRightsOfTheCaller(t *testing.T) {
	n := newTeamNode(t)
	n.put("d/sub/f", "x")
	d := n.children("1")["d"].ID
	n.permit(d, "777", "list", "read")
	n.permit(n.children(d)["sub"].ID, "777", "write")
	type rights struct {
		AccessLevel     string   `json:"access_level"`
		AccessLevels    []string `json:"access_levels"`
		PermissionCount int      `json:"permission_count"`
		Path            string
	}
	var folder rights
	n.member("user:all", "777").call("GET", "/files/"+d, "").is(http.StatusOK).into(&folder)
	if want := (rights{"view", []string{"list", "read"}, 1, ""}); !reflect.DeepEqual(folder, want) {
		t.Errorf("folder = %+v, want %+v", folder, want)
	}
	var inside []rights
	n.member("user:all", "777").call("GET", "/files/"+d+"/files", "").is(http.StatusOK).into(&inside)
	if want := []rights{{"edit", []string{"list", "read", "write"}, 1, ""}}; !reflect.DeepEqual(inside, want) {
		t.Errorf("listing = %+v, want %+v", inside, want)
	}
	var seen rights
	n.member("admin:all", "777").call("GET", "/files/"+d, "").is(http.StatusOK).into(&seen)
	if seen.AccessLevel != "edit" || len(seen.AccessLevels) != 7 || seen.Path != "/d" {
		t.Errorf("an administrator sees %+v", seen)
	}
}

func TestUsersSeeNoTargetOutsideOfTheirFolders(t *testing.T) {
	n := newTeamNode(t)
	n.put("d/f", "x")
	n.put("secret/f", "x")
	n.call(asUser, "POST", "/files/create", `{"paths":[{"type":"symbolic_link","path":"/d/out","target":{"path":"/secret"}},
		{"type":"symbolic_link","path":"/d/in","target":{"path":"/d/f"}}]}`).is(http.StatusOK)
	d := n.children("1")["d"].ID
	n.permit(d, "777", world.AllRights.Names()...)
	user := n.member("user:all", "777")
	var entries []idEntry
	user.call("GET", "/files/"+d+"/files", "").is(http.StatusOK).into(&entries)
	for _, e := range entries {
		if e.Type == "link" && (e.TargetID != "") != (e.Name == "in") {
			t.Errorf("entry = %+v", e)
		}
	}
	out := n.children(d)["out"].ID
	user.call("POST", "/files/"+out+"/files", `{"name":"x","type":"file"}`).is(http.StatusBadRequest).failure()
	user.call("DELETE", "/files/"+out, "").is(http.StatusNoContent)
	if _, kept := n.children("1")["secret"]; !kept {
		t.Error("what the link led to is gone")
	}
}

func TestDownloadSetupOfABearer(t *testing.T) {
	n := newTeamNode(t)
	n.put("d/f", "x")
	n.permit(n.children("1")["d"].ID, "777", "read")
	for path, code := range map[string]int{"/d/f": 0, "/": http.StatusForbidden} {
		var got setupAnswer
		n.member("user:all", "777").call("POST", "/files/download_setup",
			`{"transfer_requests":[{"transfer_request":{"paths":[{"source":"`+path+`"}]}}]}`).is(http.StatusOK).into(&got)
		spec := got.TransferSpecs[0]
		if (code == 0) != (spec.TransferSpec != nil) || code != 0 && spec.Error.Code != code {
			t.Errorf("%s: answer = %+v", path, spec)
		}
	}
}

func FuzzBearer(f *testing.F) {
	n := newTeamNode(f)
	f.Add(n.member("user:all", "777").token, "ak1")
	f.Add("", "")
	f.Add(tokentest.Sign(f, nodetoken.Claims{}), "ak1")
	f.Fuzz(func(t *testing.T, token, key string) {
		got := n.in(t).call(nil, "GET", "/permissions", "", "Authorization", "Bearer "+token, "X-Aspera-AccessKey", key)
		if got.status != http.StatusOK {
			got.is(http.StatusUnauthorized).failure()
		}
	})
}
