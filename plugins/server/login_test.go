package server_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/plugins/server"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sdktest"
	"github.com/ascli-go/ascli/sdk/sshclient/sshdtest"
)

// serve runs a server in Go that lets in whom config does and runs ascmd, and
// returns its URL. OpenSSH checks passwords of the system's users only, which a test
// must not change.
func serve(t *testing.T, config *ssh.ServerConfig, ascmd string) string {
	t.Helper()
	signer, _, err := sshdtest.NewKey(sshdtest.Ed25519, "")
	if err != nil {
		t.Fatal(err)
	}
	config.AddHostKey(signer)
	return listen(t, func(conn net.Conn) {
		defer conn.Close()
		server, channels, requests, err := ssh.NewServerConn(conn, config)
		if err != nil {
			return
		}
		go ssh.DiscardRequests(requests)
		for channel := range channels {
			session, requests, err := channel.Accept()
			if err != nil {
				return
			}
			go execute(session, requests, ascmd)
		}
		_ = server.Wait()
	})
}

// execute runs a program in place of the one asked for.
func execute(session ssh.Channel, requests <-chan *ssh.Request, program string) {
	for request := range requests {
		known := request.Type == "exec"
		_ = request.Reply(known, nil)
		if !known {
			continue
		}
		cmd := exec.Command(program)
		cmd.Stdout = session
		input, err := cmd.StdinPipe()
		if err == nil {
			go func() { _, _ = io.Copy(input, session) }()
			err = cmd.Run()
		}
		status := uint32(0)
		if err != nil {
			status = 1
		}
		_, _ = session.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{status}))
		_ = session.Close()
	}
}

// listen serves connections on loopback and returns the URL.
func listen(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var accepting sync.WaitGroup
	t.Cleanup(func() {
		_ = listener.Close()
		accepting.Wait()
	})
	accepting.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serve(conn)
		}
	})
	return "ssh://" + listener.Addr().String()
}

// Passwords, in both ways that servers ask for them.
func TestPasswords(t *testing.T) {
	program := filepath.Join(buildASCMD(t), "ascmd")
	folder := t.TempDir()
	write(t, filepath.Join(folder, "a"), "x")
	refused := errors.New("no")
	check := func(_ ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
		if string(password) != "s3same" {
			return nil, refused
		}
		return nil, nil
	}
	plain := serve(t, &ssh.ServerConfig{PasswordCallback: check}, program)
	interactive := serve(t, &ssh.ServerConfig{KeyboardInteractiveCallback: func(conn ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
		answers, err := ask("", "", []string{"Password: "}, []bool{false})
		if err != nil || len(answers) != 1 {
			return nil, refused
		}
		return check(conn, []byte(answers[0]))
	}}, program)
	twoSteps := serve(t, &ssh.ServerConfig{KeyboardInteractiveCallback: func(conn ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
		answers, err := ask("", "", []string{"Password: "}, []bool{false})
		if err != nil || answers[0] != "s3same" {
			return nil, refused
		}
		if answers, err = ask("", "", []string{"Code: "}, []bool{true}); err != nil || answers[0] != "123" {
			return nil, refused
		}
		return nil, nil
	}}, program)
	token := record.New("token", "")
	for _, tt := range []struct {
		name    string
		url     string
		options values
		answers []string
		err     string
	}{
		{name: "password", url: plain, options: values{"password": "s3same"}},
		{name: "keyboard-interactive", url: interactive, options: values{"password": "s3same"}},
		{name: "password in ssh_options", url: plain, options: values{"ts": token, "ssh_options": sshOptions("password", "s3same")}},
		{name: "wrong password", url: plain, options: values{"password": "wr0ng"}, err: "Authentication failed for user xfer@127.0.0.1"},
		{name: "wrong password, keyboard-interactive", url: interactive, options: values{"password": "wr0ng"}, err: "Authentication failed for user xfer@127.0.0.1"},
		{name: "second step on the terminal", url: twoSteps, options: values{"password": "s3same", "interactive": true}, answers: []string{"123"}},
		{name: "second step, nobody to ask", url: twoSteps, options: values{"password": "s3same"}, err: "Authentication failed"},
		{name: "asked for", url: plain, options: values{"ts": token, "interactive": true}, answers: []string{"wr0ng", "s3same"}},
		{name: "asked for too often", url: plain, options: values{"ts": token, "interactive": true, "ssh_options": sshOptions("number_of_password_prompts", 1)},
			answers: []string{"wr0ng", "s3same"}, err: "Authentication failed"},
		{name: "no prompts", url: plain, options: values{"ts": token, "interactive": true, "ssh_options": sshOptions("number_of_password_prompts", 0)}, err: "Authentication failed"},
		{name: "not to be asked", url: plain, options: values{"ts": token, "interactive": true, "ssh_options": sshOptions("non_interactive", true)}, err: "Authentication failed"},
		{name: "only one method allowed", url: interactive, options: values{"password": "s3same", "ssh_options": sshOptions("auth_methods", []any{"password"})}, err: "Authentication failed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			// No key of this machine's user may help.
			t.Setenv("HOME", t.TempDir())
			options := values{"url": tt.url, "ssh_options": sshOptions()}
			for name, v := range tt.options {
				options[name] = v
			}
			got := sdktest.Run(t, server.Plugin(), "ls", values{"paths": []any{folder}}, options, sdktest.Host{Answers: tt.answers, LogLevel: slog.LevelDebug})
			if strings.Contains(got.Log+fmt.Sprint(got.Err), "s3same") || strings.Contains(got.Log+fmt.Sprint(got.Err), "wr0ng") {
				t.Errorf("the password shows in %s, %v", got.Log, got.Err)
			}
			if tt.err != "" {
				if e := failure.As(got.Err); e == nil || e.Label != failure.SSH || !strings.Contains(e.Message, tt.err) {
					t.Errorf("error is %v", got.Err)
				}
				return
			}
			if got.Err != nil || !strings.Contains(got.JSON(), `"name":"a"`) {
				t.Errorf("got %s, %v", got.JSON(), got.Err)
			}
		})
	}
}

// A refusal belongs to the log of the system, where the log goes there.
func TestRefusalInTheSystemLog(t *testing.T) {
	url := serve(t, &ssh.ServerConfig{PasswordCallback: func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) { return nil, errors.New("no") }}, "")
	t.Setenv("HOME", t.TempDir())
	for _, logger := range []string{"stderr", "syslog"} {
		got := sdktest.Run(t, server.Plugin(), "ls", nil, values{"url": url, "username": "u", "password": "p", "logger": logger, "ssh_options": sshOptions()}, sdktest.Host{})
		if told := strings.Contains(got.Log, `level=WARN msg="Authentication failed for user u@127.0.0.1"`); told != (logger == "syslog") {
			t.Errorf("logger %s: log is %s", logger, got.Log)
		}
	}
}
