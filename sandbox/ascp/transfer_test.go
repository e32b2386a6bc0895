package ascp_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sandbox/ascp/management"
)

func (r result) mustPass(t *testing.T) {
	t.Helper()
	if r.status != 0 || r.last().Type != management.Done {
		t.Fatalf("status %d, last event %+v, standard error %s", r.status, r.last(), r.stderr)
	}
}

func (r result) mustFail(t *testing.T, code int64) {
	t.Helper()
	if r.status != 1 || r.last().Type != management.Error || number(r.last(), "Code") != code {
		t.Fatalf("status %d, last event %+v, standard error %s; want code %d", r.status, r.last(), r.stderr, code)
	}
}

func TestSendTree(t *testing.T) {
	w := newWorld(t, 0)
	sample().write(t, filepath.Join(w.local, "src"))
	r := w.send("/up", "-d", "--file-list="+w.list(filepath.Join(w.local, "src")))
	r.mustPass(t)
	readTree(t, filepath.Join(w.root, "up", "src")).compare(t, sample())
}

func TestReceiveTree(t *testing.T) {
	w := newWorld(t, 0)
	sample().write(t, filepath.Join(w.root, "down"))
	r := w.receive(filepath.Join(w.local, "new folder"), "-d", "--file-list="+w.list("/down"))
	r.mustPass(t)
	readTree(t, filepath.Join(w.local, "new folder", "down")).compare(t, sample())
}

// The cases of the table of spec transfer.md section 4.
func TestWhereFilesLand(t *testing.T) {
	d3 := tree{"src/d3/f1": "1", "src/d3/d4/f2": "2"}
	tests := []struct {
		name        string
		files       tree
		destination string
		existing    tree
		args        []string // names below src become paths
		sources     []string
		want        tree // nil = must fail
	}{
		{"renamed file", tree{"src/f1": "1"}, "/up/f", tree{"up/": ""}, nil, []string{"f1"}, tree{"f": "1"}},
		{"folder of the destination is missing", tree{"src/f1": "1"}, "/up/d/f", tree{"up/": ""}, nil, []string{"f1"}, nil},
		{"destination is a folder", tree{"src/f1": "1"}, "/up/d", tree{"up/d/": ""}, nil, []string{"f1"}, tree{"d/f1": "1"}},
		{"several files need a folder", tree{"src/f1": "1", "src/f2": "2"}, "/up/d", tree{"up/": ""}, nil, []string{"f1", "f2"}, nil},
		{"renamed folder", d3, "/up/d", tree{"up/": ""}, nil, []string{"d3"}, tree{"d/f1": "1", "d/d4/f2": "2"}},
		{"folder created", d3, "/up/d", tree{"up/": ""}, []string{"-d"}, []string{"d3"}, tree{"d/d3/f1": "1", "d/d3/d4/f2": "2"}},
		{"file into a created folder", tree{"src/f1": "1"}, "/up/d/e", nil, []string{"-d"}, []string{"f1"}, tree{"d/e/f1": "1"}},
		{"source folders are not kept", tree{"src/d1/f1": "1", "src/d2/f2": "2"}, "/up", nil, []string{"-d"},
			[]string{"d1/f1", "d2/f2"}, tree{"f1": "1", "f2": "2"}},
		{"of files with one name the last stays", tree{"src/d1/f": "first", "src/d2/f": "2"}, "/up", nil, []string{"-d"},
			[]string{"d1/f", "d2/f"}, tree{"f": "2"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, 0)
			tt.files.write(t, w.local)
			tt.existing.write(t, w.root)
			args := tt.args
			for _, source := range tt.sources {
				args = append(args, filepath.Join(w.local, "src", source))
			}
			r := w.send(tt.destination, args...)
			if tt.want == nil {
				if r.status == 0 {
					t.Fatal("passed")
				}
				return
			}
			r.mustPass(t)
			readTree(t, filepath.Join(w.root, "up")).compare(t, tt.want)
		})
	}
}

func TestPairListRenames(t *testing.T) {
	w := newWorld(t, 0)
	tree{"a": "A", "b": "B"}.write(t, w.local)
	list := w.list(filepath.Join(w.local, "a"), "x/renamed", filepath.Join(w.local, "b"), "b2")
	w.send("/up", "-d", "--file-pair-list="+list).mustPass(t)
	readTree(t, filepath.Join(w.root, "up")).compare(t, tree{"x/renamed": "A", "b2": "B"})
}

