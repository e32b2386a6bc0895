package nodeapi

import (
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/ascli-go/ascli/sandbox/activity"
)

// centralFilter is the body of the lists of Aspera Central (node.md 12.4). A
// body may be empty: everything is asked for then.
type centralFilter struct {
	Sessions centralPage `json:"session_filter"`
	Files    centralPage `json:"file_transfer_filter"`

	Validation struct {
		ID string `json:"validator_id"`
	} `json:"validation"`
}

// centralPage selects a part of a list.
type centralPage struct {
	// Token is a position in the list of transfers.
	Token centralNumber `json:"iteration_token"`
	// Most is the most entries; 0 for all that a list may have.
	Most centralNumber `json:"max_result"`
	// SessionID, if not empty, is the session wanted.
	SessionID string `json:"session_uuid"`
}

// centralNumber is a number, or a number as text.
type centralNumber uint32

// UnmarshalJSON reads either form.
func (n *centralNumber) UnmarshalJSON(text []byte) error {
	plain := string(text)
	if len(text) > 0 && text[0] == '"' {
		if err := json.Unmarshal(text, &plain); err != nil {
			return err
		}
	}
	if plain == "" || plain == "null" {
		return nil
	}
	value, err := strconv.ParseUint(plain, 10, 32)
	*n = centralNumber(value)
	return err
}

func (p centralPage) most() int {
	if p.Most == 0 || p.Most > maxEntries {
		return maxEntries
	}
	return int(p.Most)
}

// centralSession is an entry of the list of sessions.
type centralSession struct {
	SessionID        string `json:"session_uuid"`
	Status           string `json:"status"`
	Transport        string `json:"transport"`
	Direction        string `json:"direction"`
	BytesTransferred int64  `json:"bytes_transferred"`
	TransferID       string `json:"transfer_uuid"`
	StartTimeUsec    int64  `json:"start_time_usec"`
	ErrorCode        int    `json:"error_code"`
	ErrorDesc        string `json:"error_desc"`
	IterationToken   string `json:"iteration_token"`
}

// centralStatus are the words of Central for the states of a session (node.md S8).
var centralStatus = map[activity.Status]string{
	activity.Running: "running", activity.Completed: "completed", activity.Failed: "error", activity.Canceled: "cancelled",
	activity.Paused: "paused",
}

func centralSessions(x *exchange) error {
	var asked centralFilter
	if err := x.decode(&asked); err != nil {
		return err
	}
	found := []centralSession{}
	for _, e := range x.node.Operations.Transfers.After(uint64(asked.Sessions.Token)) {
		if !x.visible(e.Record.Owner) {
			continue
		}
		for _, s := range e.Record.Transfer.Sessions {
			if len(found) == asked.Sessions.most() {
				break
			}
			if asked.Sessions.SessionID != "" && asked.Sessions.SessionID != s.ID {
				continue
			}
			found = append(found, centralSession{
				SessionID: s.ID, Status: centralStatus[s.Status], Transport: s.Transport, Direction: e.Record.Transfer.StartSpec.Direction,
				BytesTransferred: s.BytesTransferred, TransferID: e.Record.Transfer.ID, StartTimeUsec: s.StartTimeUsec,
				ErrorCode: s.ErrorCode, ErrorDesc: s.ErrorDesc, IterationToken: strconv.FormatUint(e.Position, 10),
			})
		}
	}
	return x.json(http.StatusOK, map[string]any{"session_info_result": map[string]any{"session_info": found}})
}

// centralFile is an entry of the list of files.
type centralFile struct {
	SessionID      string          `json:"session_uuid"`
	FileID         string          `json:"file_id"`
	Status         activity.Status `json:"status"`
	Path           string          `json:"path"`
	Size           int64           `json:"size"`
	BytesWritten   int64           `json:"bytes_written"`
	StartTimeUsec  int64           `json:"start_time_usec"`
	ErrorCode      int             `json:"error_code"`
	ErrorDesc      string          `json:"error_desc"`
	TransferID     string          `json:"transfer_uuid"`
	ValidatorID    string          `json:"validator_id,omitempty"`
	IterationToken string          `json:"iteration_token"`
}

func centralFiles(x *exchange) error {
	var asked centralFilter
	if err := x.decode(&asked); err != nil {
		return err
	}
	page := asked.Files
	taken, err := x.node.Operations.Transfers.Files(activity.FileQuery{
		Visible: x.visible, After: uint64(page.Token), Most: page.most(), SessionID: page.SessionID, Validator: asked.Validation.ID,
	})
	if err != nil {
		return err
	}
	found := make([]centralFile, len(taken))
	for i, t := range taken {
		found[i] = centralFile{
			SessionID: t.File.SessionID, FileID: t.File.ID, Status: t.Validation.Status, Path: t.File.Path, Size: t.File.Size,
			BytesWritten: t.File.BytesWritten, StartTimeUsec: t.File.StartTimeUsec, ErrorCode: t.File.ErrorCode, ErrorDesc: t.File.ErrorDesc,
			TransferID: t.TransferID, ValidatorID: t.Validation.Validator, IterationToken: strconv.FormatUint(t.Position, 10),
		}
	}
	return x.json(http.StatusOK, map[string]any{"file_transfer_info_result": map[string]any{"file_transfer_info": found}})
}

// judgeFiles takes the verdicts of a validator. The first one that is refused
// is told; those before it hold.
func judgeFiles(x *exchange) error {
	var asked struct {
		ValidatorID string `json:"validator_id"`
		Files       []struct {
			SessionID string          `json:"session_uuid"`
			FileID    string          `json:"file_id"`
			Status    activity.Status `json:"status"`
			ErrorDesc string          `json:"error_desc"`
		} `json:"files"`
	}
	if err := x.decode(&asked); err != nil {
		return err
	}
	if asked.Files == nil { // none to report is no mistake
		return refuse(http.StatusBadRequest, "files is missing")
	}
	if asked.ValidatorID == "" {
		return refuse(http.StatusBadRequest, "validator_id is missing")
	}
	for _, f := range asked.Files {
		verdict := activity.Validation{Validator: asked.ValidatorID, Status: f.Status, Error: f.ErrorDesc}
		if err := x.node.Operations.Transfers.Judge(x.visible, f.SessionID, f.FileID, verdict); err != nil {
			return err
		}
	}
	return x.json(http.StatusOK, struct{}{})
}
