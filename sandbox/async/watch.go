package async

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/async/snapdb"
)

const (
	// scanInterval is the time between two looks at a side that does not tell
	// its changes: SFTP has no way to.
	scanInterval = time.Second
	// defaultCooloff is how long a folder must be still before its files are
	// moved (spec/sync.md 3.5).
	defaultCooloff = 3 * time.Second
)

// onAndOn makes pass after pass, one for each change, until the session is
// stopped.
func (s *session) onAndOn(ctx context.Context, local, remote *side) error {
	watch, err := s.watch()
	if err != nil {
		return err
	}
	defer func() { _ = watch.Close() }()
	for {
		// Before the pass, so that no change falls in between.
		if err := s.watchFolders(watch); err != nil {
			return ascp.FailureOf(s.config.Local.Path, err)
		}
		if err := s.onePass(ctx, local, remote); err != nil {
			return err
		}
		s.idle.Store(true)
		s.printf("Waiting for changes\n")
		if !s.await(ctx, watch) {
			return nil
		}
		s.idle.Store(false)
	}
}

// watch makes what tells changes of the local folder.
func (s *session) watch() (*fsnotify.Watcher, error) {
	watch, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, ascp.Failf(ascp.CodeFailed, "watch the local folder: %v", err)
	}
	return watch, nil
}

// watchFolders watches all folders that take part; those that are watched
// already cost nothing.
func (s *session) watchFolders(watch *fsnotify.Watcher) error {
	if s.config.Direction == pull {
		return nil
	}
	return filepath.WalkDir(s.config.Local.Path, func(name string, item fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil // it has just been removed: the pass sees what is left
		case err != nil || !item.IsDir():
			return err
		case item.Name() == snapdb.PrivateFolder:
			return filepath.SkipDir
		}
		if err := watch.Add(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

// await waits for something to do; false tells that the session was stopped.
func (s *session) await(ctx context.Context, watch *fsnotify.Watcher) bool {
	var looks <-chan time.Time
	if interval := s.interval(); interval > 0 {
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		looks = ticker.C
	}
	cooloff := defaultCooloff
	if s.config.Cooloff != nil {
		cooloff = time.Duration(*s.config.Cooloff) * time.Second
	}
	var still <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return false
		case <-looks:
			return true
		case <-still:
			return true
		case _, more := <-watch.Events:
			if !more {
				return false
			}
			still = time.After(cooloff)
		case <-watch.Errors:
			// Changes were lost: a look finds them.
			return true
		}
	}
}

// interval is the time between looks at both sides, 0 for none.
func (s *session) interval() time.Duration {
	interval := time.Duration(max(s.config.LocalScanInterval, 0)) * time.Millisecond
	if s.config.Direction == push {
		return interval
	}
	remote := scanInterval
	if s.config.RemoteScanInterval > 0 {
		remote = time.Duration(s.config.RemoteScanInterval) * time.Millisecond
	}
	if interval == 0 {
		return remote
	}
	return min(interval, remote)
}
