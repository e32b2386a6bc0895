package sftp

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sdk/transfer"
)

// link makes a symbolic link.
func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

func TestLinks(t *testing.T) {
	directions(t, func(t *testing.T, b *bench, direction, from, to string) {
		writeFile(t, filepath.Join(from, "d/real"), []byte("content"))
		writeFile(t, filepath.Join(from, "d/folder/inner"), []byte("inner"))
		link(t, "real", filepath.Join(from, "d/file"))
		link(t, "folder", filepath.Join(from, "d/dir"))
		plain := map[string]string{"d/": "", "d/real": "content", "d/folder/": "", "d/folder/inner": "inner"}
		with := func(more map[string]string) map[string]string {
			all := map[string]string{}
			for _, m := range []map[string]string{plain, more} {
				for k, v := range m {
					all[k] = v
				}
			}
			return all
		}
		copied := with(map[string]string{"d/file": "-> real", "d/dir": "-> folder"})
		for _, tt := range []struct {
			policy   string
			existing bool
			want     map[string]string
		}{
			{linksFollow, false, with(map[string]string{"d/file": "content", "d/dir/": "", "d/dir/inner": "inner"})},
			{linksCopy, false, copied},
			{linksCopyForce, false, copied},
			{linksCopy, true, with(map[string]string{"d/file": "old", "d/dir": "-> folder"})},
			{linksCopyForce, true, copied},
			{linksSkip, false, plain},
		} {
			t.Run(fmt.Sprint(tt.policy, tt.existing), func(t *testing.T) {
				to := t.TempDir()
				if tt.existing {
					writeFile(t, filepath.Join(to, "d/file"), []byte("old"))
				}
				r := b.run(t.Context(), specOf(direction, to, []string{filepath.Join(from, "d")}, "symlink_policy", tt.policy), `{}`)
				if r.err != nil {
					t.Fatal(r.err)
				}
				sameTree(t, tree(t, to), tt.want)
			})
		}
	})
}

// Links that lead back end the walk there, not the job.
func TestLinkLoops(t *testing.T) {
	directions(t, func(t *testing.T, b *bench, direction, from, to string) {
		writeFile(t, filepath.Join(from, "a/f"), []byte("1"))
		writeFile(t, filepath.Join(from, "b/g"), []byte("2"))
		link(t, "..", filepath.Join(from, "a/up"))
		link(t, "../b", filepath.Join(from, "a/over"))
		link(t, "../a", filepath.Join(from, "b/back"))
		link(t, "self", filepath.Join(from, "a/self"))
		r := b.run(t.Context(), specOf(direction, to, []string{filepath.Join(from, "a")}), `{}`)
		if code(r.err) != codeSomeFiles || !strings.Contains(r.err.Error(), "Path refers to a symbolic link loop") {
			t.Errorf("got %v", r.err)
		}
		got := tree(t, to)
		if got["a/f"] != "1" || got["a/over/g"] != "2" {
			t.Errorf("got %v", got)
		}
	})
}

func TestTimes(t *testing.T) {
	modified, accessed := time.Unix(1_500_000_000, 0), time.Unix(1_400_000_000, 0)
	directions(t, func(t *testing.T, b *bench, direction, from, to string) {
		writeFile(t, filepath.Join(from, "d/small"), randomBytes(10))
		writeFile(t, filepath.Join(from, "d/big"), randomBytes(2<<20))
		for _, tt := range []struct {
			field      string
			keepsTimes bool
		}{{"preserve_times", true}, {"preserve_modification_time", true}, {"preserve_access_time", false}, {"create_dir", false}} {
			t.Run(tt.field, func(t *testing.T) {
				to := t.TempDir()
				// The transfer before has read them.
				for _, name := range []string{"d/small", "d/big", "d"} {
					if err := os.Chtimes(filepath.Join(from, name), accessed, modified); err != nil {
						t.Fatal(err)
					}
				}
				if r := b.run(t.Context(), specOf(direction, to, []string{filepath.Join(from, "d")}, tt.field, true), `{}`); r.err != nil {
					t.Fatal(r.err)
				}
				for _, name := range []string{"d", "d/small", "d/big"} {
					info, err := os.Stat(filepath.Join(to, name))
					if err != nil {
						t.Fatal(err)
					}
					if info.ModTime().Equal(modified) != tt.keepsTimes {
						t.Errorf("%s has the time %v", name, info.ModTime())
					}
					if wantAccess := tt.field == "preserve_access_time" && name != "d"; wantAccess && attributesOf(info).accessed != accessed.Unix() {
						t.Errorf("%s was read at %v", name, time.Unix(attributesOf(info).accessed, 0))
					}
				}
			})
		}
	})
}

