package world

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
)

// newKeyWorld is a world with the file f, and its access key.
func newKeyWorld(t *testing.T) (*World, Principal, string) {
	t.Helper()
	folder := t.TempDir()
	w, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "files", "f"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	id, secret, _ := w.DefaultAccessKey()
	p, err := w.Authenticate(id, secret)
	if err != nil {
		t.Fatal(err)
	}
	v, err := w.View(p)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	e, err := v.Stat(Path("f"))
	if err != nil {
		t.Fatal(err)
	}
	return w, p, e.ID
}

func (w *World) jobStatus(t *testing.T, p Principal, id string, cancel bool) JobStatus {
	t.Helper()
	j, err := w.Job(p, id, cancel)
	if err != nil {
		t.Fatal(err)
	}
	return j.Status
}

func TestDeletionWaitsRunsAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p, file := newKeyWorld(t)
		defer w.Close()
		w.jobs.turn <- struct{}{} // as if another job ran
		j, err := w.DeleteLater(p, file)
		if err != nil || j.Status != JobWaiting {
			t.Fatalf("job = %+v, %v", j, err)
		}
		synctest.Wait()
		if got := w.jobStatus(t, p, j.ID, false); got != JobWaiting {
			t.Errorf("status = %s, want waiting", got)
		}
		<-w.jobs.turn
		synctest.Wait()
		if got := w.jobStatus(t, p, j.ID, true); got != JobComplete {
			t.Errorf("status = %s, want complete", got)
		}
		if _, err := w.DeleteLater(p, file); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("error = %v, want ErrNotExist", err)
		}
	})
}

func TestWaitingDeletionIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, p, file := newKeyWorld(t)
		defer w.Close()
		w.jobs.turn <- struct{}{}
		j, err := w.DeleteLater(p, file)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.jobStatus(t, p, j.ID, true); got != JobCancelled {
			t.Errorf("status = %s, want cancelled", got)
		}
		synctest.Wait()
		<-w.jobs.turn
		if got := w.jobStatus(t, p, j.ID, false); got != JobCancelled {
			t.Errorf("status = %s, want cancelled", got)
		}
		v, err := w.View(p)
		if err != nil {
			t.Fatal(err)
		}
		defer v.Close()
		if _, err := v.Stat(ID(file)); err != nil {
			t.Errorf("the file is gone: %v", err)
		}
	})
}

func TestEndOfTheWorldEndsJobs(t *testing.T) {
	w, p, file := newKeyWorld(t)
	w.jobs.turn <- struct{}{}
	j, err := w.DeleteLater(p, file)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got := w.jobStatus(t, p, j.ID, false); got != JobCancelled {
		t.Errorf("status = %s, want cancelled", got)
	}
}

func TestJobsOfOthersAreUnknown(t *testing.T) {
	w, p, file := newKeyWorld(t)
	defer w.Close()
	mine, other, admin := p, p, p
	mine.bearer, other.bearer, admin.bearer = &bearer{user: "777"}, &bearer{user: "778"}, &bearer{user: "779", admin: true}
	j := w.jobs.start(mine, file, func() error { return errors.New("no luck") })
	for name, asker := range map[string]Principal{"another user": other, "another key": {Name: "ak2"}} {
		if got, err := w.Job(asker, j.ID, false); !errors.Is(err, ErrJobUnknown) {
			t.Errorf("%s: job = %+v, %v", name, got, err)
		}
	}
	w.jobs.group.Wait()
	for _, asker := range []Principal{mine, admin, p} {
		if got := w.jobStatus(t, asker, j.ID, false); got != JobError {
			t.Errorf("status = %s, want error", got)
		}
	}
}

func TestRootIsNotDeletedLater(t *testing.T) {
	w, p, _ := newKeyWorld(t)
	defer w.Close()
	if j, err := w.DeleteLater(p, p.rootID); !errors.Is(err, ErrRoot) {
		t.Errorf("job = %+v, %v", j, err)
	}
}

func TestOldJobsAreForgotten(t *testing.T) {
	w, p, file := newKeyWorld(t)
	defer w.Close()
	for range maxJobs + 10 {
		w.jobs.start(p, file, func() error { return nil })
	}
	w.jobs.group.Wait()
	if len(w.jobs.known) != maxJobs || len(w.jobs.ended) != maxJobs {
		t.Errorf("%d jobs are known, want %d", len(w.jobs.known), maxJobs)
	}
}
