package ascp_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/ascp/management"
	"github.com/ascli-go/ascli/sandbox/quota"
)

// A receiver has up to 64 requests of 32 KB under way: what it holds in one
// piece when the connection is cut may be that much less than what was sent.
const (
	bigSize = 16 << 20
	cutAt   = 12 << 20
)

// interrupted is a world in which the first transfer of a big file was cut.
func interrupted(t *testing.T, send bool) (w *world, again func(policy string) result, target string) {
	t.Helper()
	w = newWorld(t, cutAt)
	var first result
	if send {
		tree{"big": noise(bigSize)}.write(t, w.local)
		source := filepath.Join(w.local, "big")
		again = func(policy string) result { return w.send("/up", "-d", "-k", policy, source) }
		target = filepath.Join(w.root, "up", "big")
	} else {
		tree{"down/big": noise(bigSize)}.write(t, w.root)
		again = func(policy string) result { return w.receive(w.local, "-k", policy, "/down/big") }
		target = filepath.Join(w.local, "big")
	}
	first = again("2")
	first.mustFail(t, 16)
	if _, err := os.Stat(target); err == nil {
		t.Fatal("an incomplete file has the name of a complete one")
	}
	partial, err := os.Stat(target + ".partial")
	check(t, err)
	if partial.Size() < cutAt/2 || partial.Size() >= bigSize {
		t.Fatalf("the partial file has %d bytes", partial.Size())
	}
	return w, again, target
}

func TestResumeSendsOnlyTheRest(t *testing.T) {
	for _, send := range []bool{true, false} {
		for _, policy := range []string{"1", "2", "3"} {
			name := map[bool]string{true: "send", false: "receive"}[send] + " -k " + policy
			t.Run(name, func(t *testing.T) {
				_, again, target := interrupted(t, send)
				partial, err := os.Stat(target + ".partial")
				check(t, err)
				r := again(policy)
				r.mustPass(t)
				if moved := number(r.last(), "TransferBytes"); moved != bigSize-partial.Size() {
					t.Errorf("%d bytes transferred, want the %d missing", moved, bigSize-partial.Size())
				}
				if start := number(r.all(management.Stop)[0], "StartByte"); start != partial.Size() {
					t.Errorf("StartByte %d, want %d", start, partial.Size())
				}
				readTree(t, filepath.Dir(target)).compare(t, tree{"big": noise(bigSize)})
			})
		}
	}
}

func TestWhatDoesNotMatchIsSentAgain(t *testing.T) {
	tests := []struct {
		name   string
		policy string
		change func(t *testing.T, w *world, target string)
	}{
		{"no resume asked", "0", func(*testing.T, *world, string) {}},
		{"other source", "1", func(t *testing.T, w *world, _ string) {
			tree{"big": noise(bigSize)[1:] + "x!"}.write(t, w.local)
		}},
		{"no checkpoint", "3", func(t *testing.T, _ *world, target string) { check(t, os.Remove(target+".aspera-ckpt")) }},
		{"one byte differs", "3", func(t *testing.T, _ *world, target string) { flip(t, target+".partial", 100_000) }},
		{"the end differs", "2", func(t *testing.T, _ *world, target string) {
			info, err := os.Stat(target + ".partial")
			check(t, err)
			flip(t, target+".partial", info.Size()-1)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, again, target := interrupted(t, true)
			tt.change(t, w, target)
			r := again(tt.policy)
			r.mustPass(t)
			source, err := os.ReadFile(filepath.Join(w.local, "big"))
			check(t, err)
			if moved := number(r.last(), "TransferBytes"); moved != int64(len(source)) {
				t.Errorf("%d bytes transferred, want all %d", moved, len(source))
			}
			readTree(t, filepath.Join(w.root, "up")).compare(t, tree{"big": string(source)})
		})
	}
}

// flip changes one byte of a file.
func flip(t *testing.T, name string, offset int64) {
	t.Helper()
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	check(t, err)
	defer file.Close()
	var one [1]byte
	_, err = file.ReadAt(one[:], offset)
	check(t, err)
	one[0] ^= 0xff
	_, err = file.WriteAt(one[:], offset)
	check(t, err)
}

