package ascp_test

import (
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/ascp/management"
)

// recorded gives all that the server recorded.
func (w *world) recorded() []activity.Record {
	found, _ := w.transfers.List(activity.Query{Visible: func(string) bool { return true }})
	return found
}

func (w *world) onlyRecord(t *testing.T) activity.Record {
	t.Helper()
	found := w.recorded()
	if len(found) != 1 {
		t.Fatalf("%d transfers are recorded, want one: %+v", len(found), found)
	}
	return found[0]
}

// ended returns the only transfer once it has ended: the server may learn of an
// end later than the client.
func (w *world) ended(t *testing.T) activity.Transfer {
	t.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	late := time.After(10 * time.Second)
	for {
		r := w.onlyRecord(t)
		if !r.Transfer.Status.Active() {
			return r.Transfer
		}
		select {
		case <-look.C:
		case <-late:
			t.Fatalf("the transfer has not ended: %+v", r.Transfer)
		}
	}
}

const transferID = "3b241101-e2bb-4255-8caf-4136c566a962"

// tags64 is argument --tags64 for a transfer id.
func tags64(id string) string {
	return "--tags64=" + base64.StdEncoding.EncodeToString([]byte(`{"aspera":{"xfer_id":"`+id+`"}}`))
}

func TestTheServerRecordsWhatAnUploadDid(t *testing.T) {
	w := newWorld(t, 0)
	tree{"src/a": "12345", "src/b": "67"}.write(t, w.local)
	source := filepath.Join(w.local, "src")
	w.send("/up", "-d", "-k", "2", "-l", "900000", tags64(transferID), source, "/nothing/here").mustFail(t, 27)

	r := w.onlyRecord(t)
	got := r.Transfer
	if r.Owner != "ak1" || got.ID != transferID || got.Status != activity.Failed || got.ErrorCode != "27" {
		t.Errorf("transfer: %+v", got)
	}
	spec := got.StartSpec
	if spec.Direction != "send" || spec.DestinationPath != "/up" || !slices.Equal(spec.SourcePaths, []string{source, "/nothing/here"}) ||
		spec.RemoteUser != "xfer" || spec.TokenType != activity.AuthToken || spec.ResumePolicy != "sparse_csum" || !spec.CreateDir {
		t.Errorf("start spec: %+v", spec)
	}
	if p := got.Precalc; !p.Enabled || p.Status != "ready" || p.BytesExpected != 7 || p.FilesExpected != 2 || p.FilesFailed != 1 {
		t.Errorf("job size: %+v", p)
	}
	if !slices.ContainsFunc(got.Files, func(f activity.File) bool { return f.Path == "/up/src/a" && f.Status == activity.Completed }) {
		t.Errorf("files: %+v", got.Files)
	}
	if got.BytesTransferred != 7 || got.FilesCompleted != 2 || len(got.Files) != 3 || got.Sessions[0].TargetRateKbps != 900000 {
		t.Errorf("numbers: %+v", got)
	}
}

func TestARunningDownloadIsListedWithGrowingBytes(t *testing.T) {
	w := newWorld(t, 0)
	content := noise(400_000)
	tree{"f": content}.write(t, filepath.Join(w.root, "down"))
	var seen []int64
	r := w.run(context.Background(), func(event *management.Message) string {
		if event.Type == management.Stats {
			if found := w.recorded(); len(found) == 1 && found[0].Transfer.Status == activity.Running {
				seen = append(seen, found[0].Transfer.BytesTransferred)
			}
		}
		return ""
	}, map[string]string{"ASPERA_SCP_TOKEN": "ATrecv"}, "--mode", "recv", "--user", "xfer", "-i", w.key, "-l", "4m", "/down/f", w.local)
	r.mustPass(t)
	if distinct := slices.Compact(slices.Clone(seen)); len(distinct) < 2 || !slices.IsSorted(seen) {
		t.Errorf("bytes seen while it ran: %v", seen)
	}
	if got := w.ended(t); got.Status != activity.Completed || got.BytesTransferred != int64(len(content)) {
		t.Errorf("at the end: %+v", got)
	}
}

