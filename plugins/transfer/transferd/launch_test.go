package transferd

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"google.golang.org/grpc"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	protocol "github.com/ascli-go/ascli/proto/transferd"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// scenarioEnv makes the test program a daemon that acts out a scenario.
const scenarioEnv = "FAKE_TRANSFERD_SCENARIO"

func TestMain(m *testing.M) {
	if scenario := os.Getenv(scenarioEnv); scenario != "" {
		os.Exit(actDaemon(scenario))
	}
	os.Exit(m.Run())
}

// actDaemon serves a transfer that succeeds at once.
func actDaemon(scenario string) int {
	if scenario == "refuses" {
		fmt.Fprintln(os.Stderr, "no licence")
		return 3
	}
	text, err := os.ReadFile(os.Args[2])
	if err != nil {
		return 90
	}
	var conf struct {
		Address string
		Port    int
	}
	if err := json.Unmarshal(text, &conf); err != nil {
		return 91
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(conf.Address, strconv.Itoa(conf.Port)))
	if err != nil {
		return 92
	}
	server := grpc.NewServer()
	server.RegisterService(&protocol.TransferService_ServiceDesc, &fake{
		streams: []stream{{states: []*protocol.TransferResponse{state(completed)}}},
	})
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	go func() {
		<-interrupted
		server.Stop()
	}()
	if scenario == "says its port" {
		fmt.Printf("Info: API Server: Listening on %s \n", listener.Addr())
	}
	if server.Serve(listener) != nil {
		return 93
	}
	return 0
}

// sdkFolder holds this program as daemon.
func sdkFolder(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	folder, name := t.TempDir(), "asperatransferd"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	path := filepath.Join(folder, name)
	if os.Link(self, path) != nil { // on another disk, say
		if err := os.Symlink(self, path); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestStartOfDaemon(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := listener.Addr().(*net.TCPAddr).Port
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, scenario, url, err string
		left                     int
	}{
		{"on a free port", "says its port", ":0", "", 0},
		{"on a port, which it says", "says its port", fmt.Sprintf(":%d", free), "", 0},
		{"on a port, without a word", "is silent", fmt.Sprintf(":%d", free), "", 0},
		{"ends at once", "refuses", ":0", "Transfer daemon exited with status 3. Check files: ", 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv(scenarioEnv, tt.scenario)
			spec, err := record.ParseObject([]byte(upload))
			if err != nil {
				t.Fatal(err)
			}
			temporary := t.TempDir()
			outcomes, err := newTrial().agent.Run(t.Context(), agent.Job{
				Spec: spec, Info: record.New("url", tt.url), Env: agent.Env{SDKFolder: sdkFolder(t), TempFolder: temporary},
			}, func(transfer.Event) {})
			if tt.err == "" && (err != nil || len(outcomes) != 1 || outcomes[0] != nil) ||
				tt.err != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.err)) {
				t.Errorf("outcomes %v, error %v", outcomes, err)
			}
			files, err := filepath.Glob(filepath.Join(temporary, "*"))
			if err != nil || len(files) != tt.left {
				t.Errorf("left: %v, %v", files, err)
			}
			for _, file := range files {
				if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
					t.Errorf("%s: %v, %v", file, info.Mode(), err)
				}
			}
		})
	}
}
