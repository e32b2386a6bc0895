package ascp_test

import (
	"crypto/md5"
	"crypto/sha512"
	"encoding/hex"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sandbox/ascp/management"
	"github.com/ascli-go/ascli/sandbox/filetime"
)

func TestDeleteBeforeTransfer(t *testing.T) {
	w := newWorld(t, 0)
	tree{"d/keep": "new", "d/sub/f": "f"}.write(t, w.local)
	tree{"up/d/keep": "old", "up/d/gone": "x", "up/d/sub/gone/deep": "y", "up/d/other/": "", "up/beside": "stays"}.write(t, w.root)
	w.send("/up", "-d", "--delete-before-transfer", filepath.Join(w.local, "d")).mustPass(t)
	readTree(t, filepath.Join(w.root, "up")).compare(t, tree{"d/keep": "new", "d/sub/f": "f", "beside": "stays"})

	tree{"down/d/a": "a"}.write(t, w.root)
	tree{"in/d/a": "", "in/d/b": "b"}.write(t, w.local)
	w.receive(filepath.Join(w.local, "in"), "-d", "--delete-before-transfer", "/down/d").mustPass(t)
	readTree(t, filepath.Join(w.local, "in")).compare(t, tree{"d/a": "a"})
}

func TestMoveAfterTransfer(t *testing.T) {
	w := newWorld(t, 0)
	tree{"d/a": "a", "d/sub/b": "b"}.write(t, w.local)
	archive := filepath.Join(w.local, "archive")
	w.send("/up", "-d", "--move-after-transfer", archive, filepath.Join(w.local, "d")).mustPass(t)
	readTree(t, filepath.Join(w.root, "up")).compare(t, tree{"d/a": "a", "d/sub/b": "b"})
	readTree(t, w.local).compare(t, tree{"archive/d/a": "a", "archive/d/sub/b": "b", "d/sub/": ""})
}

func TestRemoveSkipped(t *testing.T) {
	w := newWorld(t, 0)
	tree{"d/same": "s", "d/new": "n"}.write(t, w.local)
	tree{"up/d/same": "s"}.write(t, w.root)
	args := []string{"-d", "-k", "3", "--remove-after-transfer"}
	w.send("/up", append(args, filepath.Join(w.local, "d"))...).mustPass(t)
	readTree(t, w.local).compare(t, tree{"d/same": "s"})
	w.send("/up", append(args, "--remove-skipped", filepath.Join(w.local, "d"))...).mustPass(t)
	readTree(t, w.local).compare(t, tree{"d/": ""})
	readTree(t, filepath.Join(w.root, "up")).compare(t, tree{"d/same": "s", "d/new": "n"})
}

func TestSaveBeforeOverwrite(t *testing.T) {
	w := newWorld(t, 0)
	tree{"report.txt": "new"}.write(t, w.local)
	tree{"up/report.txt": "old"}.write(t, w.root)
	for range 2 {
		w.send("/up", "-d", "--save-before-overwrite", "--overwrite", "always", filepath.Join(w.local, "report.txt")).mustPass(t)
	}
	saved := regexp.MustCompile(`^report\.\d{4}(\.\d\d){5}\.\d+\.txt$`)
	contents := map[string]int{}
	for name, content := range readTree(t, filepath.Join(w.root, "up")) {
		if name != "report.txt" && !saved.MatchString(name) {
			t.Errorf("%s should not be there", name)
		}
		contents[content]++
	}
	if !maps.Equal(contents, map[string]int{"old": 1, "new": 2}) {
		t.Errorf("contents: %v", contents)
	}
}

func TestChecksumsAreReported(t *testing.T) {
	w := newWorld(t, 0)
	content := noise(300_000)
	tree{"f": content}.write(t, w.local)
	tree{"down/f": content}.write(t, w.root)
	md5Sum, sha512Sum := md5.Sum([]byte(content)), sha512.Sum512([]byte(content))
	for _, tt := range []struct {
		kind, want string
		r          result
	}{
		{"md5", hex.EncodeToString(md5Sum[:]), w.send("/up", "-d", "--file-checksum", "md5", filepath.Join(w.local, "f"))},
		{"sha-512", hex.EncodeToString(sha512Sum[:]), w.receive(filepath.Join(w.local, "in"), "-d", "--file-checksum", "sha-512", "/down/f")},
	} {
		tt.r.mustPass(t)
		stop := tt.r.all(management.Stop)[0]
		if sum, _ := stop.Get("FileChecksum"); sum != tt.want {
			t.Errorf("%s: %s, want %s", tt.kind, sum, tt.want)
		}
		if kind, _ := stop.Get("FileChecksumType"); kind != tt.kind {
			t.Errorf("type %s, want %s", kind, tt.kind)
		}
	}
	plain := w.send("/up", "-d", "--overwrite", "always", filepath.Join(w.local, "f"))
	if _, told := plain.all(management.Stop)[0].Get("FileChecksum"); told {
		t.Error("a checksum that nobody asked for")
	}
}