func TestACancellationOnTheServerStopsTheClientForGood(t *testing.T) {
	w := newWorld(t, 0)
	tree{"f": noise(4_000_000)}.write(t, w.local)
	canceled := false
	arguments := []string{"--mode", "send", "--user", "xfer", "-i", w.key, "-l", "1m", tags64(transferID), filepath.Join(w.local, "f"), "/up/f"}
	tree{"up/": ""}.write(t, w.root)
	env := map[string]string{"ASPERA_SCP_TOKEN": "ATsend"}
	r := w.run(context.Background(), func(event *management.Message) string {
		if event.Type == management.Stats && !canceled {
			canceled = true
			check(t, w.transfers.Cancel(transferID))
		}
		return ""
	}, env, arguments...)
	r.mustFail(t, 16)
	if got := w.ended(t); got.Status != activity.Canceled {
		t.Errorf("after the cancellation: %+v", got)
	}
	retry := w.run(context.Background(), nil, env, arguments...)
	retry.mustFail(t, 19)
	if text, _ := retry.last().Get("Description"); !strings.Contains(text, "canceled") {
		t.Errorf("the client that comes back is told %q", text)
	}
}

func TestAConnectionThatBreaksIsAFailureAndItsRetryTheSameTransfer(t *testing.T) {
	w := newWorld(t, 100_000)
	tree{"f": noise(3_000_000)}.write(t, w.local)
	tree{"up/": ""}.write(t, w.root)
	args := []string{"-k", "2", tags64(transferID), filepath.Join(w.local, "f")}
	w.send("/up", args...).mustFail(t, 16)
	if got := w.ended(t); got.Status != activity.Failed || got.ErrorCode != "16" {
		t.Errorf("after the cut: %+v", got)
	}
	w.send("/up", args...).mustPass(t)
	if got := w.ended(t); got.Status != activity.Completed || len(got.Sessions) != 2 || got.Sessions[1].RetryCount != 1 {
		t.Errorf("after the retry: %+v", got)
	}
}

func TestNoLocalPathLeavesTheLocalDocroot(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need a privilege on Windows")
	}
	w := newWorld(t, 0)
	tree{"home/in/f": "mine", "outside/secret": "s"}.write(t, w.local)
	tree{"up/": "", "down/f": "theirs"}.write(t, w.root)
	home := filepath.Join(w.local, "home")
	check(t, os.Symlink(filepath.Join(w.local, "outside"), filepath.Join(home, "link")))
	run := func(mode, token string, args ...string) result {
		env := map[string]string{"ASPERA_SCP_TOKEN": token, ascp.EnvLocalRoot: home}
		return w.run(context.Background(), nil, env, append([]string{"--apply-local-docroot", "--mode", mode, "--user", "xfer", "-i", w.key}, args...)...)
	}
	tests := map[string]struct {
		result result
		code   int64 // 0: must pass
	}{
		"send inside":            {run("send", "ATsend", "-d", "/in/f", "/up"), 0},
		"send by dots":           {run("send", "ATsend", "-d", "../outside/secret", "/up"), 4},
		"send by a link":         {run("send", "ATsend", "-d", "/link/secret", "/up"), 41},
		"send by a disk path":    {run("send", "ATsend", "-d", filepath.Join(w.local, "outside/secret"), "/up"), 4},
		"receive inside":         {run("recv", "ATrecv", "-d", "/down/f", "/new/folder"), 0},
		"receive by a link":      {run("recv", "ATrecv", "-d", "/down/f", "/link"), 41},
		"receive by dots, stays": {run("recv", "ATrecv", "-d", "/down/f", "../../dots"), 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if test.code == 0 {
				test.result.mustPass(t)
				return
			}
			test.result.mustFail(t, test.code)
		})
	}
	readTree(t, filepath.Join(w.root, "up")).compare(t, tree{"f": "mine"})
	readTree(t, filepath.Join(w.local, "outside")).compare(t, tree{"secret": "s"})
	for _, made := range []string{"new/folder/f", "dots/f"} {
		if content, err := os.ReadFile(filepath.Join(home, made)); err != nil || string(content) != "theirs" {
			t.Errorf("%s = %q, %v", made, content, err)
		}
	}
}
