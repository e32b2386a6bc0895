package activity

import (
	"encoding/json"
	"strings"
)

// Status of a transfer (OpenAPI, /ops/transfers).
type Status string

// What a transfer, and a session, can be.
const (
	Waiting   Status = "waiting"
	Running   Status = "running"
	Completed Status = "completed"
	Failed    Status = "failed"
	Canceled  Status = "canceled"
	Paused    Status = "paused"
)

// Active tells whether the transfer goes on.
func (s Status) Active() bool { return s == Waiting || s == Running }

// Transfer is one transfer as the Node API shows it (OpenAPI, /ops/transfers;
// node.md 17). Times are microseconds since 1970. What is not known yet, such as
// the end of a running transfer, is absent.
type Transfer struct {
	ID                   string         `json:"id"`
	Status               Status         `json:"status"`
	StartSpec            StartSpec      `json:"start_spec"`
	Sessions             []SessionState `json:"sessions"`
	BytesTransferred     int64          `json:"bytes_transferred"`
	BytesWritten         int64          `json:"bytes_written"`
	BytesLost            int64          `json:"bytes_lost"`
	AvgRateKbps          float64        `json:"avg_rate_kbps"`
	FilesCompleted       int64          `json:"files_completed"`
	FilesSkipped         int64          `json:"files_skipped"`
	DirectoriesCompleted int64          `json:"directories_completed"`
	StartTimeUsec        int64          `json:"start_time_usec"`
	EndTimeUsec          int64          `json:"end_time_usec,omitempty"`
	ElapsedUsec          int64          `json:"elapsed_usec"`
	// ErrorCode is text here and a number in sessions and files (OpenAPI).
	ErrorCode string  `json:"error_code"`
	ErrorDesc string  `json:"error_desc"`
	Precalc   Precalc `json:"precalc"`
	Files     []File  `json:"files"`
}

// StartSpec is what a transfer was started with. It holds no secret.
type StartSpec struct {
	SourcePaths     []string        `json:"source_paths"`
	DestinationPath string          `json:"destination_path"`
	Direction       string          `json:"direction"` // as the client sees it
	Endpoint        string          `json:"endpoint"`
	RemoteHost      string          `json:"remote_host"`
	RemoteUser      string          `json:"remote_user"`
	Tags            json.RawMessage `json:"tags,omitempty"`
	Cookie          string          `json:"cookie,omitempty"`
	TokenType       string          `json:"token_type"`
	ClientAccessKey string          `json:"client_access_key,omitempty"`
	ServerAccessKey string          `json:"server_access_key,omitempty"`
	SSHPort         int             `json:"ssh_port,omitempty"`
	FASPPort        int             `json:"fasp_port,omitempty"`
	RatePolicy      string          `json:"rate_policy,omitempty"`
	TargetRateKbps  int64           `json:"target_rate_kbps"`
	MinRateKbps     int64           `json:"min_rate_kbps"`
	Cipher          string          `json:"cipher,omitempty"`
	CreateDir       bool            `json:"create_dir"`
	OverwritePolicy string          `json:"overwrite_policy,omitempty"`
	ResumePolicy    string          `json:"resume_policy,omitempty"`
	PrecalcEnabled  bool            `json:"precalc_enabled"`
	SourceRootID    string          `json:"source_root_id,omitempty"`
	DestRootID      string          `json:"destination_root_id,omitempty"`
}

