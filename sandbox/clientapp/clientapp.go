// Package clientapp is a transfer client as users have on their desktop: it makes
// transfers with the stand-in for ascp and keeps a list of them. Packages connect
// and desktop give it the local APIs of IBM's two clients (transfer.md section 10).
package clientapp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/grant"
	"github.com/ascli-go/ascli/sandbox/initiator"
)

// ErrRequest is wrapped by the errors about a request that cannot be fulfilled as
// it is. Others are of the client itself.
var ErrRequest = errors.New("the request is refused")

// Config is what a Client needs.
type Config struct {
	// Folder keeps what the client knows; it is made if missing.
	Folder string
	// Ascp is the program, BypassKey the file of the SSH key for transfers by
	// token.
	Ascp, BypassKey string
}

// Client makes transfers. Its methods may be called from any goroutine.
type Client struct {
	folder    string
	transfers *activity.Journal
	starts    *initiator.Initiator
}

// Open opens the client in its folder. It must be closed.
func Open(config Config) (*Client, error) {
	lists := filepath.Join(config.Folder, "lists")
	// What a crash has left in it is of no use.
	if err := errors.Join(os.RemoveAll(lists), os.MkdirAll(lists, 0o700)); err != nil {
		return nil, fmt.Errorf("folder of file lists: %w", err)
	}
	c := &Client{folder: config.Folder}
	if err := os.MkdirAll(c.Downloads(), 0o700); err != nil {
		return nil, err
	}
	var err error
	if c.transfers, err = activity.Open(config.Folder, uuid.NewString(), nil); err != nil {
		return nil, err
	}
	c.starts = initiator.New(initiator.Config{
		Ascp: config.Ascp, BypassKey: config.BypassKey, Temporary: lists, Transfers: c.transfers,
	})
	return c, nil
}

// Close stops all transfers and closes the list.
func (c *Client) Close() error {
	c.starts.Close()
	return c.transfers.Close()
}

// Downloads is the folder for received files.
func (c *Client) Downloads() string { return filepath.Join(c.folder, "downloads") }

// Start starts a transfer for a program, which the client knows by an id, and
// returns the id of the transfer. The folder for received files is below
// Downloads, unless wholePath says that it is a path of its own.
func (c *Client) Start(program string, asked json.RawMessage, wholePath bool) (id string, err error) {
	var spec initiator.Spec
	if err := json.Unmarshal(asked, &spec); err != nil {
		return "", fmt.Errorf("%w: it is no transfer spec: %w", ErrRequest, err)
	}
	if short, known := initiator.ShortResumePolicy(spec.Resume); known {
		spec.Resume = short
	}
	if spec.Direction == grant.Receive {
		err = c.receiveBelow(&spec, wholePath)
	} else {
		err = checkSources(&spec)
	}
	if err != nil {
		return "", err
	}
	id, err = c.starts.Start(program, "", spec)
	if errors.Is(err, initiator.ErrSpec) {
		err = fmt.Errorf("%w: %w", ErrRequest, err)
	}
	return id, err
}

func (c *Client) receiveBelow(spec *initiator.Spec, wholePath bool) error {
	spec.CreateDir = true
	if wholePath {
		if !filepath.IsAbs(spec.DestinationRoot) {
			return fmt.Errorf("%w: destination_root is no whole path: %q", ErrRequest, spec.DestinationRoot)
		}
		return nil
	}
	below := path.Clean("/" + filepath.ToSlash(spec.DestinationRoot))[1:]
	if below == "" {
		below = "."
	}
	name, err := filepath.Localize(below)
	if err != nil {
		return fmt.Errorf("%w: no folder can have this name: %q", ErrRequest, spec.DestinationRoot)
	}
	spec.DestinationRoot = filepath.Join(c.Downloads(), name)
	return nil
}

// checkSources refuses paths that would be below the current folder of this
// process, which nobody knows.
func checkSources(spec *initiator.Spec) error {
	if filepath.IsAbs(spec.SourceRoot) {
		return nil
	}
	for _, p := range spec.Paths {
		if !filepath.IsAbs(p.Source) && !strings.HasPrefix(p.Source, "faux://") {
			return fmt.Errorf("%w: a source is no whole path: %q", ErrRequest, p.Source)
		}
	}
	return nil
}

// Get returns a transfer. The error wraps [activity.ErrUnknown] if there is none.
func (c *Client) Get(id string) (Transfer, error) {
	r, err := c.transfers.Get(id)
	if err != nil {
		return Transfer{}, err
	}
	return shown(r), nil
}

// After returns the transfers of a program that have changed since a position,
// and the position to ask from the next time.
func (c *Client) After(program string, position uint64) (changed []Transfer, next uint64) {
	changed = []Transfer{}
	for _, e := range c.transfers.After(position) {
		position = max(position, e.Position)
		if e.Record.Owner == program {
			t := shown(e.Record)
			t.Iteration = e.Position
			changed = append(changed, t)
		}
	}
	return changed, position
}

// Stop stops a transfer, so that it can be resumed.
func (c *Client) Stop(id string) error {
	return c.modify(id, "paused", activity.Status.Active)
}

// Resume starts a transfer again that was stopped.
func (c *Client) Resume(id string) error {
	return c.modify(id, "running", func(s activity.Status) bool { return s == activity.Paused })
}

// modify sets the status of a transfer for which it has a meaning; others stay.
func (c *Client) modify(id, status string, applies func(activity.Status) bool) error {
	r, err := c.transfers.Get(id)
	if err != nil || !applies(r.Transfer.Status) {
		return err
	}
	return c.transfers.Modify(id, activity.Change{Status: &status})
}

// SetRates changes the rates of a running transfer, in kbps; nil leaves one.
func (c *Client) SetRates(id string, target, min *float64) error {
	return c.transfers.Modify(id, activity.Change{TargetRateKbps: target, MinRateKbps: min})
}

// Remove stops a transfer for good and forgets it.
func (c *Client) Remove(ctx context.Context, id string) error {
	if err := c.transfers.Cancel(id); err != nil {
		return err
	}
	look := time.NewTicker(lookInterval)
	defer look.Stop()
	for {
		r, err := c.transfers.Get(id)
		if err != nil {
			return err
		}
		if !r.Transfer.Status.Active() {
			return c.transfers.Remove(id)
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// lookInterval is the time between two looks at a transfer that ends.
const lookInterval = 20 * time.Millisecond
