package oauth

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/ascli-go/ascli/sdk/record"
)

// Stored is a kept token (config tokens, spec/plugins/config.md 14).
type Stored struct {
	// ID is the name of the file without its ending, Path where the file is.
	ID, Path string
	// Answer is that of the token endpoint; nil when the file has something else.
	Answer *record.Object
}

// List returns the tokens kept in a folder, by name. A folder that does not
// exist has none.
func List(folder string) ([]Stored, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []Stored
	for _, entry := range entries {
		id, isToken := strings.CutSuffix(entry.Name(), tokenSuffix)
		if !isToken || !strings.HasPrefix(id, tokenPrefix) {
			continue
		}
		stored := Stored{ID: id, Path: filepath.Join(folder, entry.Name())}
		content, err := os.ReadFile(stored.Path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // another process has just removed it
		}
		if err != nil {
			return nil, err
		}
		if answer, err := record.ParseObject(content); err == nil {
			stored.Answer = answer
		}
		list = append(list, stored)
	}
	return list, nil
}

// Flush removes the tokens kept in a folder and returns the paths of the files.
func Flush(folder string) ([]string, error) {
	list, err := List(folder)
	if err != nil {
		return nil, err
	}
	var removed []string
	for _, stored := range list {
		if err := os.Remove(stored.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return removed, err
		}
		removed = append(removed, stored.Path)
	}
	return removed, nil
}

// Clean removes the tokens of a folder that were kept for longer than maxAge,
// and what interrupted processes left. The host calls it at each start.
func Clean(ctx context.Context, folder string, maxAge time.Duration) error {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var failures []error
	for _, entry := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil || time.Since(info.ModTime()) <= maxAge {
			continue
		}
		path := filepath.Join(folder, entry.Name())
		switch name := entry.Name(); {
		case strings.HasPrefix(name, lockPrefix):
			err = removeLock(path)
		// An atomic write that was interrupted leaves digits after the ending.
		case strings.HasPrefix(name, tokenPrefix) && strings.Contains(name, tokenSuffix):
			err = os.Remove(path)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}

// removeLock removes the file of a lock that nobody holds. Windows does not
// remove an open file: there it stays, empty.
func removeLock(path string) error {
	lock := flock.New(path, flock.SetFlag(os.O_RDWR))
	free, err := lock.TryLock()
	if err != nil || !free {
		return err
	}
	defer lock.Unlock()
	_ = os.Remove(path)
	return nil
}
