package nodeapi

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/grant"
	"github.com/ascli-go/ascli/sandbox/initiator"
	"github.com/ascli-go/ascli/sandbox/world"
)

func listTransfers(x *exchange) error {
	query, err := x.transferQuery()
	if err != nil {
		return err
	}
	items, err := number(x.URL.Query(), "max_items", maxEntries)
	if err != nil {
		return err
	}
	view, known := transferViews[x.URL.Query().Get("view")]
	if !known {
		return refuse(http.StatusBadRequest, "view is %q, not id, short_summary or summary", x.URL.Query().Get("view"))
	}
	found, next := x.node.Operations.Transfers.List(query)
	shown := make([]any, len(found))
	for i, r := range found {
		r.Transfer.Files = r.Transfer.Files[:min(items, int64(len(r.Transfer.Files)))]
		items -= int64(len(r.Transfer.Files))
		shown[i] = view(r.Transfer)
	}
	x.linkNext(next)
	if origin := x.Header.Get("Origin"); origin != "" {
		// A page of a browser may read the list (OpenAPI, header Origin).
		x.w.Header().Set("Access-Control-Allow-Origin", origin)
		x.w.Header().Set("Access-Control-Expose-Headers", "Link")
	}
	return x.json(http.StatusOK, shown)
}

// transferQuery reads the filters of a list (OpenAPI, GET /ops/transfers).
func (x *exchange) transferQuery() (q activity.Query, err error) {
	given := x.URL.Query()
	q = activity.Query{Direction: given.Get("direction"), Tag: given.Get("tag"), AccessKey: given.Get("access_key"), Visible: x.visible}
	if q.Direction != "" && q.Direction != string(grant.Send) && q.Direction != string(grant.Receive) {
		return q, refuse(http.StatusBadRequest, "direction is %q, not send or receive", q.Direction)
	}
	if q.AccessKey != "" && x.caller.IsAccessKey() {
		return q, refuse(http.StatusBadRequest, "access_key may be given by a node user only")
	}
	switch text := given.Get("active_only"); text {
	case "":
	case "true", "false":
		active := text == "true"
		q.Active = &active
	default:
		return q, refuse(http.StatusBadRequest, "active_only is %q, not true or false", text)
	}
	if text := given.Get("after_time"); text != "" {
		if q.Since, err = parseTime(text); err != nil {
			return q, err
		}
	}
	if q.After, err = x.position(); err != nil {
		return q, err
	}
	q.Count, err = positive(given, "count", maxEntries)
	return q, err
}

// transferViews are the forms of a transfer in a list (OpenAPI, "view").
var transferViews = map[string]func(activity.Transfer) any{
	"": func(t activity.Transfer) any { return t },
	"id": func(t activity.Transfer) any {
		sessions := make([]idOnly, len(t.Sessions))
		for i, s := range t.Sessions {
			sessions[i] = idOnly{s.ID}
		}
		return map[string]any{"id": t.ID, "sessions": sessions}
	},
	"summary": func(t activity.Transfer) any {
		t.Files = []activity.File{}
		return t
	},
	"short_summary": func(t activity.Transfer) any {
		s := shortTransfer{
			ID: t.ID, Status: t.Status, BytesTransferred: t.BytesTransferred, StartTimeUsec: t.StartTimeUsec, EndTimeUsec: t.EndTimeUsec,
			ErrorCode: t.ErrorCode, ErrorDesc: t.ErrorDesc, Sessions: make([]shortSession, len(t.Sessions)),
			StartSpec: t.StartSpec,
		}
		for i, session := range t.Sessions {
			s.Sessions[i] = shortSession{ID: session.ID, Status: session.Status, BytesTransferred: session.BytesTransferred}
		}
		return s
	},
}

type idOnly struct {
	ID string `json:"id"`
}

// shortTransfer is view "short_summary".
type shortTransfer struct {
	ID               string             `json:"id"`
	Status           activity.Status    `json:"status"`
	StartSpec        activity.StartSpec `json:"start_spec"`
	Sessions         []shortSession     `json:"sessions"`
	BytesTransferred int64              `json:"bytes_transferred"`
	StartTimeUsec    int64              `json:"start_time_usec"`
	EndTimeUsec      int64              `json:"end_time_usec,omitempty"`
	ErrorCode        string             `json:"error_code"`
	ErrorDesc        string             `json:"error_desc"`
}

type shortSession struct {
	ID               string          `json:"id"`
	Status           activity.Status `json:"status"`
	BytesTransferred int64           `json:"bytes_transferred"`
}

// transfer returns the transfer that the path of the request names.
func (x *exchange) transfer() (activity.Record, error) {
	r, err := x.node.Operations.Transfers.Get(x.PathValue("id"))
	if err == nil && !x.visible(r.Owner) {
		return activity.Record{}, activity.ErrUnknown
	}
	return r, err
}

func showTransfer(x *exchange) error {
	r, err := x.transfer()
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, r.Transfer)
}

func modifyTransfer(x *exchange) error {
	r, err := x.transfer()
	if err != nil {
		return err
	}
	return x.modify(r.Transfer.ID)
}

// modify changes a transfer or stream and answers with what it is now.
func (x *exchange) modify(id string) error {
	var change activity.Change
	if err := x.decode(&change); err != nil {
		return err
	}
	if err := x.node.Operations.Transfers.Modify(id, change); err != nil {
		return err
	}
	r, err := x.node.Operations.Transfers.Get(id)
	if err != nil {
		return err
	}
	spec := r.Transfer.StartSpec
	return x.json(http.StatusOK, startedTransfer{
		ID: id, Tags: spec.Tags, Cookie: spec.Cookie, Direction: spec.Direction, RemoteHost: spec.RemoteHost, RemoteUser: spec.RemoteUser,
		SSHPort: spec.SSHPort, FASPPort: spec.FASPPort, RatePolicy: spec.RatePolicy, TargetRateKbps: wireNumber(spec.TargetRateKbps),
		CreateDir: spec.CreateDir, Overwrite: spec.OverwritePolicy, ResumePolicy: spec.ResumePolicy, Precalculate: spec.PrecalcEnabled,
	})
}

