// Package activity keeps the journal of the transfers of a node: those that
// clients make through its servers, and those that it starts itself. A transfer
// is listed while it runs, and is on disk when the node starts again.
package activity

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/ascli-go/ascli/sandbox/journal"
)

const (
	// maxTransfers and maxFiles bound what is kept: the newest transfers, the
	// first files of each. The counters of a transfer count all files.
	maxTransfers = 1000
	maxFiles     = 500
	// maxSessions of one transfer: one more is another transfer.
	maxSessions = 256
	// maxSpec bounds the bytes of tags and source paths that a client sends.
	maxSpec = 64 << 10
	// refresh is how long a change of a running transfer may wait for its new
	// position in the list.
	refresh = 250 * time.Millisecond
)

// Errors of requests about transfers.
var (
	// ErrUnknown: there is no such transfer, or it is not the caller's.
	ErrUnknown = errors.New("no such transfer")
	// ErrCanceled refuses a new session of a transfer that was cancelled, and
	// ErrPaused another attempt of one that was paused.
	ErrCanceled = errors.New("the transfer was canceled")
	ErrPaused   = errors.New("the transfer was paused")
	// ErrRefused: the change cannot be made; the text around it says why.
	ErrRefused = errors.New("the transfer cannot be changed")
)

// Record is what the journal keeps of a transfer.
type Record struct {
	// Owner is the node user or access key whose credential authorized it.
	Owner string `json:"owner"`
	// Local: this node is the client.
	Local    bool     `json:"local,omitempty"`
	Stream   bool     `json:"stream,omitempty"`
	Transfer Transfer `json:"transfer"`
	Canceled bool     `json:"canceled,omitempty"`
	Paused   bool     `json:"paused,omitempty"`
	// Retrying is how many sessions that failed will be followed by another
	// attempt.
	Retrying int `json:"-"`
	// Samples are the rates over time, for /ops/transfers/bandwidth.
	Samples []Sample `json:"samples,omitempty"`
	// Validations are what validators said, by file id.
	Validations map[string]Validation `json:"validations,omitempty"`
}

// Sample is the rate of all sessions in the second before Usec.
type Sample struct {
	Usec int64   `json:"usec"`
	Kbps float64 `json:"kbps"`
}

// Observer is told that a transfer has started or ended. It is called from the
// goroutine that caused it, one at a time.
type Observer func(r Record, started bool)

// Journal is the list of transfers. It may be used from any goroutine. A nil
// Journal records nothing.
type Journal struct {
	nodeID  string
	observe Observer
	log     *journal.Log[Record]

	mu   sync.Mutex
	live map[string]*live
	now  func() time.Time
}

// live is a transfer that is not at its end.
type live struct {
	record   Record
	control  Control // nil: the client is elsewhere
	sessions []*Session
	due      *time.Timer // nil: nothing has changed since the last entry in the log
}

// Open opens the journal in a data folder. Transfers that a stopped node left
// running are failed from now on. observe may be nil.
func Open(folder, nodeID string, observe Observer) (*Journal, error) {
	log, err := journal.Open[Record](filepath.Join(folder, "transfers.jsonl"), maxTransfers)
	if err != nil {
		return nil, err
	}
	j := &Journal{nodeID: nodeID, observe: observe, log: log, live: map[string]*live{}, now: time.Now}
	for _, e := range log.After(0) {
		if status := e.Record.Transfer.Status; e.Record.Stream && (status.Active() || status == Paused) {
			j.live[e.ID] = &live{record: e.Record}
			continue
		}
		if err := j.bury(e.Record); err != nil {
			return nil, errors.Join(err, log.Close())
		}
	}
	return j, nil
}

