package world_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sandbox/grant"
	"github.com/ascli-go/ascli/sandbox/nodetoken"
	"github.com/ascli-go/ascli/sandbox/nodetoken/tokentest"
	"github.com/ascli-go/ascli/sandbox/world"
)

// takesTokens makes the default access key accept the tokens of tokentest.
func takesTokens(t *testing.T, w *world.World) {
	t.Helper()
	pem := tokentest.VerificationKey(t)
	if err := w.ModifyAccessKey(keyPrincipal(t, w), "self", world.KeySettings{TokenVerificationKey: &pem}); err != nil {
		t.Fatal(err)
	}
}

// bearerView returns the files of a user of the default access key.
func bearerView(t *testing.T, w *world.World, role, user string, groups ...string) *world.View {
	t.Helper()
	p, err := w.AuthenticateBearer(tokentest.Sign(t, tokentest.Claims("ak1", role, user, groups...)), "ak1")
	if err != nil {
		t.Fatal(err)
	}
	return viewOf(t, w, p)
}

func TestAuthenticateBearer(t *testing.T) {
	w := openWorld(t, t.TempDir())
	takesTokens(t, w)
	if _, err := w.CreateAccessKey(userPrincipal(t, w), world.KeySettings{ID: "keyless", Storage: local("/")}); err != nil {
		t.Fatal(err)
	}
	change := func(set func(*nodetoken.Claims)) string {
		claims := tokentest.Claims("ak1", "user:all", "777")
		set(&claims)
		return tokentest.Sign(t, claims)
	}
	good := change(func(*nodetoken.Claims) {})
	tests := map[string]struct {
		token, key string
		accepted   bool
	}{
		"good":                {good, "ak1", true},
		"administrator":       {change(func(c *nodetoken.Claims) { c.Scope = "node.ak1:admin:all" }), "ak1", true},
		"no access key":       {good, "", false},
		"another access key":  {good, "keyless", false},
		"key without PEM":     {change(func(c *nodetoken.Claims) { c.Scope = "node.keyless:user:all" }), "keyless", false},
		"unknown access key":  {change(func(c *nodetoken.Claims) { c.Scope = "node.x:user:all" }), "x", false},
		"expired":             {change(func(c *nodetoken.Claims) { c.ExpiresAt = "2020-01-01T00:00:00Z" }), "ak1", false},
		"no expiry":           {change(func(c *nodetoken.Claims) { c.ExpiresAt = "" }), "ak1", false},
		"node user":           {change(func(c *nodetoken.Claims) { c.AuthType = "node_user" }), "ak1", false},
		"no user":             {change(func(c *nodetoken.Claims) { c.UserID = "" }), "ak1", false},
		"unknown role":        {change(func(c *nodetoken.Claims) { c.Scope = "node.ak1:user:some" }), "ak1", false},
		"scope of no node":    {change(func(c *nodetoken.Claims) { c.Scope = "ak1" }), "ak1", false},
		"signature cut":       {good[:len(good)-40], "ak1", false},
		"empty":               {"", "ak1", false},
		"a secret, no bearer": {"c2VjcmV0", "ak1", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := w.AuthenticateBearer(test.token, test.key)
			if !test.accepted {
				if !errors.Is(err, grant.ErrDenied) {
					t.Errorf("principal %+v, error = %v; want ErrDenied", p, err)
				}
				return
			}
			if err != nil || p.Name != "ak1" || !p.IsAccessKey() || !p.IsBearer() || p.UserID() != "777" {
				t.Errorf("principal = %+v, %v", p, err)
			}
		})
	}
}

func TestBearerTokenExpiresBetweenTwoRequests(t *testing.T) {
	now := time.Now()
	w, err := world.Open(t.TempDir(), world.WithClock(func() time.Time { return now }))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	takesTokens(t, w)
	token := tokentest.Sign(t, tokentest.Claims("ak1", "user:all", "777"))
	if _, err := w.AuthenticateBearer(token, "ak1"); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour)
	if _, err := w.AuthenticateBearer(token, "ak1"); !errors.Is(err, grant.ErrDenied) {
		t.Errorf("error = %v, want ErrDenied", err)
	}
}