func TestSourceBaseKeepsTheRest(t *testing.T) {
	w := newWorld(t, 0)
	tree{"d1/d2/f2": "2", "d1/d3/f3": "3"}.write(t, w.local)
	base := filepath.Join(w.local, "d1")
	w.send("/up", "-d", "--src-base", base, filepath.Join(base, "d2/f2"), filepath.Join(base, "d3")).mustPass(t)
	readTree(t, filepath.Join(w.root, "up")).compare(t, tree{"d2/f2": "2", "d3/f3": "3"})
}

func TestSourcePrefix(t *testing.T) {
	w := newWorld(t, 0)
	tree{"down/a": "A"}.write(t, w.root)
	w.receive(w.local, "--source-prefix64", "L2Rvd24=", "a").mustPass(t) // "/down"
	readTree(t, w.local).compare(t, tree{"a": "A"})
}

func TestEventsOfOneFile(t *testing.T) {
	w := newWorld(t, 0)
	tree{"f": noise(300_000)}.write(t, w.local)
	source := filepath.Join(w.local, "f")
	r := w.send("/up", "-d", "-p", source)
	r.mustPass(t)
	var kinds []string
	for _, event := range r.events {
		if event.Type != management.Stats {
			kinds = append(kinds, string(event.Type))
		}
	}
	if got := strings.Join(kinds, " "); got != "INIT SESSION NOTIFICATION STOP ARGSTOP DONE" {
		t.Errorf("events: %s", got)
	}
	for _, want := range []struct {
		kind  management.Type
		field string
		value int64
	}{
		{management.Notification, "PreTransferBytes", 300_000},
		{management.Notification, "PreTransferFiles", 1},
		{management.Stop, "Written", 300_000},
		{management.Stop, "StartByte", 0},
		{management.ArgStop, "ArgTransfersPassed", 1},
		{management.ArgStop, "FaspFileArgIndex", 0},
		{management.Done, "TransferBytes", 300_000},
		{management.Done, "TransfersPassed", 1},
	} {
		if events := r.all(want.kind); len(events) != 1 || number(events[0], want.field) != want.value {
			t.Errorf("%s: %+v, want %s %d", want.kind, events, want.field, want.value)
		}
	}
	if stats := r.all(management.Stats); len(stats) == 0 || number(stats[len(stats)-1], "TransferBytes") != 300_000 {
		t.Errorf("STATS: %+v", stats)
	}
	info, err := os.Stat(source)
	check(t, err)
	stored, err := os.Stat(filepath.Join(w.root, "up", "f"))
	check(t, err)
	if !stored.ModTime().Equal(info.ModTime().Truncate(time.Second)) {
		t.Errorf("modification time %v, want %v", stored.ModTime(), info.ModTime())
	}
}