func TestOverwrite(t *testing.T) {
	tests := []struct {
		name      string
		args      []string
		existing  string
		want      string
		skipped   int64
		olderThan bool // the existing file is older than the source
	}{
		{"never", []string{"--overwrite", "never"}, "other", "other", 1, true},
		{"always", []string{"--overwrite", "always", "-k", "3"}, "source", "source", 0, true},
		{"diff without resume policy", nil, "source", "source", 0, true},
		{"diff, same content", []string{"-k", "3"}, "source", "source", 1, true},
		{"diff, other content of the same size", []string{"-k", "3"}, "SOURCE", "source", 0, true},
		{"diff by attributes, other size", []string{"-k", "1"}, "other", "source", 0, true},
		{"older, is newer", []string{"--overwrite", "older"}, "other", "other", 1, false},
		{"older, is older", []string{"--overwrite", "older"}, "other", "source", 0, true},
		{"diff+older, is older and the same", []string{"--overwrite", "diff+older", "-k", "3"}, "source", "source", 1, true},
		{"diff+older, is older and differs", []string{"--overwrite", "diff+older", "-k", "3"}, "SOURCE", "source", 0, true},
		{"diff+older, is newer", []string{"--overwrite", "diff+older", "-k", "3"}, "other", "other", 1, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, 0)
			tree{"f": "source"}.write(t, w.local)
			tree{"up/f": tt.existing}.write(t, w.root)
			existing := filepath.Join(w.root, "up", "f")
			info, err := os.Stat(filepath.Join(w.local, "f"))
			check(t, err)
			age := info.ModTime().AddDate(0, 0, 1)
			if tt.olderThan {
				age = info.ModTime().AddDate(0, 0, -1)
			}
			check(t, os.Chtimes(existing, age, age))
			r := w.send("/up", append([]string{"-d"}, append(tt.args, filepath.Join(w.local, "f"))...)...)
			r.mustPass(t)
			if got := number(r.last(), "TransfersSkipped"); got != tt.skipped {
				t.Errorf("%d files skipped, want %d", got, tt.skipped)
			}
			readTree(t, filepath.Join(w.root, "up")).compare(t, tree{"f": tt.want})
		})
	}
}

func TestFullDisk(t *testing.T) {
	w := newSmallWorld(t, 0, 1_000_000)
	tree{"big": noise(2_000_000), "src/fits": "x"}.write(t, w.local)
	r := w.send("/up", "-d", "-k", "2", filepath.Join(w.local, "big"), filepath.Join(w.local, "src", "fits"))
	r.mustFail(t, 27)
	failed := r.all(management.FileError)
	if len(failed) != 1 || number(failed[0], "Code") != 25 {
		t.Fatalf("FILEERROR: %+v", failed)
	}
	if _, err := os.Stat(filepath.Join(w.root, "up", "big")); err == nil {
		t.Error("an incomplete file has the name of a complete one")
	}
	w.send("/up", "-d", "-k", "2", filepath.Join(w.local, "big")).mustFail(t, 25)
	check(t, os.Truncate(filepath.Join(w.local, "big"), 900_000))
	check(t, os.Remove(filepath.Join(w.root, "up", "big.partial")))
	w.send("/up", "-d", filepath.Join(w.local, "big")).mustPass(t)
}

// The disk of a node that receives is that of the program's local folder.
func TestFullLocalDisk(t *testing.T) {
	w := newWorld(t, 0)
	tree{"down/big": noise(2_000_000), "down/small": "s"}.write(t, w.root)
	env := map[string]string{
		"ASPERA_SCP_TOKEN": "ATrecv", ascp.EnvLocalRoot: w.local, ascp.EnvDisk: quota.New(w.local, 1_000_000).String(),
	}
	r := w.run(t.Context(), nil, env, "--apply-local-docroot", "--mode", "recv", "--user", "xfer", "-i", w.key, "/down/big", "/down/small", "/")
	r.mustFail(t, 27)
	if failed := r.all(management.FileError); len(failed) != 1 || number(failed[0], "Code") != 25 {
		t.Errorf("FILEERROR: %+v", failed)
	}
	if got := readTree(t, w.local); got["small"] != "s" || got["big"] != "" {
		t.Errorf("arrived: %d files", len(got))
	}
}
