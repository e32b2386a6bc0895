package ascp

import (
	"context"
	"crypto/md5"  // values of --file-checksum
	"crypto/sha1" // values of --file-checksum
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sandbox/grant"
)

// keepTimes gives a file the times of its source, as far as they are to be kept.
func (c *copier) keepTimes(i item, name string) error {
	if !c.job.keepModified && !c.job.keepAccessed {
		return nil
	}
	// SFTP sets both times or none.
	now := time.Now()
	accessed, modified := now, now
	if c.job.keepModified {
		modified = i.modified
	}
	if c.job.keepAccessed {
		accessed = i.accessed
		if accessed.IsZero() {
			accessed = i.modified
		}
	}
	return c.target.Chtimes(name, accessed, modified)
}

// saveExisting renames what is about to be replaced to
// NAME.yyyy.mm.dd.hh.mm.ss.INDEX.EXTENSION.
func (c *copier) saveExisting(i item) error {
	if !c.job.saveExisting {
		return nil
	}
	if _, err := c.target.Lstat(i.target); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return err
	}
	base := c.target.Base(i.target)
	extension := path.Ext(base)
	if extension == base { // a hidden file
		extension = ""
	}
	stem := strings.TrimSuffix(base, extension) + time.Now().Format(".2006.01.02.15.04.05.")
	for index := 1; ; index++ {
		saved := c.target.Join(c.target.Parent(i.target), fmt.Sprint(stem, index, extension))
		if _, err := c.target.Lstat(saved); err == nil {
			continue
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return c.target.Rename(i.target, saved)
	}
}

// finishSource does with a source that has arrived what is asked for.
func (c *copier) finishSource(i item) error {
	switch {
	case isFaux(i.source):
		return nil
	case c.job.moveAfter != "":
		return c.archive(i)
	case c.job.removeSources:
		if err := c.source.Remove(i.source); err != nil {
			return fmt.Errorf("remove the source: %w", err)
		}
	case c.job.keepSourceAccess && !i.accessed.IsZero() && i.kind == file:
		return c.source.Chtimes(i.source, i.accessed, i.modified)
	}
	return nil
}

// archive moves a source to the archive folder of its side, below which its
// path is that below the destination.
func (c *copier) archive(i item) error {
	archived := c.source.Join(c.job.moveAfter, i.below)
	if _, err := c.source.MkdirAll(c.source.Parent(archived)); err != nil {
		return fmt.Errorf("archive the source: %w", err)
	}
	if err := c.source.Rename(i.source, archived); err != nil {
		return fmt.Errorf("archive the source: %w", err)
	}
	return nil
}

// dropSkipped removes the source of a file that was at the destination already.
func (c *copier) dropSkipped(i item) error {
	if !c.job.removeSkipped {
		return nil
	}
	if err := c.source.Remove(i.source); err != nil {
		return fmt.Errorf("remove the skipped source: %w", err)
	}
	return nil
}

// deleteExtra removes from the folders of the destination what the source does
// not have.
func (c *copier) deleteExtra(ctx context.Context, p *plan) error {
	wanted := map[string]bool{}
	for _, items := range [][]item{p.folders, p.files, p.repeated, p.elsewhere} {
		for _, i := range items {
			wanted[i.target] = true
		}
	}
	for _, folder := range p.folders {
		entries, err := c.target.ReadDir(folder.target)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return pathFailure(folder.target, err)
		}
		for _, entry := range entries {
			name := c.target.Join(folder.target, entry.Name())
			if wanted[name] || wanted[strings.TrimSuffix(name, partialSuffix)] || wanted[strings.TrimSuffix(name, checkpointSuffix)] {
				continue
			}
			if err := removeAll(ctx, c.target, name, entry); err != nil {
				return pathFailure(name, err)
			}
		}
	}
	return nil
}

// removeAll removes a file, a link, or a folder with all it holds.
func removeAll(ctx context.Context, from tree, name string, info fs.FileInfo) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if info.IsDir() {
		entries, err := from.ReadDir(name)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			if err := removeAll(ctx, from, from.Join(name, entry.Name()), entry); err != nil {
				return err
			}
		}
	}
	return from.Remove(name)
}

// checksums are the values of --file-checksum.
var checksums = map[string]func() hash.Hash{
	"sha-512": sha512.New, "sha-384": sha512.New384, "sha-256": sha256.New, "sha1": sha1.New, "md5": md5.New,
}

// checksum gives that of a file that has arrived, in hexadecimal: on the side of
// this computer, where it costs no transfer.
func (c *copier) checksum(ctx context.Context, i item) (string, error) {
	newHash := checksums[c.job.checksum]
	here, name := c.source, i.source
	if c.job.direction == grant.Receive {
		here, name = c.target, i.partialName()
	}
	if newHash == nil || i.isPart() && c.job.direction == grant.Receive {
		return "", nil // of a part of a file there is none
	}
	file, err := here.Open(name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	sum := newHash()
	if _, err := io.Copy(sum, &untilDone{ctx, file}); err != nil {
		return "", fmt.Errorf("checksum of %s: %w", name, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// untilDone reads until a context ends.
type untilDone struct {
	ctx  context.Context
	from io.Reader
}

func (r *untilDone) Read(into []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.from.Read(into)
}
