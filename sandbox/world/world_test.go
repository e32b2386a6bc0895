package world_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sandbox/grant"
	"github.com/ascli-go/ascli/sandbox/world"
)

// openWorld opens the world in folder and closes it at the end of the test.
func openWorld(t *testing.T, folder string, options ...world.Option) *world.World {
	t.Helper()
	w, err := world.Open(folder, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

// keyView returns the files of the default access key.
func keyView(t *testing.T, w *world.World) *world.View {
	t.Helper()
	return viewOf(t, w, keyPrincipal(t, w))
}

func viewOf(t *testing.T, w *world.World, p world.Principal) *world.View {
	t.Helper()
	v, err := w.View(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	return v
}

func keyPrincipal(t *testing.T, w *world.World) world.Principal {
	t.Helper()
	id, secret, _ := w.DefaultAccessKey()
	p, err := w.Authenticate(id, secret)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A full disk is full for the Node API and for transfers.
func TestDiskQuota(t *testing.T) {
	w := openWorld(t, t.TempDir(), world.WithDiskQuota(1000))
	v := keyView(t, w)
	_, free, err := w.Disk().Space()
	if err != nil || free > 1000 {
		t.Fatalf("%d bytes free, %v", free, err)
	}
	if _, err := v.MakeFile(world.Path("/f"), make([]byte, free)); err != nil {
		t.Fatal(err)
	}
	if _, err := v.MakeFile(world.Path("/g"), []byte("x")); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("one more: %v", err)
	}
	if _, err := v.Stat(world.Path("/g")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what did not fit is there: %v", err)
	}
	granted, err := w.AuthorizePassword(w.NodeUser())
	if err != nil || granted.Disk != w.Disk() {
		t.Errorf("grant of a password: %+v, %v", granted, err)
	}
	token, err := v.UploadToken("/", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if granted, err := w.AuthorizeToken(token, nil, grant.Send); err != nil || granted.Disk != w.Disk() {
		t.Errorf("grant of a token: %+v, %v", granted, err)
	}
	if err := v.Delete(world.Path("/f"), false); err != nil {
		t.Fatal(err)
	}
	if _, err := v.MakeFile(world.Path("/g"), []byte("x")); err != nil {
		t.Errorf("after a deletion: %v", err)
	}
}

func TestAuthenticate(t *testing.T) {
	w := openWorld(t, t.TempDir())
	user, password := w.NodeUser()
	key, secret, _ := w.DefaultAccessKey()
	tests := map[string]struct {
		name, secret string
		accepted     bool
		accessKey    bool
	}{
		"node user":                 {user, password, true, false},
		"access key":                {key, secret, true, true},
		"wrong password":            {user, password + "x", false, false},
		"empty password":            {user, "", false, false},
		"unknown user":              {"nobody", password, false, false},
		"unknown user, no password": {"nobody", "", false, false},
		"secret of the access key":  {user, secret, false, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := w.Authenticate(test.name, test.secret)
			if !test.accepted {
				if !errors.Is(err, grant.ErrDenied) {
					t.Fatalf("error = %v, want ErrDenied", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if p.IsAccessKey() != test.accessKey {
				t.Errorf("IsAccessKey = %v", p.IsAccessKey())
			}
		})
	}
}

func TestPasswordsDifferFromWorldToWorldAndSurviveARestart(t *testing.T) {
	folder := t.TempDir()
	first := openWorld(t, folder)
	_, password := first.NodeUser()
	node := first.NodeID()
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again := openWorld(t, folder)
	if _, got := again.NodeUser(); got != password {
		t.Error("the password changed with a restart")
	}
	if again.NodeID() != node {
		t.Error("the node id changed with a restart")
	}
	if _, other := openWorld(t, t.TempDir()).NodeUser(); other == password {
		t.Error("two worlds have the same password")
	}
}

func TestOneProcessAFolder(t *testing.T) {
	folder := t.TempDir()
	openWorld(t, folder)
	if _, err := world.Open(folder); err == nil {
		t.Error("a second world opened the same folder")
	}
}

func TestNoPathLeavesTheRoot(t *testing.T) {
	folder := t.TempDir()
	w := openWorld(t, folder)
	v := keyView(t, w)
	files := filepath.Join(folder, "files")
	write(t, filepath.Join(folder, "secret.txt"), "secret")
	link(t, "..", filepath.Join(files, "up"))
	link(t, filepath.Join(folder, "secret.txt"), filepath.Join(files, "absolute"))
	if _, err := v.MakeFolder(world.Path("inside")); err != nil {
		t.Fatal(err)
	}

	folders := map[string]string{
		"parent":                  "/..",
		"parent without slash":    "..",
		"parent after a folder":   "/inside/../..",
		"many slashes":            "//..//",
		"link to the parent":      "/up",
		"parent, then back again": "/../files",
	}
	for name, p := range folders {
		t.Run(name, func(t *testing.T) {
			refusesAll(t, v, world.Path(p))
		})
	}
	if f, err := v.Open(world.Path("/absolute")); err == nil {
		f.Close()
		t.Error("Open followed an absolute link")
	}
	if got, err := os.ReadFile(filepath.Join(folder, "secret.txt")); err != nil || string(got) != "secret" {
		t.Errorf("the file outside is now %q, %v", got, err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		switch e.Name() {
		case "files", "secret.txt", "lock", "world.json", "file_ids.jsonl":
		default:
			t.Errorf("%s was made outside of the root", e.Name())
		}
	}
}

// refusesAll checks that no operation reaches into a folder out of the view.
func refusesAll(t *testing.T, v *world.View, outside world.Ref) {
	t.Helper()
	if f, err := v.Open(outside.Join("secret.txt")); err == nil {
		f.Close()
		t.Error("Open succeeded")
	}
	if _, err := v.List(outside, world.Selection{}); err == nil {
		t.Error("List succeeded")
	}
	if _, err := v.MakeFile(outside.Join("new"), nil); err == nil {
		t.Error("MakeFile succeeded")
	}
	if err := v.Delete(outside.Join("secret.txt"), true); err == nil {
		t.Error("Delete succeeded")
	}
	if err := v.Rename(world.Path("/inside"), outside.Join("moved")); err == nil {
		t.Error("Rename succeeded")
	}
}

func TestDeletingALinkSparesItsTarget(t *testing.T) {
	folder := t.TempDir()
	v := keyView(t, openWorld(t, folder))
	outside := filepath.Join(folder, "outside")
	write(t, filepath.Join(outside, "f"), "kept")
	link(t, outside, filepath.Join(folder, "files", "l"))
	if err := v.Delete(world.Path("/l"), true); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(outside, "f")); err != nil {
		t.Error(err)
	}
}

func TestPathsWithNULAreRefused(t *testing.T) {
	v := keyView(t, openWorld(t, t.TempDir()))
	if _, err := v.MakeFile(world.Path("/a\x00b"), nil); !errors.Is(err, world.ErrBadPath) {
		t.Errorf("error = %v, want ErrBadPath", err)
	}
}

func TestRootCanBeNeitherDeletedNorMoved(t *testing.T) {
	v := keyView(t, openWorld(t, t.TempDir()))
	for _, root := range []world.Ref{world.Path("/"), world.Path(""), world.Path("/a/.."), world.ID("1")} {
		if err := v.Delete(root, true); !errors.Is(err, world.ErrRoot) {
			t.Errorf("Delete = %v, want ErrRoot", err)
		}
		if err := v.Rename(root, world.Path("/b")); !errors.Is(err, world.ErrRoot) {
			t.Errorf("Rename = %v, want ErrRoot", err)
		}
	}
}

func TestRefusedChanges(t *testing.T) {
	v := keyView(t, openWorld(t, t.TempDir()))
	for _, p := range []string{"/d", "/d/sub", "/other"} {
		if _, err := v.MakeFolder(world.Path(p)); err != nil {
			t.Fatal(err)
		}
	}
	tests := map[string]struct {
		do   func() error
		want error
	}{
		"folder exists":         {func() error { _, err := v.MakeFolder(world.Path("/d")); return err }, fs.ErrExist},
		"no parent":             {func() error { _, err := v.MakeFolder(world.Path("/x/y")); return err }, fs.ErrNotExist},
		"delete missing":        {func() error { return v.Delete(world.Path("/x"), true) }, fs.ErrNotExist},
		"delete not empty":      {func() error { return v.Delete(world.Path("/d"), false) }, world.ErrNotEmpty},
		"rename missing":        {func() error { return v.Rename(world.Path("/x"), world.Path("/y")) }, fs.ErrNotExist},
		"rename to taken":       {func() error { return v.Rename(world.Path("/d"), world.Path("/other")) }, fs.ErrExist},
		"rename into itself":    {func() error { return v.Rename(world.Path("/d"), world.Path("/d/sub/d")) }, world.ErrIntoItself},
		"link out of the root":  {func() error { _, err := v.MakeLink(world.Path("/l"), "/../x"); return err }, world.ErrOutside},
		"open a folder":         {func() error { _, err := v.Open(world.Path("/d")); return err }, world.ErrNotFile},
		"unknown file id":       {func() error { _, err := v.Stat(world.ID("4711")); return err }, fs.ErrNotExist},
		"empty file id":         {func() error { _, err := v.Stat(world.ID("")); return err }, fs.ErrNotExist},
		"parent of the root id": {func() error { _, err := v.Stat(world.ID("1").Join("..")); return err }, world.ErrOutside},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if err := test.do(); !errors.Is(err, test.want) {
				t.Errorf("error = %v, want %v", err, test.want)
			}
		})
	}
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Skipf("this system does not let the user make symbolic links: %v", err)
	}
}

// swap replaces a folder by a link.
func swap(t *testing.T, folder, target string) {
	t.Helper()
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	link(t, target, folder)
}
