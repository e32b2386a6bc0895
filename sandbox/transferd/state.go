package transferd

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"time"

	protocol "github.com/ascli-go/ascli/proto/transferd"
	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/ascp/management"
)

// openingState is the first state of a transfer.
func openingState(id string, kind protocol.TransferType, s spec) *protocol.TransferResponse {
	now := time.Now().UnixMilli()
	return &protocol.TransferResponse{
		ApiVersion: apiVersion, TransferId: id, Title: s.Title, TransferType: kind,
		Status: protocol.TransferStatus_QUEUED, TransferEvent: protocol.TransferEvent_CONNECTING,
		TransferInfo: &protocol.TransferInfo{
			// The names say microseconds, what is in them are milliseconds (spec
			// transfer.md section 9.4).
			StartTimeUsec: now, Cookie: s.Cookie, Direction: string(s.Direction), TargetRateKbps: int64(s.TargetRate), MinRateKbps: int64(s.MinRate),
			Tags64: base64.StdEncoding.EncodeToString(s.Tags),
		},
		SessionInfo: &protocol.SessionTransferInformation{Id: id, TransferId: id, Status: "Draft", StartTimeUsec: now},
	}
}

func isFinal(s protocol.TransferStatus) bool {
	switch s {
	case protocol.TransferStatus_COMPLETED, protocol.TransferStatus_FAILED, protocol.TransferStatus_CANCELED:
		return true
	}
	return false
}

func (t *transfer) isActive() bool { return !isFinal(t.state.GetStatus()) }

// take brings the state up to date by an event of ascp. It tells whether that is
// worth showing.
func (t *transfer) take(event *management.Message) bool {
	t.state.FileInfo = nil
	switch event.Type {
	case management.Session:
		t.begin(event)
	case management.Notification:
		return t.notice(event)
	case management.Stats:
		t.state.TransferEvent = protocol.TransferEvent_PROGRESS
		t.count(event)
		t.file(event, "TRANSFERRING", "Written")
	case management.Stop:
		t.state.TransferEvent = protocol.TransferEvent_FILE_STOP
		t.state.TransferInfo.FilesCompleted++
		t.state.SessionInfo.FilesCompleted++
		t.file(event, "FINISHED", "Size")
	case management.Skip:
		t.state.TransferEvent = protocol.TransferEvent_FILE_SKIP
		t.state.SessionInfo.FilesSkipped++
		t.file(event, "FINISHED", "Size")
	case management.FileError:
		t.state.TransferEvent = protocol.TransferEvent_FILE_ERROR
		t.state.SessionInfo.FilesFailed++
		t.file(event, "FAILED", "Written")
	case management.ArgStop:
		t.argument(event)
	default:
		return false // the end is told by the journal
	}
	t.state.Message = encode(event)
	return true
}

// begin takes what ascp tells of its session.
func (t *transfer) begin(event *management.Message) {
	t.state.Status, t.state.TransferEvent = protocol.TransferStatus_RUNNING, protocol.TransferEvent_SESSION_START
	s := t.state.SessionInfo
	s.Status = "Running"
	for name, field := range map[string]*string{
		"SessionId": &s.SessionId, "User": &s.User, "Host": &s.ServerHostname, "Direction": &s.Direction, "Adaptive": &s.Adaptive,
		"Encryption": &s.Encryption, "Remote": &s.Remote, "Destination": &s.Destination, "Cipher": &s.Cipher, "Keepalive": &s.Keepalive,
	} {
		*field, _ = event.Get(name)
	}
	for name, field := range map[string]*int64{
		"Port": &s.Port, "TCPPort": &s.TcpPort, "Rate": &s.TargetRateKbps, "MinRate": &s.MinRateKbps, "Priority": &s.Priority,
		"ClusterNumNodes": &s.ClusterNumNodes, "ClusterNodeId": &s.ClusterNodeId,
	} {
		*field = number(event, name)
	}
}

// notice takes the size of the job, or new rates.
func (t *transfer) notice(event *management.Message) bool {
	s, info := t.state.SessionInfo, t.state.TransferInfo
	if _, sized := event.Get("PreTransferBytes"); sized {
		s.PreTransferBytes, s.PreTransferFiles = number(event, "PreTransferBytes"), number(event, "PreTransferFiles")
		s.PreTransferDirs, s.PreTransferSpecial = number(event, "PreTransferDirs"), number(event, "PreTransferSpecial")
		t.state.TransferEvent = protocol.TransferEvent_PROGRESS
	} else {
		t.state.TransferEvent = protocol.TransferEvent_RATE_MODIFICATION
		if _, changed := event.Get("Rate"); changed {
			s.TargetRateKbps = number(event, "Rate")
			info.TargetRateKbps = s.TargetRateKbps
		}
		if _, changed := event.Get("MinRate"); changed {
			s.MinRateKbps = number(event, "MinRate")
			info.MinRateKbps = s.MinRateKbps
		}
	}
	t.state.Message = encode(event)
	return true
}

