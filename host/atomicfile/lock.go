package atomicfile

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// lockRetry is how often a process tries to lock a file when another one holds it.
const lockRetry = 5 * time.Millisecond

// Locked calls f while no other process is in a call of Locked for the same file.
// It gives up when ctx is done. The folder of the file is made when it is missing;
// the lock is a file beside it, path.lock, that stays.
func Locked(ctx context.Context, path string, f func() error) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	lock := flock.New(path+".lock", flock.SetPermissions(0o600))
	if _, err := lock.TryLockContext(ctx, lockRetry); err != nil {
		return fmt.Errorf("another process has locked %s: %w", path, err)
	}
	defer func() {
		if unlockErr := lock.Unlock(); err == nil {
			err = unlockErr
		}
	}()
	return f()
}

// Target is the file that a path leads to when it is a symbolic link: replacing
// that one lets the link stay.
func Target(path string) string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		return target
	}
	return path
}
