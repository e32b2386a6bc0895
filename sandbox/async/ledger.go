package async

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"time"

	"github.com/ascli-go/ascli/sandbox/async/snapdb"
)

// ledger is the snapshot in memory, and what of it is not in the database yet.
// Its methods may be called from any goroutine.
type ledger struct {
	db *snapdb.Database

	mu       sync.Mutex
	meta     snapdb.Meta
	records  map[string]snapdb.Record
	counters snapdb.Counters
	changes  map[string]bool
	writing  sync.Mutex // keeps the order of changes
}

func openLedger(ctx context.Context, c *config, id string) (_ *ledger, err error) {
	l := &ledger{changes: map[string]bool{}, counters: snapdb.Counters{Paths: map[snapdb.State]int64{}, Files: map[snapdb.State]int64{}}}
	if l.db, err = snapdb.Open(ctx, c.databaseFolder(), c.Name, c.Reset); err != nil {
		return nil, err
	}
	local, err := filepath.Abs(c.Local.Path)
	if err != nil {
		return nil, errors.Join(err, l.db.Close())
	}
	l.meta = snapdb.Meta{
		Name: c.Name, LocalFolder: local, RemoteHost: c.Remote.Host, RemoteFolder: c.Remote.Path, Direction: c.Direction,
		Checksum: c.Checksum, Filters: c.filterText(), SessionIDs: id, Condition: snapdb.Running, Started: time.Now(),
	}
	if err = l.db.Begin(ctx, &l.meta); err == nil {
		l.records, err = l.db.Records(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, l.db.Close())
	}
	for _, r := range l.records {
		l.count(r, 1)
	}
	return l, l.write(ctx)
}

// count adds or takes away a record from the counters.
func (l *ledger) count(r snapdb.Record, by int64) {
	l.counters.Paths[r.State] += by
	if r.Kind == snapdb.File {
		l.counters.Files[r.State] += by
	}
	if r.State == snapdb.Synced {
		l.meta.Synced.Paths += by
		if r.Kind == snapdb.File {
			l.meta.Synced.Files += by
			l.meta.Synced.Bytes += by * r.Local.Size
		}
	}
}

// known is the snapshot of this moment.
func (l *ledger) known() map[string]snapdb.Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	known := make(map[string]snapdb.Record, len(l.records))
	for name, r := range l.records {
		known[name] = r
	}
	return known
}

// put notes a path.
func (l *ledger) put(r snapdb.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if before, ok := l.records[r.Path]; ok {
		if before == r {
			return
		}
		l.count(before, -1)
	}
	l.records[r.Path] = r
	l.count(r, 1)
	l.changes[r.Path] = true
}

// mark gives a path a state, and leaves what both sides had last.
func (l *ledger) mark(name string, kind snapdb.Kind, state snapdb.State, message string) {
	l.mu.Lock()
	r := l.records[name]
	l.mu.Unlock()
	r.Path, r.State, r.Message = name, state, message
	if kind != 0 {
		r.Kind = kind
	}
	l.put(r)
}

// forget drops a path.
func (l *ledger) forget(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if before, ok := l.records[name]; ok {
		l.count(before, -1)
		delete(l.records, name)
		l.changes[name] = true
	}
}

// moved counts a transfer.
func (l *ledger) moved(done copied, kind snapdb.Kind) {
	l.mu.Lock()
	defer l.mu.Unlock()
	add := func(a *snapdb.Amount, bytes int64) {
		a.Paths++
		a.Bytes += bytes
		if kind == snapdb.File {
			a.Files++
		}
	}
	add(&l.meta.Moved, done.moved)
	if done.from > 0 {
		add(&l.meta.Resumed, done.from)
	}
}

// pass begins one more look at both folders.
func (l *ledger) pass() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.meta.SyncPoint++
}

// write brings the database up to date.
func (l *ledger) write(ctx context.Context) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	l.mu.Lock()
	var change snapdb.Change
	for name := range l.changes {
		if r, ok := l.records[name]; ok {
			change.Put = append(change.Put, r)
		} else {
			change.Forget = append(change.Forget, name)
		}
	}
	clear(l.changes)
	meta, counters := l.meta, snapdb.Counters{Paths: map[snapdb.State]int64{}, Files: map[snapdb.State]int64{}}
	for state, n := range l.counters.Paths {
		counters.Paths[state] = n
	}
	for state, n := range l.counters.Files {
		counters.Files[state] = n
	}
	l.mu.Unlock()
	// What is done is noted, even when the session is being stopped.
	return l.db.Apply(context.WithoutCancel(ctx), change, meta, counters)
}

// close writes the last words.
func (l *ledger) close(ctx context.Context) error {
	l.mu.Lock()
	l.meta.Condition, l.meta.Stopped = snapdb.Stopped, time.Now()
	l.mu.Unlock()
	err := l.write(ctx)
	if closeErr := l.db.Close(); err == nil {
		err = closeErr
	}
	return err
}
