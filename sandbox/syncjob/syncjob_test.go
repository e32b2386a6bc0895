package syncjob_test

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sandbox/syncjob"
)

func everybody(string) bool { return true }

func open(t testing.TB, folder string) *syncjob.Store {
	t.Helper()
	s, err := syncjob.Open(folder, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

const good = `{"name":"n","local":{"path":"/l"},"remote":{"host":"127.0.0.1","port":33001,"user":"u","pass":"geheim","path":"/r"}}`

func create(t testing.TB, s *syncjob.Store) syncjob.Job {
	t.Helper()
	j, err := s.Create("ak1", json.RawMessage(good))
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// folder is a walk over two files, a folder and a link.
func folder(_ context.Context, path string, visit func(syncjob.Entry) error) error {
	for _, e := range []syncjob.Entry{
		{Path: path + "/a", Size: 3}, {Path: path + "/d", Folder: true}, {Path: path + "/d/b", Size: 4}, {Path: path + "/z", Link: true},
	} {
		if err := visit(e); err != nil {
			return err
		}
	}
	return nil
}

func TestAJobIsStartedAndStopped(t *testing.T) {
	data := t.TempDir()
	first := open(t, data)
	made := create(t, first)
	if made.State != syncjob.Stopped || made.Number == 0 || strings.Contains(string(made.Configuration), "geheim") {
		t.Errorf("created: %+v", made)
	}
	if err := first.Start(t.Context(), made.ID, folder); err != nil {
		t.Fatal(err)
	}
	first.Close()
	second := open(t, data)
	got, err := second.ByNumber(strconv.FormatUint(made.Number, 10), everybody)
	if err != nil || got.State != syncjob.Running || got.Found != (syncjob.Found{Files: 2, Folders: 1, Links: 1, Bytes: 7}) {
		t.Errorf("after a restart: %+v, %v", got, err)
	}
	if err := second.Stop(made.ID); err != nil {
		t.Fatal(err)
	}
	if got, _ := second.Get(made.ID, everybody); got.State != syncjob.Stopped || got.Stopped.IsZero() {
		t.Errorf("stopped: %+v", got)
	}
	if err := second.Delete(made.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := second.Get(made.ID, everybody); !errors.Is(err, syncjob.ErrUnknown) {
		t.Errorf("deleted: %v", err)
	}
	if next := create(t, second); next.Number <= made.Number {
		t.Errorf("number %d comes after %d", next.Number, made.Number)
	}
}

func TestAFailedLookChangesNothing(t *testing.T) {
	s := open(t, t.TempDir())
	made := create(t, s)
	broken := errors.New("no such folder")
	err := s.Start(t.Context(), made.ID, func(context.Context, string, func(syncjob.Entry) error) error { return broken })
	if !errors.Is(err, broken) {
		t.Errorf("error = %v", err)
	}
	if got, _ := s.Get(made.ID, everybody); got.State != syncjob.Stopped {
		t.Errorf("state: %s", got.State)
	}
}

func TestSelectionOfFiles(t *testing.T) {
	s := open(t, t.TempDir())
	made := create(t, s)
	if err := s.Start(t.Context(), made.ID, folder); err != nil {
		t.Fatal(err)
	}
	job, _ := s.Get(made.ID, everybody)
	pending, other := syncjob.Pending, syncjob.Pending+1
	tests := map[string]struct {
		selection syncjob.Selection
		want      string
	}{
		"all":          {syncjob.Selection{}, "/l/a /l/d/b "},
		"count":        {syncjob.Selection{Count: 1}, "/l/a "},
		"skip":         {syncjob.Selection{Skip: 1}, "/l/d/b "},
		"name":         {syncjob.Selection{Name: "b"}, "/l/d/b "},
		"status":       {syncjob.Selection{Status: &pending}, "/l/a /l/d/b "},
		"other status": {syncjob.Selection{Status: &other}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := ""
			for _, f := range job.Select(test.selection) {
				got += f.Path + " "
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func FuzzCreate(f *testing.F) {
	f.Add(good)
	f.Add(`{"name":"n","direction":"up"}`)
	s := open(f, f.TempDir())
	f.Fuzz(func(t *testing.T, text string) {
		j, err := s.Create("ak1", json.RawMessage(text))
		if err != nil {
			return
		}
		if err := s.Delete(j.ID); err != nil {
			t.Error(err)
		}
		if j.Name == "" || j.LocalPath == "" || !json.Valid(j.Configuration) {
			t.Errorf("created %+v", j)
		}
	})
}