func TestSelection(t *testing.T) {
	directions(t, func(t *testing.T, b *bench, direction, from, to string) {
		for name, hours := range map[string]int{"d/new": 0, "d/day": -24, "d/week": -24 * 7} {
			writeFile(t, filepath.Join(from, name), []byte(name))
			shift(t, filepath.Join(from, name), hours)
		}
		for _, tt := range []struct {
			name string
			more []any
			want string
		}{
			{"not newer", []any{"exclude_newer_than", "-3600"}, "day week"},
			{"not older", []any{"exclude_older_than", "-172800"}, "day new"},
			{"both", []any{"exclude_newer_than", "-3600", "exclude_older_than", "-172800"}, "day"},
			{"absolute", []any{"exclude_older_than", fmt.Sprint(time.Now().Unix() - 7200)}, "new"},
		} {
			t.Run(tt.name, func(t *testing.T) {
				to := t.TempDir()
				if r := b.run(t.Context(), specOf(direction, to, []string{filepath.Join(from, "d")}, tt.more...), `{}`); r.err != nil {
					t.Fatal(r.err)
				}
				want := map[string]string{"d/": ""}
				for _, name := range strings.Fields(tt.want) {
					want["d/"+name] = "d/" + name
				}
				sameTree(t, tree(t, to), want)
			})
		}
	})
}

func TestSourceAfterTransfer(t *testing.T) {
	all := map[string]string{"d/": "", "d/a": "1", "d/sub/": "", "d/sub/b": "2"}
	for _, tt := range []struct {
		name string
		more []any
		// left of the source.
		left map[string]string
	}{
		{"kept", nil, all},
		{"remove_after_transfer", []any{"remove_after_transfer", true}, map[string]string{"d/": "", "d/sub/": ""}},
		{"delete_source", []any{"delete_source", true}, map[string]string{"d/": "", "d/sub/": ""}},
		{"folders too", []any{"remove_after_transfer", true, "remove_empty_directories", true}, map[string]string{"d/": ""}},
		{"the source too", []any{"remove_after_transfer", true, "remove_empty_source_directory", true}, map[string]string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			directions(t, func(t *testing.T, b *bench, direction, from, to string) {
				writeFile(t, filepath.Join(from, "d/a"), []byte("1"))
				writeFile(t, filepath.Join(from, "d/sub/b"), []byte("2"))
				if r := b.run(t.Context(), specOf(direction, to, []string{filepath.Join(from, "d")}, tt.more...), `{}`); r.err != nil {
					t.Fatal(r.err)
				}
				sameTree(t, tree(t, to), all)
				sameTree(t, tree(t, from), tt.left)
			})
		})
	}
}

func TestArchive(t *testing.T) {
	directions(t, func(t *testing.T, b *bench, direction, from, to string) {
		writeFile(t, filepath.Join(from, "d/a"), []byte("1"))
		writeFile(t, filepath.Join(from, "d/sub/b"), []byte("2"))
		spec := specOf(direction, to, []string{filepath.Join(from, "d")}, "move_after_transfer", filepath.Join(from, "archive"))
		if r := b.run(t.Context(), spec, `{}`); r.err != nil {
			t.Fatal(r.err)
		}
		sameTree(t, tree(t, filepath.Join(from, "archive")), map[string]string{"d/": "", "d/a": "1", "d/sub/": "", "d/sub/b": "2"})
		sameTree(t, tree(t, filepath.Join(from, "d")), map[string]string{"sub/": ""})
	})
}

func TestSkippedSources(t *testing.T) {
	directions(t, func(t *testing.T, b *bench, direction, from, to string) {
		for _, skippedToo := range []bool{false, true} {
			writeFile(t, filepath.Join(from, "f"), []byte("same"))
			writeFile(t, filepath.Join(to, "f"), []byte("same"))
			spec := specOf(direction, to, []string{filepath.Join(from, "f")}, "remove_after_transfer", true, "remove_skipped", skippedToo)
			if r := b.run(t.Context(), spec, `{}`); r.err != nil {
				t.Fatal(r.err)
			}
			if _, err := os.Stat(filepath.Join(from, "f")); os.IsNotExist(err) != skippedToo {
				t.Errorf("remove_skipped %v: %v", skippedToo, err)
			}
		}
	})
}

func TestSaveBeforeOverwrite(t *testing.T) {
	directions(t, func(t *testing.T, b *bench, direction, from, to string) {
		writeFile(t, filepath.Join(from, "f.txt"), []byte("new"))
		writeFile(t, filepath.Join(to, "f.txt"), []byte("old one"))
		if r := b.run(t.Context(), specOf(direction, to, []string{filepath.Join(from, "f.txt")}, "save_before_overwrite", true), `{}`); r.err != nil {
			t.Fatal(r.err)
		}
		got := tree(t, to)
		saved := regexp.MustCompile(`^f\.\d{4}(\.\d\d){5}\.1\.txt$`)
		for name, content := range got {
			if name == "f.txt" && content != "new" || name != "f.txt" && (!saved.MatchString(name) || content != "old one") {
				t.Errorf("%s has %q", name, content)
			}
		}
		if len(got) != 2 {
			t.Errorf("got %v", got)
		}
	})
}

