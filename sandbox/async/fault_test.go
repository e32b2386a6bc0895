package async_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sandbox/ascp/management"
	"github.com/ascli-go/ascli/sandbox/async/snapdb"
)

// noise is content of which no part looks like another.
func noise(size int) string {
	content := make([]byte, size)
	source := rand.NewChaCha8([32]byte{})
	_, _ = source.Read(content)
	return string(content)
}

// partials are the files that a run left incomplete.
func (w *world) partials(folder string) []string {
	w.Helper()
	found, err := filepath.Glob(filepath.Join(folder, ".asp-*.async-partial"))
	check(w, err)
	return found
}

func TestACutIsAnErrorAndTheNextRunMovesTheRest(t *testing.T) {
	oneWays(t, func(_ *world, direction, _, _ string) {
		w := newWorld(t, 5_000_000)
		source, target := w.ends(direction)
		all := tree{"a/small": "1", "large": noise(4_000_000), "larger": noise(8_000_000)}
		all.write(t, source)
		conf := w.conf(direction, object{"resume": object{"enabled": true}})
		w.sync(conf).fails(16, "Connection lost")
		for name, content := range readTree(t, target) {
			if want, known := all[name]; known && content != want {
				t.Errorf("%s has %d bytes of %d under its own name", name, len(content), len(want))
			}
		}
		r := w.sync(conf)
		if r.status != 0 {
			t.Fatal(r.stderr)
		}
		if moved := r.number("TransferBytes"); moved > 10_500_000 || moved < 6_000_000 {
			t.Errorf("%d bytes were moved again", moved)
		}
		w.both(all)
		if left := w.partials(target); len(left) != 0 {
			t.Errorf("left are %q", left)
		}
		if got := w.query("SELECT file_xferres > 0, byte_xferres > 0 FROM sync_snapmeta_table"); !slices.Equal(got, []string{"1|1"}) {
			t.Errorf("resumed: %q", got)
		}
	})
}

// TestWhatWasLeftIsNotResumedWhenTheSourceChanged: the beginning must be the same.
func TestWhatWasLeftIsNotResumedWhenTheSourceChanged(t *testing.T) {
	w := newWorld(t, 2_000_000)
	tree{"f": noise(4_000_000)}.write(t, w.local)
	conf := w.conf("push", object{"resume": object{"enabled": true}})
	w.sync(conf).fails(16, "")
	changed := "x" + noise(4_000_000)
	tree{"f": changed}.write(t, w.local)
	if r := w.sync(conf).passes(1); r.number("TransferBytes") != int64(len(changed)) {
		t.Errorf("%d bytes moved", r.number("TransferBytes"))
	}
	w.both(tree{"f": changed})
}

func TestPartsOfFilesThatAreGoneAreRemoved(t *testing.T) {
	w := newWorld(t, 2_000_000)
	tree{"f": noise(4_000_000)}.write(t, w.local)
	w.sync(w.conf("push", nil)).fails(16, "")
	if len(w.partials(w.remote)) != 1 {
		t.Fatal("nothing is left of the interrupted file")
	}
	remove(t, w.local, "f")
	w.sync(w.conf("push", nil)).passes(0)
	if left := w.partials(w.remote); len(left) != 0 {
		t.Errorf("left are %q", left)
	}
}

func TestASecondRunOfASessionIsRefused(t *testing.T) {
	w := newWorld(t, 0)
	tree{"f": noise(2_000_000)}.write(t, w.local)
	tried := false
	conf := w.conf("push", object{"transport": object{"target_rate": 8_000_000}})
	r := w.watched(context.Background(), conf, func(event *management.Message) string {
		if event.Type == management.Stats && !tried {
			tried = true
			w.sync(conf).fails(2, "running already")
			if out := w.admin("--local-dir="+w.local, "--name=s"); !strings.Contains(out, "State: running\n") || !strings.Contains(out, "Pending: 1\n") {
				w.Errorf("asyncadmin says %q", out)
			}
			// Another session of the same folders is no second run.
			other := w.conf("push", object{"name": "other"})
			other["local"] = object{"path": w.TempDir()}
			w.sync(other).passes(0)
		}
		return ""
	})
	r.passes(1)
	if !tried {
		t.Error("no progress was told")
	}
	w.sync(conf).passes(0)
}

func TestCancel(t *testing.T) {
	for _, how := range []string{"by message", "by signal"} {
		t.Run(how, func(t *testing.T) {
			w := newWorld(t, 0)
			tree{"f": noise(4_000_000), "old": "new"}.write(t, w.local)
			tree{"old": "old"}.write(t, w.remote)
			ctx, interrupt := context.WithCancel(context.Background())
			defer interrupt()
			conf := w.conf("push", object{"transport": object{"target_rate": 2_000_000}})
			w.watched(ctx, conf, func(event *management.Message) string {
				switch {
				case event.Type != management.Stats:
				case how == "by message":
					return "FASPMGR 2\nType: CANCEL\n\n"
				default:
					interrupt()
				}
				return ""
			}).fails(28, "Cancelled by user")
			for name, content := range readTree(t, w.remote) {
				if !strings.HasPrefix(filepath.Base(name), ".asp-") && content != "new" && content != "old" {
					t.Errorf("%s has %d bytes", name, len(content))
				}
			}
			if got := w.query("SELECT condition FROM sync_snapmeta_table"); !slices.Equal(got, []string{"stopped"}) {
				t.Errorf("condition is %q", got)
			}
		})
	}
}

