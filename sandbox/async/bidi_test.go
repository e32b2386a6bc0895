package async_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/ascli-go/ascli/sandbox/ascp/management"
)

func TestBothSidesGetWhatTheOtherHas(t *testing.T) {
	w := newWorld(t, 0)
	tree{"mine": "1", "shared": "same", "folder/mine": "2", "my empty/": ""}.write(t, w.local)
	tree{"theirs": "3", "shared": "same", "folder/theirs": "4", "their empty/": ""}.write(t, w.remote)
	r := w.sync(w.conf("bidi", nil)).passes(4)
	if r.number("TransferBytes") != 4 {
		t.Errorf("%d bytes moved: what is the same on both sides is not transferred", r.number("TransferBytes"))
	}
	all := tree{"mine": "1", "shared": "same", "folder/mine": "2", "my empty/": "", "theirs": "3", "folder/theirs": "4", "their empty/": ""}
	w.both(all)
	w.sync(w.conf("bidi", nil)).passes(0)
	w.both(all)
}

func TestBothWaysWithAToken(t *testing.T) {
	w := newWorld(t, 0)
	tree{"mine": "1"}.write(t, w.local)
	tree{"theirs": "2"}.write(t, w.remote)
	remote := object{"host": "127.0.0.1", "port": w.port, "user": "xfer", "private_key_paths": []string{w.key}, "path": "/r"}
	for _, tt := range []struct {
		direction, token string
		code             int64
	}{
		{"bidi", "ATsend", 19}, {"push", "ATrecv", 19}, {"pull", "ATsend", 19}, {"bidi", "ATboth", 0}, {"push", "ATsend", 0}, {"pull", "ATrecv", 0},
	} {
		remote["token"] = tt.token
		r := w.sync(w.conf(tt.direction, object{"remote": remote}))
		if r.status == 0 && tt.code != 0 || r.status != 0 && r.number("Code") != tt.code {
			t.Errorf("%s with %s: status %d: %s", tt.direction, tt.token, r.status, r.stderr)
		}
	}
	w.both(tree{"mine": "1", "theirs": "2"})
}

// TestChangesOfOneSide: what changed since both were the same is what counts.
func TestChangesOfOneSide(t *testing.T) {
	for _, side := range []string{"local", "remote"} {
		t.Run(side, func(t *testing.T) {
			w := newWorld(t, 0)
			here, there := w.local, w.remote
			if side == "remote" {
				here, there = there, here
			}
			tree{"kept": "1", "changed": "abc", "deleted": "3", "folder/deleted": "4", "partly/deleted": "5", "partly/kept": "6", "file": "7"}.write(t, w.local)
			w.sync(w.conf("bidi", nil)).passes(7)
			remove(t, here, "deleted", "folder", "partly/deleted", "file")
			// The same size, and most likely the same second.
			tree{"changed": "xyz", "new/f": "8", "file/in it": "9"}.write(t, here)
			w.sync(w.conf("bidi", nil)).passes(3)
			want := tree{"kept": "1", "changed": "xyz", "partly/kept": "6", "new/f": "8", "file/in it": "9"}
			w.both(want)
			w.sync(w.conf("bidi", nil)).passes(0)
			w.both(want)
			// A new file in a folder that the other side deletes.
			remove(t, here, "new")
			tree{"new/g": "10"}.write(t, there)
			w.sync(w.conf("bidi", nil)).passes(1)
			delete(want, "new/f")
			want["new/g"] = "10"
			w.both(want)
		})
	}
}

