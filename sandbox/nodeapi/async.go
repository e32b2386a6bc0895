package nodeapi

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/ascli-go/ascli/sandbox/syncjob"
)

// The older calls on synchronisations (node.md 13.1). They are about the same
// jobs as /asyncs, by number.

// syncNumbers are ids in a request, given as numbers or as text.
type syncNumbers []string

// UnmarshalJSON reads a list.
func (n *syncNumbers) UnmarshalJSON(text []byte) error {
	var list []json.RawMessage
	if err := json.Unmarshal(text, &list); err != nil {
		return err
	}
	for _, one := range list {
		id := strings.Trim(string(one), `"`)
		if _, err := strconv.ParseUint(id, 10, 64); err != nil {
			return errors.New(string(one) + " is no id of a sync")
		}
		*n = append(*n, id)
	}
	return nil
}

// syncRequest is the body of these calls.
type syncRequest struct {
	Syncs    syncNumbers `json:"syncs"`
	Seconds  int         `json:"seconds"`
	Count    int         `json:"count"`
	Skip     int         `json:"skip"`
	Filename string      `json:"filename"`
	Status   *int        `json:"status"`
}

// syncs reads the request and finds its synchronisations. Those that are
// unknown are left out, as the answers are keyed by id.
func (x *exchange) syncs() (asked syncRequest, jobs []syncjob.Job, err error) {
	if err := x.decode(&asked); err != nil {
		return asked, nil, err
	}
	if asked.Syncs == nil {
		return asked, nil, refuse(http.StatusBadRequest, "syncs is missing")
	}
	if asked.Count < 0 || asked.Skip < 0 || asked.Seconds < 0 {
		return asked, nil, refuse(http.StatusBadRequest, "count, skip or seconds is below zero")
	}
	for _, id := range asked.Syncs {
		j, err := x.node.Operations.Syncs.ByNumber(id, x.visible)
		if err == nil {
			jobs = append(jobs, j)
		}
	}
	return asked, jobs, nil
}

func syncList(x *exchange) error {
	ids := []string{}
	for _, j := range x.node.Operations.Syncs.List(x.visible) {
		ids = append(ids, syncNumber(j))
	}
	return x.json(http.StatusOK, map[string]any{"sync_ids": ids})
}

func syncSummaries(x *exchange) error {
	_, jobs, err := x.syncs()
	if err != nil {
		return err
	}
	found := []syncSummary{}
	for _, j := range jobs {
		found = append(found, summary(j))
	}
	return x.json(http.StatusOK, map[string]any{"sync_summaries": found})
}

func syncDelete(x *exchange) error {
	_, jobs, err := x.syncs()
	if err != nil {
		return err
	}
	deleted := []string{}
	for _, j := range jobs {
		if err := x.node.Operations.Syncs.Delete(j.ID); err != nil {
			return err
		}
		deleted = append(deleted, syncNumber(j))
	}
	return x.json(http.StatusOK, map[string]any{"deleted": deleted})
}

// each answers with one value by job id, below name; without a job the list is
// empty.
func (x *exchange) each(name string, value func(syncRequest, syncjob.Job) any) error {
	asked, jobs, err := x.syncs()
	if err != nil {
		return err
	}
	found := []map[string]any{}
	if len(jobs) > 0 {
		found = append(found, map[string]any{})
	}
	for _, j := range jobs {
		found[0][syncNumber(j)] = value(asked, j)
	}
	return x.json(http.StatusOK, map[string]any{name: found})
}

// syncBandwidth has no data: async does not keep it.
func syncBandwidth(x *exchange) error {
	return x.each("bandwidth_data", func(syncRequest, syncjob.Job) any { return map[string]any{"data": []any{}} })
}

func syncFiles(x *exchange) error {
	return x.each("sync_files", func(asked syncRequest, j syncjob.Job) any {
		return syncEntries(j.Select(syncjob.Selection{Count: asked.Count, Skip: asked.Skip, Name: asked.Filename, Status: asked.Status}))
	})
}

func syncCounters(x *exchange) error {
	return x.each("sync_counters", func(_ syncRequest, j syncjob.Job) any { return []asyncNumbers{numbers(j)} })
}
