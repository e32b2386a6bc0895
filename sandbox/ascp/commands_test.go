package ascp_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/ascp/management"
)

// slow is a rate at which the tests' big file takes most of a minute.
const slow = "1000"

func (w *world) supervised(command supervisor, args ...string) result {
	w.t.Helper()
	return w.run(context.Background(), command, map[string]string{"ASPERA_SCP_PASS": password}, append([]string{"--user", "node_user"}, args...)...)
}

// onFirst answers the first event of a type.
func onFirst(kind management.Type, command string) supervisor {
	return func(event *management.Message) string {
		if event.Type != kind {
			return ""
		}
		kind = ""
		return command
	}
}

func TestCancelKeepsThePartialFile(t *testing.T) {
	w := newWorld(t, 0)
	tree{"big": noise(bigSize)}.write(t, w.local)
	r := w.supervised(onFirst(management.Stats, "FASPMGR 2\nType: CANCEL\n\n"),
		"--mode", "send", "-d", "-l", slow, filepath.Join(w.local, "big"), "/up")
	r.mustFail(t, 28)
	partial, err := os.Stat(filepath.Join(w.root, "up", "big.partial"))
	check(t, err)
	if partial.Size() == 0 || partial.Size() >= bigSize {
		t.Errorf("the partial file has %d bytes", partial.Size())
	}
}

func TestRateIsChangedWhileRunning(t *testing.T) {
	w := newWorld(t, 0)
	tree{"down/big": noise(bigSize)}.write(t, w.root)
	r := w.supervised(onFirst(management.Stats, "FASPMGR 2\nType: RATE\nRate: 10000000\nMinRate: 100\n\n"),
		"--mode", "recv", "-l", slow, "/down/big", w.local)
	r.mustPass(t)
	for _, event := range r.all(management.Notification) {
		if number(event, "Rate") == 10_000_000 && number(event, "MinRate") == 100 {
			return
		}
	}
	t.Errorf("no answer to RATE: %+v", r.all(management.Notification))
}

func TestInterruptionKeepsThePartialFile(t *testing.T) {
	w := newWorld(t, 0)
	tree{"big": noise(bigSize)}.write(t, w.local)
	ctx, interrupt := context.WithCancel(context.Background())
	defer interrupt()
	r := w.run(ctx, func(event *management.Message) string {
		if event.Type == management.Stats {
			interrupt()
		}
		return ""
	}, map[string]string{"ASPERA_SCP_PASS": password}, "--user", "node_user", "--mode", "send", "-d", "-l", slow, filepath.Join(w.local, "big"), "/up")
	r.mustFail(t, 28)
	if _, err := os.Stat(filepath.Join(w.root, "up", "big.partial")); err != nil {
		t.Error(err)
	}
}

func TestLostManagementConnectionEndsTheSession(t *testing.T) {
	w := newWorld(t, 0)
	tree{"big": noise(bigSize)}.write(t, w.local)
	// What is no message makes the supervisor useless, like a closed port.
	r := w.supervised(onFirst(management.Stats, "hello\n"), "--mode", "send", "-d", "-l", slow, filepath.Join(w.local, "big"), "/up")
	r.mustFail(t, 28)
}

func TestPersistentSession(t *testing.T) {
	w := newWorld(t, 0)
	tree{"a": "A", "b": "B"}.write(t, w.local)
	r := w.supervised(onFirst(management.Session, "FASPMGR 2\nType: START\nSource: "+filepath.Join(w.local, "a")+"\nDestination: renamed\n\n"+
		"FASPMGR 2\nType: START\nSource: "+filepath.Join(w.local, "b")+"\n\nFASPMGR 2\nType: DONE\nOperation: Linger\n\n"),
		"--mode", "send", "--keepalive", "-d", "/up")
	r.mustPass(t)
	readTree(t, filepath.Join(w.root, "up")).compare(t, tree{"renamed": "A", "b": "B"})
	stops := r.all(management.ArgStop)
	if len(stops) != 2 || number(stops[0], "FaspFileArgIndex") != 0 || number(stops[1], "FaspFileArgIndex") != 1 {
		t.Errorf("ARGSTOP: %+v", stops)
	}
}

func TestPersistentSessionEndsAtOnce(t *testing.T) {
	w := newWorld(t, 0)
	r := w.supervised(onFirst(management.Session, "FASPMGR 2\nType: DONE\n\n"), "--mode", "send", "--keepalive", "-d", "/up")
	r.mustPass(t)
}

func TestVersionAndHelpSayWhatItIs(t *testing.T) {
	for _, argument := range []string{"-A", "--help"} {
		var out strings.Builder
		if status := ascp.Main(context.Background(), []string{argument}, func(string) string { return "" }, &out, &out); status != 0 {
			t.Errorf("%s: status %d", argument, status)
		}
		// Help is wrapped to the width of a terminal.
		if text := strings.Join(strings.Fields(out.String()), " "); !strings.Contains(text, "not FASP") {
			t.Errorf("%s: %s", argument, text)
		}
		if _, version, found := strings.Cut(out.String(), " version "); argument == "-A" && (!found || strings.TrimSpace(version) == "") {
			t.Errorf("-A has no version: %s", out.String())
		}
	}
}

func TestInstall(t *testing.T) {
	executable := filepath.Join(t.TempDir(), "built")
	check(t, os.WriteFile(executable, []byte("program"), 0o755))
	folder := filepath.Join(t.TempDir(), "sdk")
	for range 2 { // the second time replaces the first
		check(t, ascp.Install(folder, executable, []byte("key")))
	}
	installed := readTree(t, folder)
	if len(installed) != 3 || installed["aspera_bypass_rsa.pem"] != "key" || !strings.Contains(installed["product-info.mf"], "<version>") {
		t.Errorf("installed: %v", installed)
	}
}

func BenchmarkSend100MB(b *testing.B) {
	w := newWorld(b, 0)
	tree{"big": noise(100 << 20)}.write(b, w.local)
	b.SetBytes(100 << 20)
	for b.Loop() {
		if r := w.send("/up", "-d", "--overwrite", "always", filepath.Join(w.local, "big")); r.status != 0 {
			b.Fatal(r.stderr)
		}
	}
}

func BenchmarkReceive100MB(b *testing.B) {
	w := newWorld(b, 0)
	tree{"down/big": noise(100 << 20)}.write(b, w.root)
	b.SetBytes(100 << 20)
	for b.Loop() {
		if r := w.receive(w.local, "--overwrite", "always", "/down/big"); r.status != 0 {
			b.Fatal(r.stderr)
		}
	}
}

func BenchmarkSend1000SmallFiles(b *testing.B) {
	w := newWorld(b, 0)
	files := tree{}
	for i := range 1000 {
		files[fmt.Sprintf("src/%d/%d", i%10, i)] = "small"
	}
	files.write(b, w.local)
	for b.Loop() {
		if r := w.send("/up", "-d", "--overwrite", "always", filepath.Join(w.local, "src")); r.status != 0 {
			b.Fatal(r.stderr)
		}
	}
}