func TestConflicts(t *testing.T) {
	base := tree{"both": "base", "deleted here": "base", "deleted there": "base", "equal": "base", "untouched": "base"}
	for _, tt := range []struct {
		policy        string
		local, remote tree
		passed        int64
		states        []string
	}{
		{
			"conflict",
			tree{"both": "mine", "deleted there": "mine", "equal": "same", "untouched": "base", "new": "mine"},
			tree{"both": "theirs", "deleted here": "theirs", "equal": "same", "untouched": "base", "new": "theirs"},
			0, []string{"/both|21", "/deleted here|21", "/deleted there|21", "/equal|19", "/new|21", "/untouched|19"},
		},
		{
			"always", // what is here wins
			tree{"both": "mine", "deleted there": "mine", "equal": "same", "untouched": "base", "new": "mine"},
			tree{"both": "mine", "deleted there": "mine", "equal": "same", "untouched": "base", "new": "mine"},
			3, []string{"/both|19", "/deleted there|19", "/equal|19", "/new|19", "/untouched|19"},
		},
		{
			"older", // the newer one wins, and what is there over what is not
			tree{"both": "mine", "deleted here": "theirs", "deleted there": "mine", "equal": "same", "untouched": "base", "new": "theirs"},
			tree{"both": "mine", "deleted here": "theirs", "deleted there": "mine", "equal": "same", "untouched": "base", "new": "theirs"},
			4, []string{"/both|19", "/deleted here|19", "/deleted there|19", "/equal|19", "/new|19", "/untouched|19"},
		},
	} {
		t.Run(tt.policy, func(t *testing.T) {
			w := newWorld(t, 0)
			base.write(t, w.local)
			conf := w.conf("bidi", object{"overwrite": tt.policy})
			w.sync(conf).passes(5)
			remove(t, w.local, "deleted here")
			remove(t, w.remote, "deleted there")
			tree{"both": "mine", "deleted there": "mine", "equal": "same", "new": "mine"}.write(t, w.local)
			tree{"both": "theirs", "deleted here": "theirs", "equal": "same", "new": "theirs"}.write(t, w.remote)
			age(t, w.remote, "both", 100)
			age(t, w.local, "new", 100)
			r := w.sync(conf).passes(tt.passed)
			w.has(w.local, tt.local)
			w.has(w.remote, tt.remote)
			if got := w.query("SELECT f_meta_path, state FROM sync_snapdb_table ORDER BY 1"); !slices.Equal(got, tt.states) {
				t.Errorf("states are %q", got)
			}
			if told := len(r.all(management.FileError)); tt.policy == "conflict" && told != 4 || tt.policy != "conflict" && told != 0 {
				t.Errorf("%d conflicts were told", told)
			}
		})
	}
}

// TestConflictsEndWhenSomebodyDecides: by making both the same, or by taking one
// away.
func TestConflictsEndWhenSomebodyDecides(t *testing.T) {
	w := newWorld(t, 0)
	tree{"a": "1", "b": "1", "c": "1"}.write(t, w.local)
	tree{"a": "22", "b": "22", "c": "22"}.write(t, w.remote)
	w.sync(w.conf("bidi", nil)).passes(0)
	w.sync(w.conf("bidi", nil)).passes(0)
	tree{"a": "22"}.write(t, w.local)
	remove(t, w.local, "b")
	remove(t, w.remote, "c")
	w.sync(w.conf("bidi", nil)).passes(2)
	w.both(tree{"a": "22", "b": "22", "c": "1"})
	if got := w.query("SELECT conflict, syncd FROM sync_snap_counters_table"); !slices.Equal(got, []string{"0|3"}) {
		t.Errorf("counters are %q", got)
	}
}

func TestAResetForgetsWhatWasDeleted(t *testing.T) {
	w := newWorld(t, 0)
	tree{"a": "1", "b": "2"}.write(t, w.local)
	w.sync(w.conf("bidi", nil)).passes(2)
	remove(t, w.local, "a")
	w.sync(w.conf("bidi", object{"reset": true})).passes(1)
	w.both(tree{"a": "1", "b": "2"})
}

// TestNothingIsDeletedThatCannotBeSeen: what a file system had that is not
// mounted seems deleted.
func TestNothingIsDeletedThatCannotBeSeen(t *testing.T) {
	t.Run("a file proves the mount", func(t *testing.T) {
		w := newWorld(t, 0)
		tree{"mounted": "", "a": "1"}.write(t, w.local)
		conf := w.conf("bidi", object{"local_mount_signature": "mounted"})
		w.sync(conf).passes(2)
		remove(t, w.local, "mounted", "a")
		w.sync(conf).fails(4, "proves the mount")
		w.has(w.remote, tree{"mounted": "", "a": "1"})
	})
	t.Run("a link leads nowhere", func(t *testing.T) {
		w := newWorld(t, 0)
		mount := filepath.Join(t.TempDir(), "mount")
		tree{"deep/f": "1"}.write(t, mount)
		tree{"data": "->" + mount}.write(t, w.local)
		conf := w.conf("push", object{"symbolic_links": "follow"})
		w.sync(conf).passes(1)
		check(t, os.RemoveAll(mount))
		w.sync(conf).fails(27, "failed: 1")
		w.has(w.remote, tree{"data/deep/f": "1"})
	})
	for _, direction := range []string{"push", "pull", "bidi"} {
		t.Run("the folder is gone: "+direction, func(t *testing.T) {
			w := newWorld(t, 0)
			source, target := w.local, w.remote
			if direction == "pull" {
				source, target = target, source
			}
			conf := w.conf(direction, object{"local_db_dir": t.TempDir(), "create_dir": true})
			tree{"a": "1"}.write(t, source)
			w.sync(conf).passes(1)
			check(t, os.RemoveAll(source))
			for range 2 {
				w.sync(conf).fails(4, "")
			}
			w.has(target, tree{"a": "1"})
		})
	}
}
