package sftp

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sshclient/sshdtest"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// bench is a server, a folder of this side and one of the server's side.
type bench struct {
	t      *testing.T
	server *sshdtest.Server
	// port is that to connect to; tests may put something between.
	port        int
	here, there string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	return benchOn(t, sshdtest.Start(t, sshdtest.Options{}))
}

func benchOn(t *testing.T, server *sshdtest.Server) *bench {
	return &bench{t: t, server: server, port: server.Port, here: t.TempDir(), there: t.TempDir()}
}

// result is what a job gave.
type result struct {
	err    error
	events []transfer.Event
	log    string
}

func (b *bench) spec(text string) *record.Object {
	b.t.Helper()
	spec, err := record.ParseObject([]byte(text))
	if err != nil {
		b.t.Fatalf("%v in %s", err, text)
	}
	for key, value := range map[string]any{
		"remote_host": b.server.Host, "ssh_port": b.port, "remote_user": b.server.User, "ssh_private_key": b.server.Key, "create_dir": true,
	} {
		if !spec.Has(key) {
			spec.Set(key, value)
		}
	}
	return record.DropNulls(spec)
}

// run runs a job; info is transfer_info.
func (b *bench) run(ctx context.Context, spec, info string) result {
	b.t.Helper()
	params, err := record.ParseObject([]byte(info))
	if err != nil {
		b.t.Fatalf("%v in %s", err, info)
	}
	if !params.Has("known_hosts") {
		params.Set("known_hosts", []any{b.knownHosts()})
	}
	var r result
	var mutex sync.Mutex
	var log bytes.Buffer
	a := &Agent{sleep: func(ctx context.Context, _ time.Duration) error { return context.Cause(ctx) }}
	job := agent.Job{Spec: b.spec(spec), Info: params, Env: agent.Env{Log: slog.New(slog.NewTextHandler(&log, nil))}}
	outcomes, err := a.Run(ctx, job, func(e transfer.Event) {
		mutex.Lock()
		defer mutex.Unlock()
		r.events = append(r.events, e)
	})
	r.err, r.log = err, log.String()
	if err == nil {
		r.err = outcomes[0]
		checkEvents(b.t, r.events)
	}
	if strings.Contains(r.log, "PRIVATE KEY") {
		b.t.Error("the log shows the key")
	}
	return r
}

// checkEvents holds the events to the contract of agents.
func checkEvents(t *testing.T, events []transfer.Event) {
	t.Helper()
	started, ended := 0, 0
	for i, e := range events {
		switch e.Kind {
		case transfer.SessionStart:
			started++
		case transfer.SessionEnd:
			ended++
		case transfer.End:
			if i != len(events)-1 {
				t.Error("events follow the end")
			}
		}
	}
	if started != ended || started > 1 || events[len(events)-1].Kind != transfer.End {
		t.Errorf("%d sessions started, %d ended; last event %v", started, ended, events[len(events)-1])
	}
}

func (r result) count(kind transfer.Kind) int {
	n := 0
	for _, e := range r.events {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

// last returns the last event of a kind.
func (r result) last(kind transfer.Kind) transfer.Event {
	for _, e := range slices.Backward(r.events) {
		if e.Kind == kind {
			return e
		}
	}
	return transfer.Event{}
}

// knownHosts knows the server by the port that is connected to.
func (b *bench) knownHosts() string {
	path := filepath.Join(b.t.TempDir(), "known_hosts")
	text, err := os.ReadFile(b.server.KnownHosts)
	if err != nil {
		b.t.Fatal(err)
	}
	text = bytes.ReplaceAll(text, fmt.Appendf(nil, ":%d ", b.server.Port), fmt.Appendf(nil, ":%d ", b.port))
	writeFile(b.t, path, text)
	return path
}

func writeFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// tree returns what a folder has: paths, and the content of files.
func tree(t *testing.T, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		switch {
		case d.IsDir():
			found[rel+"/"] = ""
		case d.Type()&os.ModeSymlink != 0:
			target, err := os.Readlink(path)
			found[rel] = "-> " + target
			return err
		default:
			content, err := os.ReadFile(path)
			found[rel] = string(content)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// sameTree compares folders.
func sameTree(t *testing.T, got, want map[string]string) {
	t.Helper()
	for path, content := range want {
		if g, ok := got[path]; !ok {
			t.Errorf("%s is missing", path)
		} else if g != content {
			t.Errorf("%s has %d bytes, want %d, or others", path, len(g), len(content))
		}
	}
	for path := range got {
		if _, ok := want[path]; !ok {
			t.Errorf("%s should not be there", path)
		}
	}
}

// code is that of a failed job, 0 for none.
func code(err error) int {
	for err != nil {
		if e, ok := err.(*transfer.Error); ok {
			return e.Code
		}
		u, ok := err.(interface{ Unwrap() error })
		if !ok {
			return 0
		}
		err = u.Unwrap()
	}
	return 0
}

// shift changes the time of a file by hours.
func shift(t *testing.T, path string, hours int) {
	t.Helper()
	at := time.Now().Add(time.Duration(hours) * time.Hour)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

func ssh256(key ssh.PublicKey) string { return ssh.FingerprintSHA256(key) }
