package ascp_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
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
	if len(installed) != 4 || installed["aspera_bypass_rsa.pem"] != "key" || !strings.Contains(installed["product-info.mf"], "<version>") {
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

// Many small files each way: what they cost is requests, not bytes.
func BenchmarkSmallFiles(b *testing.B) {
	const count = 10_000
	w := newWorld(b, 0)
	files := tree{}
	for i := range count {
		files[fmt.Sprintf("%d/%d", i%100, i)] = "small"
	}
	files.write(b, filepath.Join(w.local, "src"))
	files.write(b, filepath.Join(w.root, "down"))
	run := func(n int, r result) {
		if passed := number(r.last(), "TransfersPassed"); passed != count {
			b.Fatalf("round %d: %d files passed, %s", n, passed, r.stderr)
		}
	}
	n := 0
	b.Run("send", func(b *testing.B) {
		for b.Loop() {
			n++
			run(n, w.send(fmt.Sprintf("/up/%d", n), "-d", filepath.Join(w.local, "src")))
		}
	})
	b.Run("receive", func(b *testing.B) {
		for b.Loop() {
			n++
			run(n, w.receive(filepath.Join(w.local, "in", strconv.Itoa(n)), "-d", "/down"))
		}
	})
}

// persistent runs a session that gets its sources by START.
func (w *world) persistent(send bool, command supervisor, args ...string) result {
	w.t.Helper()
	mode, destination := "recv", filepath.Join(w.local, "in")
	if send {
		mode, destination = "send", "/up"
	}
	return w.supervised(command, append(args, "--mode", mode, "--keepalive", "-d", destination)...)
}

const doneLinger = "FASPMGR 2\nType: DONE\nOperation: Linger\n\n"

func TestPartOfAFile(t *testing.T) {
	content := noise(5 << 20)
	for _, send := range []bool{true, false} {
		for _, tt := range []struct{ bytes, want string }{
			{"10:19", content[10:20]},
			{"100000:4999999", content[100_000:5_000_000]},
			{"5000000:", content[5_000_000:]},
			{":9", content[:10]},
			{"0:99999999", content},
		} {
			t.Run(direction(send)+" "+tt.bytes, func(t *testing.T) {
				w := newWorld(t, 0)
				source, target := "/down/f", filepath.Join(w.local, "in")
				tree{"f": content}.write(t, filepath.Join(w.root, "down"))
				if send {
					source, target = filepath.Join(w.local, "f"), filepath.Join(w.root, "up")
					tree{"f": content}.write(t, w.local)
				}
				w.persistent(send, onFirst(management.Session,
					"FASPMGR 2\nType: START\nSource: "+source+"\nFileBytes: "+tt.bytes+"\n\n"+doneLinger)).mustPass(t)
				readTree(t, target).compare(t, tree{"f": tt.want})
			})
		}
	}
}

func TestWrongStarts(t *testing.T) {
	w := newWorld(t, 0)
	tree{"f": "x"}.write(t, w.local)
	name := filepath.Join(w.local, "f")
	for _, command := range []string{
		"Type: START\nSource: " + name + "\nFileBytes: 2:1", "Type: START\nSource: " + name + "\nFileBytes: 5", "Type: START",
		"Type: START\nSource: " + name + "\nFileBytes: 7:9", "Type: STOP",
	} {
		r := w.persistent(true, onFirst(management.Session, "FASPMGR 2\n"+command+"\n\n"+doneLinger))
		if failed := r.all(management.FileError); len(failed) != 1 || number(failed[0], "Code") != 8 {
			t.Errorf("%q: %+v", command, r.events)
		}
	}
	if len(readTree(t, filepath.Join(w.root, "up"))) > 0 {
		t.Error("something arrived")
	}
}

func TestStopOfOneFile(t *testing.T) {
	w := newWorld(t, 0)
	tree{"big": noise(bigSize), "next": "n"}.write(t, w.local)
	big, next := filepath.Join(w.local, "big"), filepath.Join(w.local, "next")
	session := onFirst(management.Session, "FASPMGR 2\nType: START\nSource: "+big+"\n\nFASPMGR 2\nType: START\nSource: "+next+"\n\n"+doneLinger)
	stop := onFirst(management.Stats, "FASPMGR 2\nType: STOP\nSource: "+big+"\n\nFASPMGR 2\nType: RATE\nRate: 10000000\n\n")
	r := w.persistent(true, func(event *management.Message) string { return session(event) + stop(event) }, "-l", slow, "-k", "2")
	r.mustPass(t)
	failed := r.all(management.FileError)
	if len(failed) != 1 || number(failed[0], "Code") != 28 {
		t.Errorf("FILEERROR: %+v", failed)
	}
	if got := readTree(t, filepath.Join(w.root, "up")); got["next"] != "n" || got["big"] != "" || got["big.partial"] == "" {
		t.Errorf("arrived: %d, %d, partial %d", len(got["next"]), len(got["big"]), len(got["big.partial"]))
	}
}

// A name with line breaks passes the wire in both directions.
func TestLineBreaksInNames(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no file of Windows has such a name")
	}
	w := newWorld(t, 0)
	name := "a\nb\rc\x1bd"
	tree{name: "x"}.write(t, w.local)
	r := w.persistent(true, onFirst(management.Session,
		"FASPMGR 2\nType: START\nSource: "+filepath.Join(w.local, "a\x1bnb\x1brc\x1b\x1bd")+"\n\n"+doneLinger))
	r.mustPass(t)
	if told, _ := r.all(management.Stop)[0].Get("File"); told != filepath.Join(w.local, name) {
		t.Errorf("STOP tells %q", told)
	}
	readTree(t, filepath.Join(w.root, "up")).compare(t, tree{name: "x"})
}

func TestRateIsToldAsItIs(t *testing.T) {
	w := newWorld(t, 0)
	r := w.persistent(true, onFirst(management.Session,
		"FASPMGR 2\nType: RATE\nAdaptive: Fixed\nPriority: 1\n\n"+doneLinger), "-l", "2000", "-m", "50", "--policy", "low")
	r.mustPass(t)
	for kind, want := range map[management.Type]string{management.Session: "Trickle 50 2 2000", management.Notification: "Fixed 50 1 2000"} {
		var got []string
		for _, field := range []string{"Adaptive", "MinRate", "Priority", "Rate"} {
			value, _ := r.all(kind)[0].Get(field)
			got = append(got, value)
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%s: %s, want %s", kind, text, want)
		}
	}
}
