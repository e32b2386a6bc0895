package clientapp

import (
	"encoding/json"
	"path"
	"path/filepath"
	"strconv"
	"time"

	"github.com/ascli-go/ascli/sandbox/activity"
)

// Transfer is what both clients tell of a transfer (TransferInfo of IBM's
// @ibm-aspera/connect-sdk-js, AsperaSdkTransfer of @ibm-aspera/sdk).
type Transfer struct {
	UUID           string     `json:"uuid"`
	Status         string     `json:"status"`
	PreviousStatus string     `json:"previous_status"`
	ErrorCode      int        `json:"error_code,omitempty"`
	ErrorDesc      string     `json:"error_desc,omitempty"`
	Title          string     `json:"title"`
	AddTime        string     `json:"add_time"`
	StartTime      string     `json:"start_time"`
	ModifyTime     string     `json:"modify_time"`
	EndTime        string     `json:"end_time"` // "" until then
	BytesExpected  int64      `json:"bytes_expected"`
	BytesWritten   int64      `json:"bytes_written"`
	Percentage     float64    `json:"percentage"` // of 1
	RateKbps       float64    `json:"calculated_rate_kbps"`
	ElapsedUsec    int64      `json:"elapsed_usec"`
	RemainingUsec  int64      `json:"remaining_usec"`
	CurrentFile    string     `json:"current_file"`
	ExplorerPath   string     `json:"explorer_path"`
	FileCounts     FileCounts `json:"file_counts"`
	Files          []File     `json:"files"`
	Transport      string     `json:"transport"`
	Spec           Spec       `json:"transfer_spec"`
	Iteration      uint64     `json:"transfer_iteration_token"`

	// Program is the one that has asked for it.
	Program string `json:"-"`
}

// FileCounts counts the files that were processed.
type FileCounts struct {
	Attempted int64 `json:"attempted"`
	Completed int64 `json:"completed"` // the skipped ones are among them
	Failed    int64 `json:"failed"`
	Skipped   int64 `json:"skipped"`
}

// File is a file of a transfer.
type File struct {
	File          string `json:"file"`
	BytesExpected int64  `json:"bytes_expected"`
	BytesWritten  int64  `json:"bytes_written"`
	ID            string `json:"fasp_file_id"`
}

// Spec is the transfer spec, without secrets.
type Spec struct {
	Direction       string          `json:"direction"`
	RemoteHost      string          `json:"remote_host"`
	RemoteUser      string          `json:"remote_user"`
	SSHPort         int             `json:"ssh_port"`
	Paths           []Path          `json:"paths"`
	DestinationRoot string          `json:"destination_root"`
	CreateDir       bool            `json:"create_dir"`
	RatePolicy      string          `json:"rate_policy"`
	TargetRateKbps  int64           `json:"target_rate_kbps"`
	Cookie          string          `json:"cookie,omitempty"`
	Tags            json.RawMessage `json:"tags"`
}

// Path is a source.
type Path struct {
	Source string `json:"source"`
}

// statuses are the names that clients have for what a transfer can be. What was
// stopped can be resumed, whatever they call it.
var statuses = map[activity.Status]string{
	activity.Waiting: "initiating", activity.Running: "running", activity.Completed: "completed", activity.Failed: "failed",
	activity.Canceled: "removed", activity.Paused: "cancelled",
}

// shown is a record of the list as clients tell it.
func shown(r activity.Record) Transfer {
	t := r.Transfer
	code, _ := strconv.Atoi(t.ErrorCode)
	shown := Transfer{
		UUID: t.ID, Program: r.Owner, Status: statuses[t.Status], PreviousStatus: statuses[activity.Waiting],
		ErrorCode: code, ErrorDesc: t.ErrorDesc, AddTime: moment(t.StartTimeUsec), StartTime: moment(t.StartTimeUsec),
		ModifyTime: moment(t.StartTimeUsec + t.ElapsedUsec), BytesExpected: t.Precalc.BytesExpected, BytesWritten: t.BytesWritten,
		ElapsedUsec: t.ElapsedUsec, Files: []File{}, Transport: "fasp", Spec: specOf(t.StartSpec),
		FileCounts: FileCounts{
			Attempted: t.FilesCompleted + t.FilesSkipped, Completed: t.FilesCompleted + t.FilesSkipped, Skipped: t.FilesSkipped,
		},
	}
	if t.Status == activity.Waiting && len(t.Sessions) > 0 {
		shown.Status = "willretry"
	}
	if !t.Status.Active() {
		shown.PreviousStatus = statuses[activity.Running]
		shown.EndTime = moment(t.EndTimeUsec)
	}
	for _, s := range t.Sessions {
		shown.RateKbps += s.CalcRateKbps
	}
	shown.addFiles(t.Files)
	shown.estimate(t.Status == activity.Completed)
	if sources := t.StartSpec.SourcePaths; len(sources) > 0 {
		shown.Title = path.Base(filepath.ToSlash(sources[0]))
	}
	if t.StartSpec.Direction == "receive" {
		shown.ExplorerPath = t.StartSpec.DestinationPath
	}
	return shown
}

func (t *Transfer) addFiles(files []activity.File) {
	for _, f := range files {
		t.Files = append(t.Files, File{File: f.Path, BytesExpected: f.Size, BytesWritten: f.StartByte + f.BytesWritten, ID: f.ID})
		switch f.Status {
		case activity.Transferring:
			t.CurrentFile = f.Path
			t.FileCounts.Attempted++
		case activity.Failed:
			t.FileCounts.Failed++
			t.FileCounts.Attempted++
		}
	}
}

// estimate tells how much of the transfer is done, and how long the rest takes.
func (t *Transfer) estimate(completed bool) {
	if completed {
		t.Percentage = 1
		return
	}
	if t.BytesExpected <= 0 {
		return
	}
	t.Percentage = min(1, float64(t.BytesWritten)/float64(t.BytesExpected))
	if t.Percentage > 0 {
		t.RemainingUsec = int64(float64(t.ElapsedUsec) * (1 - t.Percentage) / t.Percentage)
	}
}

func specOf(s activity.StartSpec) Spec {
	spec := Spec{
		Direction: s.Direction, RemoteHost: s.RemoteHost, RemoteUser: s.RemoteUser, SSHPort: s.SSHPort, Paths: []Path{},
		DestinationRoot: s.DestinationPath, CreateDir: s.CreateDir, RatePolicy: s.RatePolicy, TargetRateKbps: s.TargetRateKbps,
		Cookie: s.Cookie, Tags: s.Tags,
	}
	for _, source := range s.SourcePaths {
		spec.Paths = append(spec.Paths, Path{source})
	}
	return spec
}

// moment formats microseconds since 1970.
func moment(usec int64) string { return time.UnixMicro(usec).UTC().Format(time.RFC3339) }
