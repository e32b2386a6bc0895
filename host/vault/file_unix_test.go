//go:build unix

package vault

import (
	"os"
	"path/filepath"
	"testing"
)

// A file that others may read is closed to them when it is written.
func TestFileMode(t *testing.T) {
	path := copied(t, "vault-4.21.0.bin")
	if err := open(t, "", testPassword, "name", path).Delete(t.Context(), "second"); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode())
	}
}

func TestSymbolicLinkStays(t *testing.T) {
	path := copied(t, "vault-4.26.2.bin")
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if err := open(t, "", testPassword, "name", link).Delete(t.Context(), "lab1"); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link has become %v, %v", info.Mode(), err)
	}
	if entries, err := open(t, "", testPassword, "name", path).List(t.Context()); err != nil || len(entries) != 0 {
		t.Errorf("the file holds %v, %v", entries, err)
	}
}
