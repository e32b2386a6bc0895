package ascmd_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sandbox/ascmd"
	"github.com/ascli-go/ascli/sandbox/docroot"
	"github.com/ascli-go/ascli/sandbox/grant"
)

// serve answers commands in a folder and returns the entries, without the banner:
// number, then the texts and numbers in it.
func serve(t testing.TB, folder string, commands ...string) []string {
	t.Helper()
	root, err := docroot.Open(grant.Grant{Root: folder, Destination: "/"}, docroot.Both)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	var out bytes.Buffer
	in := strings.NewReader(strings.Join(append(commands, "as_exit"), "\n") + "\n")
	if err := ascmd.Serve(t.Context(), root, in, &out); err != nil {
		t.Fatal(err)
	}
	entries := split(t, out.Bytes())
	if len(entries) == 0 || entries[0].number != 5 {
		t.Fatalf("no banner in %q", out.Bytes())
	}
	var texts []string
	for _, e := range entries[1:] {
		texts = append(texts, fmt.Sprintf("%d %q", e.number, e.value))
	}
	return texts
}

type entry struct {
	number byte
	value  []byte
}

func split(t testing.TB, data []byte) (entries []entry) {
	t.Helper()
	for len(data) > 0 {
		if len(data) < 5 || len(data) < 5+int(binary.BigEndian.Uint32(data[1:])) {
			t.Fatalf("cut: %q", data)
		}
		end := 5 + int(binary.BigEndian.Uint32(data[1:]))
		entries = append(entries, entry{data[0], data[5:end]})
		data = data[end:]
	}
	return entries
}

func TestCommands(t *testing.T) {
	for _, tt := range []struct {
		name     string
		commands []string
		// want has a part of each answer.
		want []string
		// exists and missing are paths after the commands.
		exists, missing []string
	}{
		{"list a folder", []string{`as_ls "/"`}, []string{`2 "\x01`}, nil, nil},
		{"list a file", []string{`as_ls /a`}, []string{`1 "\x01\x00\x00\x00\x02a\x00\x02\x00\x00\x00\b\x00\x00\x00\x00\x00\x00\x00\x03`}, nil, nil},
		{"list nothing", []string{`as_ls "/none"`}, []string{`4 "\x01\x00\x00\x00\x04\x00\x00\x00\x02\x02\x00\x00\x00\x1aNo such file or directory\x00"`}, nil, nil},
		{"two commands", []string{`as_mkdir "new"`, `as_mkdir "/new"`}, []string{`6 ""`, `File exists`}, []string{"new"}, nil},
		{"quotes", []string{`as_mkdir "x\"y\\z w"`, `as_mkdir 'single "q"'`}, []string{`6 ""`, `6 ""`}, []string{`x"y\z w`, `single "q"`}, nil},
		{"a quote that is open", []string{`as_mkdir "x`}, []string{"a quote is not closed"}, nil, []string{"x"}},
		{"move into a folder", []string{`as_mv "a" "sub"`}, []string{`6 ""`}, []string{"sub/a"}, []string{"a"}},
		{"move what is not there", []string{`as_mv "none" "sub"`}, []string{"No such file"}, nil, nil},
		{"copy a folder", []string{`as_cp "sub" "copy"`}, []string{`6 ""`}, []string{"copy/b", "sub/b"}, nil},
		{"copy into itself", []string{`as_cp "sub" "sub/deep"`}, []string{"the destination is in the source"}, nil, nil},
		{"copy everything into itself", []string{`as_cp / /x`}, []string{"the destination is in the source"}, nil, []string{"x"}},
		{"delete", []string{`as_rm "sub"`, `as_rm "sub"`}, []string{`6 ""`, "No such file"}, nil, []string{"sub"}},
		{"the folder itself stays", []string{`as_rm "/"`}, []string{"Permission denied"}, []string{"a"}, nil},
		{"size", []string{`as_du "/"`}, []string{`3 "\x01\x00\x00\x00\b\x00\x00\x00\x00\x00\x00\x00\b\x02\x00\x00\x00\x04\x00\x00\x00\x02\x03\x00\x00\x00\x04\x00\x00\x00\x02`}, nil, nil},
		{"checksum", []string{`as_md5sum "a"`}, []string{"764efa883dda1e11db47671c4a3bbd9e"}, nil, nil},
		{"checksum of a folder", []string{`as_md5sum "sub"`}, []string{"is a directory"}, nil, nil},
		{"disks", []string{`as_df`}, []string{`8 "\x01\x00\x00\x00\bsandbox\x00`}, nil, nil},
		{"info again", []string{`as_info`}, []string{`5 "`}, nil, nil},
		{"no path leaves the folder", []string{`as_ls "/../../etc/passwd"`, `as_ls "link/passwd"`}, []string{"No such file", "4 "}, nil, nil},
		{"an unknown command", []string{`as_fly "a"`}, []string{"unknown command as_fly"}, nil, nil},
		{"too few arguments", []string{`as_mv "a"`}, []string{"usage"}, []string{"a"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			folder, err := filepath.EvalSymlinks(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			for name, text := range map[string]string{"a": "hi\n", "sub/b": "12345"} {
				path := filepath.Join(folder, name)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if strings.Contains(tt.name, "leaves") {
				if err := os.Symlink("/etc", filepath.Join(folder, "link")); err != nil {
					t.Fatal(err)
				}
			}
			got := serve(t, folder, tt.commands...)
			if len(got) != len(tt.want) {
				t.Fatalf("answers are %v", got)
			}
			for i, want := range tt.want {
				if !strings.Contains(got[i], want) {
					t.Errorf("answer %d is %s, want %s", i, got[i], want)
				}
			}
			for _, name := range tt.exists {
				if _, err := os.Lstat(filepath.Join(folder, name)); err != nil {
					t.Error(err)
				}
			}
			for _, name := range tt.missing {
				if _, err := os.Lstat(filepath.Join(folder, name)); err == nil {
					t.Errorf("%s is there", name)
				}
			}
		})
	}
}

// Whatever a client sends, each line has one answer, and nothing panics.
func FuzzServe(f *testing.F) {
	f.Add(`as_ls "/"`)
	f.Add(`as_mv 'a\' "b`)
	f.Add("as_cp / /x\nas_df\n\\")
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "as_exit") {
			return
		}
		lines := 0
		for line := range strings.SplitSeq(text, "\n") {
			if strings.TrimRight(line, "\r") != "" {
				lines++
			}
		}
		folder, err := filepath.EvalSymlinks(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if got := serve(t, folder, text); len(got) != lines {
			t.Errorf("%d answers to %d lines", len(got), lines)
		}
	})
}
