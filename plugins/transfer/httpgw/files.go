package httpgw

import (
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// outgoing is a file to send.
type outgoing struct {
	// name is what the gateway is told.
	name string
	// path is empty for a file of zeros.
	path string
	size int64
}

// open returns the content. It has exactly size bytes, or reading it fails.
func (f outgoing) open() (io.ReadCloser, error) {
	if f.path == "" {
		return io.NopCloser(zeros{}), nil
	}
	return os.Open(f.path)
}

// withContent leaves the empty files out.
func withContent(files []outgoing) []outgoing {
	return slices.DeleteFunc(slices.Clone(files), func(f outgoing) bool { return f.size == 0 })
}

// zeros is an endless source.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}

// collect finds the files of the sources (spec/transfer.md 12.2).
func collect(sourceRoot string, sources []transfer.Source, log *slog.Logger) ([]outgoing, error) {
	var files []outgoing
	for _, s := range sources {
		source := s.Source
		if sourceRoot != "" {
			source = sourceRoot + "/" + source
		}
		if strings.HasPrefix(source, fauxPrefix) {
			name, size, err := parseFaux(source)
			if err != nil {
				return nil, err
			}
			files = append(files, outgoing{name: name, size: size})
			continue
		}
		found, err := local(source, s.Destination, log)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
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
	return []outgoing{{name: name, path: source, size: info.Size()}}, nil
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
				files = append(files, outgoing{name: filepath.ToSlash(full), path: full, size: info.Size()})
			default:
				log.Warn("Ignoring non file/directory: " + full)
			}
		}
	}
	return files, nil
}
