package node

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"sync"

	"github.com/ascli-go/ascli/sdk/rest"
)

// defaultConcurrency is how many folders a walk reads at a time: as many as a
// session keeps connections.
const defaultConcurrency = 8

// maxSilences is how many readings in a row may fail without an answer, each
// after the retries of the session, before a walk is given up.
const maxSilences = 3

// WalkOptions say how a walk goes on. The zero value is the walk of the
// original, only faster.
type WalkOptions struct {
	// Concurrency is how many folders are read at a time; 0 means 8.
	Concurrency int
	// Unordered yields entries as soon as they are read, in any order; else they
	// come breadth first, in the order of the server.
	Unordered bool
}

// FolderError tells that a folder could not be read.
type FolderError struct {
	// Path of the folder, from where the walk began.
	Path  string
	Cause error
}

func (e *FolderError) Error() string { return e.Path + ": " + e.Cause.Error() }

// Unwrap gives the reason.
func (e *FolderError) Unwrap() error { return e.Cause }

// Walk yields all that is below a folder, each entry with its path from there.
// The target of a link is walked too, once, entirely before the entry that
// follows the link (spec/plugins/node.md 6.4).
//
// An error that is a [*FolderError] concerns that folder only: the walk goes on
// for a consumer that does. Any other error is the last one. A server that is
// busy (429, 503) is waited for.
func (at Location) Walk(ctx context.Context, options WalkOptions) iter.Seq2[Entry, error] {
	if options.Concurrency < 1 {
		options.Concurrency = defaultConcurrency
	}
	return func(yield func(Entry, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		w := &walk{
			WalkOptions: options, ctx: ctx, yield: yield,
			followed: map[string]bool{at.key(): true}, slots: make(chan struct{}, options.Concurrency),
		}
		defer w.reading.Wait()
		defer cancel()
		w.below(at, "")
	}
}

type walk struct {
	WalkOptions
	ctx   context.Context // ends the readings when the walk ends
	yield func(Entry, error) bool
	// followed holds the targets of links that were walked: a link may lead
	// back to a folder above it.
	followed map[string]bool
	reading  sync.WaitGroup
	// slots bound the requests under way, also where links nest walks.
	slots chan struct{}
	// silences counts the readings that failed without an answer of the server,
	// since the last good one.
	silences int
}

// key is the same for every client of the node.
func (at Location) key() string { return at.Node.api.BaseURL() + " " + at.ID }

// folder is one to read. Its path is empty at the start of the walk.
type folder struct {
	Location
	path string
}

func (f folder) shown() string {
	if f.path == "" {
		return "/"
	}
	return f.path
}

// page is a part of a folder. The last one has no entries.
type page struct {
	of      folder
	entries []Entry
	err     error
	last    bool
}

// level is the walk below a folder on one node: the folders that wait, those
// that are being read, oldest first, and where their pages come from.
type level struct {
	*walk
	waiting []folder
	pages   []chan page
	// running is how many folders are being read; unordered, they share a channel.
	running int
}

// below walks a folder and the folders under it; false ends the walk.
func (w *walk) below(at Location, path string) bool {
	l := &level{walk: w, waiting: []folder{{at, path}}}
	if w.Unordered {
		l.pages = []chan page{make(chan page)}
	}
	for {
		l.start()
		if l.running == 0 {
			return true
		}
		select {
		case p := <-l.pages[0]:
			if !l.consume(p) {
				return false
			}
		case <-w.ctx.Done():
			w.yield(Entry{}, w.ctx.Err())
			return false
		}
	}
}

// start reads folders that wait, as many as may be read at a time.
func (l *level) start() {
	for l.running < l.Concurrency && len(l.waiting) > 0 {
		next := l.waiting[0]
		l.waiting = l.waiting[1:]
		if !l.Unordered {
			// One page is read ahead of the entries that are being consumed.
			l.pages = append(l.pages, make(chan page))
		}
		into := l.pages[len(l.pages)-1]
		l.running++
		l.reading.Go(func() { l.read(next, into) })
	}
}

// read sends the pages of a folder, then a last one.
func (w *walk) read(f folder, into chan<- page) {
	send := func(p page) bool {
		select {
		case into <- p:
			return true
		case <-w.ctx.Done():
			return false
		}
	}
	source := f.Node.listing(f.ID, nil)
	source.patient, source.slots = true, w.slots
	for entries, err := range source.pages(w.ctx) {
		if !send(page{of: f, entries: entries, err: err}) {
			return
		}
	}
	send(page{of: f, last: true})
}

// consume yields the entries of a page and takes note of the folders among them.
func (l *level) consume(p page) bool {
	switch {
	case p.last:
		l.running--
		if !l.Unordered {
			l.pages = l.pages[1:]
		}
		return true
	case p.err != nil:
		return l.fail(p.of.shown(), p.err)
	}
	l.silences = 0
	for _, entry := range p.entries {
		entry.Path = p.of.path + "/" + entry.Name
		if !l.yield(entry, nil) {
			return false
		}
		switch entry.Type {
		case TypeFolder:
			l.waiting = append(l.waiting, folder{Location{p.of.Node, entry.ID}, entry.Path})
			l.start()
		case TypeLink:
			if !l.link(p.of.Node, entry) {
				return false
			}
		}
	}
	return true
}

// link walks the target of a link, unless that was done.
func (l *level) link(c *Client, link Entry) bool {
	target, ok, err := c.follow(l.ctx, link)
	switch {
	case err != nil:
		return l.fail(link.Path, err)
	case !ok || l.followed[target.key()]:
		return true
	}
	l.followed[target.key()] = true
	if l.Unordered {
		l.waiting = append(l.waiting, folder{target, link.Path})
		return true
	}
	return l.below(target, link.Path)
}

// fail reports what could not be read. The walk goes on, unless the credentials
// are refused or the server is silent too often in a row.
func (w *walk) fail(path string, err error) bool {
	if w.ctx.Err() != nil {
		w.yield(Entry{}, w.ctx.Err())
		return false
	}
	var answer *rest.Error
	answered := errors.As(err, &answer)
	if !answered {
		w.silences++
	}
	if answered && answer.Status == http.StatusUnauthorized || w.silences >= maxSilences {
		w.yield(Entry{}, fmt.Errorf("%s: %w", path, err))
		return false
	}
	return w.yield(Entry{}, &FolderError{path, err})
}
