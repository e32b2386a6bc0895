// Package eventlog keeps what happened on a node: to files, permissions and
// transfers (OpenAPI, /events). The newest events survive a restart.
package eventlog

import (
	"cmp"
	"encoding/json"
	"log/slog"
	"path"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/grant"
	"github.com/ascli-go/ascli/sandbox/journal"
	"github.com/ascli-go/ascli/sandbox/world"
)

// maxEvents is how many events are kept.
const maxEvents = 5000

// Types of events (OpenAPI, /events).
const (
	FileCreated      = "file.created"
	FileDeleted      = "file.deleted"
	FileMoved        = "file.moved"
	FileModified     = "file.modified"
	TransferStarted  = "transfer.started"
	TransferEnded    = "transfer.ended"
	UploadStarted    = "upload.started"
	UploadEnded      = "upload.ended"
	DownloadStarted  = "download.started"
	DownloadEnded    = "download.ended"
	PermissionMade   = "permission.created"
	PermissionEdited = "permission.modified"
	PermissionGone   = "permission.deleted"
)

// Event is one event as the Node API shows it (node.md S7).
type Event struct {
	ID     string          `json:"id"`
	Time   time.Time       `json:"time"`
	UserID string          `json:"user_id"`
	Types  []string        `json:"types"`
	Data   json.RawMessage `json:"data"`
}

// owned is an event with who may see it.
type owned struct {
	Owner string `json:"owner"`
	Event Event  `json:"event"`
}

// Log is the list of events. It may be used from any goroutine. A nil Log takes
// no events.
type Log struct {
	events *journal.Log[owned]
	log    *slog.Logger
}

// Open opens the list kept in a data folder.
func Open(folder string, log *slog.Logger) (*Log, error) {
	events, err := journal.Open[owned](filepath.Join(folder, "events.jsonl"), maxEvents)
	if err != nil {
		return nil, err
	}
	return &Log{events: events, log: log}, nil
}

// Close closes the list.
func (l *Log) Close() error { return l.events.Close() }

// Add notes what an account caused (see [grant.SplitAccount]). data becomes JSON. What happened has happened: an event that cannot be
// written is logged and lost.
func (l *Log) Add(account string, data any, types ...string) {
	if l == nil {
		return
	}
	text, err := json.Marshal(data)
	if err == nil {
		e := Event{ID: uuid.NewString(), Time: time.Now().UTC().Truncate(time.Second), UserID: userID(account), Types: types, Data: text}
		_, err = l.events.Put(e.ID, owned{Owner: account, Event: e})
	}
	if err != nil {
		l.log.Error("event not recorded", "types", types, "error", err)
	}
}

// userID returns the user that an event names: that of an access key, or what has
// no other name.
func userID(account string) string {
	name, user := grant.SplitAccount(account)
	return cmp.Or(user, name)
}

// Query selects events for a list.
type Query struct {
	// After is the position behind which the list begins.
	After uint64
	Since time.Time // only events after it
	Count int       // the most events, 0 for all
	Type  string    // "" for all
	// Glob is a pattern of types with *, "" for all.
	Glob string
	// Visible tells whether the asker may see the events of an owner.
	Visible func(owner string) bool
}

// List returns the events asked for, oldest first, and the position to ask with
// the next time. The error is that of a malformed pattern.
func (l *Log) List(q Query) (found []Event, next uint64, err error) {
	if _, err := path.Match(q.Glob, ""); err != nil {
		return nil, 0, err
	}
	found, next = []Event{}, q.After
	for _, e := range l.events.After(q.After) {
		if q.Count > 0 && len(found) == q.Count {
			break
		}
		next = e.Position
		if q.matches(e.Record) {
			found = append(found, e.Record.Event)
		}
	}
	return found, next, nil
}

func (q Query) matches(o owned) bool {
	if !q.Visible(o.Owner) || !q.Since.IsZero() && !o.Event.Time.After(q.Since) {
		return false
	}
	if q.Type != "" && !slices.Contains(o.Event.Types, q.Type) {
		return false
	}
	return q.Glob == "" || slices.ContainsFunc(o.Event.Types, func(kind string) bool {
		matched, err := path.Match(q.Glob, kind)
		return err == nil && matched
	})
}

// Get returns an event that the asker may see.
func (l *Log) Get(id string, visible func(owner string) bool) (Event, bool) {
	e, known := l.events.Get(id)
	if !known || !visible(e.Record.Owner) {
		return Event{}, false
	}
	return e.Record.Event, true
}

// fileData is the data of an event about a file.
type fileData struct {
	ID   string `json:"id,omitempty"`
	Path string `json:"path"`
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
	From string `json:"from,omitempty"` // the path before
}

var fileTypes = map[world.Type]string{world.File: "file", world.Folder: "folder", world.Link: "link"}

// FileChanged notes a change of the files of a world.
func (l *Log) FileChanged(c world.Change) {
	kind := map[world.ChangeKind]string{world.Created: FileCreated, world.Deleted: FileDeleted, world.Moved: FileMoved}[c.Kind]
	e := c.Entry
	l.Add(c.By, fileData{ID: e.ID, Path: e.Path, Name: e.Name, Type: fileTypes[e.Type], Size: e.Size, From: c.From}, kind)
}

// TransferChanged notes the start or the end of a transfer, and at its end the
// files that it has put into the storage.
func (l *Log) TransferChanged(r activity.Record, started bool) {
	t := r.Transfer
	arrives := (t.StartSpec.Direction == string(grant.Send)) != r.Local
	kinds := map[[2]bool][]string{
		{true, true}:   {TransferStarted, UploadStarted},
		{true, false}:  {TransferEnded, UploadEnded},
		{false, true}:  {TransferStarted, DownloadStarted},
		{false, false}: {TransferEnded, DownloadEnded},
	}[[2]bool{arrives, started}]
	files := t.Files
	t.Files = []activity.File{}
	l.Add(r.Owner, t, kinds...)
	if started || !arrives {
		return
	}
	for _, f := range files {
		if f.Status == activity.Completed {
			l.Add(r.Owner, fileData{Path: path.Join("/", f.Path), Name: path.Base(f.Path), Type: "file", Size: f.Size}, FileCreated)
		}
	}
}