func cancelTransfer(x *exchange) error {
	r, err := x.transfer()
	if err != nil {
		return err
	}
	if err := x.node.Operations.Transfers.Cancel(r.Transfer.ID); err != nil {
		return err
	}
	return x.noContent()
}

// startedTransfer is the answer to a start (OpenAPI, POST /ops/transfers). The
// token and the other secrets of the spec are not told again.
type startedTransfer struct {
	ID              string           `json:"id"`
	Title           string           `json:"title,omitempty"`
	Tags            json.RawMessage  `json:"tags,omitempty"`
	Cookie          string           `json:"cookie,omitempty"`
	Direction       string           `json:"direction"`
	RemoteHost      string           `json:"remote_host"`
	RemoteUser      string           `json:"remote_user"`
	RemoteAccessKey string           `json:"remote_access_key,omitempty"`
	SourceRoot      string           `json:"source_root,omitempty"`
	DestinationRoot string           `json:"destination_root,omitempty"`
	Paths           []initiator.Path `json:"paths,omitempty"`
	SSHPort         int              `json:"ssh_port,omitempty"`
	FASPPort        int              `json:"fasp_port,omitempty"`
	RatePolicy      string           `json:"rate_policy,omitempty"`
	TargetRateKbps  string           `json:"target_rate_kbps,omitempty"` // text here (OpenAPI)
	CreateDir       bool             `json:"create_dir"`
	Overwrite       string           `json:"overwrite,omitempty"`
	ResumePolicy    string           `json:"resume_policy,omitempty"`
	SymlinkPolicy   string           `json:"symlink_policy,omitempty"`
	Precalculate    bool             `json:"precalculate_job_size"`
}

func wireNumber(value int64) string {
	if value == 0 {
		return ""
	}
	return strconv.FormatInt(value, 10)
}

func startTransfer(x *exchange) error {
	var spec initiator.Spec
	if err := x.decode(&spec); err != nil {
		return err
	}
	if err := spec.Check(); err != nil {
		return err
	}
	root, err := x.localRoot(&spec)
	if err != nil {
		return err
	}
	id, err := x.node.Operations.Initiator.Start(x.caller.Account(), root, spec)
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, startedTransfer{
		ID: id, Title: spec.Title, Tags: spec.Tags, Cookie: spec.Cookie, Direction: string(spec.Direction), RemoteHost: spec.RemoteHost,
		RemoteUser: spec.RemoteUser, RemoteAccessKey: spec.RemoteAccessKey, SourceRoot: spec.SourceRoot,
		DestinationRoot: spec.DestinationRoot, Paths: spec.Paths, SSHPort: *spec.SSHPort, FASPPort: spec.FASPPort,
		RatePolicy: spec.RatePolicy, TargetRateKbps: wireNumber(int64(spec.TargetRate)), CreateDir: spec.CreateDir, Overwrite: spec.Overwrite,
		ResumePolicy: spec.Resume, SymlinkPolicy: spec.Symlinks, Precalculate: spec.Precalculate == nil || *spec.Precalculate,
	})
}

// localRoot returns the folder on disk that the transfer may not leave. A file
// id of the local root (OpenAPI, source_root_id and destination_root_id) is
// replaced by its path. A user without all rights must give one: he reads or
// writes below that folder only, if he may.
func (x *exchange) localRoot(spec *initiator.Spec) (string, error) {
	id, root, needed := spec.SourceRootID, &spec.SourceRoot, world.MayRead
	if spec.Direction == grant.Receive {
		id, root, needed = spec.DestRootID, &spec.DestinationRoot, world.MayWrite
	}
	switch {
	case !x.caller.HasAllRights() && id == "":
		return "", refuse(http.StatusForbidden, "User %s needs source_root_id, or destination_root_id to receive", x.caller.UserID())
	case !x.caller.HasAllRights():
		return x.files.FolderOnDisk(world.ID(id), needed)
	case id != "":
		entry, err := x.files.Stat(world.ID(id).Join(*root))
		if err != nil {
			return "", err
		}
		*root = entry.Path
	}
	return x.files.RootOnDisk()
}

const (
	// bandwidthSpan and maxBandwidthSpan are seconds (OpenAPI, "duration").
	bandwidthSpan    = 600
	maxBandwidthSpan = 3600
)

func transferBandwidth(x *exchange) error {
	seconds, err := positive(x.URL.Query(), "duration", bandwidthSpan)
	if err != nil {
		return err
	}
	if seconds > maxBandwidthSpan {
		return refuse(http.StatusBadRequest, "duration is %d, more than %d seconds", seconds, maxBandwidthSpan)
	}
	span := time.Duration(seconds) * time.Second
	now := time.Now()
	from := now.Add(-span)
	if text := x.URL.Query().Get("start_time"); text != "" {
		if from, err = parseTime(text); err != nil {
			return err
		}
	}
	rates := x.node.Operations.Transfers.Bandwidth(x.visible, from, from.Add(span))
	return x.json(http.StatusOK, map[string]any{
		"current_time": wireTime(now), "start_time": wireTime(from), "end_time": wireTime(from.Add(span)),
		"send": rates.Send, "receive": rates.Receive,
	})
}
