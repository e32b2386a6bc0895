package docroot_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sandbox/docroot"
	"github.com/ascli-go/ascli/sandbox/grant"
)

func TestAccess(t *testing.T) {
	send := grant.Grant{Destination: "/up/here"}
	receive := grant.Grant{Sources: []string{"/a/f", "/dir"}}
	tests := []struct {
		name   string
		grant  grant.Grant
		access docroot.Access
		path   string
		check  func(*docroot.Folder, string) (string, error)
		want   string // "" = refused
	}{
		{"send writes below its destination", send, docroot.Send, "/up/here/x", (*docroot.Folder).Writable, "up/here/x"},
		{"send does not write beside it", send, docroot.Send, "/up/here2/x", (*docroot.Folder).Writable, ""},
		{"send does not climb", send, docroot.Send, "/up/here/../../etc", (*docroot.Folder).Writable, ""},
		{"send does not read", send, docroot.Send, "/up/here/x", (*docroot.Folder).Readable, ""},
		{"send reads its checkpoint", send, docroot.Send, "/up/here/x.aspera-ckpt", (*docroot.Folder).Readable, "up/here/x.aspera-ckpt"},
		{"send sees the way to its destination", send, docroot.Send, "/up", (*docroot.Folder).Visible, "up"},
		{"send creates the way to its destination", send, docroot.Send, "/up", (*docroot.Folder).Creatable, "up"},
		{"send to all", grant.Grant{Destination: "/"}, docroot.Send, "x", (*docroot.Folder).Writable, "x"},
		{"no destination, no writing", grant.Grant{}, docroot.Both, "/x", (*docroot.Folder).Writable, ""},
		{"receive reads its source", receive, docroot.Receive, "/a/f", (*docroot.Folder).Readable, "a/f"},
		{"receive reads below its source", receive, docroot.Receive, "dir/sub/f", (*docroot.Folder).Readable, "dir/sub/f"},
		{"receive reads nothing else", receive, docroot.Receive, "/a/g", (*docroot.Folder).Readable, ""},
		{"receive does not write", receive, docroot.Receive, "/a/f", (*docroot.Folder).Writable, ""},
		{"receive of all", grant.Grant{}, docroot.Receive, "/", (*docroot.Folder).Readable, "."},
		{"NUL is refused", grant.Grant{}, docroot.Receive, "/a\x00b", (*docroot.Folder).Readable, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.grant.Root = realFolder(t)
			folder, err := docroot.Open(tt.grant, tt.access)
			if err != nil {
				t.Fatal(err)
			}
			defer folder.Close()
			got, err := tt.check(folder, tt.path)
			if tt.want == "" {
				if !errors.Is(err, fs.ErrPermission) && !errors.Is(err, fs.ErrInvalid) {
					t.Fatalf("got %q, %v; want a refusal", got, err)
				}
				return
			}
			if err != nil || filepath.ToSlash(got) != tt.want {
				t.Fatalf("got %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestSymbolicLinkDoesNotLeave(t *testing.T) {
	outside := t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("s"), 0o600); err != nil {
		t.Fatal(err)
	}
	root := realFolder(t)
	if err := os.Symlink(outside, filepath.Join(root, "link")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	folder, err := docroot.Open(grant.Grant{Root: root}, docroot.Receive)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	name, err := folder.Readable("/link/secret")
	if err != nil {
		t.Fatal(err)
	}
	if f, err := folder.Root.Open(name); err == nil {
		f.Close()
		t.Fatal("opened a file outside of the folder")
	}
}

// FuzzReadable checks that no client path gives a name that leaves the folder.
// realFolder is a folder of the test by its path without symbolic links, as the
// roots of grants are.
func realFolder(t testing.TB) string {
	t.Helper()
	folder, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestARootThatBecameALinkIsRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need a privilege on Windows")
	}
	outside, store := realFolder(t), realFolder(t)
	for name, root := range map[string]string{"itself": "a", "folder above": "b/c"} {
		t.Run(name, func(t *testing.T) {
			granted := grant.Grant{Root: filepath.Join(store, root), Destination: "/"}
			if err := os.MkdirAll(granted.Root, 0o700); err != nil {
				t.Fatal(err)
			}
			folder, err := docroot.Open(granted, docroot.Both)
			if err != nil {
				t.Fatal(err)
			}
			folder.Close()
			// What a client does that owns a folder above: rename, then link.
			top := filepath.Join(store, strings.Split(root, "/")[0])
			if err := errors.Join(os.Rename(top, top+".moved"), os.Symlink(outside, top), os.MkdirAll(filepath.Join(outside, "c"), 0o700)); err != nil {
				t.Fatal(err)
			}
			if folder, err := docroot.Open(granted, docroot.Both); err == nil {
				folder.Close()
				t.Error("a folder outside was opened")
			}
		})
	}
}

func FuzzReadable(f *testing.F) {
	for _, seed := range []string{"/a", "../../etc/passwd", "a//b/./..", `..\..\x`, "", "\x00", "/a/../b"} {
		f.Add(seed)
	}
	folder, err := docroot.Open(grant.Grant{Root: realFolder(f), Destination: "/up", Sources: []string{"/down"}}, docroot.Both)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { folder.Close() })
	f.Fuzz(func(t *testing.T, name string) {
		for _, check := range []func(string) (string, error){folder.Readable, folder.Writable, folder.Visible, folder.Creatable} {
			if got, err := check(name); err == nil && !filepath.IsLocal(got) {
				t.Fatalf("%q gives %q", name, got)
			}
		}
	})
}
