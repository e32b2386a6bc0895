package async

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"time"

	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/async/snapdb"
	"github.com/ascli-go/ascli/sandbox/sshd/wire"
)

// copier makes single paths the same on both sides.
type copier struct {
	config *config
	meter  *ascp.Meter
}

// copied is what became of a path.
type copied struct {
	// source and target are how both sides are now.
	source, target snapdb.Content
	sum            string
	// from is the byte at which the transfer began, moved how many followed.
	from, moved int64
}

// partialOf begins the names of files that a session has not completed.
func partialOf(session string) string { return partialPrefix + shortSum(session) + "-" }

// partialName is where a file grows, beside the place where it will be.
func partialName(session, name string) string {
	return path.Join(path.Dir(name), partialOf(session)+shortSum(path.Base(name))+partialSuffix)
}

func shortSum(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// file moves a file. The target has the old one until it has the whole new one.
func (c *copier) file(ctx context.Context, source, target *side, name string, e entry) (copied, error) {
	partial := partialName(c.config.Name, name)
	from, err := c.resumeFrom(ctx, source, target, name, partial, e)
	if err != nil {
		return copied{}, err
	}
	done := copied{from: from}
	begun := time.Now()
	if err := c.write(ctx, source, target, name, partial, e, &done); err != nil {
		return done, err
	}
	// The source may have been written meanwhile, even with its size kept.
	now, err := source.Stat(source.at(name))
	if err != nil {
		return done, err
	}
	if now.Size() != e.size || now.ModTime().Unix() != e.modified {
		return done, ascp.Failf(ascp.CodeDiskRead, "%s changed during its transfer", name)
	}
	if c.config.KeepModified {
		if err := target.Chtimes(target.at(partial), now.ModTime(), now.ModTime()); err != nil {
			return done, err
		}
	}
	named := time.Now()
	if err := target.Rename(target.at(partial), target.at(name)); err != nil {
		return done, fmt.Errorf("name the complete file: %w", err)
	}
	there, err := target.Stat(target.at(name))
	if err != nil {
		return done, err
	}
	done.source, done.target = contentOf(now, begun), contentOf(there, named)
	return done, nil
}

// contentOf is how a file is. since is when it may have begun to differ from
// what was read or written.
func contentOf(info fs.FileInfo, since time.Time) snapdb.Content {
	return snapdb.Content{Size: info.Size(), Modified: info.ModTime().Unix(), Seen: since.Unix()}
}

// write brings the partial file to the size of the source.
func (c *copier) write(ctx context.Context, source, target *side, name, partial string, e entry, done *copied) error {
	sum := sha256.New()
	if done.from > 0 {
		// What is there counts for the checksum. It is read on this computer.
		near, at := source, name
		if source.remote {
			near, at = target, partial
		}
		start, err := ascp.OpenAt(near, near.at(at), 0)
		if err != nil {
			return err
		}
		_, err = io.CopyN(sum, start, done.from)
		if err := errors.Join(err, start.Close()); err != nil {
			return err
		}
	}
	reader, err := ascp.OpenAt(source, source.at(name), done.from)
	if err != nil {
		return err
	}
	defer reader.Close()
	writer, err := ascp.CreateAt(target, target.at(partial), done.from)
	if err != nil {
		return err
	}
	done.moved, err = c.meter.Copy(ctx, writer, reader, e.size-done.from, sum)
	if err := errors.Join(err, writer.Close()); err != nil {
		return err
	}
	if done.from+done.moved != e.size {
		return ascp.Failf(ascp.CodeDiskRead, "%s changed during its transfer: %d bytes instead of %d", name, done.from+done.moved, e.size)
	}
	done.sum = hex.EncodeToString(sum.Sum(nil))
	return nil
}

// resumeTries is how many lengths of what was left are compared.
const resumeTries = 3

// defaultResumeSize is the size from which files are resumed, in bytes
// (spec/sync.md 3.5).
const defaultResumeSize = 1 << 20

// resumeFrom gives the byte from which a file goes on: what an earlier run left
// must be the beginning of the file as it is now.
func (c *copier) resumeFrom(ctx context.Context, source, target *side, name, partial string, e entry) (int64, error) {
	least := int64(defaultResumeSize)
	if c.config.Resume.MinSize != nil {
		least = *c.config.Resume.MinSize
	}
	if !c.config.Resume.Enabled || e.size < least {
		return 0, nil
	}
	there, err := target.Lstat(target.at(partial))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil || there.Size() > e.size || there.Size() == 0 {
		return 0, err
	}
	// Of the last requests before a cut some may be missing: what was written
	// earlier is tried then.
	length := there.Size()
	for range resumeTries {
		part := []wire.Range{{Length: length}}
		mine, err := source.Digest(ctx, source.at(name), part)
		if err != nil {
			return 0, err
		}
		theirs, err := target.Digest(ctx, target.at(partial), part)
		if err != nil {
			return 0, err
		}
		if mine == theirs {
			return length, nil
		}
		length /= 2
	}
	return 0, nil
}

// link makes a symbolic link, in the place of what is there.
func (c *copier) link(target *side, name string, e entry) (copied, error) {
	partial := partialName(c.config.Name, name)
	if err := target.Remove(target.at(partial)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return copied{}, err
	}
	if err := target.Symlink(e.target, target.at(partial)); err != nil {
		return copied{}, err
	}
	if err := target.Rename(target.at(partial), target.at(name)); err != nil {
		return copied{}, err
	}
	return copied{sum: linkSum(e.target)}, nil
}

// remove deletes a path, or moves it to the folder of what is kept. A folder
// that still holds something stays; stays tells so.
func (c *copier) remove(s *side, name string, kind snapdb.Kind) (stays bool, err error) {
	if kind == snapdb.Dir {
		items, err := s.ReadDir(s.at(name))
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		if err != nil || len(items) > 0 {
			return true, err
		}
	} else if s.keep != "" {
		return false, s.keepRename(name, path.Join(s.keep, name))
	}
	if err := s.Remove(s.at(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	return false, nil
}
