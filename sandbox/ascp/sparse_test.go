package ascp_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sandbox/ascp/management"
	"github.com/ascli-go/ascli/sandbox/sparse"
)

const gigabyte = 1 << 30

// holes are where the sparse file of the tests has data.
var holes = []struct {
	at   int64
	text string
}{{0, "first"}, {2*gigabyte + 12345, "middle"}, {5*gigabyte - 4, "last"}}

// writeSparse makes a file of 5 GB that has hardly any data.
func writeSparse(t *testing.T, name string) {
	t.Helper()
	check(t, os.MkdirAll(filepath.Dir(name), 0o700))
	file, err := os.Create(name)
	check(t, err)
	defer file.Close()
	check(t, file.Truncate(5*gigabyte))
	for _, data := range holes {
		_, err := file.WriteAt([]byte(data.text), data.at)
		check(t, err)
	}
}

// checkSparse finds the same data, and holes in between.
func checkSparse(t *testing.T, name string) {
	t.Helper()
	file, err := os.Open(name)
	check(t, err)
	defer file.Close()
	info, err := file.Stat()
	check(t, err)
	if info.Size() != 5*gigabyte {
		t.Fatalf("%d bytes", info.Size())
	}
	for _, data := range holes {
		got := make([]byte, len(data.text))
		_, err := file.ReadAt(got, data.at)
		check(t, err)
		if string(got) != data.text {
			t.Errorf("at %d: %q, want %q", data.at, got, data.text)
		}
	}
	ranges, err := sparse.Ranges(file, info.Size())
	check(t, err)
	stored := int64(0)
	for _, r := range ranges {
		stored += r.Length
	}
	if stored > 10<<20 {
		t.Errorf("%d bytes are data: %v", stored, ranges)
	}
}

func TestSparseFile(t *testing.T) {
	for _, send := range []bool{true, false} {
		for _, sessions := range []string{"", "-C1:2"} {
			t.Run(direction(send)+sessions, func(t *testing.T) {
				w := newWorld(t, 0)
				args := []string{"-d", "-k", "2"}
				if sessions != "" {
					args = append(args, "--multi-session-threshold", "1000000", sessions)
				}
				began := time.Now()
				var r result
				transfer := func(args ...string) {
					if send {
						r = w.send("/up", append(args, filepath.Join(w.local, "big"))...)
					} else {
						r = w.receive(filepath.Join(w.local, "up"), append(args, "/down/big")...)
					}
					r.mustPass(t)
				}
				source, target := filepath.Join(w.root, "down", "big"), filepath.Join(w.local, "up", "big")
				if send {
					source, target = filepath.Join(w.local, "big"), filepath.Join(w.root, "up", "big")
				}
				writeSparse(t, source)
				transfer(args...)
				total := number(r.last(), "TransferBytes")
				if sessions != "" {
					args[len(args)-1] = "-C2:2"
					transfer(args...)
					total += number(r.last(), "TransferBytes")
				}
				if total != 5*gigabyte {
					t.Errorf("TransferBytes %d", total)
				}
				checkSparse(t, target)
				if took := time.Since(began); took > time.Minute {
					t.Errorf("it took %v", took)
				}
			})
		}
	}
}

func direction(send bool) string {
	if send {
		return "send"
	}
	return "receive"
}

func TestSparseFileIsResumedInAHole(t *testing.T) {
	w := newWorld(t, 0)
	writeSparse(t, filepath.Join(w.local, "big"))
	env := faulty(t, `[{"times":1,"after_percent":50,"code":16,"description":"Connection lost"}]`)
	w.sendBig(t.Context(), nil, env).mustFail(t, 16)
	r := w.sendBig(t.Context(), nil, env)
	r.mustPass(t)
	if start := number(r.all(management.Stop)[0], "StartByte"); start != 5*gigabyte/2 {
		t.Errorf("StartByte %d", start)
	}
	if moved := number(r.last(), "TransferBytes"); moved != 5*gigabyte/2 {
		t.Errorf("TransferBytes %d", moved)
	}
	checkSparse(t, filepath.Join(w.root, "up", "big"))
}
