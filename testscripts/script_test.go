// Package testscripts tests the built programs as users run them: one script in
// testdata a behaviour, against the sandbox.
package testscripts

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/ascli-go/ascli/testscripts/world"
)

// suite is what all tests of the package share.
type suite struct {
	bin       string
	sandbox   *world.Sandbox
	strangers *strangers
	hearing   *hearing
	sshd      *sshServer
}

var shared suite

func TestMain(m *testing.M) { os.Exit(runTests(m)) }

func runTests(m *testing.M) int {
	bin, err := world.Bin()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	folder, err := os.MkdirTemp("", "ascli-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	sandbox, err := world.Start(context.Background(), bin, filepath.Join(folder, "sandbox"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer sandbox.Stop()
	strangers, err := buildStrangers(folder)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	hearing, err := startHearing(sandbox)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer hearing.stop()
	sshd, err := startSSHServer(folder)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = sshd.stop() }()
	shared = suite{bin: bin, sandbox: sandbox, strangers: strangers, hearing: hearing, sshd: sshd}
	return m.Run()
}

func TestScripts(t *testing.T) {
	t.Cleanup(func() { shared.hearing.judgement(t) })
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			shared.hearing.begin()
			return setup(env)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"random":       random,
			"exits":        exits,
			"received":     received,
			"awaitport":    awaitPort,
			"variable":     variable,
			"sandbox":      ownSandbox,
			"gatewayfault": gatewayFault,
		},
	})
}

// setup gives a script a home folder with the sandbox's presets, and REMOTE, a
// folder of its own on the server.
func setup(env *testscript.Env) error {
	home := filepath.Join(env.WorkDir, "home")
	main := filepath.Join(home, ".aspera", "ascli")
	if err := os.MkdirAll(main, 0o700); err != nil {
		return err
	}
	config, err := os.ReadFile(shared.sandbox.Config)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(main, "config.yaml"), shared.hearing.config(config), 0o600); err != nil {
		return err
	}
	env.Vars = append(env.Vars, world.Environ(shared.bin, home, "")...)
	env.Vars = append(env.Vars, shared.strangers.environ()...)
	remote := "/" + filepath.Base(env.WorkDir)
	url, err := shared.sandbox.Preset("sandbox_node", "url")
	if err != nil {
		return err
	}
	url = shared.hearing.url(url)
	env.Setenv("REMOTE", remote)
	env.Setenv("SANDBOX", shared.sandbox.Folder)
	env.Values[ownSandboxKey{}] = new(*world.Sandbox)
	env.Setenv("FILES", filepath.Join(shared.sandbox.Files, remote))
	env.Setenv("NODE_URL", url)
	env.Setenv("NODE_HOST", strings.TrimPrefix(url, "https://"))
	env.Setenv("CONFIG", filepath.Join(main, "config.yaml"))
	token, err := accessKeyToken(shared.sandbox)
	if err != nil {
		return err
	}
	env.Setenv("TOKEN", token)
	host, port, err := net.SplitHostPort(shared.sandbox.SSH)
	if err != nil {
		return err
	}
	free, err := freePort()
	if err != nil {
		return err
	}
	env.Setenv("FREE_PORT", free)
	env.Setenv("SFTP_SPEC", shared.sshd.spec())
	env.Setenv("SSHD_URL", fmt.Sprintf("ssh://%s:%d", shared.sshd.Host, shared.sshd.Port))
	env.Setenv("SSHD_USER", shared.sshd.User)
	env.Setenv("SSHD_KEY", shared.sshd.KeyPath)
	env.Setenv("SFTP_KNOWN_HOSTS", shared.sshd.KnownHosts)
	env.Setenv("ALL_FILES", shared.sandbox.Files)
	env.Setenv("SDK", filepath.Join(shared.sandbox.Folder, "sdk"))
	env.Setenv("SSH_HOST", host)
	env.Setenv("SSH_PORT", port)
	folder := filepath.Join(shared.sandbox.Files, remote)
	// The folder may be that of the same script in an earlier round (-count).
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	return os.Mkdir(folder, 0o700)
}

// freePort returns a TCP port of loopback that nobody uses.
func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, err
}

// accessKeyToken returns a transfer token for all files of the sandbox's access
// key (spec/transfer.md 6.3: token).
func accessKeyToken(sandbox *world.Sandbox) (string, error) {
	id, err := sandbox.Preset("sandbox_ak", "username")
	if err != nil {
		return "", err
	}
	secret, err := sandbox.Preset("sandbox_ak", "password")
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret)), err
}

// random FILE SIZE writes a file of random bytes.
func random(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: random FILE SIZE")
	}
	size, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	_, err = io.CopyN(f, rand.Reader, size)
	ts.Check(err)
	ts.Check(f.Close())
}

// variable NAME FILE puts the text of a file, without blanks around it, into a
// variable.
func variable(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: variable NAME FILE")
	}
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile(args[1])))
}
