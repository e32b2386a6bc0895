// Package syncjob keeps the synchronisations that a node is asked to run
// (node.md 13: asyncs, and the older calls async). Kept across restarts are the
// jobs, their state, and what was found when a job was started, or synchronised
// since. The stand-in async runs a started job if it is known how to log in:
// secrets are kept in memory only, so that after a restart a job just looks at
// its folder, and all that it finds stays pending.
package syncjob

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/ascli-go/ascli/sandbox/async/snapdb"
	"github.com/ascli-go/ascli/sandbox/journal"
	"github.com/ascli-go/ascli/sandbox/service"
)

const (
	// maxJobs is how many jobs a node keeps; one more is refused.
	maxJobs = 500
	// maxFiles is how many files of a job are kept; the counters count all.
	maxFiles = 1000
)

// Errors of requests.
var (
	ErrUnknown = errors.New("no such sync")
	ErrInvalid = errors.New("the sync is refused")
	ErrFull    = errors.New("this node keeps no more syncs")
)

// State of a job.
type State string

// The states: a new job is stopped.
const (
	Stopped State = "STOPPED"
	Running State = "RUNNING"
)

// Job is one synchronisation.
type Job struct {
	ID     string `json:"id"`
	Number uint64 `json:"number"` // its id in the older calls, never given twice
	Owner  string `json:"owner"`  // node user or access key
	Name   string `json:"name"`
	// LocalPath is in the storage of the owner.
	LocalPath  string `json:"local_path"`
	RemoteHost string `json:"remote_host"`
	RemotePath string `json:"remote_path"`
	Direction  string `json:"direction"`
	// Configuration is what was asked for, without secrets.
	Configuration json.RawMessage `json:"configuration"`
	State         State           `json:"state"`
	Created       time.Time       `json:"created"`
	Started       time.Time       `json:"started,omitzero"`
	Stopped       time.Time       `json:"stopped,omitzero"`
	Found         Found           `json:"found"`
	Files         []File          `json:"files,omitempty"` // the first ones, in the order of names
	// Done is how far async came at its last run, nil if it did not run.
	Done *Done `json:"done,omitempty"`
	// Failure is why async failed, "" if it did not.
	Failure string `json:"failure,omitempty"`
}

// Found is what the local folder held at the last start.
type Found struct {
	Files   int64 `json:"files"`
	Folders int64 `json:"folders"`
	Links   int64 `json:"links"`
	Bytes   int64 `json:"bytes"`
}

// File is a file of a local folder.
type File struct {
	Number int    `json:"number"` // from 1
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	Status int    `json:"status"`
}

// Store is the list of jobs in a data folder. It may be used from any goroutine.
type Store struct {
	jobs   *journal.Log[Job]
	async  string // program, "" for none
	folder string // of its snapshots

	mu     sync.Mutex // makes a look and the change after it one step
	logins map[string]login
	runs   map[string]*run
	closed bool
	ends   sync.WaitGroup
}

// Open opens the list in a data folder. async is the program that runs jobs, ""
// for none.
func Open(folder, async string) (*Store, error) {
	jobs, err := journal.Open[Job](filepath.Join(folder, "syncs.jsonl"), maxJobs)
	if err != nil {
		return nil, err
	}
	return &Store{jobs: jobs, async: async, folder: filepath.Join(folder, "syncs"), logins: map[string]login{}, runs: map[string]*run{}}, nil
}

// Close stops what runs and closes the list.
func (s *Store) Close() error {
	s.mu.Lock()
	s.closed = true
	for _, r := range s.runs {
		r.stop()
	}
	s.mu.Unlock()
	s.ends.Wait()
	return s.jobs.Close()
}

// configuration is what matters here of a job (node.md 13.2).
type configuration struct {
	Name      string `json:"name"`
	Direction string `json:"direction"`
	Local     struct {
		Path string `json:"path"`
	} `json:"local"`
	Remote struct {
		Host string `json:"host"`
		Path string `json:"path"`
	} `json:"remote"`
}

func (c configuration) check() error {
	switch {
	case c.Name == "":
		return fmt.Errorf("%w: configuration.name is missing", ErrInvalid)
	case c.Local.Path == "":
		return fmt.Errorf("%w: configuration.local.path is missing", ErrInvalid)
	case c.Remote.Host == "" || c.Remote.Path == "":
		return fmt.Errorf("%w: configuration.remote.host or path is missing", ErrInvalid)
	case c.Direction != "" && c.Direction != "push" && c.Direction != "pull" && c.Direction != "bidi":
		return fmt.Errorf("%w: configuration.direction is %q, not push, pull or bidi", ErrInvalid, c.Direction)
	}
	return nil
}

