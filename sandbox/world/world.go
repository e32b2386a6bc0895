// Package world is the state of a sandbox, kept in one data folder: node users,
// access keys with the permissions of their users, files with their ids, and the
// transfer tokens given out.
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
	"github.com/ascli-go/ascli/sandbox/quota"
)

// World is an opened data folder.
type World struct {
	lock     *flock.Flock
	store    *os.Root
	storeDir string // absolute, without symbolic links
	accounts *accounts
	tokens   *tokens
	keys     *publicKeys
	jobs     *jobs
	now      func() time.Time
	observe  func(Change) // may be nil

	// mu makes a change of the store and of its index one step, and guards the
	// index. Other programs may change the store at any time.
	mu    sync.Mutex
	index *index

	diskLimit int64
	disk      *quota.Disk // nil without a limit
}

var _ grant.Authority = (*World)(nil)

// Option changes how a world is opened.
type Option func(*World)

// WithClock makes a world take the time from now, which decides what has
// expired. Without it that is time.Now.
func WithClock(now func() time.Time) Option { return func(w *World) { w.now = now } }

// WithDiskQuota bounds what the files of a world may hold, in bytes.
func WithDiskQuota(limit int64) Option { return func(w *World) { w.diskLimit = limit } }

// Disk is the bound of the files, nil if there is none.
func (w *World) Disk() *quota.Disk { return w.disk }

// Open opens the world kept in folder, making it at the first call. Only one
// process can have it open.
func Open(folder string, options ...Option) (*World, error) {
	w, err := open(folder, options)
	if err != nil {
		return nil, fmt.Errorf("open the data folder %s: %w", folder, err)
	}
	return w, nil
}

func open(folder string, options []Option) (_ *World, err error) {
	files := filepath.Join(folder, "files")
	if err := os.MkdirAll(files, 0o700); err != nil {
		return nil, err
	}
	w := &World{
		lock: flock.New(filepath.Join(folder, "lock"), flock.SetPermissions(0o600)),
		now:  time.Now,
		jobs: newJobs(),
	}
	for _, set := range options {
		set(w)
	}
	w.tokens, w.keys = newTokens(w.now), newPublicKeys(w.now)
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
	if w.diskLimit > 0 {
		w.disk = quota.New(w.storeDir, w.diskLimit)
	}
	if w.accounts, err = openAccounts(filepath.Join(folder, "world.json")); err != nil {
		return nil, err
	}
	w.index, err = openIndex(filepath.Join(folder, "file_ids.jsonl"))
	return w, err
}

// Close ends the jobs and releases the data folder. Views must be closed before.
func (w *World) Close() error {
	w.EndJobs()
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