func TestTimesAreKept(t *testing.T) {
	modified, accessed := time.Unix(1_600_000_000, 0), time.Unix(1_500_000_000, 0)
	times := func(name string) (time.Time, time.Time) {
		info, err := os.Stat(name)
		check(t, err)
		return info.ModTime(), filetime.Accessed(info)
	}
	for _, send := range []bool{true, false} {
		t.Run(direction(send), func(t *testing.T) {
			w := newWorld(t, 0)
			transfer := func(args ...string) (source, target string) {
				args = append(args, "-d", "--overwrite", "always", "--preserve-source-access-time")
				folder := filepath.Join(w.root, "down")
				if send {
					folder = w.local
				}
				source = filepath.Join(folder, "f")
				tree{"f": "x"}.write(t, folder)
				check(t, os.Chtimes(source, accessed, modified))
				if send {
					w.send("/up", append(args, source)...).mustPass(t)
					return source, filepath.Join(w.root, "up", "f")
				}
				// A token to receive does not let the times of the source be changed.
				w.receive(filepath.Join(w.local, "in"), append(args[:len(args)-1], "/down/f")...).mustPass(t)
				return source, filepath.Join(w.local, "in", "f")
			}
			source, target := transfer("-p")
			if m, a := times(target); !m.Equal(modified) || !a.Equal(accessed) {
				t.Errorf("-p: modified %v, accessed %v", m, a)
			}
			if _, a := times(source); send && !a.Equal(accessed) {
				t.Errorf("the source was accessed %v", a)
			}
			_, target = transfer("--preserve-modification-time")
			if m, a := times(target); !m.Equal(modified) || a.Equal(accessed) {
				t.Errorf("--preserve-modification-time: modified %v, accessed %v", m, a)
			}
			_, target = transfer("--preserve-access-time")
			if m, a := times(target); m.Equal(modified) || !a.Equal(accessed) {
				t.Errorf("--preserve-access-time: modified %v, accessed %v", m, a)
			}
			_, target = transfer()
			if m, _ := times(target); m.Equal(modified) {
				t.Errorf("nothing was to be kept: modified %v", m)
			}
		})
	}
}

func TestExcludedByAge(t *testing.T) {
	w := newWorld(t, 0)
	now := time.Now()
	ages := map[string]time.Time{"old": now.Add(-48 * time.Hour), "middle": now.Add(-12 * time.Hour), "new": now}
	for name, at := range ages {
		tree{"d/" + name: name}.write(t, w.local)
		check(t, os.Chtimes(filepath.Join(w.local, "d", name), at, at))
	}
	w.send("/up", "-d", "--exclude-older-than", "-86400", "--exclude-newer-than", "-3600", filepath.Join(w.local, "d")).mustPass(t)
	readTree(t, filepath.Join(w.root, "up")).compare(t, tree{"d/middle": "middle"})
}

func TestLinksThatExist(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need a privilege on Windows")
	}
	for _, send := range []bool{true, false} {
		for _, tt := range []struct {
			policy, existing string
			code             int64 // 0 = passes
			link             bool  // the target is a link then
		}{
			{"copy", "", 0, true},
			{"copy", "file", 0, false},
			{"copy+force", "file", 0, true},
			{"copy+force", "folder/", 42, false},
			{"follow", "file", 0, false},
		} {
			t.Run(direction(send)+" "+tt.policy+" "+tt.existing, func(t *testing.T) {
				w := newWorld(t, 0)
				from, to := filepath.Join(w.root, "down"), filepath.Join(w.local, "in")
				if send {
					from, to = w.local, filepath.Join(w.root, "up")
				}
				tree{"f": "content"}.write(t, from)
				check(t, os.Symlink("f", filepath.Join(from, "l")))
				switch tt.existing {
				case "file":
					tree{"l": "old"}.write(t, to)
				case "folder/":
					tree{"l/": ""}.write(t, to)
				}
				var r result
				if send {
					r = w.send("/up", "-d", "--symbolic-links", tt.policy, filepath.Join(from, "l"))
				} else {
					r = w.receive(to, "-d", "--symbolic-links", tt.policy, "/down/l")
				}
				if tt.code != 0 {
					r.mustFail(t, tt.code)
					return
				}
				r.mustPass(t)
				info, err := os.Lstat(filepath.Join(to, "l"))
				check(t, err)
				if isLink := info.Mode()&os.ModeSymlink != 0; isLink != tt.link {
					t.Errorf("link: %v, want %v", isLink, tt.link)
				}
				want := map[string]string{"copy": "old", "follow": "content"}[tt.policy]
				if !tt.link {
					readTree(t, to).compare(t, tree{"l": want})
				}
			})
		}
	}
}