// SessionState is one run of ascp, or one client of a server.
type SessionState struct {
	ID                   string     `json:"id"`
	ClientNodeID         string     `json:"client_node_id"`
	ServerNodeID         string     `json:"server_node_id"`
	ClientIPAddress      string     `json:"client_ip_address"`
	ServerIPAddress      string     `json:"server_ip_address"`
	Status               Status     `json:"status"`
	Transport            string     `json:"transport,omitempty"` // none is FASP
	RetryTimeout         int        `json:"retry_timeout"`       // seconds
	RetryCount           int        `json:"retry_count"`
	StartTimeUsec        int64      `json:"start_time_usec"`
	EndTimeUsec          int64      `json:"end_time_usec,omitempty"`
	ElapsedUsec          int64      `json:"elapsed_usec"`
	BytesTransferred     int64      `json:"bytes_transferred"`
	BytesWritten         int64      `json:"bytes_written"`
	BytesLost            int64      `json:"bytes_lost"`
	FilesCompleted       int64      `json:"files_completed"`
	FilesSkipped         int64      `json:"files_skipped"`
	DirectoriesCompleted int64      `json:"directories_completed"`
	TargetRateKbps       int64      `json:"target_rate_kbps"`
	MinRateKbps          int64      `json:"min_rate_kbps"`
	CalcRateKbps         float64    `json:"calc_rate_kbps"` // of the last second
	NetworkDelayUsec     int64      `json:"network_delay_usec"`
	AvgRateKbps          float64    `json:"avg_rate_kbps"`
	ErrorCode            int        `json:"error_code"`
	ErrorDesc            string     `json:"error_desc"`
	SourceStatistics     Statistics `json:"source_statistics"`
	Precalc              Precalc    `json:"precalc"`
}

// Statistics is what the scans of a session found.
type Statistics struct {
	ArgsScanAttempted  int64 `json:"args_scan_attempted"`
	ArgsScanCompleted  int64 `json:"args_scan_completed"`
	PathsScanAttempted int64 `json:"paths_scan_attempted"`
	PathsScanFailed    int64 `json:"paths_scan_failed"`
	PathsScanSkipped   int64 `json:"paths_scan_skipped"`
	PathsScanExcluded  int64 `json:"paths_scan_excluded"`
	DirsScanCompleted  int64 `json:"dirs_scan_completed"`
	FilesScanCompleted int64 `json:"files_scan_completed"`
	DirsXferAttempted  int64 `json:"dirs_xfer_attempted"`
	DirsXferFail       int64 `json:"dirs_xfer_fail"`
	FilesXferAttempted int64 `json:"files_xfer_attempted"`
	FilesXferFail      int64 `json:"files_xfer_fail"`
	FilesXferNoxfer    int64 `json:"files_xfer_noxfer"`
}

// Precalc is the size of the job, found before it starts.
type Precalc struct {
	Enabled             bool   `json:"enabled"`
	Status              string `json:"status"` // "ready" once the numbers are known
	BytesExpected       int64  `json:"bytes_expected"`
	DirectoriesExpected int64  `json:"directories_expected"`
	FilesExpected       int64  `json:"files_expected"`
	FilesExcluded       int64  `json:"files_excluded"`
	FilesSpecial        int64  `json:"files_special"`
	FilesFailed         int64  `json:"files_failed"`
}

// States of [Precalc].
const (
	precalcReady   = "ready"
	precalcWaiting = "waiting"
)

// File is one file of a transfer.
type File struct {
	ID            string `json:"id"`
	Path          string `json:"path"`
	StartTimeUsec int64  `json:"start_time_usec"`
	EndTimeUsec   int64  `json:"end_time_usec,omitempty"`
	ElapsedUsec   int64  `json:"elapsed_usec"`
	// Status is "transferring", or one of those of transfers.
	Status       Status `json:"status"`
	ErrorCode    int    `json:"error_code"`
	ErrorDesc    string `json:"error_desc"`
	Size         int64  `json:"size"`
	Type         string `json:"type"`
	ChecksumType string `json:"checksum_type"`
	StartByte    int64  `json:"start_byte"`
	BytesWritten int64  `json:"bytes_written"`
	SessionID    string `json:"session_id"`
}

// Transferring is the status of a file under way.
const Transferring Status = "transferring"

// Token types of a start spec (OpenAPI) that are recognized.
const (
	NoToken     = "none"
	BasicToken  = "basic_token"
	BearerToken = "bearer_token"
	AuthToken   = "auth_token"
)

// TokenType tells what a transfer token is, which the journal does not keep.
func TokenType(token string) string {
	switch {
	case token == "":
		return NoToken
	case strings.HasPrefix(token, "Basic "):
		return BasicToken
	case strings.HasPrefix(token, "Bearer "):
		return BearerToken
	}
	return AuthToken
}