func TestFailures(t *testing.T) {
	w := newWorld(t, 0)
	tree{"f": "x"}.write(t, w.local)
	tree{"up/": "", "down/f": "x", "other/secret": "s"}.write(t, w.root)
	file := filepath.Join(w.local, "f")
	transfer := []string{"--user", "xfer", "-i", w.key}
	user := []string{"--user", "node_user"}
	tests := []struct {
		name string
		code int64
		env  map[string]string
		args []string
	}{
		{"unknown token", 19, map[string]string{"ASPERA_SCP_TOKEN": "ATwrong"}, append(transfer, "--mode", "send", file, "/up")},
		{"token of the other direction", 19, map[string]string{"ASPERA_SCP_TOKEN": "ATrecv"}, append(transfer, "--mode", "send", file, "/up")},
		{"no token", 19, nil, append(transfer, "--mode", "send", file, "/up")},
		{"wrong password", 19, map[string]string{"ASPERA_SCP_PASS": "no"}, append(user, "--mode", "send", file, "/up")},
		{"source is missing", 4, map[string]string{"ASPERA_SCP_PASS": password}, append(user, "--mode", "send", file+"2", "/up")},
		{"remote source is missing", 4, map[string]string{"ASPERA_SCP_PASS": password}, append(user, "--mode", "recv", "/down/g", w.local)},
		{"one source of two is missing", 27, map[string]string{"ASPERA_SCP_PASS": password}, append(user, "--mode", "send", file, file+"2", "/up")},
		{"send outside of the grant", 5, map[string]string{"ASPERA_SCP_TOKEN": "ATsend"}, append(transfer, "--mode", "send", file, "/up/../other")},
		{"receive outside of the grant", 5, map[string]string{"ASPERA_SCP_TOKEN": "ATrecv"}, append(transfer, "--mode", "recv", "/down/../other/secret", w.local)},
		{"unknown argument", 8, nil, []string{"--unheard-of"}},
		{"other host", 8, nil, append(user, "--mode", "send", "--host", "192.0.2.1", file, "/up")},
		{"wrong server key", 51, map[string]string{"ASPERA_SCP_PASS": password}, append(user, "--mode", "send", "--check-sshfp", "00", file, "/up")},
		{"nobody listens", 12, map[string]string{"ASPERA_SCP_PASS": password}, append(user, "--mode", "send", "-P", "1", file, "/up")},
		{"content protection without a passphrase", 8, nil, append(user, "--mode", "send", "--file-crypt", "encrypt", file, "/up")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := w.run(context.Background(), nil, tt.env, tt.args...)
			r.mustFail(t, tt.code)
			if r.events[0].Type != management.Init {
				t.Errorf("first event %+v", r.events[0])
			}
			for _, secret := range tt.env {
				if len(secret) > 1 && strings.Contains(r.stderr, secret) {
					t.Errorf("standard error shows a secret: %s", r.stderr)
				}
			}
		})
	}
	if _, err := os.Stat(filepath.Join(w.local, "secret")); err == nil {
		t.Error("a file outside of the grant was received")
	}
}

func TestMissingSourceIsToldAndOthersPass(t *testing.T) {
	w := newWorld(t, 0)
	tree{"a": "A"}.write(t, w.local)
	r := w.send("/up", "-d", filepath.Join(w.local, "nothing"), filepath.Join(w.local, "a"))
	r.mustFail(t, 27)
	failed := r.all(management.FileError)
	if len(failed) != 1 || number(failed[0], "Code") != 4 {
		t.Errorf("FILEERROR: %+v", failed)
	}
	readTree(t, filepath.Join(w.root, "up")).compare(t, tree{"a": "A"})
}

func TestSharesOfSeveralSessionsMakeTheWhole(t *testing.T) {
	w := newWorld(t, 0)
	sample().write(t, filepath.Join(w.local, "src"))
	total := int64(0)
	for _, share := range []string{"-C1:3", "-C2:3", "-C3:3"} {
		r := w.send("/up", "-d", share, filepath.Join(w.local, "src"))
		r.mustPass(t)
		total += number(r.last(), "TransfersPassed")
	}
	if want := int64(len(sample()) - 1); total != want { // one entry is a folder
		t.Errorf("%d files transferred, want %d", total, want)
	}
	readTree(t, filepath.Join(w.root, "up", "src")).compare(t, sample())
}

func TestSymbolicLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need a privilege on Windows")
	}
	for policy, want := range map[string]tree{
		"follow": {"src/f": "x", "src/l": "x"},
		"copy":   {"src/f": "x", "src/l": "x"},
		"skip":   {"src/f": "x"},
	} {
		t.Run(policy, func(t *testing.T) {
			w := newWorld(t, 0)
			tree{"src/f": "x"}.write(t, w.local)
			check(t, os.Symlink("f", filepath.Join(w.local, "src", "l")))
			w.send("/up", "-d", "--symbolic-links", policy, filepath.Join(w.local, "src")).mustPass(t)
			readTree(t, filepath.Join(w.root, "up")).compare(t, want)
			info, err := os.Lstat(filepath.Join(w.root, "up", "src", "l"))
			if policy != "skip" && (err != nil || (info.Mode()&os.ModeSymlink != 0) != (policy == "copy")) {
				t.Errorf("link: %v, %v", info, err)
			}
		})
	}
}

func TestRemoveAfterTransfer(t *testing.T) {
	w := newWorld(t, 0)
	old := time.Now().Add(-time.Hour)
	tree{"hot/d/old": "1", "hot/new": "2"}.write(t, w.local)
	check(t, os.Chtimes(filepath.Join(w.local, "hot", "d", "old"), old, old))
	w.send("/up", "-d", "--remove-after-transfer", "--remove-empty-directories", "--exclude-newer-than", "-60",
		"--src-base", filepath.Join(w.local, "hot"), filepath.Join(w.local, "hot")).mustPass(t)
	readTree(t, filepath.Join(w.root, "up")).compare(t, tree{"d/old": "1"})
	readTree(t, w.local).compare(t, tree{"hot/new": "2"})
}

