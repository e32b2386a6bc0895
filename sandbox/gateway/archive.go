package gateway

import (
	"archive/zip"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/ascli-go/ascli/sandbox/docroot"
)

// writeArchive streams files and folders as a zip, not compressed. Symbolic
// links inside folders are left out.
func writeArchive(w io.Writer, folder *docroot.Folder, names []string) error {
	archive := &archiver{folder: folder, zip: zip.NewWriter(w), used: map[string]bool{}, buffer: make([]byte, bufferSize)}
	for _, name := range names {
		if err := archive.add(filepath.ToSlash(name)); err != nil {
			return err
		}
	}
	return archive.zip.Close()
}

type archiver struct {
	folder *docroot.Folder
	zip    *zip.Writer
	used   map[string]bool // names at the top of the archive
	buffer []byte
}

// add adds a source under its base name; the granted folder itself has none,
// so that its content is at the top.
func (a *archiver) add(source string) error {
	top := ""
	if source != "." {
		top = a.unused(path.Base(source))
	}
	return fs.WalkDir(a.folder.FS(), source, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside := name
		if top != "" {
			inside = path.Join(top, strings.TrimPrefix(name, source))
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		switch {
		case inside == ".":
			return nil
		case entry.IsDir():
			return a.entry(inside+"/", info, nil)
		case entry.Type().IsRegular():
			return a.file(name, inside, info)
		}
		return nil
	})
}

// unused makes names of sources from different folders unique.
func (a *archiver) unused(name string) string {
	extension := path.Ext(name)
	unique := name
	for n := 2; a.used[unique]; n++ {
		unique = strings.TrimSuffix(name, extension) + " (" + strconv.Itoa(n) + ")" + extension
	}
	a.used[unique] = true
	return unique
}

func (a *archiver) file(name, inside string, info fs.FileInfo) error {
	file, err := a.folder.Root.Open(filepath.FromSlash(name))
	if err != nil {
		return err
	}
	defer file.Close()
	return a.entry(inside, info, file)
}

// entry adds one entry, a folder if it has no content.
func (a *archiver) entry(inside string, info fs.FileInfo, content io.Reader) error {
	header := &zip.FileHeader{Name: inside, Method: zip.Store, Modified: info.ModTime()}
	header.SetMode(info.Mode())
	w, err := a.zip.CreateHeader(header)
	if err != nil {
		return fmt.Errorf("archive %s: %w", inside, err)
	}
	if content == nil {
		return nil
	}
	if _, err := copyLarge(w, content, a.buffer); err != nil {
		return fmt.Errorf("archive %s: %w", inside, err)
	}
	return nil
}
