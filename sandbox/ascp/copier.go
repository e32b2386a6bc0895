package ascp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/ascli-go/ascli/sandbox/sshd/wire"
)

// copier moves single items from one tree to the other.
type copier struct {
	job    *job
	source tree
	target tree
	meter  *meter
	// started is told where the transfer of a file starts.
	started func(r *running, from int64)

	// folders holds the target folders that exist, and whether they are new.
	folders sync.Map
	// shared are the files of which this session moved its part.
	shared split
}

// outcome is what became of a file that did not fail.
type outcome struct {
	skipped bool
	// stopped: the supervisor wanted the file, which failed, no more.
	stopped bool
	// from is the byte at which the transfer of the file started.
	from int64
	// checksum of the file, "" if none was asked for.
	checksum string
}

// copy moves one file or link, or the part of a file that is this session's.
func (c *copier) copy(ctx context.Context, i item, r *running) (outcome, error) {
	if ctx.Err() != nil {
		return outcome{}, context.Cause(ctx)
	}
	if i.kind == link {
		return c.copyLink(i)
	}
	isNew, err := c.folder(c.target.Parent(i.target))
	if err != nil {
		return outcome{}, err
	}
	// Nothing can be in a folder that was made just now, but for what this
	// session brings twice.
	if !isNew || i.repeated {
		skip, err := c.keepExisting(ctx, i)
		if err != nil {
			return outcome{}, err
		}
		if skip {
			return outcome{skipped: true}, c.dropSkipped(i)
		}
	}
	if i.isPart() {
		return c.copyPart(ctx, i, r)
	}
	from, err := c.resumeFrom(ctx, i)
	if err != nil {
		return outcome{}, err
	}
	c.started(r, from)
	if err := c.writePartial(ctx, i, from, &r.progress); err != nil {
		return outcome{}, err
	}
	sum, err := c.checksum(ctx, i)
	if err != nil {
		return outcome{}, err
	}
	return outcome{from: from, checksum: sum}, c.publish(i)
}

// folder makes a folder of the destination, once. It says whether the folder
// is new.
func (c *copier) folder(name string) (bool, error) {
	if isNew, known := c.folders.Load(name); known {
		return isNew.(bool), nil
	}
	isNew, err := c.target.MkdirAll(name)
	if err != nil {
		return false, err
	}
	first, _ := c.folders.LoadOrStore(name, isNew)
	return first.(bool), nil
}

// keepExisting applies the overwrite policy to what is at the destination.
func (c *copier) keepExisting(ctx context.Context, i item) (bool, error) {
	if c.job.overwrite == "always" {
		return false, nil
	}
	existing, err := c.target.Stat(i.target)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if existing.IsDir() {
		return false, failf(codeExists, "%s is a folder at the destination", i.target)
	}
	older := existing.ModTime().Before(i.modified.Truncate(time.Second))
	switch c.job.overwrite {
	case "never":
		return true, nil
	case "older":
		return !older, nil
	case "diff+older":
		if !older {
			return true, nil
		}
	}
	// "diff": without a resume policy nothing says that files are the same.
	if c.job.resume == resumeNone || existing.Size() != i.size {
		return false, nil
	}
	return c.sameContent(ctx, i, i.target, wire.Range{Length: i.size})
}

// writePartial brings the partial file to the size of the source. After an
// error the partial file and its checkpoint stay, to be resumed.
func (c *copier) writePartial(ctx context.Context, i item, from int64, progress *progress) error {
	if from == 0 && i.mayResume() {
		if err := writeCheckpoint(c.target, i, i.checkpoint()); err != nil {
			return err
		}
	}
	p := pump{copier: c, item: i, part: wire.Range{Offset: from, Length: i.size - from}, keep: from > 0, progress: progress}
	if _, err := p.run(ctx); err != nil {
		return err
	}
	return c.checkUnchanged(i)
}

// checkUnchanged fails if the source is not what was scanned: a mixture of two
// states may have been read.
func (c *copier) checkUnchanged(i item) error {
	if i.size <= smallFile || i.isStream || isFaux(i.source) {
		return nil
	}
	now, err := c.source.Stat(i.source)
	if err != nil {
		return err
	}
	if now.Size() != i.size || !now.ModTime().Equal(i.modified) {
		return changed(i)
	}
	return nil
}

func changed(i item) error {
	return failf(codeDiskRead, "%s changed during its transfer", i.source)
}

// publish gives a complete file its name.
func (c *copier) publish(i item) error {
	if err := c.keepTimes(i, i.partialName()); err != nil {
		return err
	}
	if err := c.saveExisting(i); err != nil {
		return err
	}
	if err := c.target.Rename(i.partialName(), i.target); err != nil {
		return fmt.Errorf("name the complete file: %w", err)
	}
	if i.mayResume() {
		if err := c.target.Remove(i.checkpointName()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove the checkpoint: %w", err)
		}
	}
	return c.finishSource(i)
}

// copyLink makes a symbolic link anew. By policy "copy" what exists stays, by
// "copy+force" it is replaced, but for folders.
func (c *copier) copyLink(i item) (outcome, error) {
	target, err := c.source.Readlink(i.source)
	if err != nil {
		return outcome{}, err
	}
	if _, err := c.folder(c.target.Parent(i.target)); err != nil {
		return outcome{}, err
	}
	if existing, err := c.target.Lstat(i.target); err == nil {
		if c.job.links != "copy+force" {
			return outcome{skipped: true}, nil
		}
		if existing.IsDir() {
			return outcome{}, failf(codeExists, "%s is a folder at the destination", i.target)
		}
		if err := c.target.Remove(i.target); err != nil {
			return outcome{}, err
		}
	}
	if err := c.target.Symlink(target, i.target); err != nil {
		return outcome{}, err
	}
	return outcome{}, c.finishSource(i)
}
