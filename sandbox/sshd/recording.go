package sshd

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/ascp/management"
	"github.com/ascli-go/ascli/sandbox/grant"
	"github.com/ascli-go/ascli/sandbox/sshd/wire"
)

const (
	// maxBegin bounds what a client tells when it begins: the names of all
	// sources are in it.
	maxBegin = 8 << 20
	// maxSessionID bounds the id that a client gives to its session: a UUID.
	maxSessionID = 64
	// transport is what the journal tells of these sessions.
	transport = "ssh"
)

// recording writes one SFTP session into the journal of transfers. The stand-in
// ascp tells itself what it does (package wire); of another client the files
// are recorded that it reads or writes, so that one that only looks around
// makes no transfer.
type recording struct {
	session *session
	owner   string
	env     map[string]string

	// gone is set when the client sends nothing any more.
	gone atomic.Bool

	mu      sync.Mutex
	told    bool
	entry   *activity.Session // nil: nothing was transferred yet
	refused error
}

// listen takes the reports of the client until stop is closed or the channel
// ends. What came before stop was closed is taken.
func (r *recording) listen(requests <-chan *ssh.Request, stop <-chan struct{}) {
	for {
		select {
		case request, more := <-requests:
			if !more {
				return
			}
			reply(request, r.take(request))
		case <-stop:
			// What the client sent before it ended the stream is waiting here.
			for {
				select {
				case request, more := <-requests:
					if !more {
						return
					}
					reply(request, r.take(request))
				default:
					return
				}
			}
		}
	}
}

// take handles one report; it tells whether that was understood.
func (r *recording) take(request *ssh.Request) bool {
	switch request.Type {
	case wire.BeginRequest:
		begin, ok := decodeBegin(request.Payload)
		return ok && r.begin(begin, true) == nil
	case wire.EventRequest:
		event, err := management.NewReader(bytes.NewReader(request.Payload)).Read()
		r.mu.Lock()
		told, entry := r.told, r.entry
		r.mu.Unlock()
		if err != nil || !told {
			return false
		}
		entry.Observe(event)
		return true
	}
	return false
}

// decodeBegin reads what a client tells when it begins.
func decodeBegin(text []byte) (wire.Begin, bool) {
	var begin wire.Begin
	if len(text) > maxBegin || json.Unmarshal(text, &begin) != nil {
		return wire.Begin{}, false
	}
	known := begin.Direction == string(grant.Send) || begin.Direction == string(grant.Receive)
	return begin, known && begin.TargetKbps >= 0 && begin.MinKbps >= 0 && len(begin.SessionID) <= maxSessionID
}

// begin starts the entry in the journal.
func (r *recording) begin(what wire.Begin, told bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.entry != nil || r.refused != nil {
		return r.refused
	}
	client, server := r.session.conn.RemoteAddr(), r.session.conn.LocalAddr()
	spec := activity.StartSpec{
		SourcePaths: what.Sources, DestinationPath: what.Destination, Direction: what.Direction, RemoteHost: hostOf(server),
		RemoteUser: r.session.user, Tags: what.Tags, Cookie: what.Cookie, TokenType: activity.TokenType(r.env[wire.EnvToken]),
		TargetRateKbps: what.TargetKbps, MinRateKbps: what.MinKbps, CreateDir: what.CreateDir, OverwritePolicy: what.Overwrite,
		ResumePolicy: what.Resume, PrecalcEnabled: what.Precalc, Cipher: "none", RatePolicy: "fair",
	}
	if address, isTCP := server.(*net.TCPAddr); isTCP {
		spec.SSHPort = address.Port
	}
	if spec.TokenType == activity.BasicToken {
		spec.ServerAccessKey = r.owner
	}
	entry, err := r.session.server.config.Transfers.Start(activity.Opening{
		Owner: r.owner, SessionID: what.SessionID, Spec: spec, ClientIP: hostOf(client), ServerIP: hostOf(server),
		Transport: transport, Stop: func() { r.session.conn.Close() },
	})
	if err != nil {
		r.refused = err
		r.session.log.Info("SSH transfer refused", "error", err)
		r.session.conn.Close()
		return err
	}
	r.entry, r.told = entry, told
	return nil
}

// opened notes that a client that does not tell what it does opens a file. It
// gives the entry to record in, nil for a client that tells.
func (r *recording) opened(path string, direction grant.Direction) (*activity.Session, error) {
	tags, _ := base64.StdEncoding.DecodeString(r.env[wire.EnvTags]) // checked when the token was
	begin := wire.Begin{Direction: string(direction), Sources: []string{}, Destination: "/", Tags: tags}
	if direction == grant.Receive {
		begin.Sources = append(begin.Sources, path)
	} else {
		begin.Destination = path
	}
	if err := r.begin(begin, false); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.told {
		return nil, nil
	}
	return r.entry, nil
}

// end closes the entry, if the client has not told its end.
func (r *recording) end(err error) {
	r.mu.Lock()
	entry, told := r.entry, r.told
	r.mu.Unlock()
	if entry == nil {
		return
	}
	if told || err != nil {
		entry.End(activity.Lost())
		return
	}
	entry.End(nil)
}

func hostOf(address net.Addr) string {
	host, _, err := net.SplitHostPort(address.String())
	if err != nil {
		return address.String()
	}
	return strings.Trim(host, "[]")
}
