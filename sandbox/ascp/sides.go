package ascp

import (
	"context"
	"errors"
	"io"
	"path/filepath"

	"github.com/pkg/sftp"

	"github.com/ascli-go/ascli/sandbox/docroot"
	"github.com/ascli-go/ascli/sandbox/grant"
)

// What the stand-in async shares with ascp, which it moves files with: the two
// sides, the login, the codes of failures and the rate.

// Codes of failures that async gives, too.
const (
	CodeNoSuchFile = codeNoSuchFile
	CodeNotFolder  = codeNotFolder
	CodeUsage      = codeUsage
	CodeLost       = codeLost
	CodeSomeFailed = codeSomeFailed
	CodeCancelled  = codeCancelled
	CodeDiskRead   = codeDiskRead
	CodeFailed     = codeASCP
)

// Failf makes a failure.
func Failf(code Code, format string, values ...any) *Error { return failf(code, format, values...) }

// FailureOf gives the code of an error about one path; "" for the session.
func FailureOf(path string, err error) *Error {
	switch {
	case isLost(err):
		return failf(codeLost, "Connection lost")
	case path == "":
		return failureOf(err, codeASCP)
	}
	return pathFailure(path, err)
}

// IsLost says whether an error means that the connection is gone.
func IsLost(err error) bool { return isLost(err) }

// Tree is one side: see tree.
type Tree interface {
	tree
	Close() error
}

// TargetFile is a file of a side that is being written.
type TargetFile = targetFile

// OpenAt reads a file of a side from a byte on.
func OpenAt(t Tree, name string, from int64) (io.ReadCloser, error) {
	file, err := t.Open(name)
	if err != nil || from == 0 {
		return file, err
	}
	seeker, ok := file.(io.Seeker)
	if !ok {
		err = errors.ErrUnsupported
	} else {
		_, err = seeker.Seek(from, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// CreateAt writes a file of a side from a byte on; from 0 it is emptied.
func CreateAt(t Tree, name string, from int64) (io.WriteCloser, error) {
	file, err := t.Create(name, from > 0)
	if err != nil || from == 0 {
		return file, err
	}
	if _, err := file.Seek(from, io.SeekStart); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// Login is how another program reaches the files of the server.
type Login struct {
	Host, User, Password string
	Port                 int
	KeyFiles             []string
	Token, Tags64        string
	Fingerprint          string
	Direction            grant.Direction
}

// Connect logs in as ascp does.
func Connect(ctx context.Context, l Login) (Tree, error) {
	mode := "recv"
	if l.Direction == grant.Send {
		mode = "send"
	}
	given := map[string]string{envPassword: l.Password, envToken: l.Token}
	login, err := newLogin(&arguments{
		Host: l.Host, Port: l.Port, User: l.User, Identity: l.KeyFiles, Tags64: l.Tags64, CheckSSHFP: l.Fingerprint, Mode: mode,
	}, func(name string) string { return given[name] })
	if err != nil {
		return nil, err
	}
	remote, err := connect(ctx, &login)
	if err != nil {
		return nil, err
	}
	return remoteSide{remote}, nil
}

type remoteSide struct{ *remoteTree }

func (s remoteSide) Close() error {
	s.remoteTree.Close()
	return nil
}

// OpenLocal gives the files below a folder of this computer, which no path
// leaves; see rootedTree.
func OpenLocal(folder string) (Tree, error) {
	resolved, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return nil, err
	}
	if resolved, err = filepath.Abs(resolved); err != nil {
		return nil, err
	}
	root, err := docroot.OpenRoot(resolved)
	if err != nil {
		return nil, err
	}
	return rootedTree{root: root}, nil
}

// Everywhere gives all files of this computer, by their paths on it.
func Everywhere() Tree { return localTree{} }

// Meter counts and limits what moves.
type Meter struct{ meter *meter }

// NewMeter makes a meter for a rate in kilobits per second; 0 is no limit.
func NewMeter(kbps int64) *Meter { return &Meter{newMeter(rateKbps(kbps))} }

// Moved is the number of bytes so far.
func (m *Meter) Moved() int64 { return m.meter.transferred.Load() }

// Copy moves the rest of a file, of that many bytes, from one side to the other.
// seen is given what moves.
func (m *Meter) Copy(ctx context.Context, to io.Writer, from io.Reader, size int64, seen io.Writer) (int64, error) {
	if remote, ok := from.(*sftp.File); ok {
		return remote.WriteTo(&meteredWriter{ctx: ctx, meter: m.meter, progress: &progress{}, to: io.MultiWriter(to, seen)})
	}
	return io.Copy(to, &meteredReader{ctx: ctx, meter: m.meter, progress: &progress{}, from: io.TeeReader(from, seen), size: size})
}

// InstallProgram puts an executable into an SDK folder, in the place of what is
// there.
func InstallProgram(target, executable string) error { return installExecutable(target, executable) }
