package ascp

import (
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/ascli-go/ascli/sandbox/ascp/management"
	"github.com/ascli-go/ascli/sandbox/sshd/wire"
)

// finishTimeout is how long the server may take to note the end of a session.
const finishTimeout = 5 * time.Second

// beginning is what the server is told of the job. Sources and destination are
// as the two sides know them.
func (s *session) beginning() wire.Begin {
	j := s.job
	begin := wire.Begin{
		SessionID: s.id, Direction: string(j.direction), Sources: []string{}, Destination: j.destination, Cookie: j.cookie,
		TargetKbps: int64(j.targetRate), MinKbps: int64(j.minRate), CreateDir: j.createDir, Overwrite: j.overwrite,
		Resume: j.resume.name(), Precalc: j.precalc,
	}
	for _, src := range j.sources {
		begin.Sources = append(begin.Sources, src.prefixed)
	}
	if tags, err := base64.StdEncoding.DecodeString(j.login.tags64); err == nil && json.Valid(tags) {
		begin.Tags = tags
	}
	return begin
}

// name is the value of transfer spec field "resume_policy".
func (p resumePolicy) name() string {
	return [...]string{resumeNone: "none", resumeAttributes: "attrs", resumeSparse: "sparse_csum", resumeFull: "full_csum"}[p]
}

// begin tells the server of a session that starts. A server that does not take
// reports is none of the sandbox: it is told nothing more.
func (t *remoteTree) begin(what wire.Begin) bool {
	text, err := json.Marshal(what)
	if err != nil {
		return false
	}
	taken, err := t.channel.SendRequest(wire.BeginRequest, true, text)
	return err == nil && taken
}

// report tells the server of an event. A lost connection is found by what moves
// the files.
func (t *remoteTree) report(event *management.Message) {
	_, _ = t.channel.SendRequest(wire.EventRequest, false, event.Encode())
}

// finish tells the server of the last event and waits until it has noted it:
// whoever sees the end of this program finds it in the list of transfers.
func (t *remoteTree) finish(event *management.Message) {
	late := time.AfterFunc(finishTimeout, func() { t.ssh.Close() })
	defer late.Stop()
	_, _ = t.channel.SendRequest(wire.EventRequest, true, event.Encode())
}
