package ascp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/sandbox/sparse"
	"github.com/ascli-go/ascli/sandbox/sshd/wire"
)

// maxServerText bounds what the server may say on standard error.
const maxServerText = 8 << 10

// remoteTree is the files of the server.
type remoteTree struct {
	login *login
	ssh   *ssh.Client
	files *sftp.Client
	// channel carries the SFTP session, and reports.
	channel *ssh.Session
	// lost is closed when the connection has ended.
	lost chan struct{}

	// made remembers the folders that exist, so that they are asked for once,
	// and whether they were made here.
	mu   sync.Mutex
	made map[string]bool
}

// connect logs in and presents the transfer token.
func connect(ctx context.Context, login *login) (*remoteTree, error) {
	client, err := login.dial(ctx)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { client.Close() })
	defer stop()
	channel, files, err := openFiles(login, client)
	if err != nil {
		client.Close()
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, err
	}
	t := &remoteTree{login: login, ssh: client, channel: channel, files: files, lost: make(chan struct{}), made: map[string]bool{}}
	go func() {
		defer close(t.lost)
		_ = client.Wait() // how it ended is told by the operation that was going on
	}()
	return t, nil
}

func openFiles(login *login, client *ssh.Client) (*ssh.Session, *sftp.Client, error) {
	session, err := login.session(client)
	if err != nil {
		return nil, nil, failureOf(err, codeConnect)
	}
	stdin, err1 := session.StdinPipe()
	stdout, err2 := session.StdoutPipe()
	stderr, err3 := session.StderrPipe()
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, nil, failureOf(err, codeASCP)
	}
	if err := session.RequestSubsystem("sftp"); err != nil {
		return nil, nil, failf(codeConnect, "the server has no SFTP: %v", err)
	}
	files, err := sftp.NewClientPipe(stdout, stdin, sftp.UseConcurrentWrites(true), sftp.UseFstat(true))
	if err != nil {
		// The session has ended, so that the server's words are complete.
		text, _ := io.ReadAll(io.LimitReader(stderr, maxServerText))
		if reason, refused := strings.CutPrefix(strings.TrimSpace(string(text)), wire.RefusedPrefix); refused {
			return nil, nil, failf(codeAuth, "Authentication failure: %s", reason)
		}
		return nil, nil, failf(codeConnect, "start SFTP: %v", err)
	}
	go func() { _, _ = io.Copy(io.Discard, stderr) }() // an unread stream would block the server
	return session, files, nil
}

// Close ends the connection and waits until it has.
func (t *remoteTree) Close() {
	t.files.Close()
	t.ssh.Close()
	<-t.lost
}

func (t *remoteTree) Join(folder, relative string) string { return path.Join(folder, relative) }
func (t *remoteTree) Parent(name string) string           { return path.Dir(name) }
func (t *remoteTree) Base(name string) string             { return path.Base(name) }

func (t *remoteTree) Stat(name string) (fs.FileInfo, error)      { return t.files.Stat(name) }
func (t *remoteTree) Lstat(name string) (fs.FileInfo, error)     { return t.files.Lstat(name) }
func (t *remoteTree) ReadDir(name string) ([]fs.FileInfo, error) { return t.files.ReadDir(name) }
func (t *remoteTree) Readlink(name string) (string, error)       { return t.files.ReadLink(name) }
func (t *remoteTree) Symlink(target, name string) error          { return t.files.Symlink(target, name) }
func (t *remoteTree) Rename(from, to string) error               { return t.files.PosixRename(from, to) }

func (t *remoteTree) Open(name string) (io.ReadCloser, error) { return t.files.Open(name) }

func (t *remoteTree) Create(name string, keep bool) (targetFile, error) {
	return t.files.OpenFile(name, createFlags(keep))
}

func (t *remoteTree) Digest(ctx context.Context, name string, ranges []wire.Range) (string, error) {
	request, err := json.Marshal(wire.DigestRequest{Path: name, Ranges: ranges})
	if err != nil {
		return "", fmt.Errorf("digest request: %w", err)
	}
	text, err := t.ask(ctx, wire.DigestCommand, request)
	if err != nil {
		return "", fmt.Errorf("checksum of %s on the server: %w", name, err)
	}
	return string(text), nil
}

// Extents asks the sandbox; of another server no file is known to have holes.
func (t *remoteTree) Extents(ctx context.Context, name string, size int64) ([]wire.Range, error) {
	text, err := t.ask(ctx, wire.RangesCommand, []byte(name))
	var ranges []wire.Range
	if err != nil || json.Unmarshal(text, &ranges) != nil || !sparse.InOrder(ranges, size) {
		return sparse.Whole(size), context.Cause(ctx)
	}
	return ranges, nil
}

// ask runs a command of the server.
func (t *remoteTree) ask(ctx context.Context, command string, request []byte) ([]byte, error) {
	session, err := t.login.session(t.ssh)
	if err != nil {
		return nil, err
	}
	defer session.Close()
	stop := context.AfterFunc(ctx, func() { session.Close() })
	defer stop()
	session.Stdin = bytes.NewReader(request)
	return session.Output(command)
}

// MkdirAll makes a folder and those above it.
func (t *remoteTree) MkdirAll(name string) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.mkdirAll(path.Clean(name))
}

func (t *remoteTree) mkdirAll(name string) (isNew bool, err error) {
	if isNew, known := t.made[name]; known || name == "/" || name == "." {
		return isNew, nil
	}
	if !t.made[path.Dir(name)] { // in a new folder there is nothing yet
		info, err := t.files.Stat(name)
		switch {
		case err == nil && !info.IsDir():
			return false, failf(codeNotFolder, "Target must be a directory: %s", name)
		case err == nil:
			t.made[name] = false
			return false, nil
		case !errors.Is(err, fs.ErrNotExist):
			return false, err
		}
		if _, err := t.mkdirAll(path.Dir(name)); err != nil {
			return false, err
		}
	}
	if isNew, err = t.mkdir(name); err == nil {
		t.made[name] = isNew
	}
	return isNew, err
}

// mkdir makes a folder that another session may make at the same moment.
func (t *remoteTree) mkdir(name string) (isNew bool, err error) {
	if err = t.files.Mkdir(name); err == nil {
		return true, nil
	}
	if info, statErr := t.files.Stat(name); statErr == nil && info.IsDir() {
		return false, nil
	}
	return false, err
}

// Remove removes a file, a link or an empty folder.
func (t *remoteTree) Remove(name string) error { return t.files.Remove(name) }

func (t *remoteTree) Chtimes(name string, accessed, modified time.Time) error {
	return t.files.Chtimes(name, accessed, modified)
}