// bury ends a transfer of a node that was stopped.
func (j *Journal) bury(r Record) error {
	if !r.Transfer.Status.Active() && r.Transfer.Status != Paused {
		return nil
	}
	r = r.clone()
	r.Paused = false
	stopped := &Failure{Code: codeLost, Description: "The node was stopped during the transfer"}
	for i := range r.Transfer.Sessions {
		if r.Transfer.Sessions[i].Status == Running {
			r.Transfer.Sessions[i].end(usec(j.now()), stopped)
		}
	}
	r.summarize(usec(j.now()))
	if !r.Canceled {
		r.Transfer.fail(usec(j.now()), stopped)
	}
	_, err := j.log.Put(r.Transfer.ID, r)
	return err
}

// Close closes the journal. Sessions must have ended before.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, l := range j.live {
		j.save(l)
	}
	return j.log.Close()
}

// Opening says what a session is for.
type Opening struct {
	Owner string
	// ID of the transfer; "" for that in the tags (aspera.xfer_id), by which
	// the sessions and retries of a client belong together.
	ID        string
	SessionID string // "" for a new one
	Spec      StartSpec
	// ClientIP and ServerIP are the addresses of the two ends.
	ClientIP, ServerIP string
	Local              bool
	Transport          string // "ssh" or "https"
	// Again: it is the attempt that an earlier session has announced with
	// [Session.WillRetry].
	Again bool
	// RetryTimeout is for how many seconds the transfer is tried again.
	RetryTimeout int
	// Stop ends the session from outside. It may be called from any goroutine.
	Stop func()
}

// Create makes a transfer that this node will start, with status waiting. Its
// sessions are opened with the same id, which must be new.
func (j *Journal) Create(o Opening, control Control) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	l := j.newLive(o, o.ID)
	l.control = control
	return j.saveNew(l)
}

// Start records the start of a session. The session records nothing if this
// node is its client too: both ends of a transfer are one entry. The error
// wraps ErrCanceled when the client comes back to a transfer that was canceled.
func (j *Journal) Start(o Opening) (*Session, error) {
	if j == nil {
		return &Session{}, nil
	}
	j.mu.Lock()
	l, err := j.transferOf(o)
	if err != nil || l == nil {
		j.mu.Unlock()
		return &Session{}, err
	}
	if err := l.admit(o); err != nil {
		j.mu.Unlock()
		return nil, err
	}
	first := len(l.record.Transfer.Sessions) == 0
	s := l.addSession(j, o)
	err = j.saveNew(l)
	record := l.record.clone()
	j.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if first && j.observe != nil {
		j.observe(record, true)
	}
	return s, nil
}

// Admit checks that a client does not come back to a transfer that was
// canceled: the error wraps ErrCanceled.
func (j *Journal) Admit(owner string, tags json.RawMessage) error {
	id := transferID(tags)
	if j == nil || id == "" {
		return nil
	}
	r, err := j.Get(id)
	if err == nil && r.Owner == owner && r.Canceled {
		return fmt.Errorf("%w: %s", ErrCanceled, id)
	}
	return nil
}

// transferOf finds the transfer of a session, or makes it. It is nil for the
// far end of a transfer that this node runs.
func (j *Journal) transferOf(o Opening) (*live, error) {
	id := o.ID
	if id == "" {
		id = transferID(o.Spec.Tags)
	}
	if id == "" {
		return j.newLive(o, uuid.NewString()), nil
	}
	l := j.live[id]
	if l == nil {
		e, known := j.log.Get(id)
		if !known {
			return j.newLive(o, id), nil
		}
		l = &live{record: e.Record.clone()}
	}
	switch {
	case o.Local:
	case l.record.Owner != o.Owner, len(l.record.Transfer.Sessions) >= maxSessions:
		return j.newLive(o, uuid.NewString()), nil
	case l.record.Local:
		return nil, nil
	}
	j.live[id] = l
	return l, nil
}

func (j *Journal) newLive(o Opening, id string) *live {
	l := &live{record: Record{Owner: o.Owner, Local: o.Local, Transfer: Transfer{
		ID: id, StartSpec: o.Spec.checked(), Sessions: []SessionState{}, Files: []File{}, StartTimeUsec: usec(j.now()),
		ErrorCode: "0",
	}}}
	j.live[id] = l
	return l
}

