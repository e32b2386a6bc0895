package syncjob

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sandbox/async/snapdb"
)

const (
	// stopTimeout is how long async may take to stop in order.
	stopTimeout = 5 * time.Second
	// maxWords bounds what is kept of async's standard error.
	maxWords = 4 << 10
)

// Done counts the files of a job by what async made of them.
type Done struct {
	Synced    int64 `json:"synced"`
	Pending   int64 `json:"pending"`
	Failed    int64 `json:"failed"`
	Conflicts int64 `json:"conflicts"`
}

// login are the secrets of a job.
type login struct{ pass, token string }

func (l login) isEmpty() bool { return l == login{} }

func loginOf(asked json.RawMessage) login {
	var c struct {
		Remote struct {
			Pass  string `json:"pass"`
			Token string `json:"token"`
		} `json:"remote"`
	}
	// It was decoded before.
	_ = json.Unmarshal(asked, &c)
	return login{c.Remote.Pass, c.Remote.Token}
}

// passed are the parameters that async is given. Whoever asks for a job is at
// home in a storage only: what names other files of this computer is left out.
type passed struct {
	Name     string          `json:"name"`
	Mode     string          `json:"mode,omitempty"`
	Local    localPlace      `json:"local"`
	Remote   remotePlace     `json:"remote"`
	Tags     json.RawMessage `json:"tags,omitempty"`
	Database string          `json:"local_db_dir"`

	Direction     string `json:"direction,omitempty"`
	Checksum      string `json:"checksum,omitempty"`
	Overwrite     string `json:"overwrite,omitempty"`
	Cooloff       *int64 `json:"cooloff_seconds,omitempty"`
	CreateDir     bool   `json:"create_dir,omitempty"`
	Reset         bool   `json:"reset,omitempty"`
	Mirror        bool   `json:"mirror,omitempty"`
	IgnoreDelete  bool   `json:"ignore_delete,omitempty"`
	KeepModified  bool   `json:"preserve_modification_time,omitempty"`
	RemoveSources bool   `json:"remove_after_transfer,omitempty"`
	RemoteScan    int64  `json:"remote_scan_interval_milliseconds,omitempty"`
	Transport     struct {
		TargetRate int64 `json:"target_rate,omitempty"`
	} `json:"transport"`
}

type localPlace struct {
	Path string `json:"path"`
}

type remotePlace struct {
	Host        string `json:"host"`
	Port        int    `json:"port,omitempty"`
	User        string `json:"user"`
	Path        string `json:"path"`
	Fingerprint string `json:"fingerprint,omitempty"`
	Pass        string `json:"pass,omitempty"`
	Token       string `json:"token,omitempty"`
}

// run is one async at work.
type run struct {
	stop context.CancelFunc
	done chan struct{} // closed when it has ended and its end is noted
}

// Run lets the stand-in async run a job that was just started, if its login is
// known. folder is the local folder on disk. It does not wait for the end.
func (s *Store) Run(id, folder string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, known := s.jobs.Get(id)
	if !known {
		return fmt.Errorf("%w: %s", ErrUnknown, id)
	}
	login := s.logins[id]
	if s.async == "" || s.closed || s.runs[id] != nil || login.isEmpty() {
		return nil
	}
	conf, err := s.conf(e.Record, login, folder)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	r := &run{stop: stop, done: make(chan struct{})}
	s.runs[id] = r
	s.ends.Go(func() {
		defer close(r.done)
		defer stop()
		s.ended(id, execute(ctx, s.async, conf))
	})
	return nil
}

// conf is the description of the session for async.
func (s *Store) conf(j Job, login login, folder string) ([]byte, error) {
	var p passed
	if err := json.Unmarshal(j.Configuration, &p); err != nil {
		return nil, fmt.Errorf("%w: configuration: %w", ErrInvalid, err)
	}
	p.Name, p.Database, p.Local.Path = j.ID, s.folder, folder
	p.Remote.Pass, p.Remote.Token = login.pass, login.token
	return json.Marshal(p)
}

// execute runs async and gives its last words if it fails.
func execute(ctx context.Context, async string, conf []byte) string {
	command := exec.CommandContext(ctx, async, "--conf64="+base64.StdEncoding.EncodeToString(conf))
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = stopTimeout
	var words bytes.Buffer
	command.Stderr = &words
	err := command.Run()
	if err == nil || ctx.Err() != nil {
		return ""
	}
	text := strings.TrimSpace(words.String())
	if text == "" {
		text = err.Error()
	}
	return text[:min(len(text), maxWords)]
}

// ended notes how far a run came.
func (s *Store) ended(id, failure string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.runs, id)
	e, known := s.jobs.Get(id)
	if !known {
		return
	}
	j := s.progress(e.Record)
	j.Failure = failure
	if j.State == Running {
		j.State, j.Stopped = Stopped, time.Now().UTC()
	}
	// A journal that cannot be written is told by the next request.
	_, _ = s.jobs.Put(id, j)
}

// halt stops a run and waits for its end.
func (s *Store) halt(id string) {
	s.mu.Lock()
	r := s.runs[id]
	s.mu.Unlock()
	if r != nil {
		r.stop()
		<-r.done
	}
}

// live is a job as it is now.
func (s *Store) live(j Job) Job {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.runs[j.ID] == nil {
		return j
	}
	return s.progress(j)
}

// progress adds to a job what the snapshot of async says.
func (s *Store) progress(j Job) Job {
	items, err := snapdb.Items(context.Background(), s.folder, j.ID)
	if err != nil || items == nil {
		return j
	}
	j.Done, j.Found, j.Files = &Done{}, Found{}, []File{}
	for _, i := range items {
		switch i.Kind {
		case snapdb.Dir:
			j.Found.Folders++
		case snapdb.Link:
			j.Found.Links++
		default:
			j.Found.Files++
			j.Found.Bytes += i.Size
			j.Done.count(i.State)
			if len(j.Files) < maxFiles {
				j.Files = append(j.Files, File{Number: len(j.Files) + 1, Path: i.Path, Size: i.Size, Status: int(i.State)})
			}
		}
	}
	return j
}

func (d *Done) count(state snapdb.State) {
	switch state {
	case snapdb.Synced:
		d.Synced++
	case snapdb.Failed:
		d.Failed++
	case snapdb.Conflict, snapdb.PotentialConflict:
		d.Conflicts++
	default:
		d.Pending++
	}
}
