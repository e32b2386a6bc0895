package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/plugins/server/ascmd"
	"github.com/ascli-go/ascli/plugins/server/sftpfiles"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/sshclient"
)

// sshShell runs ascmd on a server; where that is missing, it does the same over
// SFTP.
type sshShell struct {
	config sshclient.Config
	env    map[string]string
	log    *slog.Logger
	// systemLog tells that log goes to that of the system, where refusals belong.
	systemLog bool
}

// endTimeout is how long a server may take to end a session that has told all.
const endTimeout = 10 * time.Second

func (s *sshShell) run(ctx context.Context, command ascmd.Command, yield func(ascmd.Entry) error) error {
	script, err := command.Script()
	if err != nil {
		return err
	}
	client, err := s.dial(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	// Whatever waits for the server ends with the connection.
	defer context.AfterFunc(ctx, func() { _ = client.Close() })()

	err = s.execute(client, script, yield)
	var absent *absentError
	// A server that allows one session at a time frees it between two requests.
	if errors.As(err, &absent) && alive(client) {
		s.log.Info("the server has no " + ascmd.Program + " (" + absent.reason + "): operations on files use SFTP, transfers may use --transfer=sftp")
		files := &sftpfiles.Files{Client: client, Zone: time.Local, Log: s.log}
		if err = files.Run(ctx, command, yield); errors.Is(err, sftpfiles.ErrUnavailable) {
			err = failure.New(failure.SSH, "the server has neither %s (%s) nor SFTP: %w", ascmd.Program, absent.reason, err)
		}
	}
	return s.lost(ctx, client, err)
}

// lost tells why a connection broke, where that is what made the command fail.
func (s *sshShell) lost(ctx context.Context, client *sshclient.Client, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case client.Lost() != nil:
		return failure.New(failure.SSH, "connection to %s lost: %w", s.config.Host, client.Lost())
	case !alive(client):
		return failure.New(failure.SSH, "connection to %s lost: %w", s.config.Host, err)
	}
	return err
}

// alive asks the server for any answer.
func alive(client *sshclient.Client) bool {
	_, _, err := client.SendRequest("keepalive@openssh.com", true, nil)
	return err == nil
}

func (s *sshShell) dial(ctx context.Context) (*sshclient.Client, error) {
	client, err := sshclient.Dial(ctx, s.config)
	var refused *sshclient.Error
	if !errors.As(err, &refused) {
		return client, err
	}
	label := failure.SSH
	if refused.Retryable() {
		label = failure.Network
	}
	message := refused.Message
	if refused.Kind == sshclient.Authentication {
		who := fmt.Sprintf("Authentication failed for user %s@%s", s.config.User, s.config.Host)
		if s.systemLog {
			s.log.Warn(who)
		}
		message = who + ": " + message
	}
	hints := refused.Hints
	if refused.Unknown {
		hints = append(hints, "Or accept servers at their first connection: give "+verifyNew+" to --ssh-options.verify_host_key")
	}
	return nil, &failure.Error{Label: label, Message: message, Hints: hints, Cause: err}
}

// absentError tells that a server has no ascmd, as far as can be told.
type absentError struct{ reason string }

func (e *absentError) Error() string { return "no " + ascmd.Program + " on the server: " + e.reason }

// execute runs ascmd. No end of input is sent: the last command ends the program
// (spec/ascmd.md 1.2).
func (s *sshShell) execute(client *sshclient.Client, script []byte, yield func(ascmd.Entry) error) error {
	session, err := client.NewSession()
	if err != nil {
		return failure.New(failure.SSH, "the server opens no session: %w", err)
	}
	defer func() { _ = session.Close() }()
	for name, value := range s.env {
		// A server may take only the variables that it knows.
		if err := session.Setenv(name, value); err != nil {
			s.log.Debug("the server does not take a variable", "name", name)
		}
	}
	said := &lastWords{}
	session.Stderr = said
	input, err := session.StdinPipe()
	if err != nil {
		return err
	}
	output, err := session.StdoutPipe()
	if err != nil {
		return err
	}
	if err := session.Start(ascmd.Program); err != nil {
		return &absentError{"it runs no programs"}
	}
	if _, err := input.Write(script); err != nil && !errors.Is(err, io.EOF) {
		return failure.New(failure.SSH, "the server takes no commands: %w", err)
	}
	heard := false
	told := ascmd.Decode(output, time.Local, func(e ascmd.Entry) error {
		heard = true
		return yield(e)
	})
	var malformed *ascmd.MalformedError
	switch {
	case told != nil && heard:
		return explainLost(told, said)
	case errors.As(told, &malformed):
		// Whatever that is, it may well wait for more.
		return &absentError{told.Error()}
	}
	ended := s.wait(session, output)
	if said.String() != "" || ended != nil {
		s.log.Debug(fmt.Sprintf("ascmd: exit %d, %s", exitStatus(ended), said))
	}
	if strings.Contains(said.String(), "Could not chdir to home directory") {
		s.log.Debug("Hint: home not created in Windows?")
	}
	if told != nil {
		return s.unheard(told, ended, said)
	}
	return nil
}

// unheard tells what it means that not one entry came.
func (s *sshShell) unheard(told, ended error, said *lastWords) error {
	if !errors.Is(told, ascmd.ErrEmpty) {
		return failure.New(failure.SSH, "the server broke the connection: %w", told)
	}
	if status := exitStatus(ended); status == notFound {
		return &absentError{"not found"}
	}
	if said.String() != "" {
		return &absentError{said.String()}
	}
	return &absentError{told.Error()}
}

// notFound is the status of a shell that finds no program of a name.
const notFound = 127

// exitStatus is that of a program; -1: the server does not tell.
func exitStatus(err error) int {
	var exit *ssh.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitStatus()
	}
	return -1
}

// wait waits for the end of a program that has told all.
func (s *sshShell) wait(session *ssh.Session, output io.Reader) error {
	ended := make(chan error, 1)
	go func() {
		_, _ = io.Copy(io.Discard, output)
		ended <- session.Wait()
	}()
	timer := time.NewTimer(endTimeout)
	defer timer.Stop()
	select {
	case err := <-ended:
		return err
	case <-timer.C:
		_ = session.Close()
		return os.ErrDeadlineExceeded
	}
}

// explainLost tells of an answer that broke off.
func explainLost(told error, said *lastWords) error {
	var malformed *ascmd.MalformedError
	if errors.As(told, &malformed) {
		return failure.New(failure.SSH, "%w", explain(told, said))
	}
	return told
}