// count takes the counters of bytes.
func (t *transfer) count(event *management.Message) {
	info, s := t.state.TransferInfo, t.state.SessionInfo
	info.BytesTransferred, info.ElapsedUsec = number(event, "TransferBytes"), number(event, "Elapsedusec")
	info.BytesWritten = info.BytesTransferred
	if info.ElapsedUsec > 0 {
		info.AverageRateKbps = info.BytesTransferred * 8000 / info.ElapsedUsec
	}
	s.BytesTransferred, s.BytesWritten, s.ElapsedUsec, s.CalcRateKbps = info.BytesTransferred, info.BytesWritten, info.ElapsedUsec, info.AverageRateKbps
}

// file tells which file the state is about.
func (t *transfer) file(event *management.Message, status, written string) {
	path, _ := event.Get("File")
	if path == "" {
		return
	}
	description, _ := event.Get("Description")
	t.state.FileInfo = &protocol.FileTransferInformation{
		FileId: path, Path: path, Status: status, ErrorCode: number(event, "Code"), ErrorDescription: description, FileType: "file",
		Size: number(event, "Size"), StartByte: number(event, "StartByte"), ElapsedUsec: number(event, "Elapsedusec"),
		BytesWritten: number(event, written), BytesContiguous: number(event, written), SessionId: t.state.SessionInfo.GetSessionId(),
	}
}

// argument takes the end of one source.
func (t *transfer) argument(event *management.Message) {
	t.state.TransferEvent = protocol.TransferEvent_ARG_STOP
	info, s := t.state.TransferInfo, t.state.SessionInfo
	info.ArgTransfersAttempted, info.ArgTransfersPassed = number(event, "ArgTransfersAttempted"), number(event, "ArgTransfersPassed")
	info.ArgTransfersSkipped, info.ArgTransfersFailed = number(event, "ArgTransfersSkipped"), number(event, "ArgTransfersFailed")
	s.ArgTransfersAttempted, s.ArgTransfersPassed = info.ArgTransfersAttempted, info.ArgTransfersPassed
	s.ArgTransfersSkipped, s.ArgTransfersFailed = info.ArgTransfersSkipped, info.ArgTransfersFailed
	s.ArgFaspFileArgIndex = number(event, "FaspFileArgIndex")
}

// conclude makes the last state, by what the journal knows.
func (t *transfer) conclude() {
	end := &t.ended.Transfer
	info, s := t.state.TransferInfo, t.state.SessionInfo
	t.state.FileInfo = nil
	info.BytesTransferred, info.BytesWritten = end.BytesTransferred, end.BytesWritten
	info.FilesCompleted, info.DirectoriesCompleted = end.FilesCompleted, end.DirectoriesCompleted
	info.EndTimeUsec, info.ElapsedUsec = time.Now().UnixMilli(), end.ElapsedUsec
	s.BytesTransferred, s.BytesWritten, s.FilesCompleted, s.EndTimeUsec = info.BytesTransferred, info.BytesWritten, info.FilesCompleted, info.EndTimeUsec
	message := management.New(management.Done)
	switch end.Status {
	case activity.Completed:
		t.state.Status, t.state.TransferEvent, s.Status = protocol.TransferStatus_COMPLETED, protocol.TransferEvent_SESSION_STOP, "Completed"
	case activity.Canceled:
		t.state.Status, t.state.TransferEvent, s.Status = protocol.TransferStatus_CANCELED, protocol.TransferEvent_SESSION_CANCELED, "Failed"
	default:
		t.state.Status, t.state.TransferEvent, s.Status = protocol.TransferStatus_FAILED, protocol.TransferEvent_SESSION_ERROR, "Failed"
	}
	if end.Status != activity.Completed {
		info.ErrorCode, info.ErrorDescription = end.ErrorCode, end.ErrorDesc
		code, _ := strconv.Atoi(end.ErrorCode)
		s.ErrorCode, s.ErrorDesc = int64(code), end.ErrorDesc
		message = management.New(management.Error).Text("Code", end.ErrorCode).Text("Description", end.ErrorDesc)
	}
	message.Int("TransferBytes", info.BytesTransferred).Text("SessionId", s.SessionId)
	t.state.Message = encode(message)
}

// encode is an event as the daemon's clients get it: JSON.
func encode(event *management.Message) string {
	fields := map[string]string{"Type": string(event.Type)}
	for _, f := range event.Fields {
		fields[f.Name] = f.Value
	}
	// Maps of strings have a JSON text.
	text, _ := json.Marshal(fields)
	return string(text)
}

// number reads a field of an event; what is no number counts as 0.
func number(event *management.Message, name string) int64 {
	text, _ := event.Get(name)
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}
