package httpgw

import (
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/faux"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// maxFiles bounds the memory for what one job sends.
const maxFiles = 10_000_000

// outgoing is a file to send.
type outgoing struct {
	// name is what the gateway is told.
	name string
	// path is empty for a file that is made up.
	path string
	size int64
	// modified is when the file changed last, as it was found.
	modified time.Time
	// madeUp is the file if it exists nowhere.
	madeUp faux.File
}

// open returns the content.
func (f outgoing) open() (io.ReadCloser, error) {
	if f.path == "" {
		return io.NopCloser(f.madeUp.Content()), nil
	}
	return os.Open(f.path)
}

// unchanged fails if the file is not any more what it was when it was found: what
// was read of it may be part old, part new.
func (f outgoing) unchanged() error {
	if f.path == "" {
		return nil
	}
	info, err := os.Stat(f.path)
	if err != nil {
		return transfer.Errorf("the file was removed while it was sent: %w", err)
	}
	if info.Size() != f.size || !info.ModTime().Equal(f.modified) {
		return transfer.Errorf("%s has changed while it was sent", f.path)
	}
	return nil
}

// collect finds the files of the sources (spec/transfer.md 12.2).
func collect(sourceRoot string, sources []transfer.Source, log *slog.Logger) ([]outgoing, error) {
	var files []outgoing
	for _, s := range sources {
		source := s.Source
		if sourceRoot != "" {
			source = sourceRoot + "/" + source
		}
		found, err := find(source, s.Destination, log)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	return files, nil
}

func find(source, destination string, log *slog.Logger) ([]outgoing, error) {
	if faux.Is(source) {
		return makeUp(source)
	}
	return local(source, destination, log)
}

func makeUp(source string) ([]outgoing, error) {
	s, err := faux.Parse(source)
	if err != nil {
		return nil, err
	}
	var files []outgoing
	for f := range s.Files() {
		if len(files) == maxFiles {
			return nil, failure.Argumentf("%s: more than %d files", source, maxFiles)
		}
		files = append(files, outgoing{name: f.Name, size: f.Size, madeUp: f})
	}
	return files, nil
}

func local(source, destination string, log *slog.Logger) ([]outgoing, error) {
	info, err := os.Stat(source)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, failure.Otherf("RuntimeError", "File not found: %s", source)
	case err != nil:
		return nil, failure.Otherf("RuntimeError", "%w", err)
	case info.IsDir():
		return walk(source, log)
	case !info.Mode().IsRegular():
		return nil, failure.Otherf("RuntimeError", "File not found: %s", source)
	}
	name := filepath.Base(source)
	if destination != "" {
		name = path.Base(filepath.ToSlash(destination))
	}
	return []outgoing{{name: name, path: source, size: info.Size(), modified: info.ModTime()}}, nil
}

// walk lists the files below a folder, breadth first. Their names are the paths
// walked. Links are followed, but not back to a folder already seen.
func walk(root string, log *slog.Logger) ([]outgoing, error) {
	var files []outgoing
	seen := map[string]bool{}
	if trimmed := strings.TrimRight(root, "/"); trimmed != "" {
		root = trimmed
	}
	for pending := []string{root}; len(pending) > 0; pending = pending[1:] {
		folder := pending[0]
		real, err := filepath.EvalSymlinks(folder)
		if err != nil {
			return nil, failure.Otherf("RuntimeError", "%w", err)
		}
		if seen[real] {
			log.Warn("Ignoring folder already sent: " + folder)
			continue
		}
		seen[real] = true
		entries, err := os.ReadDir(folder)
		if err != nil {
			return nil, failure.Otherf("RuntimeError", "%w", err)
		}
		for _, entry := range entries {
			full := folder + "/" + entry.Name()
			info, err := os.Stat(full)
			switch {
			case err == nil && info.IsDir():
				pending = append(pending, full)
			case err == nil && info.Mode().IsRegular():
				files = append(files, outgoing{name: filepath.ToSlash(full), path: full, size: info.Size(), modified: info.ModTime()})
			default:
				log.Warn("Ignoring non file/directory: " + full)
			}
		}
	}
	return files, nil
}
