package ascp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/ascli-go/ascli/sandbox/grant"
)

// copier moves single items from one tree to the other.
type copier struct {
	job    *job
	source tree
	target tree
	meter  *meter
	// started is told where the transfer of a file starts.
	started func(r *running, from int64)
}

// outcome is what became of a file that did not fail.
type outcome struct {
	skipped bool
	// from is the byte at which the transfer of the file started.
	from int64
}

// copy moves one file or link.
func (c *copier) copy(ctx context.Context, i item, r *running) (outcome, error) {
	if i.kind == link {
		return outcome{}, c.copyLink(i)
	}
	skip, err := c.keepExisting(ctx, i)
	if err != nil {
		return outcome{}, err
	}
	if skip {
		return outcome{skipped: true}, nil
	}
	if err := c.target.MkdirAll(c.target.Parent(i.target)); err != nil {
		return outcome{}, err
	}
	from, err := c.resumeFrom(ctx, i)
	if err != nil {
		return outcome{}, err
	}
	c.started(r, from)
	if err := c.writePartial(ctx, i, from, &r.progress); err != nil {
		return outcome{}, err
	}
	return outcome{from: from}, c.publish(i)
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
	return c.sameContent(ctx, i, i.target, i.size)
}

// writePartial brings the partial file to the size of the source. After an
// error the partial file and its checkpoint stay, to be resumed.
func (c *copier) writePartial(ctx context.Context, i item, from int64, progress *progress) error {
	if from == 0 {
		if err := writeCheckpoint(c.target, i); err != nil {
			return err
		}
	}
	reader, err := c.source.Open(i.source, from)
	if err != nil {
		return err
	}
	defer reader.Close()
	writer, err := c.target.Create(i.partialName(), from)
	if err != nil {
		return err
	}
	written, err := c.pump(ctx, writer, reader, i.size-from, progress)
	if err != nil && !isLost(err) {
		err = errors.Join(err, trimHoles(writer))
	}
	if err := errors.Join(err, writer.Close()); err != nil {
		return err
	}
	if from+written != i.size {
		return failf(codeDiskRead, "%s changed during its transfer: %d bytes instead of %d", i.source, from+written, i.size)
	}
	return nil
}

// trimHoles cuts a file to the data without a hole: after a failed request,
// later ones may still have been written.
func trimHoles(writer io.WriteCloser) error {
	file, ok := writer.(interface {
		io.Seeker
		Truncate(size int64) error
	})
	if !ok {
		return nil
	}
	end, err := file.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	return file.Truncate(end)
}

// pump copies the data. The SFTP side has many requests under way, sent in the
// order of the data, so that what has arrived when the connection is cut has
// no holes; the local side is metered.
func (c *copier) pump(ctx context.Context, writer io.Writer, reader io.Reader, size int64, progress *progress) (int64, error) {
	if remote, ok := reader.(io.WriterTo); ok && c.job.direction == grant.Receive {
		return remote.WriteTo(&meteredWriter{ctx: ctx, meter: c.meter, progress: progress, to: writer})
	}
	return io.Copy(writer, &meteredReader{ctx: ctx, meter: c.meter, progress: progress, from: reader, size: size})
}

// publish gives a complete file its name.
func (c *copier) publish(i item) error {
	if err := c.keepTimes(i); err != nil {
		return err
	}
	if err := c.target.Rename(i.partialName(), i.target); err != nil {
		return fmt.Errorf("name the complete file: %w", err)
	}
	if err := c.target.Remove(i.checkpointName()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the checkpoint: %w", err)
	}
	if c.job.removeSources && !isFaux(i.source) {
		if err := c.source.Remove(i.source); err != nil {
			return fmt.Errorf("remove the source: %w", err)
		}
	}
	return nil
}

func (c *copier) keepTimes(i item) error {
	if !c.job.keepModified && !c.job.keepAccessed {
		return nil
	}
	// SFTP sets both times or none, and the access time of the source is not
	// known on all systems: the modification time stands for it.
	modified := i.modified
	if !c.job.keepModified {
		modified = time.Now()
	}
	return c.target.Chtimes(i.partialName(), i.modified, modified)
}

// copyLink makes a symbolic link anew.
func (c *copier) copyLink(i item) error {
	target, err := c.source.Readlink(i.source)
	if err != nil {
		return err
	}
	if err := c.target.MkdirAll(c.target.Parent(i.target)); err != nil {
		return err
	}
	if _, err := c.target.Lstat(i.target); err == nil {
		if c.job.links != "copy+force" {
			return failf(codeExists, "%s exists at the destination", i.target)
		}
		if err := c.target.Remove(i.target); err != nil {
			return err
		}
	}
	return c.target.Symlink(target, i.target)
}
