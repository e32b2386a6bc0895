package async

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/ascp/management"
	"github.com/ascli-go/ascli/sandbox/grant"
)

// statsInterval is the time between two progress events, and between two
// updates of the database.
const statsInterval = 250 * time.Millisecond

// session is one pair of folders.
type session struct {
	config  *config
	filter  filter
	id      string
	started time.Time
	port    *management.Port // nil without a management port
	cancel  context.CancelCauseFunc
	out     io.Writer

	meter  *ascp.Meter
	ledger *ledger
	idle   atomic.Bool // a continuous session waits for changes

	mu      sync.Mutex
	current string // the file that moves, for progress
	size    int64
	passed  int64
	failure int64
	// problems are what is wrong with paths in this pass; known was told before.
	problems, known map[string]string
	failing         int
}

func newSession(c config, port *management.Port, out io.Writer) (*session, error) {
	s := &session{config: &c, id: uuid.NewString(), started: time.Now(), port: port, out: out, meter: ascp.NewMeter(c.Transport.TargetRate / 1000)}
	if err := c.complete(linksDefault); err != nil {
		return s, err
	}
	var err error
	s.filter, err = newFilter(c.Filters)
	if c.quiet() {
		s.out = io.Discard
	}
	return s, err
}

// run runs the session to its end and tells it to the supervisor.
func (s *session) run(ctx context.Context) error {
	ctx, s.cancel = context.WithCancelCause(ctx)
	defer s.cancel(nil)
	s.sendInit()
	var commands sync.WaitGroup
	if s.port != nil {
		commands.Go(s.obey)
	}
	err := s.synchronise(ctx)
	if err != nil && ctx.Err() != nil {
		err = s.cancellation(ctx, err)
	}
	s.sendEnd(err)
	if err == nil {
		s.printf("Completed: %d files, %d bytes transferred\n", s.passed, s.meter.Moved())
	}
	if s.port != nil {
		_ = s.port.Close()
	}
	commands.Wait()
	return err
}

// cancellation is why a session was stopped: an error of its own, the
// interruption of the program, or err for one that had nothing to do.
func (s *session) cancellation(ctx context.Context, err error) error {
	if known, ok := errors.AsType[*ascp.Error](context.Cause(ctx)); ok {
		return known
	}
	if s.idle.Load() {
		return err
	}
	return ascp.Failf(ascp.CodeCancelled, "Cancelled by user")
}

func (s *session) synchronise(ctx context.Context) (err error) {
	local, err := s.openLocal()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, local.Close()) }()
	if s.ledger, err = openLedger(ctx, s.config, s.id); err != nil {
		return err
	}
	defer func() {
		if closeErr := s.ledger.close(ctx); err == nil {
			err = closeErr
		}
	}()
	remote, err := s.openRemote(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remote.Close()) }()
	s.sendSession()
	stopStats := s.startStats(ctx)
	defer stopStats()
	if s.config.Mode != continuous {
		err = s.onePass(ctx, local, remote)
	} else {
		err = s.onAndOn(ctx, local, remote)
	}
	if err != nil {
		return err
	}
	return s.result()
}

// result is an error when paths have failed in the last pass.
func (s *session) result() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failing > 0 {
		return ascp.Failf(ascp.CodeSomeFailed, "One or more files failed: %d", s.failing)
	}
	return nil
}

func (s *session) onePass(ctx context.Context, local, remote *side) error {
	s.mu.Lock()
	s.known, s.problems, s.failing = s.problems, map[string]string{}, 0
	s.mu.Unlock()
	p, err := s.newPass(ctx, local, remote)
	if err != nil {
		return err
	}
	return errors.Join(p.run(ctx), s.ledger.write(ctx))
}

// openLocal opens the folder of this computer.
func (s *session) openLocal() (*side, error) {
	folder, err := filepath.Abs(s.config.Local.Path)
	if err != nil {
		return nil, ascp.FailureOf(s.config.Local.Path, err)
	}
	missing := func() error { return os.MkdirAll(folder, 0o777) }
	if err := s.checkFolder(ascp.Everywhere(), folder, missing); err != nil {
		return nil, err
	}
	if err := signature(ascp.Everywhere(), folder, s.config.LocalSignature); err != nil {
		return nil, err
	}
	one := &side{base: "/", keep: filepath.ToSlash(s.config.LocalKeepFolder)}
	one.keepRename = func(name, to string) error {
		to = filepath.FromSlash(to)
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			return err
		}
		return os.Rename(filepath.Join(folder, filepath.FromSlash(name)), to)
	}
	if s.config.SymbolicLinks == followLinks {
		one.Tree, one.base = ascp.Everywhere(), folder
		return one, nil
	}
	if one.Tree, err = ascp.OpenLocal(folder); err != nil {
		return nil, ascp.FailureOf(s.config.Local.Path, err)
	}
	return one, nil
}

