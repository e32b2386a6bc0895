package direct

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// staleList is the age at which a list of files is left over from a process that
// could not remove it.
const staleList = 5 * 24 * time.Hour

// sourceArgs returns the arguments that name what to transfer: a file with the
// list where that is possible (spec/transfer.md 8.4).
func (p *plan) sourceArgs(spec *record.Object, env agent.Env, params parameters) ([]string, error) {
	given, err := pathsOf(spec)
	if err != nil {
		return nil, err
	}
	extra := make([]any, len(params.ascpArgs))
	for i, a := range params.ascpArgs {
		extra[i] = a
	}
	switch {
	case transfer.HasFileList(extra):
		if len(given) > 0 {
			return nil, failure.Argumentf("file list provided both in transfer spec and ascp file list. Remove one of them.")
		}
		return nil, nil
	case len(given) == 0 && spec.Has(transfer.FieldKeepalive):
		return nil, nil
	case len(given) == 0:
		return nil, failure.Argumentf("Missing mandatory parameter: paths")
	}
	lines, pairs, err := listLines(given)
	if err != nil {
		return nil, err
	}
	if env.FileListFolder == "" || !params.fileList {
		return commandLineSources(lines, pairs)
	}
	path, err := p.writeList(env.FileListFolder, lines)
	if err != nil {
		return nil, transfer.Errorf("cannot write the list of files for ascp: %w", err)
	}
	if pairs {
		return []string{"--file-pair-list=" + path}, nil
	}
	return []string{"--file-list=" + path}, nil
}

func pathsOf(spec *record.Object) ([]*record.Object, error) {
	value, _ := spec.Get(transfer.FieldPaths)
	list, ok := value.([]any)
	if value != nil && !ok {
		return nil, failure.Argumentf("paths is : %s (%s), shall be [:array], ", record.TypeName(value), record.JSON(value))
	}
	paths := make([]*record.Object, len(list))
	for i, v := range list {
		path, _ := v.(*record.Object)
		if path == nil || path.Text(transfer.FieldSource) == "" {
			return nil, failure.Argumentf("All elements of paths must have a 'source' key")
		}
		paths[i] = path
	}
	return paths, nil
}

// listLines returns the lines of a list: of sources, or of sources and
// destinations in turn.
func listLines(paths []*record.Object) (lines []string, pairs bool, err error) {
	pairs = paths[0].Has(transfer.FieldDestination)
	for _, path := range paths {
		if path.Has(transfer.FieldDestination) != pairs {
			return nil, false, failure.Argumentf("All elements of paths must be consistent with 'destination' key")
		}
		lines = append(lines, path.Text(transfer.FieldSource))
		if pairs {
			lines = append(lines, path.Text(transfer.FieldDestination))
		}
	}
	for _, line := range lines {
		if strings.ContainsAny(line, "\r\n") {
			return nil, false, failure.Argumentf("path %q has a line break, which a list for ascp cannot hold: rename it, or transfer its folder", line)
		}
	}
	return lines, pairs, nil
}

func commandLineSources(lines []string, pairs bool) ([]string, error) {
	if pairs {
		return nil, failure.Argumentf("file pair list is not supported when file list folder is not set")
	}
	for _, source := range lines {
		if strings.HasPrefix(source, "-") {
			return nil, failure.Argumentf("source %q would be an option of ascp: write ./%s", source, source)
		}
	}
	return lines, nil
}

func (p *plan) writeList(folder string, lines []string) (string, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	if err := removeStaleLists(folder); err != nil {
		return "", err
	}
	path := filepath.Join(folder, uuid.NewString())
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	p.temporary = append(p.temporary, path)
	_, err = file.WriteString(strings.Join(lines, "\n"))
	return path, errors.Join(err, file.Close())
}

func removeStaleLists(folder string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() || time.Since(info.ModTime()) < staleList {
			continue
		}
		// Another process may have been quicker, or own the file.
		_ = os.Remove(filepath.Join(folder, entry.Name()))
	}
	return nil
}