// saveNew puts a transfer into the log whose first entry must not be lost.
func (j *Journal) saveNew(l *live) error {
	l.record.summarize(usec(j.now()))
	if _, err := j.log.Put(l.record.Transfer.ID, l.record.clone()); err != nil {
		if len(l.sessions) == 0 {
			delete(j.live, l.record.Transfer.ID)
		}
		return err
	}
	return nil
}

// changed gives a transfer its new position soon, or at once at its end. It
// returns the record to tell to the observer, if the transfer has ended. The
// lock must be held.
func (j *Journal) changed(l *live) (ended *Record) {
	l.record.summarize(usec(j.now()))
	status := l.record.Transfer.Status
	if !status.Active() {
		j.save(l)
		if status == Paused {
			return nil
		}
		delete(j.live, l.record.Transfer.ID)
		record := l.record.clone()
		return &record
	}
	if l.due == nil {
		l.due = time.AfterFunc(refresh, func() {
			j.mu.Lock()
			defer j.mu.Unlock()
			if l.due != nil {
				j.save(l)
			}
		})
	}
	return nil
}

// save puts the present state into the log. What cannot be written (a full
// disk) is written with the next change; the transfer goes on.
func (j *Journal) save(l *live) {
	if l.due != nil {
		l.due.Stop()
		l.due = nil
	}
	_, _ = j.log.Put(l.record.Transfer.ID, l.record.clone())
}

// tell calls the observer for the end of a transfer. The lock must not be held.
func (j *Journal) tell(ended *Record) {
	if ended != nil && j.observe != nil {
		j.observe(*ended, false)
	}
}

// Get returns a transfer.
func (j *Journal) Get(id string) (Record, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.get(id)
}

func (j *Journal) get(id string) (Record, error) {
	if l := j.live[id]; l != nil {
		l.record.summarize(usec(j.now()))
		return l.record.clone(), nil
	}
	if e, known := j.log.Get(id); known {
		return e.Record.clone(), nil
	}
	return Record{}, fmt.Errorf("%w: %s", ErrUnknown, id)
}

// After returns the transfers whose position is above the given one, oldest
// position first. What is running is told as it is now.
func (j *Journal) After(position uint64) []journal.Entry[Record] {
	j.mu.Lock()
	defer j.mu.Unlock()
	entries := j.log.After(position)
	for i := range entries {
		if r, err := j.get(entries[i].ID); err == nil {
			entries[i].Record = r
		}
	}
	return entries
}

// transferID is the id that a client gave to a transfer in its tags.
func transferID(tags json.RawMessage) string {
	var asked struct {
		Aspera struct {
			ID string `json:"xfer_id"`
		} `json:"aspera"`
	}
	if json.Unmarshal(tags, &asked) != nil {
		return ""
	}
	// Any text would do as an id, but it becomes part of addresses.
	if _, err := uuid.Parse(asked.Aspera.ID); err != nil {
		return ""
	}
	return asked.Aspera.ID
}

// checked bounds what comes from a client.
func (s StartSpec) checked() StartSpec {
	if len(s.Tags) > maxSpec || !json.Valid(s.Tags) {
		s.Tags = nil
	}
	size := 0
	for i, p := range s.SourcePaths {
		if size += len(p); size > maxSpec {
			s.SourcePaths = slices.Clone(s.SourcePaths[:i])
			break
		}
	}
	if s.SourcePaths == nil {
		s.SourcePaths = []string{}
	}
	if len(s.Cookie) > maxSpec {
		s.Cookie = ""
	}
	s.Endpoint = "server"
	if s.Direction == "send" {
		s.Endpoint = "client"
	}
	return s
}

// usec is a time in the unit of transfers.
func usec(t time.Time) int64 { return t.UnixMicro() }
