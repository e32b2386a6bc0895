package activity_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/ascp/management"
)

func everybody(string) bool { return true }

func open(t testing.TB, folder string, observe activity.Observer) *activity.Journal {
	t.Helper()
	j, err := activity.Open(folder, "node-1", observe)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

// upload is the opening of a client's transfer.
func upload(owner string) activity.Opening {
	return activity.Opening{Owner: owner, Spec: activity.StartSpec{
		Direction: "send", SourcePaths: []string{"/a"}, DestinationPath: "/up", RemoteUser: "xfer",
	}}
}

func begin(t testing.TB, j *activity.Journal, o activity.Opening) *activity.Session {
	t.Helper()
	s, err := j.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// create makes a transfer that the node runs itself.
func create(t testing.TB, j *activity.Journal, id string, control activity.Control) activity.Opening {
	t.Helper()
	o := upload("ak1")
	o.ID, o.Local = id, true
	if err := j.Create(o, control); err != nil {
		t.Fatal(err)
	}
	return o
}

func get(t testing.TB, j *activity.Journal, id string) activity.Transfer {
	t.Helper()
	r, err := j.Get(id)
	if err != nil {
		t.Fatal(err)
	}
	return r.Transfer
}

func tagged(id string) json.RawMessage {
	return json.RawMessage(`{"aspera":{"xfer_id":"` + id + `","xfer_retry":10,"node":{"access_key":"ak1"}}}`)
}

const sharedID = "0b5c6d6e-1f64-4d0b-9d1c-1f5b8e1c2d3e"

func TestATransferIsSeenWhileItRunsAndAtItsEnd(t *testing.T) {
	j := open(t, t.TempDir(), nil)
	s := begin(t, j, upload("ak1"))
	s.Expect(activity.Precalc{Enabled: true, BytesExpected: 10, FilesExpected: 2})
	s.FileAt("/a", 6, 4)
	s.Moved(4)
	got := get(t, j, s.ID())
	if got.Status != activity.Running || got.BytesTransferred != 4 || got.EndTimeUsec != 0 || got.Files[0].Status != activity.Transferring {
		t.Errorf("running: %+v", got)
	}
	if p := got.Precalc; p.Status != "ready" || p.BytesExpected != 10 || p.FilesExpected != 2 {
		t.Errorf("job size: %+v", p)
	}
	s.Moved(2)
	s.FileDone("/a", 6, 0)
	s.FileFailed("/b", activity.Failure{Code: 4, Description: "No such file or directory: /b"})
	s.End(&activity.Failure{Code: 27, Description: "One or more files failed"})
	s.End(nil) // the first end counts
	got = get(t, j, s.ID())
	if got.Status != activity.Failed || got.ErrorCode != "27" || got.ErrorDesc == "" || got.BytesTransferred != 6 || got.FilesCompleted != 1 {
		t.Errorf("ended: %+v", got)
	}
	if got.EndTimeUsec < got.StartTimeUsec || got.Sessions[0].EndTimeUsec == 0 || got.Files[1].ErrorCode != 4 {
		t.Errorf("ended: %+v", got)
	}
}

func TestEventsOfAscpMakeTheNumbers(t *testing.T) {
	j := open(t, t.TempDir(), nil)
	s := begin(t, j, upload("ak1"))
	for _, event := range []*management.Message{
		management.New(management.Session).Int("Rate", 5000).Int("MinRate", 10),
		management.New(management.Notification).Int("PreTransferBytes", 30).Int("PreTransferFiles", 3).Int("PreTransferDirs", 1),
		management.New(management.Stats).Text("File", "/a").Int("Size", 10).Int("Written", 5).Int("TransferBytes", 5),
		management.New(management.Notification).Int("Rate", 100),
		management.New(management.Stop).Text("File", "/a").Int("Size", 10).Int("StartByte", 2),
		management.New(management.Skip).Text("File", "/b").Int("Size", 20),
		management.New(management.FileError).Text("File", "/c").Int("Code", 5).Text("Description", "no right"),
		management.New(management.Error).Int("Code", 27).Text("Description", "some failed").Int("TransferBytes", 8).
			Int("TransfersPassed", 1).Int("TransfersSkipped", 1).Int("TransfersFailed", 1).Int("TransfersAttempted", 3),
	} {
		s.Observe(event)
	}
	got := get(t, j, s.ID())
	session := got.Sessions[0]
	if got.BytesTransferred != 8 || got.FilesCompleted != 1 || got.FilesSkipped != 1 || got.ErrorCode != "27" || got.Status != activity.Failed {
		t.Errorf("transfer: %+v", got)
	}
	if session.TargetRateKbps != 100 || session.MinRateKbps != 10 || session.SourceStatistics.FilesXferFail != 1 || session.ErrorCode != 27 {
		t.Errorf("session: %+v", session)
	}
	if f := got.Files[0]; f.StartByte != 2 || f.BytesWritten != 8 || f.ErrorDesc != "No error" {
		t.Errorf("file: %+v", f)
	}
}

func TestSessionsOfOneTransferIDBelongTogether(t *testing.T) {
	j := open(t, t.TempDir(), nil)
	o := upload("ak1")
	o.Spec.Tags = tagged(sharedID)
	first := begin(t, j, o)
	first.Moved(5)
	first.End(activity.Lost())
	if got := get(t, j, sharedID); got.Status != activity.Failed || got.ErrorCode != "16" {
		t.Errorf("after the first session: %+v", got)
	}
	retry := begin(t, j, o)
	if got := get(t, j, sharedID); got.Status != activity.Running || got.EndTimeUsec != 0 {
		t.Errorf("during the retry: %+v", got)
	}
	retry.Moved(7)
	retry.End(nil)
	got := get(t, j, sharedID)
	if got.Status != activity.Completed || got.ErrorCode != "0" || got.BytesTransferred != 12 || got.Sessions[1].RetryCount != 1 {
		t.Errorf("after the retry: %+v", got)
	}
	other := o
	other.Owner = "ak2"
	if s := begin(t, j, other); s.ID() == sharedID {
		t.Error("a stranger joined the transfer by its id")
	}
}

func TestARestartFailsWhatWasRunningAndKeepsTheRest(t *testing.T) {
	folder := t.TempDir()
	first := open(t, folder, nil)
	done := begin(t, first, upload("ak1"))
	done.Moved(3)
	done.End(nil)
	running := begin(t, first, upload("ak1"))
	const waiting = "waiting-one"
	create(t, first, waiting, nil)
	_, position := first.List(activity.Query{Visible: everybody})
	first.Close()

	second := open(t, folder, nil)
	if got := get(t, second, done.ID()); got.Status != activity.Completed || got.BytesTransferred != 3 {
		t.Errorf("completed one: %+v", got)
	}
	for _, id := range []string{running.ID(), waiting} {
		if got := get(t, second, id); got.Status != activity.Failed || got.ErrorCode == "0" || got.ErrorDesc == "" || got.EndTimeUsec == 0 {
			t.Errorf("%s: %+v", id, got)
		}
	}
	changed, _ := second.List(activity.Query{After: position, Visible: everybody})
	if len(changed) != 2 {
		t.Errorf("%d transfers have changed, want the two that were failed", len(changed))
	}
}

func TestTheListGoesOnWhereItEndedAndTellsChangesAgain(t *testing.T) {
	j := open(t, t.TempDir(), nil)
	var sessions []*activity.Session
	for range 3 {
		sessions = append(sessions, begin(t, j, upload("ak1")))
	}
	page, next := j.List(activity.Query{Count: 2, Visible: everybody})
	if len(page) != 2 || page[0].Transfer.ID != sessions[0].ID() {
		t.Fatalf("first page: %d transfers", len(page))
	}
	page, last := j.List(activity.Query{After: next, Count: 2, Visible: everybody})
	if len(page) != 1 || last <= next {
		t.Fatalf("second page: %d transfers, position %d after %d", len(page), last, next)
	}
	if page, same := j.List(activity.Query{After: last, Visible: everybody}); len(page) != 0 || same != last {
		t.Errorf("at the end: %d transfers, position %d", len(page), same)
	}
	sessions[0].End(nil)
	page, newer := j.List(activity.Query{After: last, Visible: everybody})
	if len(page) != 1 || page[0].Transfer.ID != sessions[0].ID() || newer <= last {
		t.Errorf("after a change: %d transfers, position %d", len(page), newer)
	}
}

func TestProgressGivesANewPosition(t *testing.T) {
	j := open(t, t.TempDir(), nil)
	s := begin(t, j, upload("ak1"))
	_, last := j.List(activity.Query{Visible: everybody})
	s.Moved(5)
	deadline := time.Now().Add(10 * time.Second)
	for {
		if page, _ := j.List(activity.Query{After: last, Visible: everybody}); len(page) == 1 && page[0].Transfer.BytesTransferred == 5 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("the progress is not told")
		}
	}
}

func TestFiltersOfTheList(t *testing.T) {
	j := open(t, t.TempDir(), nil)
	send := upload("ak1")
	send.Spec.Tags = tagged(sharedID)
	running := begin(t, j, send)
	receive := upload("ak2")
	receive.Spec.Direction = "receive"
	ended := begin(t, j, receive)
	ended.End(nil)
	yes, no := true, false
	tests := map[string]struct {
		query activity.Query
		want  []string
	}{
		"all":                    {activity.Query{}, []string{running.ID(), ended.ID()}},
		"active":                 {activity.Query{Active: &yes}, []string{running.ID()}},
		"not active":             {activity.Query{Active: &no}, []string{ended.ID()}},
		"direction":              {activity.Query{Direction: "receive"}, []string{ended.ID()}},
		"access key":             {activity.Query{AccessKey: "ak2"}, []string{ended.ID()}},
		"since the future":       {activity.Query{Since: time.Now().Add(time.Hour)}, []string{running.ID()}},
		"since the past":         {activity.Query{Since: time.Now().Add(-time.Hour)}, []string{running.ID(), ended.ID()}},
		"tag exists":             {activity.Query{Tag: "aspera.node.access_key"}, []string{running.ID()}},
		"tag with commas":        {activity.Query{Tag: "aspera,node,access_key=ak1"}, []string{running.ID()}},
		"tag of a number":        {activity.Query{Tag: "aspera.xfer_retry=10"}, []string{running.ID()}},
		"tag with another value": {activity.Query{Tag: "aspera.xfer_retry=11"}, nil},
		"only one owner's":       {activity.Query{Visible: func(owner string) bool { return owner == "ak2" }}, []string{ended.ID()}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.query.Visible == nil {
				test.query.Visible = everybody
			}
			page, _ := j.List(test.query)
			var got []string
			for _, r := range page {
				got = append(got, r.Transfer.ID)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestTheFarEndOfATransferOfTheNodeIsNotRecordedTwice(t *testing.T) {
	j := open(t, t.TempDir(), nil)
	create(t, j, sharedID, &fake{})
	far := upload("ak1")
	far.Spec.Tags = tagged(sharedID)
	s := begin(t, j, far)
	s.Moved(5)
	s.End(nil)
	if page, _ := j.List(activity.Query{Visible: everybody}); len(page) != 1 || page[0].Transfer.Status != activity.Waiting {
		t.Errorf("%d transfers, the first %+v", len(page), page[0].Transfer)
	}
}

func TestTheObserverIsToldOfStartAndEnd(t *testing.T) {
	var told []string
	j := open(t, t.TempDir(), func(r activity.Record, started bool) {
		if started {
			told = append(told, "start "+r.Owner)
			return
		}
		told = append(told, "end "+string(r.Transfer.Status))
	})
	s := begin(t, j, upload("ak1"))
	s.Moved(1)
	s.End(nil)
	if !slices.Equal(told, []string{"start ak1", "end completed"}) {
		t.Errorf("told %q", told)
	}
}

func FuzzHasTag(f *testing.F) {
	f.Add([]byte(`{"a":{"b":"c"}}`), "a.b=c")
	f.Add([]byte(`[1]`), "=")
	f.Fuzz(func(_ *testing.T, tags []byte, filter string) { activity.HasTag(tags, filter) })
}

func FuzzObserve(f *testing.F) {
	f.Add("STATS", "/a", "5", "-1")
	f.Add("DONE", "", "x", "99999999999999999999")
	f.Fuzz(func(t *testing.T, kind, file, a, b string) {
		j := open(t, t.TempDir(), nil)
		o := upload("ak1")
		o.Spec.Tags, o.Spec.Cookie = json.RawMessage(a), b
		s := begin(t, j, o)
		s.Observe(management.New(management.Type(kind)).Text("File", file).Text("Size", a).Text("Written", b).
			Text("TransferBytes", a).Text("Code", b).Text("PreTransferBytes", b).Text("Description", a))
		if _, err := json.Marshal(get(t, j, s.ID())); err != nil {
			t.Error(err)
		}
	})
}
