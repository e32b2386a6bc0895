package async

import (
	"context"
	"errors"
	"os"
	"path"
	"path/filepath"
	"time"

	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/grant"
)

// openLocal opens the folder of this computer.
func (s *session) openLocal() (*side, error) {
	folder, err := filepath.Abs(s.config.Local.Path)
	if err != nil {
		return nil, ascp.FailureOf(s.config.Local.Path, err)
	}
	one := &side{base: "/", keep: filepath.ToSlash(s.config.LocalKeepFolder), isSource: s.config.Direction == push}
	if err := s.checkFolder(one, ascp.Everywhere(), folder); err != nil {
		return nil, err
	}
	if err := signature(ascp.Everywhere(), folder, s.config.LocalSignature); err != nil {
		return nil, err
	}
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
	one := &side{Tree: tree, base: folder, remote: true, keep: s.config.RemoteKeepFolder, isSource: s.config.Direction == pull}
	if one.keep != "" {
		one.keep = path.Join("/", one.keep)
	}
	one.keepRename = func(name, to string) error {
		if _, err := tree.MkdirAll(path.Dir(to)); err != nil {
			return err
		}
		return tree.Rename(path.Join(folder, name), to)
	}
	err = s.checkFolder(one, tree, folder)
	if err == nil {
		err = signature(tree, folder, s.config.RemoteSignature)
	}
	if err != nil {
		return nil, errors.Join(err, tree.Close())
	}
	return one, nil
}

// checkFolder makes sure that one of the two folders is there. A source is never
// made: all that it had would seem deleted.
func (s *session) checkFolder(one *side, tree ascp.Tree, folder string) error {
	info, err := tree.Stat(folder)
	switch {
	case err == nil && !info.IsDir():
		return ascp.Failf(ascp.CodeNotFolder, "Target must be a directory: %s", folder)
	case errors.Is(err, os.ErrNotExist) && one.isSource:
		return ascp.Failf(ascp.CodeNoSuchFile, "No such file or directory: %s", folder)
	case errors.Is(err, os.ErrNotExist) && s.config.CreateDir:
		one.made = true
		_, err = tree.MkdirAll(folder)
	case errors.Is(err, os.ErrNotExist):
		return ascp.Failf(ascp.CodeNoSuchFile, "No such file or directory: %s (create_dir makes it)", folder)
	}
	if err != nil {
		return ascp.FailureOf(folder, err)
	}
	return nil
}

// vanished refuses a session both ways of which a folder was made just now though
// the snapshot knows of files in it.
func (s *session) vanished(one *side, tree ascp.Tree, folder string) error {
	if s.config.Direction != bidi || !one.made || len(s.ledger.known()) == 0 {
		return nil
	}
	failure := ascp.Failf(ascp.CodeNoSuchFile, "the folder %s is gone, of which the snapshot knows files: reset begins anew", folder)
	if err := tree.Remove(folder); err != nil {
		return errors.Join(failure, err)
	}
	return failure
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

func (b bothWays) Close() error                       { return errors.Join(b.Tree.Close(), b.writer.Close()) }
func (b bothWays) MkdirAll(name string) (bool, error) { return b.writer.MkdirAll(name) }
func (b bothWays) Rename(from, to string) error       { return b.writer.Rename(from, to) }
func (b bothWays) Remove(name string) error           { return b.writer.Remove(name) }

func (b bothWays) Symlink(target, name string) error { return b.writer.Symlink(target, name) }

func (b bothWays) Create(name string, keep bool) (ascp.TargetFile, error) {
	return b.writer.Create(name, keep)
}

func (b bothWays) Chtimes(name string, accessed, modified time.Time) error {
	return b.writer.Chtimes(name, accessed, modified)
}
