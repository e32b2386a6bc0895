package sshd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/sandbox/ascmd"
	"github.com/ascli-go/ascli/sandbox/docroot"
	"github.com/ascli-go/ascli/sandbox/grant"
	"github.com/ascli-go/ascli/sandbox/sparse"
	"github.com/ascli-go/ascli/sandbox/sshd/wire"
)

const (
	// maxEnvValue bounds a variable sent by a client: tokens and tags are small.
	maxEnvValue = 64 << 10
	// maxDigestRequest bounds the JSON of a digest command.
	maxDigestRequest = 64 << 10
	// maxPath bounds the path of a file.
	maxPath = 64 << 10
)

// session is one session channel: it collects the environment until a
// subsystem or command is asked for, and ends with that.
type session struct {
	server  *Server
	log     *slog.Logger
	conn    net.Conn
	channel ssh.Channel
	user    string
	// login is the grant of a login by password, nil after a login by key.
	login *grant.Grant
}

// program is what a client asks to run in its folder.
type program func(*docroot.Folder, *recording, <-chan *ssh.Request) error

func (s *session) serve(requests <-chan *ssh.Request) {
	defer s.channel.Close()
	env := map[string]string{}
	for request := range requests {
		run := s.program(request)
		reply(request, run != nil || isKnownEnv(request, env))
		if run == nil {
			continue
		}
		err := s.run(run, requests, env)
		go ssh.DiscardRequests(requests)
		s.exit(err)
		return
	}
}

// program gives what a request asks to run, nil if it asks for nothing known.
func (s *session) program(request *ssh.Request) program {
	var text struct{ Value string }
	if request.Type != "subsystem" && request.Type != "exec" {
		return nil
	}
	if err := ssh.Unmarshal(request.Payload, &text); err != nil {
		return nil
	}
	switch {
	case request.Type == "subsystem" && text.Value == "sftp":
		return s.serveFiles
	case request.Type == "exec" && text.Value == wire.DigestCommand:
		return s.digest
	case request.Type == "exec" && text.Value == ascmd.Name:
		return s.serveCommands
	case request.Type == "exec" && text.Value == wire.RangesCommand:
		return s.ranges
	}
	return nil
}

// isKnownEnv takes the value of a variable that sessions use.
func isKnownEnv(request *ssh.Request, env map[string]string) bool {
	if request.Type != "env" {
		return false
	}
	var variable struct{ Name, Value string }
	if err := ssh.Unmarshal(request.Payload, &variable); err != nil || len(variable.Value) > maxEnvValue {
		return false
	}
	switch variable.Name {
	case wire.EnvToken, wire.EnvTags, wire.EnvDirection:
		env[variable.Name] = variable.Value
		return true
	}
	return false
}

func (s *session) run(program program, requests <-chan *ssh.Request, env map[string]string) error {
	folder, err := s.server.authorize(s.login, env)
	if err != nil {
		return refusal{err}
	}
	defer folder.Close()
	return program(folder, &recording{session: s, owner: folder.Owner(), env: env}, requests)
}

func (s *session) serveFiles(folder *docroot.Folder, record *recording, requests <-chan *ssh.Request) error {
	stop := make(chan struct{})
	var reports sync.WaitGroup
	reports.Go(func() { record.listen(requests, stop) })
	err := s.serveSFTP(folder, record)
	close(stop)
	reports.Wait()
	record.end(err)
	return err
}

func (s *session) serveSFTP(folder *docroot.Folder, record *recording) error {
	files := &files{folder: folder, payload: &payload{fault: s.server.fault}, record: record}
	// The allocator reuses packet buffers, which matters at loopback speed.
	stream := cuttable{s.channel, files.payload, &record.gone}
	server := sftp.NewRequestServer(stream, files.handlers(), sftp.WithRSAllocator())
	err := server.Serve()
	if files.payload.cut.Load() {
		s.log.Info("SSH connection cut, as asked", "bytes", files.payload.moved.Load())
		s.conn.Close()
		return nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("sftp: %w", err)
	}
	return nil
}

// serveCommands runs ascmd. It ends with the connection.
func (s *session) serveCommands(folder *docroot.Folder, _ *recording, requests <-chan *ssh.Request) error {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() {
		ssh.DiscardRequests(requests)
		stop()
	}()
	return ascmd.Serve(ctx, folder, s.channel, s.channel)
}

func (s *session) digest(folder *docroot.Folder, _ *recording, requests <-chan *ssh.Request) error {
	go ssh.DiscardRequests(requests)
	var asked wire.DigestRequest
	if err := json.NewDecoder(io.LimitReader(s.channel, maxDigestRequest)).Decode(&asked); err != nil {
		return fmt.Errorf("read the digest request: %w", err)
	}
	name, err := folder.Visible(asked.Path)
	if err != nil {
		return err
	}
	file, err := folder.Root.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	text, err := wire.Digest(file, asked.Ranges)
	if err != nil {
		return err
	}
	_, err = io.WriteString(s.channel, text)
	return err
}

// ranges tells which parts of a file hold data.
func (s *session) ranges(folder *docroot.Folder, _ *recording, requests <-chan *ssh.Request) error {
	go ssh.DiscardRequests(requests)
	path, err := io.ReadAll(io.LimitReader(s.channel, maxPath))
	if err != nil {
		return fmt.Errorf("read the path: %w", err)
	}
	name, err := folder.Readable(string(path))
	if err != nil {
		return err
	}
	file, err := folder.Root.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	ranges, err := sparse.Ranges(file, info.Size())
	if err != nil {
		return err
	}
	return json.NewEncoder(s.channel).Encode(ranges)
}

// exit tells the client how the session ended.
func (s *session) exit(err error) {
	status := struct{ Code uint32 }{0}
	if err != nil {
		s.log.Debug("SSH session failed", "error", err)
		status.Code = 1
		text := err.Error()
		if _, ok := errors.AsType[refusal](err); ok {
			status.Code = wire.RefusedStatus
			text = wire.RefusedPrefix + text
		}
		// The client may be gone already: nothing is left to tell it then.
		_, _ = fmt.Fprintln(s.channel.Stderr(), text)
	}
	_, _ = s.channel.SendRequest("exit-status", false, ssh.Marshal(&status))
}

// refusal marks an error of authorization.
type refusal struct{ error }

func (r refusal) Unwrap() error { return r.error }

func reply(request *ssh.Request, ok bool) {
	if request.WantReply {
		// An error means that the connection is lost, which ends the session.
		_ = request.Reply(ok, nil)
	}
}
