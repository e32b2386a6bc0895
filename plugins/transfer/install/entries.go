package install

import (
	"archive/tar"
	"archive/zip"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
)

// maxLink bounds the target of a symbolic link, bytes.
const maxLink = 4096

// entry is one item of an archive.
type entry struct {
	// path within the archive, as the archive has it: not to be trusted.
	path string
	mode fs.FileMode
	// link is the target of a symbolic link.
	link string
	// content is that of a regular file, to be read before the next entry.
	content io.Reader
}

// entriesOf yields the items of an archive; its name tells the format.
func entriesOf(archive *os.File, name string) (iter.Seq2[entry, error], error) {
	lower := strings.ToLower(name)
	switch {
	case strings.HasSuffix(lower, ".zip"):
		info, err := archive.Stat()
		if err != nil {
			return nil, err
		}
		return zipEntries(archive, info.Size()), nil
	case strings.Contains(lower, ".tar.gz"), strings.HasSuffix(lower, ".tgz"):
		return tarEntries(archive), nil
	}
	return nil, failure.Otherf("RuntimeError", "unknown archive extension: %s", name).Hint("An SDK archive ends with .tar.gz or .zip")
}

func tarEntries(compressed io.Reader) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		unpacked, err := gzip.NewReader(compressed)
		if err != nil {
			yield(entry{}, damaged(err))
			return
		}
		reader := tar.NewReader(unpacked)
		for {
			header, err := reader.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(entry{}, damaged(err))
				return
			}
			if !yield(tarEntry(header, reader), nil) {
				return
			}
		}
	}
}

func tarEntry(header *tar.Header, content io.Reader) entry {
	e := entry{path: header.Name, mode: header.FileInfo().Mode(), link: header.Linkname, content: content}
	if header.Typeflag == tar.TypeLink {
		// The mode of a hard link is that of a file, but it has no content.
		e.mode = fs.ModeIrregular
	}
	return e
}

func zipEntries(archive io.ReaderAt, size int64) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		// Names that leave the folder are judged one by one.
		reader, err := zip.NewReader(archive, size)
		if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
			yield(entry{}, damaged(err))
			return
		}
		for _, file := range reader.File {
			if !yieldZip(file, yield) {
				return
			}
		}
	}
}

// yieldZip yields one file and tells whether there is to be a next one.
func yieldZip(file *zip.File, yield func(entry, error) bool) bool {
	e := entry{path: file.Name, mode: file.Mode()}
	if e.mode.IsDir() {
		return yield(e, nil)
	}
	content, err := file.Open()
	if err != nil {
		yield(entry{}, damaged(err))
		return false
	}
	defer func() { _ = content.Close() }()
	e.content = content
	if e.mode&fs.ModeSymlink != 0 {
		target, err := io.ReadAll(io.LimitReader(content, maxLink))
		if err != nil {
			yield(entry{}, damaged(err))
			return false
		}
		e.link = string(target)
	}
	return yield(e, nil)
}

func damaged(err error) error { return fmt.Errorf("the archive is damaged: %w", err) }
