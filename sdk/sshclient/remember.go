package sshclient

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
	"github.com/skeema/knownhosts"
	"golang.org/x/crypto/ssh"
)

const (
	lockTimeout = 10 * time.Second
	lockRetry   = 10 * time.Millisecond
)

// remember adds a server to the first file of known hosts. Who connects to it at
// the same time adds it once; a server that got another key meanwhile is refused.
func (v *verifier) remember(address string, key ssh.PublicKey) *Error {
	path := v.files[0]
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return errorf(Configuration, "cannot remember the key of %s: %w", address, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), lockTimeout)
	defer cancel()
	lock := flock.New(path+".lock", flock.SetPermissions(0o600))
	if _, err := lock.TryLockContext(ctx, lockRetry); err != nil {
		return errorf(Configuration, "cannot lock %s: %w", path, err)
	}
	defer func() { _ = lock.Unlock() }()

	db, err := knownhosts.NewDB(path)
	if err == nil {
		err = db.HostKeyCallback()(address, noAddress{}, key)
		switch {
		case err == nil:
			return nil
		case knownhosts.IsHostKeyChanged(err):
			return errorf(HostKey, "%s: %w", notExpected, err)
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return errorf(Configuration, "cannot read the file of known hosts: %w", err)
	}
	if err := appendLine(path, knownhosts.Line([]string{address}, plainKey(key))); err != nil {
		return errorf(Configuration, "cannot remember the key of %s: %w", address, err)
	}
	v.config.Log.Warn("Permanently added " + address + " to the known hosts: " + ssh.FingerprintSHA256(plainKey(key)))
	return nil
}

// appendLine adds a line in one write, or leaves the file as it was. The file is
// not replaced: ssh itself may be appending to it.
func appendLine(path, line string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	end, err := file.Seek(0, 2)
	if err == nil {
		text := line + "\n"
		last := []byte{'\n'}
		if end > 0 {
			_, err = file.ReadAt(last, end-1)
		}
		if !bytes.Equal(last, []byte{'\n'}) {
			text = "\n" + text
		}
		if err == nil {
			if _, err = file.WriteString(text); err != nil {
				err = errors.Join(err, file.Truncate(end))
			}
		}
	}
	return errors.Join(err, file.Close())
}

// noAddress stands for an address that is not looked at: servers are known by the
// name that the user gave.
type noAddress struct{}

func (noAddress) Network() string { return "tcp" }
func (noAddress) String() string  { return "0.0.0.0:0" }
