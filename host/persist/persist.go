// Package persist keeps small JSON texts between runs, in the files of the
// original (spec/cli.md 5.3): <home>/persist_store/<id>.txt.
package persist

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ascli-go/ascli/host/atomicfile"
)

// Store is the folder of persisted items.
type Store struct{ folder string }

// New returns the store of a main folder. Nothing is created before the first write.
func New(home string) Store { return Store{filepath.Join(home, "persist_store")} }

// lockWait bounds the wait for another process that writes.
const lockWait = 10 * time.Second

// Read returns the content of an item, nil when there is none.
func (s Store) Read(id ...string) ([]byte, error) {
	content, err := os.ReadFile(s.file(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return content, err
}

// Write replaces an item, or deletes it when content is empty.
func (s Store) Write(ctx context.Context, content []byte, id ...string) error {
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	// One lock for the whole folder: items are small and seldom written.
	return atomicfile.Locked(ctx, filepath.Join(s.folder, "items"), func() error {
		if len(content) > 0 {
			return atomicfile.Write(s.file(id), content)
		}
		if err := os.Remove(s.file(id)); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

func (s Store) file(id []string) string { return filepath.Join(s.folder, fileName(id)+".txt") }

// fileName joins the parts: an https URL gives its host name, characters that some
// file system refuses give "_".
func fileName(id []string) string {
	var parts []string
	for _, p := range id {
		if u, err := url.Parse(p); err == nil && strings.HasPrefix(p, "https://") {
			p = u.Hostname()
		}
		parts = append(parts, p)
	}
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune("/:\"<>\\*?.", r) || r < ' ' {
			return '_'
		}
		return r
	}, strings.Join(parts, "_"))
	return strings.ToLower(clean)
}
