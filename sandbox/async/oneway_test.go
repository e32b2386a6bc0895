package async_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// ends gives the source and the target of a direction.
func (w *world) ends(direction string) (source, target string) {
	if direction == "push" {
		return w.local, w.remote
	}
	return w.remote, w.local
}

// oneWays runs a test in both directions.
func oneWays(t *testing.T, test func(w *world, direction, source, target string)) {
	for _, direction := range []string{"push", "pull"} {
		t.Run(direction, func(t *testing.T) {
			w := newWorld(t, 0)
			source, target := w.ends(direction)
			test(w, direction, source, target)
		})
	}
}

func TestAllFilesArriveAndASecondRunMovesNothing(t *testing.T) {
	oneWays(t, func(w *world, direction, source, target string) {
		sample().write(w, source)
		r := w.sync(w.conf(direction, nil)).passes(9)
		w.both(sample())
		var bytes int64
		for _, content := range sample() {
			bytes += int64(len(content))
		}
		if got := r.number("TransferBytes"); got != bytes {
			t.Errorf("%d bytes moved, want %d", got, bytes)
		}
		for range 2 {
			if r := w.sync(w.conf(direction, nil)).passes(0); r.number("TransferBytes") != 0 {
				t.Errorf("%s bytes moved again", r.field("TransferBytes"))
			}
		}
		w.both(sample())
	})
}

// TestChangesOfTheSourceFollow: whenever what is gone is deleted.
func TestChangesOfTheSourceFollow(t *testing.T) {
	for name, option := range map[string]object{"as it comes": {}, "deletions first": {"delete_before": true}, "deletions last": {"delete_delay": true}} {
		t.Run(name, func(t *testing.T) {
			oneWays(t, func(w *world, direction, source, target string) {
				changesFollow(w, w.conf(direction, option), source, target)
			})
		})
	}
}

func changesFollow(w *world, conf object, source, target string) {
	tree{
		"same": "1", "longer": "2", "same size": "abc", "gone": "3", "folder/gone": "4", "folder/deep/gone": "5",
		"was a file": "6", "was a folder/f": "7",
	}.write(w, source)
	tree{"of the target only": "t", "folder of the target/f": "t"}.write(w, target)
	w.sync(conf).passes(8)
	remove(w, source, "gone", "folder", "was a file", "was a folder")
	tree{"longer": "22", "same size": "xyz", "new/f": "8", "was a file/f": "9", "was a folder": "10"}.write(w, source)
	w.sync(conf).passes(5)
	want := tree{"same": "1", "longer": "22", "same size": "xyz", "new/f": "8", "was a file/f": "9", "was a folder": "10"}
	w.has(source, want)
	want["of the target only"], want["folder of the target/f"] = "t", "t"
	w.has(target, want)
	w.sync(conf).passes(0)
	conf["mirror"] = true
	w.sync(conf).passes(0)
	delete(want, "of the target only")
	delete(want, "folder of the target/f")
	w.both(want)
}

func TestChangesOfTheTarget(t *testing.T) {
	for _, tt := range []struct {
		name, overwrite string
		want            tree
		states          []string
	}{
		{"are undone", "always", tree{"deleted": "1", "changed": "2", "kept": "3"}, []string{"/changed|19", "/deleted|19", "/kept|19"}},
		{"stay when they are newer", "older", tree{"deleted": "1", "changed": "by hand", "kept": "3"}, []string{"/changed|22", "/deleted|19", "/kept|19"}},
		{"are conflicts", "conflict", tree{"deleted": "1", "changed": "by hand", "kept": "3"}, []string{"/changed|21", "/deleted|19", "/kept|19"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			oneWays(t, func(w *world, direction, source, target string) {
				tree{"deleted": "1", "changed": "2", "kept": "3"}.write(w, source)
				conf := w.conf(direction, object{"overwrite": tt.overwrite})
				age(w, source, "changed", 100)
				w.sync(conf).passes(3)
				remove(w, target, "deleted")
				tree{"changed": "by hand"}.write(w, target)
				r := w.sync(conf)
				if r.status != 0 {
					w.Fatal(r.stderr)
				}
				w.has(target, tt.want)
				w.has(source, tree{"deleted": "1", "changed": "2", "kept": "3"})
				if got := w.query("SELECT f_meta_path, state FROM sync_snapdb_table ORDER BY 1"); !slices.Equal(got, tt.states) {
					w.Errorf("states are %q", got)
				}
			})
		})
	}
}

