package ascp_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/ascli-go/ascli/sandbox/ascp/management"
)

// sessions runs the sessions of a transfer at the same time; numbers are those
// of the sessions to run, of as many as count says.
func (w *world) sessions(env map[string]string, count int, numbers []int, args ...string) []result {
	w.t.Helper()
	results := make([]result, len(numbers))
	var running sync.WaitGroup
	for at, n := range numbers {
		running.Go(func() {
			all := append([]string{"--user", "node_user", fmt.Sprintf("-C%d:%d", n, count), "--multi-session-threshold", "1000000"}, args...)
			results[at] = w.run(context.Background(), nil, env, all...)
		})
	}
	running.Wait()
	return results
}

func (w *world) splitArgs(send bool, policy string) (args []string, target string) {
	if send {
		return []string{"--mode", "send", "-d", "-k", policy, filepath.Join(w.local, "src"), "/up"}, filepath.Join(w.root, "up", "src")
	}
	return []string{"--mode", "recv", "-d", "-k", policy, "/down", filepath.Join(w.local, "in")}, filepath.Join(w.local, "in", "down")
}

var splitFiles = tree{"big": noise(9_000_001), "other big": noise(5_000_000), "small": "s", "folder/small": "t", "empty": ""}

func (w *world) writeSource(send bool) {
	if send {
		splitFiles.write(w.t, filepath.Join(w.local, "src"))
	} else {
		splitFiles.write(w.t, filepath.Join(w.root, "down"))
	}
}

const splitBytes = 9_000_001 + 5_000_000 + 2

func TestBigFilesAreSplitAmongSessions(t *testing.T) {
	for _, send := range []bool{true, false} {
		t.Run(direction(send), func(t *testing.T) {
			w := newWorld(t, 0)
			w.writeSource(send)
			args, target := w.splitArgs(send, "0")
			moved := int64(0)
			for at, r := range w.sessions(map[string]string{"ASPERA_SCP_PASS": password}, 3, []int{1, 2, 3}, args...) {
				r.mustPass(t)
				moved += number(r.last(), "TransferBytes")
				about := r.all(management.Session)[0]
				if number(about, "ClusterNodeId") != int64(at+1) || number(about, "ClusterNumNodes") != 3 {
					t.Errorf("SESSION of %d: %+v", at+1, about)
				}
			}
			if moved != splitBytes {
				t.Errorf("%d bytes moved, want %d", moved, splitBytes)
			}
			readTree(t, target).compare(t, splitFiles)
		})
	}
}

// A session that fails is run again, alone; the files are not complete before.
func TestSessionIsRunAgain(t *testing.T) {
	for _, send := range []bool{true, false} {
		for _, policy := range []string{"0", "1", "2", "3"} {
			t.Run(direction(send)+" -k "+policy, func(t *testing.T) {
				w := newWorld(t, 0)
				w.writeSource(send)
				args, target := w.splitArgs(send, policy)
				env := faulty(t, `[{"times":1,"after_bytes":3000000,"code":16,"description":"Connection lost"}]`)
				first := w.sessions(env, 2, []int{1}, args...)[0]
				first.mustFail(t, 16)
				second := w.sessions(env, 2, []int{2}, args...)[0]
				second.mustPass(t)
				for _, name := range []string{"big", "other big"} {
					if _, err := os.Stat(filepath.Join(target, name)); err == nil {
						t.Errorf("%s has its name already", name)
					}
				}
				again := w.sessions(env, 2, []int{1}, args...)[0]
				again.mustPass(t)
				total := number(first.last(), "TransferBytes") + number(second.last(), "TransferBytes") + number(again.last(), "TransferBytes")
				// A small file may have passed twice.
				if resumed := total <= splitBytes+1; resumed != (policy != "0") {
					t.Errorf("%d bytes moved of %d", total, splitBytes)
				}
				if policy != "0" && number(again.last(), "StartByte")+number(again.last(), "TransferBytes") != number(again.all(management.Notification)[0], "PreTransferBytes") {
					t.Errorf("totals: %+v", again.last())
				}
				readTree(t, target).compare(t, splitFiles)
			})
		}
	}
}

// What an earlier transfer has left, of another source or number of sessions,
// is not taken.
func TestPartsOfAnotherTransferAreNotTaken(t *testing.T) {
	w := newWorld(t, 0)
	w.writeSource(true)
	args, target := w.splitArgs(true, "2")
	env := map[string]string{"ASPERA_SCP_PASS": password}
	w.sessions(env, 2, []int{1}, args...)[0].mustPass(t)
	tree{"big": noise(9_000_003)[2:]}.write(t, filepath.Join(w.local, "src"))
	for _, r := range w.sessions(env, 3, []int{1, 2, 3}, args...) {
		r.mustPass(t)
	}
	want := tree{}
	for name, content := range splitFiles {
		want[name] = content
	}
	want["big"] = noise(9_000_003)[2:]
	readTree(t, target).compare(t, want)
}

func TestWithoutThresholdNothingIsSplit(t *testing.T) {
	w := newWorld(t, 0)
	w.writeSource(true)
	args, target := w.splitArgs(true, "0")
	passed := int64(0)
	for _, r := range w.sessions(map[string]string{"ASPERA_SCP_PASS": password}, 2, []int{1, 2}, append([]string{"--multi-session-threshold", "0"}, args...)...) {
		r.mustPass(t)
		passed += number(r.last(), "TransfersPassed")
	}
	if passed != int64(len(splitFiles)) {
		t.Errorf("%d files passed", passed)
	}
	readTree(t, target).compare(t, splitFiles)
}
