package async

import (
	"context"
	"sync"

	"github.com/ascli-go/ascli/sandbox/async/snapdb"
	"github.com/ascli-go/ascli/sandbox/sshd/wire"
)

// linkSum is what stands for the checksum of a link.
func linkSum(target string) string { return "link:" + target }

// comparer tells what changed. It reads files only when size and time leave it
// open. Its methods may be called from several goroutines, each with paths of its
// own.
type comparer struct {
	local, remote *side
	// checksums tells that content may be compared; else size and time decide.
	checksums bool

	mu sync.Mutex
	// sums has the checksums that were computed, by side and path.
	sums map[sumKey]string
}

type sumKey struct {
	remote bool
	name   string
}

// sum gives the SHA-256 of a file. Each file is read once.
func (c *comparer) sum(ctx context.Context, s *side, name string, e entry) (string, error) {
	if known, ok := c.known(s.remote, name); ok {
		return known, nil
	}
	text, err := s.Digest(ctx, s.at(name), []wire.Range{{Length: e.size}})
	if err != nil {
		return "", err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sums[sumKey{s.remote, name}] = text
	return text, nil
}

// known gives a checksum that was computed.
func (c *comparer) known(remote bool, name string) (string, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	text, ok := c.sums[sumKey{remote, name}]
	return text, ok
}

// changed tells whether a path differs from what the snapshot says of its side.
func (c *comparer) changed(ctx context.Context, s *side, name string, e *entry, known snapdb.Record) (bool, error) {
	seen := known.Local
	if s.remote {
		seen = known.Peer
	}
	switch {
	case e == nil:
		return true, nil
	case e.kind != known.Base:
		return true, nil
	case e.kind == snapdb.Dir:
		return false, nil
	case e.kind == snapdb.Link:
		return linkSum(e.target) != known.Sum, nil
	case e.size != seen.Size:
		return true, nil
	}
	sameTime := e.modified == seen.Modified
	if !c.checksums || known.Sum == "" {
		return !sameTime, nil
	}
	// A file that was written in the second of the look at it may have been
	// written again afterwards: its time does not tell.
	if sameTime && e.modified < seen.Seen {
		return false, nil
	}
	sum, err := c.sum(ctx, s, name, *e)
	return sum != known.Sum, err
}

// equal tells whether both sides have the same.
func (c *comparer) equal(ctx context.Context, name string, l, r *entry) (bool, error) {
	switch {
	case l.kind != r.kind:
		return false, nil
	case l.kind == snapdb.Dir:
		return true, nil
	case l.kind == snapdb.Link:
		return l.target == r.target, nil
	case l.size != r.size:
		return false, nil
	case !c.checksums:
		return l.modified == r.modified, nil
	}
	mine, err := c.sum(ctx, c.local, name, *l)
	if err != nil {
		return false, err
	}
	theirs, err := c.sum(ctx, c.remote, name, *r)
	return mine == theirs, err
}
