// Package world is the state of a sandbox, kept in one data folder: node users,
// access keys, files with their ids, and the transfer tokens given out.
//
// There is one store of files. A node user and an access key each see one
// folder of it as their root, so that the calls by path (gen3) and the calls by
// file id (gen4) show the same files.
//
// A World and its views may be used from any goroutine.
package world

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/ascli-go/ascli/sandbox/grant"
)

// World is an opened data folder.
type World struct {
	lock     *flock.Flock
	store    *os.Root
	storeDir string // absolute, without symbolic links
	accounts *accounts
	tokens   *tokens
	observe  func(Change) // may be nil

	// mu makes a change of the store and of its index one step, and guards the
	// index. Other programs may change the store at any time.
	mu    sync.Mutex
	index *index
}

var _ grant.Authority = (*World)(nil)

// Open opens the world kept in folder, making it at the first call. Only one
// process can have it open.
func Open(folder string) (*World, error) {
	w, err := open(folder)
	if err != nil {
		return nil, fmt.Errorf("open the data folder %s: %w", folder, err)
	}
	return w, nil
}

func open(folder string) (_ *World, err error) {
	files := filepath.Join(folder, "files")
	if err := os.MkdirAll(files, 0o700); err != nil {
		return nil, err
	}
	w := &World{
		lock:   flock.New(filepath.Join(folder, "lock"), flock.SetPermissions(0o600)),
		tokens: newTokens(time.Now),
	}
	defer func() {
		if err != nil {
			w.Close()
		}
	}()
	locked, err := w.lock.TryLock()
	if err != nil {
		return nil, err
	}
	if !locked {
		return nil, errors.New("another sandbox uses it; stop that one or choose another folder")
	}
	if w.storeDir, err = resolvedPath(files); err != nil {
		return nil, err
	}
	if w.store, err = os.OpenRoot(files); err != nil {
		return nil, err
	}
	if w.accounts, err = openAccounts(filepath.Join(folder, "world.json")); err != nil {
		return nil, err
	}
	w.index, err = openIndex(filepath.Join(folder, "file_ids.jsonl"))
	return w, err
}

// Close releases the data folder. Views must be closed before.
func (w *World) Close() error {
	var errs []error
	if w.index != nil {
		errs = append(errs, w.index.close())
	}
	if w.store != nil {
		errs = append(errs, w.store.Close())
	}
	return errors.Join(append(errs, w.lock.Close())...)
}

// NodeID returns the id of the node (a UUID), constant for a data folder.
func (w *World) NodeID() string { return w.accounts.nodeID() }

// ClusterID returns the id of the cluster that the node makes alone (a UUID).
func (w *World) ClusterID() string { return w.accounts.clusterID() }

func resolvedPath(p string) (string, error) {
	p, err := filepath.Abs(p)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(p)
}
