package eventlog_test

import (
	"encoding/json"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/eventlog"
	"github.com/ascli-go/ascli/sandbox/world"
)

func everybody(string) bool { return true }

func open(t testing.TB, folder string) *eventlog.Log {
	t.Helper()
	l, err := eventlog.Open(folder, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func list(t testing.TB, l *eventlog.Log, q eventlog.Query) ([]eventlog.Event, uint64) {
	t.Helper()
	if q.Visible == nil {
		q.Visible = everybody
	}
	found, next, err := l.List(q)
	if err != nil {
		t.Fatal(err)
	}
	return found, next
}

func types(events []eventlog.Event) string {
	var found []string
	for _, e := range events {
		found = append(found, strings.Join(e.Types, "+"))
	}
	return strings.Join(found, " ")
}

func TestFiltersOfTheList(t *testing.T) {
	l := open(t, t.TempDir())
	l.Add("ak1", map[string]string{"path": "/a"}, eventlog.FileCreated)
	l.Add("ak2", nil, eventlog.PermissionMade)
	l.Add("ak1", nil, eventlog.TransferStarted, eventlog.UploadStarted)
	tests := map[string]struct {
		query eventlog.Query
		want  string
	}{
		"all":             {eventlog.Query{}, "file.created permission.created transfer.started+upload.started"},
		"type":            {eventlog.Query{Type: "file.created"}, "file.created"},
		"general type":    {eventlog.Query{Type: "transfer.started"}, "transfer.started+upload.started"},
		"glob":            {eventlog.Query{Glob: "*.created"}, "file.created permission.created"},
		"count":           {eventlog.Query{Count: 1}, "file.created"},
		"since past":      {eventlog.Query{Since: time.Now().Add(-time.Hour), Glob: "file.*"}, "file.created"},
		"since future":    {eventlog.Query{Since: time.Now().Add(time.Hour)}, ""},
		"of one owner":    {eventlog.Query{Visible: func(owner string) bool { return owner == "ak2" }}, "permission.created"},
		"type not known":  {eventlog.Query{Type: "nothing"}, ""},
		"after the first": {eventlog.Query{After: 1}, "permission.created transfer.started+upload.started"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if found, _ := list(t, l, test.query); types(found) != test.want {
				t.Errorf("got %q, want %q", types(found), test.want)
			}
		})
	}
	if _, _, err := l.List(eventlog.Query{Glob: "[", Visible: everybody}); err == nil {
		t.Error("a malformed pattern is no error")
	}
}

func TestEventsSurviveARestartAndAreFoundById(t *testing.T) {
	folder := t.TempDir()
	first := open(t, folder)
	first.Add("ak1:somebody", map[string]int{"n": 1}, eventlog.FileDeleted)
	before, _ := list(t, first, eventlog.Query{})
	first.Close()

	second := open(t, folder)
	e, known := second.Get(before[0].ID, everybody)
	if !known || e.UserID != "somebody" || string(e.Data) != `{"n":1}` {
		t.Errorf("after the restart: %+v", e)
	}
	if _, known := second.Get(before[0].ID, func(string) bool { return false }); known {
		t.Error("a stranger sees it")
	}
}

func TestChangesOfFilesBecomeEvents(t *testing.T) {
	folder := t.TempDir()
	w, err := world.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	l := open(t, folder)
	w.Watch(l.FileChanged)
	p, err := w.Authenticate(w.NodeUser())
	if err != nil {
		t.Fatal(err)
	}
	v, err := w.View(p)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if _, err := v.MakeFile(world.Path("/a"), []byte("12")); err != nil {
		t.Fatal(err)
	}
	if err := v.Rename(world.Path("/a"), world.Path("/b")); err != nil {
		t.Fatal(err)
	}
	if err := v.Delete(world.Path("/b"), false); err != nil {
		t.Fatal(err)
	}
	if err := v.Delete(world.Path("/b"), false); err == nil {
		t.Fatal("deleted twice")
	}
	found, _ := list(t, l, eventlog.Query{})
	if got := types(found); got != "file.created file.moved file.deleted" {
		t.Fatalf("events: %s", got)
	}
	var moved struct {
		Path, From, Type string
		Size             int
	}
	if err := json.Unmarshal(found[1].Data, &moved); err != nil || moved.Path != "/b" || moved.From != "/a" || moved.Size != 2 || moved.Type != "file" {
		t.Errorf("moved: %s", found[1].Data)
	}
}

func TestTransfersBecomeEvents(t *testing.T) {
	l := open(t, t.TempDir())
	r := activity.Record{Owner: "ak1", Transfer: activity.Transfer{
		ID: "t1", StartSpec: activity.StartSpec{Direction: "send"},
		Files: []activity.File{{Path: "/up/a", Status: activity.Completed}, {Path: "/up/b", Status: activity.Failed}},
	}}
	l.TransferChanged(r, true)
	l.TransferChanged(r, false)
	r.Local = true // sent by the node itself: it leaves
	l.TransferChanged(r, true)
	found, _ := list(t, l, eventlog.Query{})
	want := "transfer.started+upload.started transfer.ended+upload.ended file.created transfer.started+download.started"
	if types(found) != want {
		t.Errorf("got %s", types(found))
	}
	if !slices.ContainsFunc(found, func(e eventlog.Event) bool { return strings.Contains(string(e.Data), `"path":"/up/a"`) }) {
		t.Error("the file that came is not told")
	}
}
