package testscripts

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// fileTree is what a folder holds: the digest of the content of each file, by
// path with slashes. A folder has the digest isFolder.
type fileTree map[string]string

const isFolder = "folder"

func readTree(t *testing.T, folder string) fileTree {
	t.Helper()
	tree := fileTree{}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || path == folder {
			return err
		}
		relative, err := filepath.Rel(folder, path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(relative)
		if tree[name] = isFolder; !entry.IsDir() {
			tree[name], err = digest(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func digest(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// filesOnly leaves the folders out.
func (a fileTree) filesOnly() fileTree {
	files := maps.Clone(a)
	maps.DeleteFunc(files, func(_, digest string) bool { return digest == isFolder })
	return files
}

// expect compares with the tree wanted.
func (a fileTree) expect(t *testing.T, want fileTree) {
	t.Helper()
	const enough = 10
	var wrong []string
	for name := range want {
		if got, there := a[name]; !there {
			wrong = append(wrong, "missing: "+short(name))
		} else if got != want[name] {
			wrong = append(wrong, "other content: "+short(name))
		}
	}
	for name := range a {
		if _, wanted := want[name]; !wanted {
			wrong = append(wrong, "too much: "+short(name))
		}
	}
	slices.Sort(wrong)
	if len(wrong) > 0 {
		t.Errorf("%d differences between %d files and folders and the %d wanted, such as %q", len(wrong), len(a), len(want), wrong[:min(len(wrong), enough)])
	}
}

// short is the beginning of a name.
func short(name string) string { return fmt.Sprintf("%.60s", name) }

// fill writes files of random bytes, by path and size, below a folder. A
// negative size makes a folder.
func fill(t *testing.T, folder string, files map[string]int) {
	t.Helper()
	for name, size := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if size < 0 {
			mkdirAll(t, path)
			continue
		}
		mkdirAll(t, filepath.Dir(path))
		content := make([]byte, size)
		_, _ = rand.Read(content)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func mkdirAll(t *testing.T, folder string) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
}
