package nodeapi

import (
	"context"
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/ascli-go/ascli/sandbox/syncjob"
	"github.com/ascli-go/ascli/sandbox/world"
)

// jobEndpoint is an endpoint on one synchronisation of the caller.
type jobEndpoint func(*exchange, syncjob.Job) error

// withAsync finds the synchronisation that the path of the request names.
func withAsync(serve jobEndpoint) endpoint {
	return func(x *exchange) error {
		j, err := x.node.Operations.Syncs.Get(x.PathValue("id"), x.visible)
		if err != nil {
			return err
		}
		return serve(x, j)
	}
}

func listAsyncs(x *exchange) error {
	ids := []string{}
	for _, j := range x.node.Operations.Syncs.List(x.visible) {
		ids = append(ids, j.ID)
	}
	return x.json(http.StatusOK, map[string]any{"ids": ids, "total_count": len(ids)})
}

func createAsync(x *exchange) error {
	var asked struct {
		Configuration json.RawMessage `json:"configuration"`
	}
	if err := x.decode(&asked); err != nil {
		return err
	}
	if asked.Configuration == nil {
		return refuse(http.StatusBadRequest, "configuration is missing")
	}
	j, err := x.node.Operations.Syncs.Create(x.caller.Name, asked.Configuration)
	if err != nil {
		return err
	}
	return x.json(http.StatusCreated, idOnly{j.ID})
}

func showAsync(x *exchange, j syncjob.Job) error {
	return x.json(http.StatusOK, map[string]any{"id": j.ID, "snid": syncNumber(j), "configuration": j.Configuration})
}

func deleteAsync(x *exchange, j syncjob.Job) error {
	if err := x.node.Operations.Syncs.Delete(j.ID); err != nil {
		return err
	}
	return x.noContent()
}

// startAsync looks at the local folder in the storage of the caller, and runs the
// stand-in async on it: see package syncjob.
func startAsync(x *exchange) error {
	return withAsync(func(x *exchange, j syncjob.Job) error {
		walk := func(ctx context.Context, folder string, visit func(syncjob.Entry) error) error {
			return x.files.Walk(ctx, world.Path(folder), func(e world.Entry, _ int) error {
				return visit(syncjob.Entry{Path: e.Path, Folder: e.Type == world.Folder, Link: e.Type == world.Link, Size: e.Size})
			})
		}
		if err := x.node.Operations.Syncs.Start(x.Context(), j.ID, walk); err != nil {
			return err
		}
		// A pull alone may do with less, but not the start after it.
		folder, err := x.files.FolderOnDisk(world.Path(j.LocalPath), world.AllRights)
		if err != nil {
			return err
		}
		if err := x.node.Operations.Syncs.Run(j.ID, folder); err != nil {
			return err
		}
		return x.noContent()
	})(x)
}

func stopAsync(x *exchange, j syncjob.Job) error {
	if err := x.node.Operations.Syncs.Stop(j.ID); err != nil {
		return err
	}
	return x.noContent()
}

// asyncBandwidth has no data: async does not keep it.
func asyncBandwidth(x *exchange, j syncjob.Job) error {
	return x.json(http.StatusOK, map[string]any{"id": j.ID, "data": []any{}})
}

// asyncNumbers are the counters of a synchronisation. Names are those of the
// statistics of program async, in lower case.
type asyncNumbers struct {
	Files     int64 `json:"files_total"`
	Folders   int64 `json:"directories_total"`
	Links     int64 `json:"links_total"`
	Bytes     int64 `json:"bytes_total"`
	Synced    int64 `json:"files_synced"`
	Pending   int64 `json:"files_pending"`
	Failed    int64 `json:"files_error"`
	Conflicts int64 `json:"files_conflict"`
}

func numbers(j syncjob.Job) asyncNumbers {
	n := asyncNumbers{
		Files: j.Found.Files, Folders: j.Found.Folders, Links: j.Found.Links, Bytes: j.Found.Bytes, Pending: j.Found.Files,
	}
	if j.Done != nil {
		n.Synced, n.Pending, n.Failed, n.Conflicts = j.Done.Synced, j.Done.Pending, j.Done.Failed, j.Done.Conflicts
	}
	return n
}

func asyncCounters(x *exchange, j syncjob.Job) error { return x.json(http.StatusOK, numbers(j)) }

func asyncFiles(x *exchange, j syncjob.Job) error {
	selection, err := x.selection()
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, map[string]any{"id": j.ID, "total_count": j.Found.Files, "files": syncEntries(j.Select(selection))})
}

// selection reads what part of the files is wanted.
func (x *exchange) selection() (s syncjob.Selection, err error) {
	query := x.URL.Query()
	if s.Count, err = positive(query, "count", maxEntries); err != nil {
		return s, err
	}
	skip, err := number(query, "skip", 0)
	if err != nil {
		return s, err
	}
	s.Skip, s.Name = int(min(skip, maxEntries)), query.Get("filename")
	if query.Has("status") {
		asked, err := number(query, "status", 0)
		status := int(min(asked, math.MaxInt32))
		s.Status = &status
		return s, err
	}
	return s, nil
}

func asyncState(x *exchange, j syncjob.Job) error {
	return x.json(http.StatusOK, map[string]any{"id": j.ID, "state": j.State, "start_time": optionalTime(j.Started), "stop_time": optionalTime(j.Stopped)})
}

func asyncSummary(x *exchange, j syncjob.Job) error { return x.json(http.StatusOK, summary(j)) }

// syncSummary is what there is to say of a synchronisation (node.md 13.1).
type syncSummary struct {
	ID        string        `json:"id"`
	Number    string        `json:"snid"`
	Name      string        `json:"name"`
	LocalDir  string        `json:"local_dir"`
	RemoteDir string        `json:"remote_dir"`
	Host      string        `json:"remote_host"`
	Direction string        `json:"direction"`
	State     syncjob.State `json:"state"`
	Created   string        `json:"create_time"`
	asyncNumbers
}

func summary(j syncjob.Job) syncSummary {
	return syncSummary{
		ID: j.ID, Number: syncNumber(j), Name: j.Name, LocalDir: j.LocalPath, RemoteDir: j.RemotePath, Host: j.RemoteHost,
		Direction: j.Direction, State: j.State, Created: wireTime(j.Created), asyncNumbers: numbers(j),
	}
}

// syncNumber is the id of a synchronisation in the older calls.
func syncNumber(j syncjob.Job) string { return strconv.FormatUint(j.Number, 10) }

func optionalTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return wireTime(t)
}

// syncEntry is one file of a synchronisation.
type syncEntry struct {
	Number string `json:"fnid"`
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	Status int    `json:"status"`
}

func syncEntries(files []syncjob.File) []syncEntry {
	shown := make([]syncEntry, len(files))
	for i, f := range files {
		shown[i] = syncEntry{Number: strconv.Itoa(f.Number), Path: f.Path, Size: f.Size, Status: f.Status}
	}
	return shown
}
