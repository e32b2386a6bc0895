package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/eventlog"
	"github.com/ascli-go/ascli/sandbox/initiator"
	"github.com/ascli-go/ascli/sandbox/nodeapi"
	"github.com/ascli-go/ascli/sandbox/service"
	"github.com/ascli-go/ascli/sandbox/syncjob"
	"github.com/ascli-go/ascli/sandbox/world"
)

// operations are what the node keeps beside its files. They must be closed
// after the servers have stopped and before the world is.
type operations struct {
	nodeapi.Operations
	closers []func() error
}

// openOperations opens the lists in the data folder, of which async runs the
// synchronisations if it is not "", and makes the events of the
// world go to theirs.
func openOperations(folder, async string, w *world.World, log *slog.Logger) (_ *operations, err error) {
	o := &operations{}
	defer func() {
		if err != nil {
			err = errors.Join(err, o.close())
		}
	}()
	if o.Events, err = eventlog.Open(folder, log); err != nil {
		return nil, err
	}
	o.closers = append(o.closers, o.Events.Close)
	w.Watch(o.Events.FileChanged)
	if o.Transfers, err = activity.Open(folder, w.NodeID(), o.Events.TransferChanged); err != nil {
		return nil, err
	}
	o.closers = append(o.closers, o.Transfers.Close)
	if o.Services, err = service.Open(folder); err != nil {
		return nil, err
	}
	o.closers = append(o.closers, o.Services.Close)
	if o.Syncs, err = syncjob.Open(folder, async); err != nil {
		return nil, err
	}
	o.closers = append(o.closers, o.Syncs.Close)
	lists := filepath.Join(folder, "lists")
	// What a crash has left in it is of no use.
	if err := errors.Join(os.RemoveAll(lists), os.MkdirAll(lists, 0o700)); err != nil {
		return nil, fmt.Errorf("folder of file lists: %w", err)
	}
	program, key := ascp.Installed(sdkFolder(folder))
	o.Initiator = initiator.New(initiator.Config{
		Ascp: program, BypassKey: key, Temporary: lists, Transfers: o.Transfers, Disk: w.Disk(),
	})
	o.closers = append(o.closers, func() error { o.Initiator.Close(); return nil })
	return o, nil
}

// close closes what was opened, the last first.
func (o *operations) close() error {
	var errs []error
	for i := len(o.closers) - 1; i >= 0; i-- {
		errs = append(errs, o.closers[i]())
	}
	return errors.Join(errs...)
}
