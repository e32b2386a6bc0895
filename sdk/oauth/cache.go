package oauth

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
	"github.com/natefinch/atomic"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// Cache keeps the answers of token endpoints between calls and runs. Its
// methods are called from any goroutine. An answer that was handed out or taken
// is not changed by either side.
type Cache interface {
	// Load returns the answer kept under an id, nil when there is none. It is
	// called before every call of an API and does not wait for others.
	Load(id []string) (*record.Object, error)
	// Exchange calls change with the answer kept, nil when there is none, and
	// keeps and returns what it gives instead. For one id nobody else, in this
	// process or another, is in the midst of an exchange. When change fails,
	// nothing is kept and its error is returned as it is.
	Exchange(ctx context.Context, id []string, change func(kept *record.Object) (*record.Object, error)) (*record.Object, error)
}

// StoreFolder is the folder of kept tokens below the main folder (option home).
const StoreFolder = "persist_store"

// lockRetry is the time between two looks whether another process has ended its
// exchange, which may be a login by browser.
const lockRetry = 10 * time.Millisecond

// FolderCache is the cache of the original: a file per token, shared by all
// processes of the user (spec/cli.md 5.5). Each file is read once, unless its
// token is to be replaced.
type FolderCache struct {
	folder string
	maxAge time.Duration

	mu sync.Mutex
	// known holds the answers read or written, by file name.
	known map[string]*record.Object
}

// NewFolderCache returns a cache in a folder, which is made when there is
// something to keep. A file older than maxAge counts as absent; [Clean] removes
// it.
func NewFolderCache(folder string, maxAge time.Duration) *FolderCache {
	return &FolderCache{folder: folder, maxAge: maxAge, known: map[string]*record.Object{}}
}

// Load returns the answer kept under an id.
func (c *FolderCache) Load(id []string) (*record.Object, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if answer := c.known[fileName(id)]; answer != nil {
		return answer, nil
	}
	answer, err := c.read(id)
	if answer != nil {
		c.known[fileName(id)] = answer
	}
	return answer, err
}

// Exchange replaces the answer kept under an id.
func (c *FolderCache) Exchange(ctx context.Context, id []string, change func(*record.Object) (*record.Object, error)) (*record.Object, error) {
	if err := os.MkdirAll(c.folder, 0o700); err != nil {
		return nil, c.unfit(err)
	}
	lock, err := c.lock(ctx, id)
	if err != nil {
		return nil, err
	}
	defer lock.Unlock()
	kept, err := c.read(id)
	if err != nil {
		return nil, err
	}
	answer, err := change(kept)
	if err != nil {
		c.remember(id, nil)
		// A file that stays costs one more refusal, no more.
		_, _ = c.remove(fileName(id)), c.remove(laterFileName(id))
		return nil, err
	}
	if answer != kept {
		if err := c.write(id, answer); err != nil {
			return nil, c.unfit(err)
		}
	}
	c.remember(id, answer)
	return answer, nil
}

func (c *FolderCache) remember(id []string, answer *record.Object) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known[fileName(id)] = answer
}

// read returns the answer in the file of either name, nil when there is none:
// a damaged file is replaced, not an error.
func (c *FolderCache) read(id []string) (*record.Object, error) {
	for _, name := range []string{fileName(id), laterFileName(id)} {
		path := filepath.Join(c.folder, name)
		info, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && time.Since(info.ModTime()) > c.maxAge {
			continue
		}
		content, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, c.unfit(err)
		}
		if answer, err := record.ParseObject(content); err == nil {
			return answer, nil
		}
	}
	return nil, nil
}

func (c *FolderCache) write(id []string, answer *record.Object) error {
	path := filepath.Join(c.folder, fileName(id))
	// atomic.WriteFile keeps the mode of a file that it replaces.
	if err := os.Chmod(path, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := atomic.WriteFile(path, bytes.NewReader(record.JSON(answer))); err != nil {
		return err
	}
	if later := laterFileName(id); later != fileName(id) {
		return c.remove(later)
	}
	return nil
}

func (c *FolderCache) remove(name string) error {
	if err := os.Remove(filepath.Join(c.folder, name)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// lock takes the lock of an id, which is a file beside that of the token.
func (c *FolderCache) lock(ctx context.Context, id []string) (*flock.Flock, error) {
	path := filepath.Join(c.folder, lockName(id))
	for {
		lock := flock.New(path, flock.SetPermissions(0o600))
		if _, err := lock.TryLockContext(ctx, lockRetry); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, c.unfit(err)
		}
		// Clean may have removed the file between its opening and its locking:
		// others would lock another one then.
		locked, err := lock.Stat()
		if err != nil {
			return nil, errors.Join(c.unfit(err), lock.Unlock())
		}
		if current, err := os.Stat(path); err == nil && os.SameFile(locked, current) {
			return lock, nil
		}
		if err := lock.Unlock(); err != nil {
			return nil, c.unfit(err)
		}
	}
}

func (c *FolderCache) unfit(err error) error {
	return failure.Toolf("tokens cannot be kept in %s: %w", c.folder, err).
		Hint("make the folder writable, or do without it: --cache-tokens=no")
}
