package initiator_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/initiator"
)

func TestSeveralSessionsShareATransfer(t *testing.T) {
	near, far := twoNodes(t)
	const files = 20
	for i := range files {
		near.put(fmt.Sprintf("src/f%02d", i), fmt.Sprintf("content %02d", i))
	}
	got := near.end(near.start(far.withToken("send", `"paths":[{"source":"/src"}],"destination_root":"/in","create_dir":true,"multi_session":"3"`)))
	if got.Status != activity.Completed || len(got.Sessions) != 3 || got.FilesCompleted != files || got.BytesTransferred != files*10 {
		t.Errorf("%s with %d sessions, %d files, %d bytes", got.Status, len(got.Sessions), got.FilesCompleted, got.BytesTransferred)
	}
	for i := range files {
		far.holds(fmt.Sprintf("in/src/f%02d", i), fmt.Sprintf("content %02d", i))
	}
	remote, err := far.transfers.Get(got.ID)
	check(t, err)
	if len(remote.Transfer.Sessions) != 3 || remote.Transfer.Status != activity.Completed {
		t.Errorf("on the far node: %+v", remote.Transfer)
	}
}

func TestALostConnectionIsTriedAgainAndGoesOn(t *testing.T) {
	for name, retry := range map[string]string{
		"for a time":      `"tags":{"aspera":{"xfer_retry":30}}`,
		"a few times":     `"xfer_max_retries":2`,
		"several of them": `"xfer_max_retries":2,"multi_session":2`,
	} {
		t.Run(name, func(t *testing.T) {
			file, key := bypassKey(t)
			near, far := newNode(t, file, key), newTornNode(t, file, key, 500_000, 0)
			content := noise(2_000_000)
			near.put("big", content)
			got := near.end(near.start(far.withToken("send", `"paths":[{"source":"/big"}],"destination_root":"/","resume_policy":"sparse_csum",`+retry)))
			if got.Status != activity.Completed || got.ErrorCode != "0" {
				t.Fatalf("transfer: %+v", got)
			}
			far.holds("big", content)
			failed, retried, later := 0, 0, int64(0)
			for _, s := range got.Sessions {
				if s.Status == activity.Failed {
					failed++
				} else {
					later += s.BytesTransferred
				}
				retried += s.RetryCount
			}
			if failed != 1 || retried == 0 {
				t.Errorf("%d sessions have failed, %d attempts were made after them", failed, retried)
			}
			if later == 0 || later >= int64(len(content)) {
				t.Errorf("%d bytes were sent by the attempts that completed: they did not go on where it was cut", later)
			}
		})
	}
}

// nowhere is a spec for an address where nobody listens: a failure that may pass.
func (n *node) nowhere(more string) initiator.Spec {
	n.Helper()
	s := n.withToken("send", `"paths":[{"source":"/a"}],`+more)
	port := 1
	s.SSHPort = &port
	return s
}

func TestRetriesEnd(t *testing.T) {
	file, key := bypassKey(t)
	n := newNode(t, file, key)
	n.put("a", "content")
	for name, c := range map[string]struct {
		spec        initiator.Spec
		least, most int // sessions
	}{
		"none is asked for":          {n.nowhere(`"create_dir":true`), 1, 1},
		"no more than asked for":     {n.nowhere(`"xfer_max_retries":2`), 3, 3},
		"none":                       {n.nowhere(`"xfer_max_retries":0,"tags":{"aspera":{"xfer_retry":30}}`), 1, 1},
		"each of several sessions":   {n.nowhere(`"xfer_max_retries":1,"multi_session":2`), 3, 4},
		"not of what cannot succeed": {n.withToken("send", `"paths":[{"source":"/none"}],"xfer_max_retries":5`), 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			got := n.end(n.start(c.spec))
			if got.Status != activity.Failed || got.ErrorCode == "0" || len(got.Sessions) < c.least || len(got.Sessions) > c.most {
				t.Errorf("%s with %d sessions, want %d to %d", got.Status, len(got.Sessions), c.least, c.most)
			}
		})
	}
}

func TestATransferThatWaitsForItsNextAttemptIsStopped(t *testing.T) {
	file, key := bypassKey(t)
	n := newTornNode(t, file, key, 0, time.Hour)
	n.put("a", "content")
	waits := func(t activity.Transfer) bool { return t.Status == activity.Waiting && len(t.Sessions) == 1 }
	paused, running, canceled := "paused", "running", "canceled"
	id := n.start(n.nowhere(`"xfer_max_retries":5`))
	n.wait(id, waits)
	check(t, n.transfers.Modify(id, activity.Change{Status: &paused}))
	if got := n.end(id); got.Status != activity.Paused {
		t.Fatalf("paused: %+v", got)
	}
	check(t, n.transfers.Modify(id, activity.Change{Status: &running}))
	n.wait(id, func(t activity.Transfer) bool { return t.Status == activity.Waiting && len(t.Sessions) == 2 })
	check(t, n.transfers.Modify(id, activity.Change{Status: &canceled}))
	if got := n.end(id); got.Status != activity.Canceled || len(got.Sessions) != 2 {
		t.Errorf("canceled: %+v", got)
	}
}
