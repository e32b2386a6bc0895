package sftp

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// directions runs a test as an upload and as a download: from is the folder of the
// sources, to that of the destination.
func directions(t *testing.T, test func(t *testing.T, b *bench, direction, from, to string)) {
	shared := newBench(t)
	for _, direction := range []string{"send", "receive"} {
		t.Run(direction, func(t *testing.T) {
			b := benchOn(t, shared.server)
			if direction == "send" {
				test(t, b, direction, b.here, b.there)
			} else {
				test(t, b, direction, b.there, b.here)
			}
		})
	}
}

// specOf makes the text of a transfer spec.
func specOf(direction, to string, sources []string, more ...any) string {
	paths := make([]any, len(sources))
	for i, s := range sources {
		from, name, pair := strings.Cut(s, " => ")
		path := record.New("source", from)
		if pair {
			path.Set("destination", name)
		}
		paths[i] = path
	}
	spec := record.New(append([]any{"direction", direction, "destination_root", to, "paths", paths}, more...)...)
	return string(record.JSON(spec))
}

func TestFilesArrive(t *testing.T) {
	directions(t, func(t *testing.T, b *bench, direction, from, to string) {
		long := strings.Repeat("é", 127) + "x"
		want := map[string]string{"tree/": "", "tree/none/": "", "tree/sub/": "", "tree/sub/deep/": ""}
		for name, size := range map[string]int{
			"tree/empty": 0, "tree/one": 1, "tree/sub/chunk": 65536, "tree/sub/more": 65537, "tree/sub/deep/several": 3_000_001,
			"tree/naïve 文件.txt": 7, "tree/" + long: 2_000_000, "tree/-rf *?\"'\\": 5, "single": 12345,
		} {
			want[name] = string(randomBytes(size))
			writeFile(t, filepath.Join(from, name), []byte(want[name]))
		}
		if err := os.MkdirAll(filepath.Join(from, "tree/none"), 0o755); err != nil {
			t.Fatal(err)
		}
		to = filepath.Join(to, "new", "folder")
		r := b.run(t.Context(), specOf(direction, to, []string{filepath.Join(from, "tree"), filepath.Join(from, "single")}), `{}`)
		if r.err != nil {
			t.Fatal(r.err)
		}
		sameTree(t, tree(t, to), want)
		total := int64(0)
		for _, content := range want {
			total += int64(len(content))
		}
		if size, moved := r.last(transfer.SessionSize), r.last(transfer.Transfer); size.Bytes != total || moved.Bytes != total {
			t.Errorf("%d of %d bytes were told, want %d", moved.Bytes, size.Bytes, total)
		}
		if n := r.count(transfer.FileDone); n != 9 {
			t.Errorf("%d files were told", n)
		}
		// Once more: nothing is sent.
		r = b.run(t.Context(), specOf(direction, to, []string{filepath.Join(from, "tree")}), `{}`)
		if n := r.count(transfer.FileDone); r.err != nil || n != 0 {
			t.Errorf("%d files were sent again, %v", n, r.err)
		}
	})
}

func TestManyFiles(t *testing.T) {
	directions(t, func(t *testing.T, b *bench, direction, from, to string) {
		want := map[string]string{"many/": ""}
		for i := range 1200 {
			name := fmt.Sprintf("many/%04d", i)
			want[name] = string(randomBytes(i))
			writeFile(t, filepath.Join(from, name), []byte(want[name]))
		}
		if r := b.run(t.Context(), specOf(direction, to, []string{filepath.Join(from, "many")}), `{}`); r.err != nil {
			t.Fatal(r.err)
		}
		sameTree(t, tree(t, to), want)
	})
}

