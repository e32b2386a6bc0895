// Package docroot opens the folder of a grant. It is the one place where the
// byte movers (SSH server, HTTP gateway) turn a path sent by a client into a
// file: no path leaves the folder, whatever "..", symbolic links or NUL it
// holds, and each path is checked against what the grant allows.
package docroot

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/ascli-go/ascli/sandbox/grant"
)

// CheckpointSuffix ends the name of the file in which a sender keeps what it
// needs to resume: it may read that back (spec transfer.md section 15).
const CheckpointSuffix = ".aspera-ckpt"

// Access is what the bearer of a grant came for.
type Access int

// The kinds of access: a transfer goes one way, a login by password both.
const (
	Receive Access = 1 << iota
	Send
	Both = Receive | Send
)

// For gives the access of a transfer in the given direction.
func For(direction grant.Direction) (Access, error) {
	switch direction {
	case grant.Send:
		return Send, nil
	case grant.Receive:
		return Receive, nil
	}
	return 0, fmt.Errorf("direction %q: expect %q or %q", direction, grant.Send, grant.Receive)
}

// Folder is an open grant. Its methods may be called from any goroutine.
type Folder struct {
	*os.Root
	grant  grant.Grant
	access Access
}

// Open opens the folder of a grant; the caller closes it.
func Open(g grant.Grant, access Access) (*Folder, error) {
	root, err := OpenRoot(g.Root)
	if err != nil {
		return nil, fmt.Errorf("open the granted folder: %w", err)
	}
	return &Folder{Root: root, grant: g, access: access}, nil
}

// OpenRoot opens a folder by an absolute path that held no symbolic link when it
// was granted. It must not hold one now: who may rename a folder above could
// have put a link to anywhere in its place.
func OpenRoot(path string) (*os.Root, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	if err := isAt(root, path); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return root, nil
}

// isAt checks that what was opened is the folder at a path without links. The
// look comes after the opening: a link that is taken away in between does not
// help.
func isAt(root *os.Root, path string) error {
	resolved, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	opened, err := root.Stat(".")
	if err != nil {
		return err
	}
	there, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if resolved != filepath.Clean(path) || !os.SameFile(opened, there) {
		return refused("open", "/")
	}
	return nil
}

// Readable gives the name for the methods of os.Root of a client path that may
// be read, or an error that wraps fs.ErrPermission.
func (f *Folder) Readable(name string) (string, error) {
	clean, err := cleanPath(name)
	if err != nil {
		return "", err
	}
	if f.mayRead(clean) || (strings.HasSuffix(clean, CheckpointSuffix) && f.mayWrite(clean)) {
		return rootName(clean), nil
	}
	return "", refused("read", clean)
}

// Visible is Readable for a look at the attributes of a path only: a sender
// may also see its destination and the folders that lead to it.
func (f *Folder) Visible(name string) (string, error) {
	clean, err := cleanPath(name)
	if err != nil {
		return "", err
	}
	if f.mayRead(clean) || f.mayWrite(clean) || f.leadsToDestination(clean) {
		return rootName(clean), nil
	}
	return "", refused("stat", clean)
}

// Writable gives the name for the methods of os.Root of a client path that may
// be created, changed or removed, or an error that wraps fs.ErrPermission.
func (f *Folder) Writable(name string) (string, error) {
	clean, err := cleanPath(name)
	if err != nil {
		return "", err
	}
	if f.mayWrite(clean) {
		return rootName(clean), nil
	}
	return "", refused("write", clean)
}

// Creatable is Writable for a new folder: the folders that lead to the
// destination may be created too.
func (f *Folder) Creatable(name string) (string, error) {
	clean, err := cleanPath(name)
	if err != nil {
		return "", err
	}
	if f.mayWrite(clean) || f.leadsToDestination(clean) {
		return rootName(clean), nil
	}
	return "", refused("create", clean)
}

// Owner is the node user or access key whose credential opened the folder.
func (f *Folder) Owner() string { return f.grant.Owner }

// Destination is the folder, as a client path, that a send may write to.
func (f *Folder) Destination() string { return path.Clean("/" + f.grant.Destination) }

func (f *Folder) mayRead(clean string) bool {
	if f.access&Receive == 0 {
		return false
	}
	if f.grant.Sources == nil {
		return true
	}
	for _, source := range f.grant.Sources {
		if within(path.Clean("/"+source), clean) {
			return true
		}
	}
	return false
}

func (f *Folder) mayWrite(clean string) bool {
	return f.access&Send != 0 && f.grant.Destination != "" && within(f.Destination(), clean)
}

func (f *Folder) leadsToDestination(clean string) bool {
	return f.access&Send != 0 && f.grant.Destination != "" && within(clean, f.Destination())
}

// within says whether name is folder or below it; both are clean.
func within(folder, name string) bool {
	return name == folder || folder == "/" || strings.HasPrefix(name, folder+"/")
}

// cleanPath makes a client path absolute and clean. Where "\" separates too it
// counts as "/", so that no check is passed by the other spelling.
func cleanPath(name string) (string, error) {
	if strings.ContainsRune(name, 0) {
		return "", fmt.Errorf("path with a NUL character: %w", fs.ErrInvalid)
	}
	return path.Clean("/" + filepath.ToSlash(name)), nil
}

func rootName(clean string) string {
	if clean == "/" {
		return "."
	}
	return filepath.FromSlash(clean[1:])
}

// refused gives the error in the form that the SFTP server tells apart.
func refused(verb, clean string) error {
	return &fs.PathError{Op: verb, Path: clean, Err: syscall.EACCES}
}