func TestOptions(t *testing.T) {
	oneWays(t, func(w *world, direction, source, target string) {
		start := tree{"a.txt": "1", "b.tmp": "2", "c/d.txt": "3", "c/e.tmp": "4", "skip/f": "5", "skip/g/h": "6", "ignored": "7"}
		start.write(w, source)
		list := filepath.Join(w.TempDir(), "rules")
		check(w, os.WriteFile(list, []byte("# rules\n\n- /ignored\n"), 0o600))
		rules := []object{
			{"rule": "include", "value": "/c/e.tmp"}, {"rule": "exclude", "value": "*.tmp"}, {"rule": "exclude", "value": "skip/"},
			{"rule": "exclude_from", "value": list},
		}
		filtered := object{"filters": rules, "preserve_modification_time": true}
		then := age(w, source, "a.txt", 5000)
		w.sync(w.conf(direction, filtered)).passes(3)
		w.has(target, tree{"a.txt": "1", "c/d.txt": "3", "c/e.tmp": "4"})
		info, err := os.Stat(filepath.Join(target, "a.txt"))
		if err != nil || !info.ModTime().Equal(then) {
			w.Errorf("modified %v, want %v (%v)", info.ModTime(), then, err)
		}
		// What is excluded later is not deleted.
		w.sync(w.conf(direction, object{"filters": []object{{"rule": "exclude", "value": "c"}}})).passes(4)
		w.has(target, start)
		w.sync(w.conf(direction, object{"ignore_delete": true})).passes(0)
		remove(w, source, "a.txt")
		w.sync(w.conf(direction, object{"ignore_delete": true})).passes(0)
		w.has(target, start)
	})
}

func TestDeletedFilesAreKept(t *testing.T) {
	oneWays(t, func(w *world, direction, source, target string) {
		tree{"a/b": "1", "c": "2"}.write(w, source)
		conf := object{"local_keep_dir": filepath.Join(w.local, "trash"), "remote_keep_dir": "/r/trash", "create_dir": true}
		w.sync(w.conf(direction, conf)).passes(2)
		remove(w, source, "a")
		w.sync(w.conf(direction, conf)).passes(0)
		w.has(source, tree{"c": "2"})
		w.has(target, tree{"c": "2", "trash/a/b": "1"})
		w.sync(w.conf(direction, conf)).passes(0)
		w.has(target, tree{"c": "2", "trash/a/b": "1"})
	})
}

func TestSourcesAreRemovedOnceTransferred(t *testing.T) {
	oneWays(t, func(w *world, direction, source, target string) {
		tree{"a/b": "1", "c": "2"}.write(w, source)
		conf := object{"remove_after_transfer": true}
		w.sync(w.conf(direction, conf)).passes(2)
		w.has(source, tree{"a/": ""})
		w.has(target, tree{"a/b": "1", "c": "2"})
		// That is no deletion.
		w.sync(w.conf(direction, nil)).passes(0)
		w.has(target, tree{"a/b": "1", "c": "2"})
	})
}

func TestRenamedFilesAreNotTransferredAgain(t *testing.T) {
	oneWays(t, func(w *world, direction, source, target string) {
		tree{"old/name": "content", "stays": "1", "same content": "content"}.write(w, source)
		conf := object{"scan_file_rename": true}
		w.sync(w.conf(direction, conf)).passes(3)
		check(w, os.Mkdir(filepath.Join(source, "new"), 0o700))
		check(w, os.Rename(filepath.Join(source, "old/name"), filepath.Join(source, "new/title")))
		r := w.sync(w.conf(direction, conf))
		if r.status != 0 || r.number("TransferBytes") != 0 {
			w.Errorf("status %d, %d bytes moved: %s", r.status, r.number("TransferBytes"), r.stderr)
		}
		w.both(tree{"old/": "", "new/title": "content", "stays": "1", "same content": "content"})
		// Without the option a rename is a new file and a deleted one.
		check(w, os.Rename(filepath.Join(source, "new/title"), filepath.Join(source, "old/name")))
		w.sync(w.conf(direction, nil)).passes(1)
		w.both(tree{"old/name": "content", "new/": "", "stays": "1", "same content": "content"})
	})
}

func TestAThousandFiles(t *testing.T) {
	oneWays(t, func(w *world, direction, source, target string) {
		want := tree{}
		for i := range 1000 {
			want[fmt.Sprintf("%d/%d/f", i%7, i)] = fmt.Sprintf("content %d", i)
		}
		want.write(w, source)
		w.sync(w.conf(direction, nil)).passes(1000)
		w.has(target, want)
		if r := w.sync(w.conf(direction, nil)).passes(0); r.number("TransferBytes") != 0 {
			w.Error("bytes moved again")
		}
		if got := w.query("SELECT files_syncd, syncd, files_pending FROM sync_snap_counters_table"); !slices.Equal(got, []string{"1000|2007|0"}) {
			w.Errorf("counters are %q", got)
		}
	})
}
