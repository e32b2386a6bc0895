package sftpfiles

import (
	"context"
	"io/fs"
	"path"
	"sync"

	"github.com/ascli-go/ascli/plugins/server/ascmd"
	"github.com/ascli-go/ascli/sdk/record"
)

// readers is how many folders are read at a time: the answers take their time, not
// the server's processor.
const readers = 16

// usage adds up what is in a folder, itself included, or tells the size of a file.
// Links are not followed. Folders that cannot be read are counted as failed.
func (t *task) usage(ctx context.Context, name string) error {
	info, err := t.client.Lstat(name)
	if err != nil {
		return refused(err)
	}
	w := &walk{task: t, ctx: ctx}
	w.wake = sync.NewCond(&w.mu)
	if info.IsDir() {
		w.total.folders = 1
		w.waiting = []string{name}
		var running sync.WaitGroup
		for range readers {
			running.Go(w.read)
		}
		stop := context.AfterFunc(ctx, w.stop)
		running.Wait()
		stop()
	} else {
		w.add(info)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if w.err != nil {
		return w.err
	}
	return t.yield(ascmd.KindSize, record.New(
		"size", w.total.size, "fcount", w.total.files, "dcount", w.total.folders, "failed_fcount", int64(0), "failed_dcount", w.total.failed,
	))
}

// walk reads folders until none is left.
type walk struct {
	*task
	ctx context.Context

	mu   sync.Mutex
	wake *sync.Cond
	// waiting are the folders to read, the latest first: their number stays small.
	waiting []string
	busy    int
	stopped bool
	total   struct{ size, files, folders, failed int64 }
	// err ends the walk: the connection is lost.
	err error
}

func (w *walk) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = true
	w.wake.Broadcast()
}

// read reads folders for as long as there may be one.
func (w *walk) read() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		for len(w.waiting) == 0 && w.busy > 0 && !w.stopped {
			w.wake.Wait()
		}
		if w.stopped || w.err != nil || len(w.waiting) == 0 {
			w.wake.Broadcast()
			return
		}
		folder := w.waiting[len(w.waiting)-1]
		w.waiting = w.waiting[:len(w.waiting)-1]
		w.busy++
		w.mu.Unlock()
		items, err := w.client.ReadDirContext(w.ctx, folder)
		err = refused(err)
		w.mu.Lock()
		w.busy--
		w.take(folder, items, err)
		w.wake.Broadcast()
	}
}

// take adds what is in a folder. The lock is held.
func (w *walk) take(folder string, items []fs.FileInfo, err error) {
	if err != nil {
		if _, isRefusal := err.(*refusal); isRefusal {
			w.total.failed++
		} else {
			w.err = err
		}
		return
	}
	for _, item := range items {
		if item.IsDir() {
			w.total.folders++
			w.waiting = append(w.waiting, path.Join(folder, item.Name()))
			continue
		}
		w.add(item)
	}
}

func (w *walk) add(info fs.FileInfo) {
	w.total.files++
	w.total.size += info.Size()
}