func TestDeleteBefore(t *testing.T) {
	directions(t, func(t *testing.T, b *bench, direction, from, to string) {
		writeFile(t, filepath.Join(from, "d/keep"), []byte("1"))
		for _, name := range []string{"d/extra", "d/sub/deep/extra", "d/keep", "outside"} {
			writeFile(t, filepath.Join(to, name), []byte("1"))
		}
		if r := b.run(t.Context(), specOf(direction, to, []string{filepath.Join(from, "d")}, "delete_before_transfer", true), `{}`); r.err != nil {
			t.Fatal(r.err)
		}
		sameTree(t, tree(t, to), map[string]string{"d/": "", "d/keep": "1", "outside": "1"})

		// What the source has is not extra, wanted or not.
		writeFile(t, filepath.Join(from, "d/old"), []byte("1"))
		shift(t, filepath.Join(from, "d/old"), -100)
		writeFile(t, filepath.Join(to, "d/old"), []byte("kept"))
		spec := specOf(direction, to, []string{filepath.Join(from, "d")}, "delete_before_transfer", true, "exclude_older_than", "-3600")
		if r := b.run(t.Context(), spec, `{}`); r.err != nil {
			t.Fatal(r.err)
		}
		sameTree(t, tree(t, to), map[string]string{"d/": "", "d/keep": "1", "d/old": "kept", "outside": "1"})
		// Nor is anything extra when the source is not known whole.
		link(t, "loop", filepath.Join(from, "d/loop"))
		writeFile(t, filepath.Join(to, "d/extra"), []byte("1"))
		r := b.run(t.Context(), specOf(direction, to, []string{filepath.Join(from, "d")}, "delete_before_transfer", true), `{}`)
		if r.err == nil || !strings.Contains(r.err.Error(), "nothing is deleted at the destination") {
			t.Errorf("got %v", r.err)
		}
		sameTree(t, tree(t, to), map[string]string{"d/": "", "d/keep": "1", "d/old": "kept", "d/extra": "1", "outside": "1"})
	})
}

// Zeros take neither time nor room, where the systems let them.
func TestSparse(t *testing.T) {
	const size = 64 << 20
	directions(t, func(t *testing.T, b *bench, direction, from, to string) {
		path := filepath.Join(from, "sparse")
		writeFile(t, path, nil)
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = f.WriteAt([]byte("in the middle"), size/2); err == nil {
			err = f.Truncate(size)
		}
		if f.Close(); err != nil {
			t.Fatal(err)
		}
		proxy := through(t, b)
		if r := b.run(t.Context(), specOf(direction, to, []string{path}), `{}`); r.err != nil {
			t.Fatal(r.err)
		}
		got, err := os.ReadFile(filepath.Join(to, "sparse"))
		if err != nil || len(got) != size || string(got[size/2:size/2+13]) != "in the middle" || !isZero(got[:size/2]) || !isZero(got[size/2+13:]) {
			t.Errorf("the file has other content: %d bytes, %v", len(got), err)
		}
		if sent := proxy.passed(); direction == "send" && sent > 4<<20 {
			t.Errorf("%d bytes of holes were sent", sent)
		}
		if blocks := blocksOf(t, filepath.Join(to, "sparse")); blocks > 4<<20 {
			t.Errorf("the copy takes %d bytes", blocks)
		}
	})
}

func TestTargetRate(t *testing.T) {
	directions(t, func(t *testing.T, b *bench, direction, from, to string) {
		writeFile(t, filepath.Join(from, "f"), randomBytes(300_000))
		start := time.Now()
		// 4 Mbit/s: 0.6 s less the first tenth of a second.
		if r := b.run(t.Context(), specOf(direction, to, []string{filepath.Join(from, "f")}, "target_rate_kbps", 4000), `{}`); r.err != nil {
			t.Fatal(r.err)
		}
		if took := time.Since(start); took < 450*time.Millisecond {
			t.Errorf("it took %v", took)
		}
	})
}

func TestFaux(t *testing.T) {
	b := newBench(t)
	r := b.run(t.Context(), specOf("send", b.there, []string{"faux:///zeros?3m", "faux:///d/e?count=3&file=f&size=10&inc=5&buf_init=random"}), `{}`)
	if r.err != nil {
		t.Fatal(r.err)
	}
	got := tree(t, b.there)
	for name, size := range map[string]int{"zeros": 3 << 20, "d/e/f_00001_10": 10, "d/e/f_00002_15": 15, "d/e/f_00003_20": 20} {
		if len(got[name]) != size {
			t.Errorf("%s has %d bytes", name, len(got[name]))
		}
	}
	r = b.run(t.Context(), specOf("receive", "faux://", []string{filepath.Join(b.there, "zeros"), filepath.Join(b.there, "d")}), `{}`)
	if r.err != nil || r.count(transfer.FileDone) != 4 {
		t.Errorf("%d files were discarded, %v", r.count(transfer.FileDone), r.err)
	}
	if moved := r.last(transfer.Transfer).Bytes; moved != 3<<20+45 {
		t.Errorf("%d bytes", moved)
	}
}
