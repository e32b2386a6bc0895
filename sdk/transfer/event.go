package transfer

// Kind says what an [Event] reports.
type Kind string

// The kinds of events (spec/transfer.md 13.1). The data of each stands behind it.
const (
	// SessionsInit carries Text: what is being done before bytes move.
	SessionsInit Kind = "sessions_init"
	// SessionStart carries Session, which no other session of the job has.
	SessionStart Kind = "session_start"
	// SessionSize carries Session and Bytes: all that the session will move.
	SessionSize Kind = "session_size"
	// Transfer carries Session and Bytes: all moved by the session so far,
	// including what an earlier attempt left at the destination.
	Transfer Kind = "transfer"
	// FileDone carries Session, File and Bytes: the size of the complete file.
	FileDone Kind = "file_done"
	// Retry carries Text: why and when it is tried again, and, if known, the Session
	// that failed. What that one moved is counted by the one that follows.
	Retry Kind = "retry"
	// SessionEnd carries Session: no more events of it follow.
	SessionEnd Kind = "session_end"
	// End is the last event of a job.
	End Kind = "end"
)

// Event is one step of progress. Fields that its kind does not mention are zero.
type Event struct {
	Kind    Kind
	Session string
	Text    string
	Bytes   int64
	File    string
}
