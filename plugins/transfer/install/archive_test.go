package install

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// item is an entry of an archive under test.
type item struct {
	path, content string
	// link makes it a symbolic link.
	link string
	// kind is the type of another tar entry, 0 for a file.
	kind byte
	mode int64
}

func tarOf(t testing.TB, items ...item) []byte {
	t.Helper()
	var buffer bytes.Buffer
	compressed, err := gzip.NewWriterLevel(&buffer, gzip.NoCompression)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(compressed)
	for _, i := range items {
		h := &tar.Header{Name: i.path, Linkname: i.link, Typeflag: i.kind, Mode: max(i.mode, 0o600), Size: int64(len(i.content))}
		if i.link != "" && i.kind == 0 {
			h.Typeflag = tar.TypeSymlink
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(i.content)); err != nil {
			t.Fatal(err)
		}
	}
	for _, close := range []func() error{w.Close, compressed.Close} {
		if err := close(); err != nil {
			t.Fatal(err)
		}
	}
	return buffer.Bytes()
}

func zipOf(t testing.TB, items ...item) []byte {
	t.Helper()
	var buffer bytes.Buffer
	w := zip.NewWriter(&buffer)
	for _, i := range items {
		h := &zip.FileHeader{Name: i.path, Method: zip.Store}
		h.SetMode(fs.FileMode(max(i.mode, 0o600)))
		content := i.content
		if i.link != "" {
			h.SetMode(0o777 | fs.ModeSymlink)
			content = i.link
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

// unpack extracts an archive below a folder of its own and returns what is
// there: contents by path, links as "-> target".
func unpack(t testing.TB, name string, data []byte, l limits) (found map[string]string, warnings []string, err error) {
	t.Helper()
	outer := t.TempDir()
	folder := filepath.Join(outer, "sdk")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(outer, "archive")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	err = extract(file, name, folder, l, func(text string) { warnings = append(warnings, text) })
	found = map[string]string{}
	walkErr := filepath.WalkDir(outer, func(p string, d fs.DirEntry, walkErr error) error {
		if walkErr != nil || d.IsDir() || p == path {
			return walkErr
		}
		relative, _ := filepath.Rel(folder, p)
		if d.Type()&fs.ModeSymlink != 0 {
			target, _ := os.Readlink(p)
			found[relative] = "-> " + target
			return nil
		}
		content, readErr := os.ReadFile(p)
		found[relative] = string(content)
		return readErr
	})
	if walkErr != nil {
		t.Fatal(walkErr)
	}
	return found, warnings, err
}

func TestExtract(t *testing.T) {
	for _, tt := range []struct {
		name  string
		items []item
		want  map[string]string
		// warning is a part of the only one.
		warning string
	}{
		{"the folders of an SDK", []item{
			{path: "sdk/bin/ascp", content: "1"}, {path: "./sdk/lib/a.so", content: "2"}, {path: "sdk/sbin/d", content: "3"},
			{path: "sdk/aspera/x", content: "4"}, {path: "sdk/any/bin/y", content: "5"}, {path: "sdk/any/lib/n", content: "6"},
			{path: "sdk/README", content: "7"}, {path: "bin/top", content: "8"},
		}, map[string]string{"ascp": "1", "a.so": "2", "d": "3", "x": "4", "y": "5"}, ""},
		{"a link in its folder", []item{{path: "s/lib/a.so", link: "a.so.1"}, {path: "s/lib/a.so.1", content: "x"}},
			map[string]string{"a.so": "-> a.so.1", "a.so.1": "x"}, ""},
		{"a link to another folder", []item{{path: "s/lib/a", content: "x"}, {path: "s/bin/b", link: "../lib/a"}},
			map[string]string{"a": "x", "b": "-> a"}, ""},
		{"a chain of links", []item{{path: "s/lib/a", link: "b"}, {path: "s/lib/b", link: "c"}, {path: "s/lib/c", content: "x"}},
			map[string]string{"a": "-> b", "b": "-> c", "c": "x"}, ""},
		{"a link to its own name", []item{{path: "s/bin/a", link: "../lib/a"}, {path: "s/lib/a", content: "x"}}, map[string]string{"a": "x"}, ""},
		{"duplicates", []item{{path: "s/bin/a", content: "first"}, {path: "s/lib/a", content: "second"}},
			map[string]string{"a": "first"}, "Rejecting file with duplicate basename: s/lib/a"},
		{"a path upwards", []item{{path: "s/bin/../../../bin/evil", content: "x"}}, nil, "Rejecting file with unsafe path"},
		{"an absolute path", []item{{path: "/s/bin/evil", content: "x"}}, nil, "Rejecting file with unsafe path"},
		{"a name for Windows", []item{{path: `s/bin/..\..\evil`, content: "x"}}, nil, "Rejecting file with unsafe path"},
		{"a stream for Windows", []item{{path: `s/bin/ascp:evil`, content: "x"}}, nil, "Rejecting file with unsafe path"},
		{"a link outwards", []item{{path: "s/bin/a", link: "../../../etc/passwd"}}, nil, "Rejecting link leaving the folder"},
		{"an absolute link", []item{{path: "s/bin/a", link: "/bin/sh"}}, nil, "Rejecting link leaving the folder"},
		{"a link to nothing", []item{{path: "s/bin/a", link: "b"}}, nil, "Rejecting link to a file that is not in the archive"},
		{"writing through a link", []item{{path: "s/bin/a", link: "../../../bin/evil"}, {path: "s/bin/a", content: "x"}},
			map[string]string{"a": "x"}, "Rejecting link leaving the folder"},
	} {
		for format, data := range map[string][]byte{"x.tar.gz": tarOf(t, tt.items...), "x.zip": zipOf(t, tt.items...)} {
			t.Run(tt.name+" "+format, func(t *testing.T) {
				found, warnings, err := unpack(t, format, data, generous())
				if err != nil {
					t.Fatal(err)
				}
				for path, want := range tt.want {
					if found[path] != want {
						t.Errorf("%s is %q, want %q", path, found[path], want)
					}
				}
				if len(found) != len(tt.want) {
					t.Errorf("found %v", found)
				}
				if said := strings.Join(warnings, "\n"); tt.warning == "" && said != "" || !strings.Contains(said, tt.warning) {
					t.Errorf("warnings %q", said)
				}
			})
		}
	}
}

func TestExtractTarOnly(t *testing.T) {
	for _, tt := range []struct {
		name string
		item item
	}{
		{"a device", item{path: "s/bin/tty", kind: tar.TypeChar}},
		{"a pipe", item{path: "s/bin/pipe", kind: tar.TypeFifo}},
		{"a hard link", item{path: "s/bin/hard", kind: tar.TypeLink, link: "/etc/passwd"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found, warnings, err := unpack(t, "x.tgz", tarOf(t, tt.item), generous())
			if err != nil || len(found) != 0 || len(warnings) != 1 || !strings.HasPrefix(warnings[0], "Rejecting special file") {
				t.Errorf("found %v, warnings %q, %v", found, warnings, err)
			}
		})
	}
}

func TestExtractFails(t *testing.T) {
	two := []item{{path: "s/bin/a", content: strings.Repeat("x", 600)}, {path: "s/bin/b", content: strings.Repeat("x", 600)}}
	whole := tarOf(t, two...)
	for _, tt := range []struct {
		name, file string
		data       []byte
		limits     limits
		err        string
	}{
		{"too many files", "x.tar.gz", whole, limits{entries: 1, bytes: 9999}, "more than 1 files"},
		{"too many bytes in all", "x.tar.gz", whole, limits{entries: 9, bytes: 1000}, "too many bytes"},
		{"too many bytes in all, zip", "x.zip", zipOf(t, two...), limits{entries: 9, bytes: 1000}, "too many bytes"},
		{"cut", "x.tar.gz", whole[:len(whole)/2], generous(), "the archive is damaged"},
		{"no archive", "x.tar.gz", []byte("<html>"), generous(), "the archive is damaged"},
		{"no zip", "x.zip", []byte("<html>"), generous(), "the archive is damaged"},
		{"unknown format", "x.rar", nil, generous(), "unknown archive extension: x.rar"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, _, err := unpack(t, tt.file, tt.data, tt.limits); err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

// fuzzExtract checks that nothing is written outside of the folder and that the
// bounds hold, whatever the archive.
func fuzzExtract(f *testing.F, name string) {
	f.Fuzz(func(t *testing.T, data []byte) {
		const most = 1 << 16
		found, _, err := unpack(t, name, data, limits{entries: 50, bytes: most})
		total := 0
		for path, content := range found {
			if filepath.Base(path) != path {
				t.Errorf("wrote %q", path)
			}
			if target, link := strings.CutPrefix(content, "-> "); link && err == nil && filepath.Base(target) != target {
				t.Errorf("link %q leads to %q", path, target)
			}
			total += len(content)
		}
		if err == nil && total > 2*most {
			t.Errorf("wrote %d bytes", total)
		}
	})
}

func seeds(t testing.TB) []item {
	t.Helper()
	return []item{{path: "s/bin/ascp", content: "x", mode: 0o755}, {path: "s/lib/l", link: "../bin/ascp"}, {path: "s/bin/../../e", content: "y"}}
}

func FuzzExtractTar(f *testing.F) {
	f.Add(tarOf(f, seeds(f)...))
	f.Add([]byte{0x1f, 0x8b})
	fuzzExtract(f, "x.tar.gz")
}

func FuzzExtractZip(f *testing.F) {
	f.Add(zipOf(f, seeds(f)...))
	f.Add([]byte("PK\x05\x06"))
	fuzzExtract(f, "x.zip")
}