func TestBearerTokenTransfersInTheFolderOfTheTags(t *testing.T) {
	folder := t.TempDir()
	write(t, filepath.Join(folder, "files", "in", "f"), "f")
	write(t, filepath.Join(folder, "files", "out", "f"), "f")
	w := openWorld(t, folder)
	takesTokens(t, w)
	v := keyView(t, w)
	in, out := idOf(t, v, "/in"), idOf(t, v, "/out")
	permit(t, v, in, "777", "write", "list")
	permit(t, v, out, "777", "read")
	files, err := filepath.EvalSymlinks(filepath.Join(folder, "files"))
	if err != nil {
		t.Fatal(err)
	}
	user := "Bearer " + tokentest.Sign(t, tokentest.Claims("ak1", "user:all", "777"))
	other := "Bearer " + tokentest.Sign(t, tokentest.Claims("ak1", "user:all", "778"))
	admin := "Bearer " + tokentest.Sign(t, tokentest.Claims("ak1", "admin:all", "779"))
	tests := map[string]struct {
		token, key, file string
		direction        grant.Direction
		want             string // root of the grant, "" for a refusal
	}{
		"send with write":            {user, "ak1", in, grant.Send, filepath.Join(files, "in")},
		"receive without read":       {user, "ak1", in, grant.Receive, ""},
		"receive with read":          {user, "ak1", out, grant.Receive, filepath.Join(files, "out")},
		"send without write":         {user, "ak1", out, grant.Send, ""},
		"folder above":               {user, "ak1", "1", grant.Receive, ""},
		"no folder":                  {user, "ak1", "", grant.Receive, ""},
		"another user":               {other, "ak1", in, grant.Send, ""},
		"administrator":              {admin, "ak1", "1", grant.Send, files},
		"administrator, no folder":   {admin, "ak1", "", grant.Receive, files},
		"no access key in the tags":  {user, "", in, grant.Send, ""},
		"other access key":           {user, "ak2", in, grant.Send, ""},
		"token that is not a bearer": {"Bearer x", "ak1", in, grant.Send, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			tags := fmt.Appendf(nil, `{"aspera":{"node":{"access_key":%q,"file_id":%q}}}`, test.key, test.file)
			g, err := w.AuthorizeToken(test.token, tags, test.direction)
			if test.want == "" {
				if !errors.Is(err, grant.ErrDenied) {
					t.Errorf("grant = %+v, error = %v; want ErrDenied", g, err)
				}
				return
			}
			if err != nil || g.Root != test.want || (g.Destination != "") != (test.direction == grant.Send) {
				t.Errorf("grant = %+v, %v", g, err)
			}
		})
	}
}

func TestWhoOverseesWhat(t *testing.T) {
	w := openWorld(t, t.TempDir())
	takesTokens(t, w)
	if _, err := w.CreateAccessKey(keyPrincipal(t, w), world.KeySettings{ID: "sub", Storage: local("/")}); err != nil {
		t.Fatal(err)
	}
	bearer := func(role, user string) world.Principal {
		p, err := w.AuthenticateBearer(tokentest.Sign(t, tokentest.Claims("ak1", role, user)), "ak1")
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	accounts := []string{"node_user", "ak1", "ak1:777", "ak1:778", "sub", "sub:777"}
	tests := map[string]struct {
		who  world.Principal
		want string // for each account: x if overseen
	}{
		"node user":     {userPrincipal(t, w), "xxxxxx"},
		"access key":    {keyPrincipal(t, w), ".xxxxx"},
		"administrator": {bearer("admin:all", "779"), ".xxxxx"},
		"user":          {bearer("user:all", "777"), "..x..."},
	}
	for name, test := range tests {
		got := ""
		for _, account := range accounts {
			if w.Oversees(test.who, account) {
				got += "x"
			} else {
				got += "."
			}
		}
		if got != test.want {
			t.Errorf("%s oversees %s of %v, want %s", name, got, accounts, test.want)
		}
	}
}
