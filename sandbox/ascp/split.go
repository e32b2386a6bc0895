package ascp

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"github.com/ascli-go/ascli/sandbox/sshd/wire"
)

// A file above the threshold of a multi-session transfer is split: each session
// moves one part of it into the same partial file. The sessions are processes
// of one computer, each with retries of its own. They agree through the
// checkpoint of the file, which they change under a lock of that computer. A
// part is sealed when its session has moved all it had to; who seals the last
// part gives the file its name. So a session that is run again, since it
// failed, never finds its files finished by the others.

const (
	// stepsOfPart is how often, at least, the progress of a part is noted.
	stepsOfPart = 32
	minStep     = 4 << 20
	// lockTimeout is how long another session may hold the lock.
	lockTimeout = time.Minute
	lockPause   = 2 * time.Millisecond
	// lockFiles is how many lock files there are: files share them.
	lockFiles = 64
)

// part is what a checkpoint tells of the part of one session.
type part struct {
	// Job is the transfer that last worked on it.
	Job string `json:"job,omitempty"`
	// Done is how many bytes from its beginning are there.
	Done int64 `json:"done"`
	// Sealed: the session had no more to do.
	Sealed bool `json:"sealed,omitempty"`
}

// split is the parts that a session has moved.
type split struct {
	mu    sync.Mutex
	moved []item
}

func (s *split) add(i item) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.moved = append(s.moved, i)
}

// take gives what was added since the last call.
func (s *split) take() []item {
	s.mu.Lock()
	defer s.mu.Unlock()
	moved := s.moved
	s.moved = nil
	return moved
}

// partOf gives the range of a session in a file of that size.
func partOf(size int64, share, shares int) wire.Range {
	step := size / int64(shares)
	from := step * int64(share)
	if share == shares-1 {
		return wire.Range{Offset: from, Length: size - from}
	}
	return wire.Range{Offset: from, Length: step}
}

// id names the transfer that the sessions and their retries have in common.
func (j *job) id() string {
	sum := sha256.New()
	fmt.Fprintln(sum, os.Getppid(), j.login.tags64, j.login.host, j.login.port, j.login.user, j.direction, j.destination, j.shares)
	for _, src := range j.sources {
		fmt.Fprintln(sum, src.prefixed, src.destination)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// copyPart moves the part of this session.
func (c *copier) copyPart(ctx context.Context, i item, r *running) (outcome, error) {
	done, err := c.openPart(ctx, i)
	if err != nil {
		return outcome{}, err
	}
	c.started(r, done)
	result := outcome{from: i.part.Offset + done}
	step := max(minStep, i.part.Length/stepsOfPart)
	for done < i.part.Length {
		p := pump{
			copier: c, item: i, keep: true, amid: true, progress: &r.progress,
			part: wire.Range{Offset: i.part.Offset + done, Length: min(step, i.part.Length-done)},
		}
		moved, err := p.run(ctx)
		done += moved
		if err != nil && isLost(err) {
			return outcome{}, err
		}
		// What stopped the session must not keep it from noting how far it came.
		noteErr := c.note(context.WithoutCancel(ctx), i, func(p *part) { p.Done = done })
		if err := errors.Join(err, noteErr); err != nil {
			return outcome{}, err
		}
	}
	if err := c.checkUnchanged(i); err != nil {
		return outcome{}, err
	}
	if result.checksum, err = c.checksum(ctx, i); err != nil {
		return outcome{}, err
	}
	c.shared.add(i)
	return result, nil
}

// openPart gives how much of the part is there already. The partial file and
// its checkpoint exist then.
func (c *copier) openPart(ctx context.Context, i item) (done int64, err error) {
	err = c.locked(ctx, i, func() error {
		kept, err := c.partsOf(i)
		if err != nil {
			return err
		}
		if kept == nil {
			if kept, err = c.startParts(i); err != nil {
				return err
			}
		}
		own := &kept.Parts[c.job.share]
		done = max(0, min(own.Done, i.part.Length))
		if c.job.resume == resumeNone {
			done = 0
		}
		*own = part{Job: c.job.id(), Done: done}
		return writeCheckpoint(c.target, i, *kept)
	})
	if err != nil || done == 0 {
		return 0, err
	}
	same, err := c.sameContent(ctx, i, i.partialName(), wire.Range{Offset: i.part.Offset, Length: done})
	if err != nil || !same {
		return 0, err
	}
	return done, nil
}

// partsOf reads the checkpoint of a split file, nil if there is none that can
// be used.
func (c *copier) partsOf(i item) (*checkpoint, error) {
	kept, err := readCheckpoint(c.target, i)
	if err != nil || kept == nil || !kept.isOf(i) || len(kept.Parts) != c.job.shares {
		return nil, err
	}
	partial, err := c.target.Lstat(i.partialName())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil || !partial.Mode().IsRegular() || partial.Size() != i.size {
		return nil, err
	}
	return kept, nil
}

// startParts makes an empty partial file of full size.
func (c *copier) startParts(i item) (*checkpoint, error) {
	writer, err := c.target.Create(i.partialName(), false)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(writer.Truncate(i.size), writer.Close()); err != nil {
		return nil, err
	}
	fresh := i.checkpoint()
	fresh.Parts = make([]part, c.job.shares)
	return &fresh, nil
}

// note changes what the checkpoint tells of the own part.
func (c *copier) note(ctx context.Context, i item, change func(*part)) error {
	return c.locked(ctx, i, func() error {
		kept, err := c.partsOf(i)
		if err != nil {
			return err
		}
		if kept == nil {
			return failf(codeASCP, "%s: its checkpoint was removed during the transfer", i.target)
		}
		change(&kept.Parts[c.job.share])
		return writeCheckpoint(c.target, i, *kept)
	})
}

// seal ends the parts that this session has moved, and gives a file of which
// all parts are sealed its name.
func (c *copier) seal(ctx context.Context) error {
	for _, i := range c.shared.take() {
		if err := c.locked(ctx, i, func() error { return c.sealOne(i) }); err != nil {
			return err
		}
	}
	return nil
}

func (c *copier) sealOne(i item) error {
	kept, err := c.partsOf(i)
	if err != nil {
		return err
	}
	if kept == nil {
		return failf(codeASCP, "%s: its checkpoint was removed during the transfer", i.target)
	}
	kept.Parts[c.job.share].Sealed = true
	open := slices.ContainsFunc(kept.Parts, func(p part) bool { return !p.Sealed || p.Job != c.job.id() })
	if open {
		return writeCheckpoint(c.target, i, *kept)
	}
	return c.publish(i)
}

// locked calls do while no other session of this computer works on the
// checkpoint of the file.
func (c *copier) locked(ctx context.Context, i item, do func() error) error {
	folder := filepath.Join(os.TempDir(), "ascli-sandbox-ascp-"+strconv.Itoa(os.Getuid()))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("folder of locks: %w", err)
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{c.job.login.host, strconv.Itoa(c.job.login.port), i.target}, "\n")))
	lock := flock.New(filepath.Join(folder, strconv.Itoa(int(sum[0])%lockFiles)), flock.SetPermissions(0o600))
	ctx, cancel := context.WithTimeout(ctx, lockTimeout)
	defer cancel()
	if _, err := lock.TryLockContext(ctx, lockPause); err != nil {
		return fmt.Errorf("lock %s among the sessions: %w", i.target, err)
	}
	defer lock.Close()
	return do()
}
