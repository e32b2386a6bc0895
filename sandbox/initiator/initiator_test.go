package initiator_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/ascp"
	"github.com/ascli-go/ascli/sandbox/initiator"
	"github.com/ascli-go/ascli/sandbox/sshd"
	"github.com/ascli-go/ascli/sandbox/world"
)

// TestMain makes this test program the stand-in for ascp when it is started as
// such: its first argument is then the management port.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "-M" {
		os.Exit(ascp.Main(context.Background(), os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

// node is a node with its SSH server.
type node struct {
	testing.TB
	world     *world.World
	files     string
	port      int
	transfers *activity.Journal
	starts    *initiator.Initiator
}

// keys are what all nodes of a test share.
func bypassKey(t testing.TB) (file string, key ssh.PublicKey) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	check(t, err)
	block, err := ssh.MarshalPrivateKey(private, "")
	check(t, err)
	file = filepath.Join(t.TempDir(), "bypass.pem")
	check(t, os.WriteFile(file, pem.EncodeToMemory(block), 0o600))
	key, err = ssh.NewPublicKey(public)
	check(t, err)
	return file, key
}

func newNode(t testing.TB, bypassFile string, bypass ssh.PublicKey) *node {
	t.Helper()
	return newTornNode(t, bypassFile, bypass, 0, 10*time.Millisecond)
}

// newTornNode is newNode, whose server cuts the first transfer after that many
// bytes, if any. The transfers that it starts are tried again after a pause.
func newTornNode(t testing.TB, bypassFile string, bypass ssh.PublicKey, cutAfter int64, pause time.Duration) *node {
	t.Helper()
	folder, err := filepath.EvalSymlinks(t.TempDir())
	check(t, err)
	w, err := world.Open(folder)
	check(t, err)
	n := &node{TB: t, world: w, files: filepath.Join(folder, "files")}
	n.transfers, err = activity.Open(folder, w.NodeID(), nil)
	check(t, err)
	host, err := sshd.HostKey(filepath.Join(folder, "host"))
	check(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	n.port = listener.Addr().(*net.TCPAddr).Port
	server := sshd.New(sshd.Config{
		Authority: w, HostKey: host, BypassKey: bypass, Transfers: n.transfers, CutFirst: cutAfter, Log: slog.New(slog.DiscardHandler),
	})
	self, err := os.Executable()
	check(t, err)
	n.starts = initiator.New(initiator.Config{
		Ascp: self, BypassKey: bypassFile, Temporary: t.TempDir(), Transfers: n.transfers, RetryPause: pause,
	})
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- server.Serve(ctx, listener) }()
	t.Cleanup(func() {
		n.starts.Close()
		cancel()
		check(t, <-served)
		check(t, n.transfers.Close())
		check(t, w.Close())
	})
	return n
}

// twoNodes share a bypass key, as all Aspera products do.
func twoNodes(t *testing.T) (near, far *node) {
	file, key := bypassKey(t)
	return newNode(t, file, key), newNode(t, file, key)
}

func (n *node) put(name, content string) {
	n.Helper()
	file := filepath.Join(n.files, filepath.FromSlash(name))
	check(n, os.MkdirAll(filepath.Dir(file), 0o700))
	check(n, os.WriteFile(file, []byte(content), 0o600))
}

func (n *node) holds(name, content string) {
	n.Helper()
	found, err := os.ReadFile(filepath.Join(n.files, filepath.FromSlash(name)))
	if err != nil || string(found) != content {
		n.Errorf("%s holds %d bytes, %v; want %d", name, len(found), err, len(content))
	}
}

// basicToken is the token of the access key of a node.
func (n *node) basicToken() string {
	id, secret, _ := n.world.DefaultAccessKey()
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}

// spec reads a transfer spec to a node; more are further fields as JSON.
func (n *node) spec(direction, more string) initiator.Spec {
	n.Helper()
	var s initiator.Spec
	text := fmt.Sprintf(`{"direction":%q,"remote_host":"127.0.0.1","ssh_port":%d,%s}`, direction, n.port, more)
	check(n, json.Unmarshal([]byte(text), &s))
	return s
}

func (n *node) withToken(direction, more string) initiator.Spec {
	return n.spec(direction, fmt.Sprintf(`"token":%q,%s`, n.basicToken(), more))
}

// start starts a transfer below the whole store.
func (n *node) start(s initiator.Spec) string {
	n.Helper()
	id, err := n.starts.Start("ak1", n.files, s)
	check(n, err)
	return id
}

// wait waits for a status, or for the end.
func (n *node) wait(id string, until func(activity.Transfer) bool) activity.Transfer {
	n.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for deadline := time.Now().Add(30 * time.Second); ; <-look.C {
		r, err := n.transfers.Get(id)
		check(n, err)
		if until(r.Transfer) {
			return r.Transfer
		}
		if time.Now().After(deadline) {
			n.Fatalf("still %+v", r.Transfer)
		}
	}
}

func (n *node) end(id string) activity.Transfer {
	n.Helper()
	return n.wait(id, func(t activity.Transfer) bool { return !t.Status.Active() })
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func noise(size int) string {
	content := make([]byte, size)
	source := rand.NewChaCha8([32]byte{})
	_, _ = source.Read(content)
	return string(content)
}

func TestATransferBetweenTwoNodesMovesFilesAndIsRecordedOnBoth(t *testing.T) {
	near, far := twoNodes(t)
	near.put("src/a", "12345")
	near.put("src/d/b", "678")
	far.put("there/x", "x")

	sent := near.end(near.start(far.withToken("send", `"paths":[{"source":"/src"}],"destination_root":"/in","create_dir":true`)))
	if sent.Status != activity.Completed || sent.BytesTransferred != 8 || sent.ErrorCode != "0" || sent.FilesCompleted != 2 {
		t.Errorf("send: %+v", sent)
	}
	if p := sent.Precalc; p.Status != "ready" || p.BytesExpected != 8 {
		t.Errorf("job size: %+v", p)
	}
	far.holds("in/src/a", "12345")
	far.holds("in/src/d/b", "678")
	remote, err := far.transfers.Get(sent.ID)
	check(t, err)
	if remote.Owner != "ak1" || remote.Local || remote.Transfer.BytesTransferred != 8 || remote.Transfer.Status != activity.Completed {
		t.Errorf("on the far node: %+v", remote)
	}

	received := near.end(near.start(far.withToken("receive",
		`"paths":[{"source":"x","destination":"new/name"}],"source_root":"/there","destination_root":"/got","create_dir":true`)))
	if received.Status != activity.Completed {
		t.Errorf("receive: %+v", received)
	}
	near.holds("got/new/name", "x")
}

func TestATransferToTheNodeItselfIsOneEntry(t *testing.T) {
	file, key := bypassKey(t)
	n := newNode(t, file, key)
	n.put("a", "content")
	got := n.end(n.start(n.withToken("send", `"paths":[{"source":"/a"}],"destination_root":"/copy","create_dir":true`)))
	n.holds("copy/a", "content")
	all, _ := n.transfers.List(activity.Query{Visible: func(string) bool { return true }})
	if got.Status != activity.Completed || len(all) != 1 {
		t.Errorf("%d entries, the transfer: %+v", len(all), got)
	}
}

func TestARefusedLoginFailsWithCodeAndText(t *testing.T) {
	near, far := twoNodes(t)
	near.put("a", "content")
	paths := `"paths":[{"source":"/a"}]`
	wrong := "Basic " + base64.StdEncoding.EncodeToString([]byte("ak1:geheim"))
	for name, s := range map[string]initiator.Spec{
		"password": far.spec("send", `"remote_user":"node_user","remote_password":"geheim",`+paths),
		"token":    far.spec("send", fmt.Sprintf(`"token":%q,%s`, wrong, paths)),
	} {
		t.Run(name, func(t *testing.T) {
			got := near.end(near.start(s))
			if got.Status != activity.Failed || got.ErrorCode != "19" || !strings.Contains(got.ErrorDesc, "Authentication failure") {
				t.Errorf("transfer: %+v", got)
			}
			if text, _ := json.Marshal(got); strings.Contains(string(text), "geheim") || strings.Contains(string(text), wrong) {
				t.Errorf("a secret is in %s", text)
			}
		})
	}
}

func TestTheNodeUserOfTheFarNodeLogsInByPassword(t *testing.T) {
	near, far := twoNodes(t)
	near.put("a", "content")
	user, password := far.world.NodeUser()
	got := near.end(near.start(far.spec("send", fmt.Sprintf(`"remote_user":%q,"remote_password":%q,"paths":[{"source":"/a"}],"destination_root":"/"`, user, password))))
	if got.Status != activity.Completed {
		t.Errorf("transfer: %+v", got)
	}
	far.holds("a", "content")
}

func TestARunningTransferIsPausedResumedSlowedAndCanceled(t *testing.T) {
	near, far := twoNodes(t)
	content := noise(2_000_000)
	near.put("big", content)
	moved := func(t activity.Transfer) bool { return t.BytesTransferred > 0 }
	modify := func(id string, c activity.Change) {
		t.Helper()
		check(t, near.transfers.Modify(id, c))
	}
	paused, running, canceled, slow, fast := "paused", "running", "canceled", 800.0, 0.0
	spec := far.withToken("send", `"paths":[{"source":"/big"}],"destination_root":"/","target_rate_kbps":2000`)

	id := near.start(spec)
	near.wait(id, moved)
	modify(id, activity.Change{TargetRateKbps: &slow})
	near.wait(id, func(t activity.Transfer) bool { return t.Sessions[0].TargetRateKbps == 800 })
	modify(id, activity.Change{Status: &paused})
	half := near.wait(id, func(t activity.Transfer) bool { return t.Status == activity.Paused })
	if half.BytesTransferred >= int64(len(content)) {
		t.Fatal("it was complete before the pause")
	}
	modify(id, activity.Change{Status: &running})
	near.wait(id, func(t activity.Transfer) bool {
		return t.Status == activity.Running && t.BytesTransferred > half.BytesTransferred
	})
	modify(id, activity.Change{TargetRateKbps: &fast}) // 0: no limit
	if got := near.end(id); got.Status != activity.Completed || got.BytesTransferred > int64(len(content)) || len(got.Sessions) != 2 {
		t.Errorf("resumed: %+v", got)
	}
	far.holds("big", content)

	id = near.start(far.withToken("send", `"paths":[{"source":"/big","destination":"other"}],"target_rate_kbps":800`))
	near.wait(id, moved)
	modify(id, activity.Change{Status: &canceled})
	if got := near.end(id); got.Status != activity.Canceled {
		t.Errorf("canceled: %+v", got)
	}
	if _, err := os.Stat(filepath.Join(far.files, "other")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the canceled file is complete: %v", err)
	}
}

func TestNoFileOutsideOfTheStorageIsSent(t *testing.T) {
	near, far := twoNodes(t)
	home := filepath.Join(near.files, "home")
	near.put("home/a", "mine")
	near.put("secret", "not mine")
	id, err := near.starts.Start("ak1", home, far.withToken("send", `"paths":[{"source":"../secret"},{"source":"/../../secret"}],"destination_root":"/"`))
	check(t, err)
	if got := near.end(id); got.Status != activity.Failed || got.BytesTransferred != 0 {
		t.Errorf("transfer: %+v", got)
	}
}

func TestASpecThatCannotBeRunIsRefused(t *testing.T) {
	file, key := bypassKey(t)
	n := newNode(t, file, key)
	for name, text := range map[string]string{
		"direction":       `{"remote_host":"h","paths":[{"source":"a"}]}`,
		"remote_host":     `{"direction":"send","paths":[{"source":"a"}]}`,
		"paths":           `{"direction":"send","remote_host":"h","paths":[]}`,
		"source of path":  `{"direction":"send","remote_host":"h","paths":[{}]}`,
		"line break":      `{"direction":"send","remote_host":"h","paths":[{"source":"a\nb"}]}`,
		"for all paths":   `{"direction":"send","remote_host":"h","paths":[{"source":"a","destination":"b"},{"source":"c"}]}`,
		"no port":         `{"direction":"send","remote_host":"h","paths":[{"source":"a"}],"ssh_port":0}`,
		"tags.aspera":     `{"direction":"send","remote_host":"h","paths":[{"source":"a"}],"tags":{"aspera":[]}}`,
		"rate_policy":     `{"direction":"send","remote_host":"h","paths":[{"source":"a"}],"rate_policy":"x"}`,
		"resume_policy":   `{"direction":"send","remote_host":"h","paths":[{"source":"a"}],"resume_policy":"x"}`,
		"multi_session":   `{"direction":"send","remote_host":"h","paths":[{"source":"a"}],"multi_session":129}`,
		"max_retries":     `{"direction":"send","remote_host":"h","paths":[{"source":"a"}],"xfer_max_retries":-1}`,
		"xfer_retry":      `{"direction":"send","remote_host":"h","paths":[{"source":"a"}],"tags":{"aspera":{"xfer_retry":"x"}}}`,
		"token holds a N": `{"direction":"send","remote_host":"h","paths":[{"source":"a"}],"token":"a\u0000b"}`,
	} {
		t.Run(name, func(t *testing.T) {
			var s initiator.Spec
			check(t, json.Unmarshal([]byte(text), &s))
			if _, err := n.starts.Start("ak1", n.files, s); !errors.Is(err, initiator.ErrSpec) || !strings.Contains(err.Error(), name) {
				t.Errorf("error = %v", err)
			}
		})
	}
	if all, _ := n.transfers.List(activity.Query{Visible: func(string) bool { return true }}); len(all) != 0 {
		t.Errorf("%d transfers were recorded", len(all))
	}
}

func TestAHostElsewhereIsAFailureThatSaysWhy(t *testing.T) {
	file, key := bypassKey(t)
	n := newNode(t, file, key)
	var s initiator.Spec
	check(t, json.Unmarshal([]byte(`{"direction":"send","remote_host":"192.0.2.1","paths":[{"source":"a"}]}`), &s))
	if got := n.end(n.start(s)); got.Status != activity.Failed || !strings.Contains(got.ErrorDesc, "this computer only") {
		t.Errorf("transfer: %+v", got)
	}
}

func FuzzSpec(f *testing.F) {
	f.Add([]byte(`{"direction":"send","remote_host":"h","paths":[{"source":"a"}],"target_rate_kbps":"100","exclude_newer_than":-5}`))
	f.Add([]byte(`{"direction":"receive","remote_host":"h","paths":[{"source":"a","destination":"b"}],"tags":{"aspera":{"node":{}}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var s initiator.Spec
		if json.Unmarshal(text, &s) != nil || s.Check() != nil {
			return
		}
		if len(s.Paths) == 0 || s.RemoteHost == "" || s.RemoteUser == "" || s.TargetRate < 0 {
			t.Errorf("accepted %+v", s)
		}
	})
}
