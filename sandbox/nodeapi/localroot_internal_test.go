package nodeapi

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ascli-go/ascli/sandbox/grant"
	"github.com/ascli-go/ascli/sandbox/initiator"
	"github.com/ascli-go/ascli/sandbox/nodetoken/tokentest"
	"github.com/ascli-go/ascli/sandbox/world"
)

// readers is a world where user 777 of the access key may read folder d.
type readers struct {
	*testing.T
	world     *world.World
	files     string // root of the key, on disk
	key, user world.Principal
	d         string // file id
}

func newReaders(t *testing.T) readers {
	t.Helper()
	folder := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "files", "d", "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	w, err := world.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	files, err := filepath.EvalSymlinks(filepath.Join(folder, "files"))
	if err != nil {
		t.Fatal(err)
	}
	id, secret, _ := w.DefaultAccessKey()
	key, err := w.Authenticate(id, secret)
	if err != nil {
		t.Fatal(err)
	}
	pem := tokentest.VerificationKey(t)
	if err := w.ModifyAccessKey(key, "self", world.KeySettings{TokenVerificationKey: &pem}); err != nil {
		t.Fatal(err)
	}
	user, err := w.AuthenticateBearer(tokentest.Sign(t, tokentest.Claims(id, "user:all", "777")), id)
	if err != nil {
		t.Fatal(err)
	}
	r := readers{T: t, world: w, files: files, key: key, user: user}
	r.permit()
	return r
}

func (r *readers) permit() {
	r.Helper()
	all := r.view(r.key)
	d, err := all.Stat(world.Path("/d"))
	if err != nil {
		r.Fatal(err)
	}
	r.d = d.ID
	if _, err := all.Grant(world.Permission{FileID: d.ID, AccessType: world.AccessUser, AccessID: "777", AccessLevels: []string{"read"}}); err != nil {
		r.Fatal(err)
	}
}

func (r readers) view(p world.Principal) *world.View {
	r.Helper()
	v, err := r.world.View(p)
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(func() { v.Close() })
	return v
}

// What a node may read or write for a transfer that it starts itself.
func TestLocalRootOfATransfer(t *testing.T) {
	r := newReaders(t)
	key, user, d, files := r.key, r.user, r.d, r.files
	send, receive := grant.Send, grant.Receive
	tests := map[string]struct {
		who        world.Principal
		spec       initiator.Spec
		root, path string // path of the source or destination below root; no root: refused
	}{
		"key, path":               {key, initiator.Spec{Direction: send, SourceRoot: "/d"}, files, "/d"},
		"key, id":                 {key, initiator.Spec{Direction: send, SourceRootID: d, SourceRoot: "sub"}, files, "/d/sub"},
		"user, path":              {user, initiator.Spec{Direction: send, SourceRoot: "/d"}, "", ""},
		"user, id, to read":       {user, initiator.Spec{Direction: send, SourceRootID: d, SourceRoot: "sub"}, filepath.Join(files, "d"), "sub"},
		"user, id, to write":      {user, initiator.Spec{Direction: receive, DestRootID: d}, "", ""},
		"user, id of another":     {user, initiator.Spec{Direction: send, SourceRootID: "1"}, "", ""},
		"user, id of other field": {user, initiator.Spec{Direction: receive, SourceRootID: d}, "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			x := &exchange{caller: test.who, files: r.view(test.who)}
			root, err := x.localRoot(&test.spec)
			if (err == nil) != (test.root != "") || root != test.root {
				t.Fatalf("root = %q, %v; want %q", root, err, test.root)
			}
			if err == nil && test.spec.SourceRoot != test.path {
				t.Errorf("path = %q, want %q", test.spec.SourceRoot, test.path)
			}
		})
	}
}
