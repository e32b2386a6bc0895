package config

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"

	"github.com/ascli-go/ascli/host/atomicfile"
	"github.com/ascli-go/ascli/host/value/yaml11"
	"github.com/ascli-go/ascli/sdk/failure"
)

// maxFileBytes bounds what is read as configuration.
const maxFileBytes = 16 << 20

// Options describe a configuration file.
type Options struct {
	// Folder is the main folder (option `home`): closed to others when the
	// file is saved.
	Folder string
	// File is the path of the file (option `config_file`).
	File string
	// Version of the running program, stored in the file.
	Version string
	// Log takes warnings. Nil: none.
	Log *slog.Logger
}

// Store is a configuration file. Its methods may be called from any goroutine,
// and many processes may use the same file.
type Store struct {
	options Options
}

// NewStore returns the store for a file, which need not exist.
func NewStore(options Options) *Store {
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	return &Store{options: options}
}

// Path returns the path of the file.
func (s *Store) Path() string { return s.options.File }

// Load reads the file. When it does not exist the content is that of a new
// one. Text that is no YAML is an error with line and column and leaves the
// file alone; YAML of another structure gets the file set aside under another
// name (spec/cli.md 5.2).
func (s *Store) Load(ctx context.Context) (*Document, error) {
	document, err := s.read()
	var wrong *structureError
	if errors.As(err, &wrong) {
		err = s.locked(ctx, func() (err error) {
			document, err = s.readOrSetAside()
			return err
		})
	}
	if err == nil && document.isNew {
		s.options.Log.Warn("No config file found. New configuration file: " + s.Path())
	}
	if err != nil {
		return nil, err
	}
	return document.Document, nil
}

// Update changes the file: it calls edit with the content as it is on disk at
// that time, while no other process can change it, and saves the result when
// the content differs. saved tells whether it did. With an error of edit
// nothing is saved. A nil edit brings the version up to date, no more.
func (s *Store) Update(ctx context.Context, edit func(*Document) error) (saved bool, err error) {
	err = s.locked(ctx, func() error {
		document, err := s.readOrSetAside()
		if err != nil {
			return err
		}
		if edit != nil {
			if err := edit(document.Document); err != nil {
				return err
			}
		}
		text, changed, err := document.render()
		if err != nil || !changed {
			return err
		}
		saved = true
		return s.write(text)
	})
	return saved && err == nil, err
}

// contents is a document with the circumstances of its reading.
type contents struct {
	*Document
	isNew bool
}

// structureError is a file that is YAML but no configuration.
type structureError struct{ cause *failure.Error }

func (e *structureError) Error() string { return e.cause.Error() }
func (e *structureError) Unwrap() error { return e.cause }

func (s *Store) read() (contents, error) {
	text, err := readLimited(s.Path())
	if errors.Is(err, fs.ErrNotExist) {
		document, err := newDocument(s.options.Version)
		return contents{Document: document, isNew: true}, err
	}
	if err != nil {
		return contents{}, failure.Toolf("cannot read the configuration file: %w", err)
	}
	document, err := parseDocument(text, s.options.Version)
	var bad *yaml11.Error
	if errors.As(err, &bad) && bad.Problem == yaml11.Syntax {
		s.options.Log.Error("YAML error in config file")
		return contents{}, failure.Otherf(string(bad.Problem), "(%s): %w", s.Path(), err)
	}
	if err != nil {
		return contents{}, &structureError{failure.Toolf("%w", err)}
	}
	return contents{Document: document}, nil
}

func readLimited(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFileBytes+1))
	if err == nil && len(text) > maxFileBytes {
		return nil, fmt.Errorf("%s is larger than %d bytes", path, maxFileBytes)
	}
	return text, err
}

// readOrSetAside is read, but renames a file of wrong structure. It must be
// called with the lock held.
func (s *Store) readOrSetAside() (contents, error) {
	document, err := s.read()
	var wrong *structureError
	if !errors.As(err, &wrong) {
		return document, err
	}
	aside := unusedPath(fmt.Sprintf("%s.pre%s.manual_conversion_needed", s.Path(), s.options.Version))
	if err := os.Rename(s.Path(), aside); err != nil {
		return contents{}, failure.Toolf("%v: cannot rename the config file: %w", wrong, err)
	}
	s.options.Log.Warn(fmt.Sprintf("Renamed config file to %s.", aside))
	s.options.Log.Warn("Manual Conversion is required. Next time, a new empty file will be created.")
	return contents{}, wrong.cause
}

// unusedPath keeps a file that was set aside before.
func unusedPath(path string) string {
	for i, candidate := 1, path; ; i++ {
		if _, err := os.Lstat(candidate); errors.Is(err, fs.ErrNotExist) {
			return candidate
		}
		candidate = fmt.Sprintf("%s.%d", path, i)
	}
}

// locked calls f while this process alone holds the lock of the file. The lock
// is a file beside it, since the file itself is replaced when it is written.
func (s *Store) locked(ctx context.Context, f func() error) error {
	var inner error
	err := atomicfile.Locked(ctx, s.target(), func() error {
		inner = f()
		return inner
	})
	if err != nil && inner == nil {
		return failure.Toolf("cannot lock the configuration file: %w", err)
	}
	return err
}

func (s *Store) target() string { return atomicfile.Target(s.Path()) }

func (s *Store) write(text []byte) error {
	if s.options.Folder != "" {
		if err := restrict(s.options.Folder); err != nil {
			s.options.Log.Warn(fmt.Sprintf("Cannot restrict access to %s: %v", s.options.Folder, err))
		}
	}
	if err := atomicfile.Write(s.target(), text); err != nil {
		return failure.Toolf("cannot save the configuration file: %w", err)
	}
	return nil
}

// restrict makes a folder if needed and closes it to others.
func restrict(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	return os.Chmod(folder, 0o700)
}