// openRemote logs in and opens the folder of the server.
func (s *session) openRemote(ctx context.Context) (*side, error) {
	tree, err := s.connect(ctx)
	if err != nil {
		return nil, ascp.FailureOf("", err)
	}
	folder := path.Join("/", s.config.Remote.Path)
	one := &side{Tree: tree, base: folder, remote: true, keep: s.config.RemoteKeepFolder}
	if one.keep != "" {
		one.keep = path.Join("/", one.keep)
	}
	one.keepRename = func(name, to string) error {
		if err := tree.MkdirAll(path.Dir(to)); err != nil {
			return err
		}
		return tree.Rename(path.Join(folder, name), to)
	}
	err = s.checkFolder(tree, folder, func() error { return tree.MkdirAll(folder) })
	if err == nil {
		err = signature(tree, folder, s.config.RemoteSignature)
	}
	if err != nil {
		return nil, errors.Join(err, tree.Close())
	}
	return one, nil
}

// checkFolder makes sure that one of the two folders is there.
func (s *session) checkFolder(tree ascp.Tree, folder string, create func() error) error {
	info, err := tree.Stat(folder)
	switch {
	case err == nil && !info.IsDir():
		return ascp.Failf(ascp.CodeNotFolder, "Target must be a directory: %s", folder)
	case errors.Is(err, os.ErrNotExist) && s.config.CreateDir:
		err = create()
	case errors.Is(err, os.ErrNotExist):
		return ascp.Failf(ascp.CodeNoSuchFile, "No such file or directory: %s (create_dir makes it)", folder)
	}
	if err != nil {
		return ascp.FailureOf(folder, err)
	}
	return nil
}

// signature makes sure that a file is there which shows that the file system of
// the folder is mounted: without it all files would seem deleted.
func signature(tree ascp.Tree, folder, name string) error {
	if name == "" {
		return nil
	}
	if !path.IsAbs(name) && !filepath.IsAbs(name) {
		name = tree.Join(folder, name)
	}
	if _, err := tree.Stat(name); err != nil {
		return ascp.Failf(ascp.CodeNoSuchFile, "the file that proves the mount is not there: %s", name)
	}
	return nil
}

// hidden are the paths of a side that take no part though no rule says so: the
// folder of what is kept.
func (s *session) hidden(one *side) map[string]bool {
	keep, base := one.keep, one.base
	if !one.remote && keep != "" {
		var err1, err2 error
		keep, err1 = filepath.Abs(keep)
		base, err2 = filepath.Abs(s.config.Local.Path)
		if errors.Join(err1, err2) != nil {
			return nil
		}
	}
	below, err := filepath.Rel(base, keep)
	if keep == "" || err != nil {
		return nil
	}
	return map[string]bool{filepath.ToSlash(below): true}
}

// connect logs in. A token is for one direction: a session both ways has two
// connections, one to read and one to write.
func (s *session) connect(ctx context.Context) (ascp.Tree, error) {
	r := s.config.Remote
	login := ascp.Login{
		Host: r.Host, Port: r.Port, User: r.User, Password: r.Pass, KeyFiles: r.Keys, Token: r.Token, Tags64: s.config.tags64(),
		Fingerprint: r.Fingerprint, Direction: grant.Send,
	}
	if s.config.Direction == pull {
		login.Direction = grant.Receive
	}
	tree, err := ascp.Connect(ctx, login)
	if err != nil || s.config.Direction != bidi || r.Token == "" {
		return tree, err
	}
	login.Direction = grant.Receive
	reader, err := ascp.Connect(ctx, login)
	if err != nil {
		return nil, errors.Join(err, tree.Close())
	}
	return bothWays{reader, tree}, nil
}

// bothWays reads through one connection and writes through the other.
type bothWays struct {
	ascp.Tree
	writer ascp.Tree
}

func (b bothWays) Close() error                 { return errors.Join(b.Tree.Close(), b.writer.Close()) }
func (b bothWays) MkdirAll(name string) error   { return b.writer.MkdirAll(name) }
func (b bothWays) Rename(from, to string) error { return b.writer.Rename(from, to) }
func (b bothWays) Remove(name string) error     { return b.writer.Remove(name) }

func (b bothWays) Symlink(target, name string) error { return b.writer.Symlink(target, name) }

func (b bothWays) Create(name string, from int64) (io.WriteCloser, error) {
	return b.writer.Create(name, from)
}

func (b bothWays) Chtimes(name string, accessed, modified time.Time) error {
	return b.writer.Chtimes(name, accessed, modified)
}

func (c *config) filterText() string {
	var rules []string
	for _, r := range c.Filters {
		rules = append(rules, r.String())
	}
	return strings.Join(rules, "\n")
}

func (s *session) printf(format string, values ...any) {
	// Standard output is a courtesy: a closed one does not stop a session.
	_, _ = fmt.Fprintf(s.out, format, values...)
}