func TestFilesThatFailAreToldAndTheOthersMove(t *testing.T) {
	oneWays(t, func(w *world, direction, source, target string) {
		tree{"in the way": "file", "good": "1"}.write(w, source)
		tree{"in the way/of": "others"}.write(w, target)
		r := w.sync(w.conf(direction, nil)).fails(27, "failed: 1")
		if told := r.all(management.FileError); len(told) != 1 {
			w.Errorf("%d failures were told", len(told))
		}
		w.has(target, tree{"in the way/of": "others", "good": "1"})
		if got := w.query("SELECT f_meta_path, message FROM sync_snapdb_table WHERE state = 20"); len(got) != 1 || !strings.HasPrefix(got[0], "/in the way|a folder that is not empty") {
			w.Errorf("noted are %q", got)
		}
		if out := w.admin("--local-dir="+w.local, "--name=s"); !strings.Contains(out, "Error: 1\nLast error:\n/in the way a folder") {
			w.Errorf("asyncadmin says %q", out)
		}
		remove(w, target, "in the way")
		w.sync(w.conf(direction, nil)).passes(1)
		w.both(tree{"in the way": "file", "good": "1"})
	})
}

func TestLinks(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside")
	check(t, os.Mkdir(outside, 0o700))
	tree{"f": "outside"}.write(t, outside)
	for _, tt := range []struct {
		mode string
		want tree
		code int64
	}{
		{"copy", tree{"f": "1", "to f": "->f", "broken": "->nothing", "out": "->" + outside, "folder/up": "->.."}, 0},
		{"skip", tree{"f": "1", "folder/": ""}, 0},
		{"follow", tree{"f": "1", "to f": "1", "out/f": "outside", "folder/": ""}, 27},
	} {
		t.Run(tt.mode, func(t *testing.T) {
			w := newWorld(t, 0)
			tree{"f": "1", "to f": "->f", "broken": "->nothing", "out": "->" + outside, "folder/": ""}.write(t, w.local)
			if tt.mode != "follow" {
				tree{"folder/up": "->.."}.write(t, w.local)
			}
			conf := w.conf("push", object{"symbolic_links": tt.mode})
			r := w.sync(conf)
			if r.status != 0 && r.number("Code") != tt.code || r.status == 0 && tt.code != 0 {
				t.Errorf("status %d: %s", r.status, r.stderr)
			}
			w.has(w.remote, tt.want)
			if r := w.sync(conf); r.number("TransfersPassed") != 0 {
				t.Errorf("%d files moved again", r.number("TransfersPassed"))
			}
			if tt.mode == "copy" {
				remove(t, w.local, "to f")
				tree{"to f": "->folder"}.write(t, w.local)
				w.sync(conf).passes(0)
				tt.want["to f"] = "->folder"
				w.has(w.remote, tt.want)
			}
		})
	}
}

// TestLinksInCircles: they end, and are told.
func TestLinksInCircles(t *testing.T) {
	w := newWorld(t, 0)
	tree{"folder/f": "1", "folder/up": "->.."}.write(t, w.local)
	w.sync(w.conf("push", object{"symbolic_links": "follow"})).fails(27, "failed: 1")
	if _, err := os.Stat(filepath.Join(w.remote, "folder", "f")); err != nil {
		t.Error(err)
	}
}

// TestADatabaseThatIsNone: nothing is done without what is known of both sides.
func TestADatabaseThatIsNone(t *testing.T) {
	w := newWorld(t, 0)
	tree{"a": "1"}.write(t, w.local)
	tree{"s/snap.db": strings.Repeat("no database ", 100)}.write(t, filepath.Dir(snapdb.Folder(w.local, "s")))
	w.sync(w.conf("push", nil)).fails(2, "not a database")
	w.has(w.remote, tree{})
	w.sync(w.conf("push", object{"reset": true})).passes(1)
	w.both(tree{"a": "1"})
}

// TestAKilledSessionIsStopped: what it had noted counts at the next run.
func TestAKilledSessionIsStopped(t *testing.T) {
	w := newWorld(t, 2_000_000)
	tree{"a": "1", "b": noise(4_000_000)}.write(t, w.local)
	w.sync(w.conf("push", nil)).fails(16, "")
	w.exec("UPDATE sync_snapmeta_table SET condition = 'running'")
	if out := w.admin("--local-dir="+w.local, "--name=s"); !strings.Contains(out, "State: stopped\n") {
		t.Errorf("asyncadmin says %q", out)
	}
	if r := w.sync(w.conf("push", nil)); r.status != 0 {
		t.Error(r.stderr)
	}
	w.has(w.remote, tree{"a": "1", "b": noise(4_000_000)})
}
