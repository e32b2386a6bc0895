package world

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// JobStatus is how far a job is (OpenAPI, files-id-get-202).
type JobStatus string

// The statuses of jobs. One that runs here cannot be stopped: no job is ever
// "aborted".
const (
	JobWaiting   JobStatus = "waiting"
	JobRunning   JobStatus = "running"
	JobComplete  JobStatus = "complete"
	JobCancelled JobStatus = "cancelled"
	JobError     JobStatus = "error"
)

// ErrJobUnknown: there is no such job, or it is not the caller's.
var ErrJobUnknown = errors.New("no such job")

// maxJobs is how many jobs are remembered: those that have ended first go first.
const maxJobs = 1000

// Job is a deletion in the background.
type Job struct {
	ID      string
	FileID  string
	Status  JobStatus
	Elapsed time.Duration // of the execution
}

// job is a Job with what only the world needs.
type job struct {
	Job
	caller Principal
	begun  time.Time
	cancel context.CancelFunc // ends the wait
}

// jobs run one after the other, in no certain order.
type jobs struct {
	ctx   context.Context // ends with the world
	stop  context.CancelFunc
	group sync.WaitGroup
	turn  chan struct{} // held by the job that runs

	mu    sync.Mutex
	known map[string]*job
	ended []string // ids, oldest first
}

func newJobs() *jobs {
	ctx, stop := context.WithCancel(context.Background())
	return &jobs{ctx: ctx, stop: stop, turn: make(chan struct{}, 1), known: map[string]*job{}}
}

// EndJobs cancels the jobs that wait, and returns when the one that runs has
// ended. Later ones are cancelled, too.
func (w *World) EndJobs() {
	w.jobs.stop()
	w.jobs.group.Wait()
}

// start runs do in the background as a job.
func (js *jobs) start(p Principal, fileID string, do func() error) Job {
	ctx, cancel := context.WithCancel(js.ctx)
	j := &job{Job: Job{ID: newUUID(), FileID: fileID, Status: JobWaiting}, caller: p, cancel: cancel}
	js.mu.Lock()
	js.known[j.ID] = j
	begun := j.Job
	js.mu.Unlock()
	js.group.Go(func() {
		defer cancel()
		select {
		case js.turn <- struct{}{}:
			defer func() { <-js.turn }()
		case <-ctx.Done():
		}
		if !js.begin(ctx, j) {
			return
		}
		status := JobComplete
		if err := do(); err != nil {
			status = JobError
		}
		js.end(j, status)
	})
	return begun
}

// begin reports false for a job that was cancelled while it waited.
func (js *jobs) begin(ctx context.Context, j *job) bool {
	js.mu.Lock()
	defer js.mu.Unlock()
	if ctx.Err() != nil {
		js.finish(j, JobCancelled)
		return false
	}
	j.Status, j.begun = JobRunning, time.Now()
	return true
}

func (js *jobs) end(j *job, status JobStatus) {
	js.mu.Lock()
	defer js.mu.Unlock()
	j.Elapsed = time.Since(j.begun)
	js.finish(j, status)
}

func (js *jobs) finish(j *job, status JobStatus) {
	j.Status = status
	js.ended = append(js.ended, j.ID)
	if len(js.ended) > maxJobs {
		delete(js.known, js.ended[0])
		js.ended = js.ended[1:]
	}
}

// DeleteLater deletes a file in the background, a folder with all that is in it.
// It fails when the caller may not do so, or there is no such file.
func (w *World) DeleteLater(p Principal, fileID string) (Job, error) {
	v, err := w.View(p)
	if err != nil {
		return Job{}, err
	}
	defer v.Close()
	if _, err := v.Stat(ID(fileID)); err != nil {
		return Job{}, err
	}
	if err := v.Permit(fileID, MayDelete); err != nil {
		return Job{}, err
	}
	if fileID == p.rootID {
		return Job{}, ErrRoot
	}
	return w.jobs.start(p, fileID, func() error {
		v, err := w.View(p)
		if err != nil {
			return err
		}
		defer v.Close()
		return v.Delete(ID(fileID), true)
	}), nil
}

// Job returns a job of the caller. With cancel, one that still waits will not
// run; one that runs goes on.
func (w *World) Job(p Principal, id string, cancel bool) (Job, error) {
	js := w.jobs
	js.mu.Lock()
	defer js.mu.Unlock()
	j := js.known[id]
	if j == nil || j.caller.Name != p.Name || !p.HasAllRights() && j.caller.UserID() != p.UserID() {
		return Job{}, fmt.Errorf("%w: %s", ErrJobUnknown, id)
	}
	shown := j.Job
	switch {
	case j.Status == JobRunning:
		shown.Elapsed = time.Since(j.begun)
	case j.Status == JobWaiting && cancel:
		j.cancel()
		shown.Status = JobCancelled
	}
	return shown, nil
}