func TestFauxFolderSource(t *testing.T) {
	w := newWorld(t, 0)
	w.send("/up", "-d", "faux:///d/e?count=2&size=100k&inc=1&file=f&buf_init=random").mustPass(t)
	got := readTree(t, filepath.Join(w.root, "up"))
	for name, size := range map[string]int{"d/e/f_00000_102400": 102_400, "d/e/f_00001_102401": 102_401} {
		if len(got[name]) != size || strings.Count(got[name], "\x00") > size/100 {
			t.Errorf("%s has %d bytes, %d of them 0", name, len(got[name]), strings.Count(got[name], "\x00"))
		}
	}
	if len(got) != 2 {
		t.Errorf("%d files", len(got))
	}
}

func TestFauxDestinationKeepsNothing(t *testing.T) {
	w := newWorld(t, 0)
	files := sample()
	files["big"] = noise(3 << 20)
	files.write(t, filepath.Join(w.local, "src"))
	files.write(t, filepath.Join(w.root, "down"))
	bytes := int64(0)
	for _, content := range files {
		bytes += int64(len(content))
	}
	sent := w.send("faux://", "-d", "-k", "2", filepath.Join(w.local, "src"))
	sent.mustPass(t)
	received := w.receive("faux://", "-d", "-k", "2", "/down")
	received.mustPass(t)
	for _, r := range []result{sent, received} {
		if moved := number(r.last(), "TransferBytes"); moved != bytes {
			t.Errorf("%d bytes moved, want %d", moved, bytes)
		}
	}
	readTree(t, w.root).compare(t, prefixed("down/", files))
	readTree(t, w.local).compare(t, prefixed("src/", files))
}

func prefixed(prefix string, files tree) tree {
	all := tree{}
	for name, content := range files {
		all[prefix+name] = content
	}
	return all
}

func TestGrowingFile(t *testing.T) {
	for _, tt := range []struct {
		name, query string
		// stop is what whoever writes the file does in the end.
		stop func(name string) error
	}{
		{"no change for a second", "?grow=1", func(string) error { return nil }},
		{"no data for a second", "?grow=1&wait_start=null_read", func(string) error { return nil }},
		{"confirmed", "?grow=60&confirm_stop=true", func(name string) error {
			past := time.Now().Add(-time.Hour)
			return os.Chtimes(name, past, past)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, 0)
			name := filepath.Join(w.local, "growing")
			content := noise(400_000)
			check(t, os.WriteFile(name, []byte(content[:100_000]), 0o600))
			written := false
			r := w.run(context.Background(), func(event *management.Message) string {
				if event.Type == management.Stats && !written {
					written = true
					file, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
					check(t, err)
					_, err = file.WriteString(content[100_000:])
					check(t, err)
					check(t, file.Close())
					check(t, tt.stop(name))
				}
				return ""
			}, map[string]string{"ASPERA_SCP_PASS": password}, "--user", "node_user", "--mode", "send", "-d",
				"file:///"+filepath.ToSlash(name)+tt.query, "/up")
			r.mustPass(t)
			if size := number(r.all(management.Stop)[0], "Written"); size != 400_000 {
				t.Errorf("Written: %d", size)
			}
			readTree(t, filepath.Join(w.root, "up")).compare(t, tree{"growing": content})
		})
	}
}

func TestFileSource(t *testing.T) {
	w := newWorld(t, 0)
	tree{"d/f": "x"}.write(t, w.local)
	w.send("/up", "-d", "file:///"+filepath.ToSlash(filepath.Join(w.local, "d"))).mustPass(t)
	readTree(t, filepath.Join(w.root, "up")).compare(t, tree{"d/f": "x"})
}

func TestFauxSource(t *testing.T) {
	w := newWorld(t, 0)
	w.send("/up", "-d", "faux:///zeros?3k").mustPass(t)
	readTree(t, filepath.Join(w.root, "up")).compare(t, tree{"zeros": strings.Repeat("\x00", 3*1024)})
}