// Create keeps a new job for owner.
func (s *Store) Create(owner string, asked json.RawMessage) (Job, error) {
	var c configuration
	if err := json.Unmarshal(asked, &c); err != nil {
		return Job{}, fmt.Errorf("%w: configuration: %w", ErrInvalid, err)
	}
	if err := c.check(); err != nil {
		return Job{}, err
	}
	kept, err := service.WithoutSecrets(asked)
	if err != nil {
		return Job{}, fmt.Errorf("%w: configuration: %w", ErrInvalid, err)
	}
	j := Job{
		ID: uuid.NewString(), Owner: owner, Name: c.Name, LocalPath: c.Local.Path, RemoteHost: c.Remote.Host, RemotePath: c.Remote.Path,
		Direction: c.Direction, Configuration: kept, State: Stopped, Created: time.Now().UTC(),
	}
	if j.Direction == "" {
		j.Direction = "push"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.jobs.Len() >= maxJobs {
		return Job{}, ErrFull
	}
	// The position of its first entry is a number that no other job gets.
	if j.Number, err = s.jobs.Put(j.ID, j); err != nil {
		return Job{}, err
	}
	if _, err = s.jobs.Put(j.ID, j); err == nil {
		s.logins[j.ID] = loginOf(asked)
	}
	return j, err
}

// List returns the visible jobs, oldest first.
func (s *Store) List(visible func(owner string) bool) []Job {
	found := []Job{}
	for _, e := range s.jobs.After(0) {
		if visible(e.Record.Owner) {
			found = append(found, s.live(e.Record))
		}
	}
	return found
}

// Get returns a visible job.
func (s *Store) Get(id string, visible func(owner string) bool) (Job, error) {
	e, known := s.jobs.Get(id)
	if !known || !visible(e.Record.Owner) {
		return Job{}, fmt.Errorf("%w: %s", ErrUnknown, id)
	}
	return s.live(e.Record), nil
}

// ByNumber returns a visible job by its id in the older calls.
func (s *Store) ByNumber(number string, visible func(owner string) bool) (Job, error) {
	for _, j := range s.List(visible) {
		if strconv.FormatUint(j.Number, 10) == number {
			return j, nil
		}
	}
	return Job{}, fmt.Errorf("%w: %s", ErrUnknown, number)
}

// Delete stops and removes a job.
func (s *Store) Delete(id string) error {
	s.halt(id)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.logins, id)
	return errors.Join(s.jobs.Delete(id), os.RemoveAll(snapdb.Folder(s.folder, id)))
}

// Walk visits what is in the local folder of a job, in the order of names.
type Walk func(ctx context.Context, folder string, visit func(Entry) error) error

// Entry is one thing in a local folder. Neither Folder nor Link is a file.
type Entry struct {
	Path         string
	Folder, Link bool
	Size         int64
}

// Start makes a job run: it looks at the local folder. A running job looks
// again. If the look fails nothing has changed.
func (s *Store) Start(ctx context.Context, id string, walk Walk) error {
	e, known := s.jobs.Get(id)
	if !known {
		return fmt.Errorf("%w: %s", ErrUnknown, id)
	}
	var found Found
	files := []File{}
	err := walk(ctx, e.Record.LocalPath, func(e Entry) error {
		switch {
		case e.Folder:
			found.Folders++
		case e.Link:
			found.Links++
		default:
			found.Files++
			found.Bytes += e.Size
			if len(files) < maxFiles {
				files = append(files, File{Number: len(files) + 1, Path: e.Path, Size: e.Size, Status: Pending})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.change(id, func(j *Job) {
		j.State, j.Started, j.Stopped, j.Found, j.Files = Running, time.Now().UTC(), time.Time{}, found, files
		j.Done, j.Failure = nil, ""
	})
}

// Stop makes a job stop; one that is stopped stays so.
func (s *Store) Stop(id string) error {
	s.halt(id)
	return s.change(id, func(j *Job) {
		if j.State == Running {
			j.State, j.Stopped = Stopped, time.Now().UTC()
		}
	})
}

func (s *Store) change(id string, do func(*Job)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, known := s.jobs.Get(id)
	if !known {
		return fmt.Errorf("%w: %s", ErrUnknown, id)
	}
	do(&e.Record)
	_, err := s.jobs.Put(id, e.Record)
	return err
}

// Selection is a part of the files of a job.
type Selection struct {
	Count, Skip int    // Count 0 for all
	Name        string // part of the path, "" for all
	Status      *int   // nil for all
}

// Pending is the status of files that async has not seen; it gives the others
// (spec sync.md 5.2).
const Pending = int(snapdb.Pending)

// Select returns files of a job, in the order of their numbers.
func (j Job) Select(s Selection) []File {
	found := []File{}
	skip := s.Skip
	for _, f := range j.Files {
		if !strings.Contains(f.Path, s.Name) || s.Status != nil && *s.Status != f.Status {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		if s.Count > 0 && len(found) == s.Count {
			break
		}
		found = append(found, f)
	}
	return found
}