func TestWhereFilesLand(t *testing.T) {
	directions(t, func(t *testing.T, b *bench, direction, from, to string) {
		for _, name := range []string{"d1/d2/f2", "d1/f1", "f"} {
			writeFile(t, filepath.Join(from, name), []byte(name))
		}
		for _, tt := range []struct {
			name    string
			sources []string
			more    []any
			want    map[string]string
		}{
			{"base names", []string{"d1/d2/f2", "f"}, nil, map[string]string{"f2": "d1/d2/f2", "f": "f"}},
			{"a folder keeps its name", []string{"d1"}, nil, map[string]string{"d1/": "", "d1/d2/": "", "d1/f1": "d1/f1", "d1/d2/f2": "d1/d2/f2"}},
			{"the content of a folder", []string{"d1/."}, []any{"src_base", "d1"}, nil},
			{"pairs rename", []string{"f => g", "d1/d2/f2 => x/y/z"}, nil, map[string]string{"g": "f", "x/": "", "x/y/": "", "x/y/z": "d1/d2/f2"}},
			{"a folder in a pair", []string{"d1/d2 => /e"}, nil, map[string]string{"e/": "", "e/f2": "d1/d2/f2"}},
			{"base", []string{"d1/d2/f2"}, []any{"src_base", "d1"}, map[string]string{"d2/": "", "d2/f2": "d1/d2/f2"}},
		} {
			t.Run(tt.name, func(t *testing.T) {
				target := filepath.Join(to, tt.name)
				spec := specOf(direction, target, tt.sources, append(tt.more, "source_root", from)...)
				r := b.run(t.Context(), spec, `{}`)
				if tt.want == nil {
					if r.err == nil {
						t.Error("a source that is the base itself was taken")
					}
					return
				}
				if r.err != nil {
					t.Fatal(r.err)
				}
				sameTree(t, tree(t, target), tt.want)
			})
		}
	})
}

func TestOverwrite(t *testing.T) {
	directions(t, func(t *testing.T, b *bench, direction, from, to string) {
		for _, tt := range []struct {
			policy string
			more   []any
			// same, other, newer: which files of the destination are replaced.
			want string
		}{
			{"never", nil, ""},
			{"always", nil, "same other size newer"},
			{"diff", nil, "other size newer"},
			{"diff", []any{"resume_policy", "attrs"}, "size"},
			{"diff", []any{"resume_policy", "full_csum"}, "other size newer"},
			{"diff", []any{"resume_policy", "none"}, "same other size newer"},
			{"older", nil, "same other size"},
			{"diff+older", nil, "other size"},
		} {
			t.Run(fmt.Sprint(tt.policy, tt.more), func(t *testing.T) {
				from, to := filepath.Join(from, "d"), t.TempDir()
				files := map[string][2]string{"same": {"abc", "abc"}, "other": {"abc", "xyz"}, "size": {"abc", "longer"}, "newer": {"abc", "new"}}
				for name, content := range files {
					writeFile(t, filepath.Join(from, name), []byte(content[0]))
					writeFile(t, filepath.Join(to, "d", name), []byte(content[1]))
					age := -1
					if name == "newer" {
						age = 1
					}
					shift(t, filepath.Join(to, "d", name), age)
				}
				r := b.run(t.Context(), specOf(direction, to, []string{from}, append(tt.more, "overwrite", tt.policy)...), `{}`)
				if r.err != nil {
					t.Fatal(r.err)
				}
				var replaced []string
				for _, e := range r.events {
					if e.Kind == transfer.FileDone {
						replaced = append(replaced, filepath.Base(e.File))
					}
				}
				want := map[string]bool{}
				for _, name := range strings.Fields(tt.want) {
					want[name] = true
				}
				got := map[string]bool{}
				for _, name := range replaced {
					got[name] = true
				}
				if !maps.Equal(got, want) {
					t.Errorf("replaced %v, want %v", got, want)
				}
				for name := range want {
					if content, err := os.ReadFile(filepath.Join(to, "d", name)); err != nil || string(content) != "abc" {
						t.Errorf("%s has %q, %v", name, content, err)
					}
				}
			})
		}
	})
}
