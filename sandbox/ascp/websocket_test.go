package ascp_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sandbox/tlsca"
)

func (w *world) overWebSocket(env map[string]string, args ...string) result {
	w.t.Helper()
	return w.run(context.Background(), nil, env, append([]string{"--ws-connect", "-P", w.wss, "-d"}, args...)...)
}

func TestWebSocketSession(t *testing.T) {
	w := newWorld(t, 0)
	files := sample()
	files["big"] = noise(5 << 20)
	files.write(t, filepath.Join(w.local, "src"))
	files.write(t, filepath.Join(w.root, "down"))
	w.overWebSocket(map[string]string{"ASPERA_SCP_TOKEN": "ATsend"}, "-i", w.ca, "--user", "xfer",
		"--mode", "send", filepath.Join(w.local, "src"), "/up").mustPass(t)
	readTree(t, filepath.Join(w.root, "up", "src")).compare(t, files)
	// Of several files the first one counts.
	w.overWebSocket(map[string]string{"ASPERA_SCP_TOKEN": "ATrecv"}, "-i", w.ca, "-i", "/no/such/file", "--user", "xfer",
		"--mode", "recv", "/down", filepath.Join(w.local, "in")).mustPass(t)
	readTree(t, filepath.Join(w.local, "in", "down")).compare(t, files)
	w.overWebSocket(map[string]string{"ASPERA_SCP_PASS": password}, "-i", w.ca, "--user", "node_user",
		"--mode", "send", filepath.Join(w.local, "src", "empty"), "/other").mustPass(t)
}

func TestWebSocketRefusals(t *testing.T) {
	w := newWorld(t, 0)
	tree{"f": "x"}.write(t, w.local)
	other, err := tlsca.Open(t.TempDir())
	check(t, err)
	nothing := filepath.Join(t.TempDir(), "nothing.pem")
	check(t, os.WriteFile(nothing, []byte("no certificate"), 0o600))
	token := map[string]string{"ASPERA_SCP_TOKEN": "ATsend"}
	for _, tt := range []struct {
		name string
		code int64
		env  map[string]string
		args []string
	}{
		{"certificate of the system's store only", 51, token, []string{"--user", "xfer"}},
		{"other certificate", 51, token, []string{"--user", "xfer", "-i", other.File()}},
		{"file without certificate", 8, token, []string{"--user", "xfer", "-i", nothing}},
		{"no token", 19, nil, []string{"--user", "xfer", "-i", w.ca}},
		{"unknown token", 19, map[string]string{"ASPERA_SCP_TOKEN": "ATother"}, []string{"--user", "xfer", "-i", w.ca}},
		{"no password", 19, nil, []string{"--user", "node_user", "-i", w.ca}},
		{"wrong password", 19, map[string]string{"ASPERA_SCP_PASS": "no"}, []string{"--user", "node_user", "-i", w.ca}},
		{"no WebSocket there", 12, token, []string{"--user", "xfer", "-i", w.ca, "-P", w.port}},
		{"nobody there", 12, token, []string{"--user", "xfer", "-i", w.ca, "-P", "1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			args := append(tt.args, "--mode", "send", filepath.Join(w.local, "f"), "/up")
			w.overWebSocket(tt.env, args...).mustFail(t, tt.code)
		})
	}
	if text := readTree(t, w.root); len(text) > 1 || strings.Contains(text["up/f"], "x") {
		t.Errorf("something arrived: %v", text)
	}
}
