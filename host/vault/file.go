package vault

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"sync"

	"github.com/ascli-go/ascli/host/atomicfile"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// maxFileBytes bounds what is read as a vault.
const maxFileBytes = 16 << 20

// fileStore is an encrypted file, read and written as a whole.
type fileStore struct {
	// name is the file as the user calls it, path where it is.
	name, path string
	// fresh is the form of a file that does not exist yet.
	fresh form
	work  int

	mu       sync.Mutex
	password string
	last     contents
}

// contents are what a file holds.
type contents struct {
	form     form
	entries  []Entry
	password string
	// sum is that of the encrypted file: decrypting it costs time.
	sum [sha256.Size]byte
}

func (c *contents) index(label string) int {
	return slices.IndexFunc(c.entries, func(e Entry) bool { return e.Label == label })
}

// Info serves [Store].
func (s *fileStore) Info() *record.Object {
	s.mu.Lock()
	defer s.mu.Unlock()
	form := s.fresh
	if content, err := s.content(); err == nil {
		form = s.formOf(content)
	}
	return record.New("type", typeFile, "name", s.name, passwordField, s.password,
		"file", s.path, "format", string(form.format()))
}

// List serves [Store].
func (s *fileStore) List(context.Context) ([]Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	current, err := s.read()
	return slices.Clone(current.entries), err
}

// Show serves [Store].
func (s *fileStore) Show(_ context.Context, label string) (Entry, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	current, err := s.read()
	if err != nil {
		return Entry{}, err
	}
	i := current.index(label)
	if i < 0 {
		return Entry{}, labelNotFound(label)
	}
	return current.entries[i], nil
}

// Create serves [Store].
func (s *fileStore) Create(ctx context.Context, entry Entry) error {
	return s.update(ctx, func(c *contents) (bool, error) {
		if c.index(entry.Label) >= 0 {
			return false, exists(entry.Label)
		}
		c.entries = append(c.entries, entry)
		return true, nil
	})
}

// Delete serves [Store].
func (s *fileStore) Delete(ctx context.Context, label string) error {
	return s.update(ctx, func(c *contents) (bool, error) {
		i := c.index(label)
		if i < 0 {
			return false, nil
		}
		c.entries = slices.Delete(c.entries, i, i+1)
		return true, nil
	})
}

// ChangePassword serves [PasswordChanger].
func (s *fileStore) ChangePassword(ctx context.Context, password string) error {
	if password == "" {
		return failure.Argumentf("the new vault password is empty")
	}
	return s.update(ctx, func(c *contents) (bool, error) {
		c.password = password
		return true, nil
	})
}

func (s *fileStore) migrate(ctx context.Context, format Format) error {
	to, err := newForm(format, s.work)
	if err != nil {
		return err
	}
	return s.update(ctx, func(c *contents) (bool, error) {
		c.form = to
		return true, nil
	})
}

// update changes the file while no other process can. edit tells whether it
// has changed anything; with an error nothing is written.
func (s *fileStore) update(ctx context.Context, edit func(*contents) (changed bool, err error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.locked(ctx, func() error {
		current, err := s.read()
		if err != nil {
			return err
		}
		// The entries read last must not change before the file does.
		current.entries = slices.Clone(current.entries)
		if changed, err := edit(&current); err != nil || !changed {
			return err
		}
		content, err := current.form.seal(current.entries, current.password)
		if err != nil {
			return s.failed("write", err)
		}
		if err := atomicfile.Write(s.target(), content); err != nil {
			return s.failed("write", err)
		}
		current.sum = sha256.Sum256(content)
		s.password, s.last = current.password, current
		return nil
	})
}

// read returns the entries of the file, none when it does not exist.
func (s *fileStore) read() (contents, error) {
	content, err := s.content()
	if errors.Is(err, fs.ErrNotExist) {
		return contents{form: s.fresh, password: s.password}, nil
	}
	if err != nil {
		return contents{}, s.failed("read", err)
	}
	sum := sha256.Sum256(content)
	if s.last.form != nil && s.last.sum == sum {
		return s.last, nil
	}
	form := s.formOf(content)
	entries, err := form.open(content, s.password)
	if err != nil {
		return contents{}, s.failed("decrypt", err)
	}
	s.last = contents{form: form, entries: entries, password: s.password, sum: sum}
	return s.last, nil
}

func (s *fileStore) formOf(content []byte) form { return formOf(content, s.work) }

func (s *fileStore) content() ([]byte, error) {
	file, err := os.Open(s.path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxFileBytes+1))
	if err == nil && len(content) > maxFileBytes {
		return nil, fmt.Errorf("the file is larger than %d bytes", maxFileBytes)
	}
	return content, err
}

// failed tells which file an error is about. What has a label keeps it, and an
// interruption stays one.
func (s *fileStore) failed(verb string, err error) error {
	if failure.As(err) != nil || errors.Is(err, context.Canceled) {
		return fmt.Errorf("cannot %s vault %s: %w", verb, s.path, err)
	}
	if errors.Is(err, ErrDecrypt) {
		return failure.Otherf("OpenSSL::Cipher::CipherError", "cannot %s vault %s: %w", verb, s.path, err).
			Hint("option vault_password is wrong, or the file is damaged")
	}
	return failure.Otherf(runtimeError, "cannot %s vault %s: %w", verb, s.path, err)
}

// locked calls f while this process alone holds the lock of the file. The lock
// is a file beside it, since the file itself is replaced when it is written.
func (s *fileStore) locked(ctx context.Context, f func() error) error {
	var inner error
	err := atomicfile.Locked(ctx, s.target(), func() error {
		inner = f()
		return inner
	})
	if err != nil && inner == nil {
		return s.failed("lock", err)
	}
	return err
}

func (s *fileStore) target() string { return atomicfile.Target(s.path) }
