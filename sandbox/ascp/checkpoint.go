package ascp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/ascli-go/ascli/sandbox/docroot"
	"github.com/ascli-go/ascli/sandbox/sshd/wire"
)

// resumePolicy is the value of -k (spec transfer.md section 6.3).
type resumePolicy int

// What is compared before a partial file is continued, or a complete one is
// taken as the same.
const (
	resumeNone resumePolicy = iota
	resumeAttributes
	resumeSparse
	resumeFull
)

const (
	// partialSuffix ends the name of a file that is not complete.
	partialSuffix    = ".partial"
	checkpointSuffix = docroot.CheckpointSuffix
	// maxCheckpoint bounds what is read of a checkpoint.
	maxCheckpoint = 64 << 10

	// A sparse checksum covers this many blocks, spread over the data.
	sparseBlocks    = 16
	sparseBlockSize = 64 << 10
)

// checkpoint is kept beside a partial file: of which source it is a part.
type checkpoint struct {
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
	// Parts of a file that several sessions split among them.
	Parts []part `json:"parts,omitempty"`
}

// isOf says whether the checkpoint belongs to this state of the source.
func (k checkpoint) isOf(i item) bool {
	now := i.checkpoint()
	return k.Size == now.Size && k.Modified.Equal(now.Modified)
}

func (i item) checkpoint() checkpoint {
	// SFTP gives whole seconds.
	return checkpoint{Size: i.size, Modified: i.modified.Truncate(time.Second).UTC()}
}

func (i item) partialName() string    { return docroot.Beside(i.target, partialSuffix) }
func (i item) checkpointName() string { return docroot.Beside(i.target, checkpointSuffix) }

func writeCheckpoint(target tree, i item, what checkpoint) error {
	text, err := json.Marshal(what)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	file, err := target.Create(i.checkpointName(), false)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}

// readCheckpoint gives nil if there is none that can be used.
func readCheckpoint(target tree, i item) (*checkpoint, error) {
	file, err := target.Open(i.checkpointName())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxCheckpoint))
	if err != nil {
		return nil, err
	}
	var found checkpoint
	if json.Unmarshal(text, &found) != nil {
		return nil, nil
	}
	return &found, nil
}

// resumeFrom gives the byte from which a file has to be sent: the size of its
// partial file if that passes what the policy asks, else 0.
func (c *copier) resumeFrom(ctx context.Context, i item) (int64, error) {
	if c.job.resume == resumeNone || !i.mayResume() {
		return 0, nil
	}
	partial, err := c.target.Lstat(i.partialName())
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if !partial.Mode().IsRegular() || partial.Size() == 0 || partial.Size() > i.size {
		return 0, nil
	}
	kept, err := readCheckpoint(c.target, i)
	if err != nil || kept == nil || !kept.isOf(i) || len(kept.Parts) > 0 {
		return 0, err
	}
	same, err := c.sameContent(ctx, i, i.partialName(), wire.Range{Length: partial.Size()})
	if err != nil || !same {
		return 0, err
	}
	return partial.Size(), nil
}

// sameContent compares a part of a source and of what is at the destination,
// as closely as the policy asks.
func (c *copier) sameContent(ctx context.Context, i item, name string, of wire.Range) (bool, error) {
	ranges := c.job.resume.ranges(of.Length)
	if len(ranges) == 0 {
		return true, nil
	}
	for n := range ranges {
		ranges[n].Offset += of.Offset
	}
	here, err := c.source.Digest(ctx, i.source, ranges)
	if err != nil {
		return false, err
	}
	there, err := c.target.Digest(ctx, name, ranges)
	if err != nil {
		return false, err
	}
	return here == there, nil
}

// ranges gives the parts of a file of which the checksums are compared.
func (p resumePolicy) ranges(size int64) []wire.Range {
	switch {
	case p < resumeSparse || size == 0:
		return nil
	case p == resumeFull || size <= sparseBlocks*sparseBlockSize:
		return []wire.Range{{Offset: 0, Length: size}}
	}
	ranges := make([]wire.Range, sparseBlocks)
	for n := range ranges {
		offset := (size - sparseBlockSize) / (sparseBlocks - 1) * int64(n)
		ranges[n] = wire.Range{Offset: offset, Length: sparseBlockSize}
	}
	// The end is where an interrupted transfer is most likely wrong.
	ranges[sparseBlocks-1].Offset = size - sparseBlockSize
	return ranges
}
