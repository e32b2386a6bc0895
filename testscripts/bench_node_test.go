package testscripts

import (
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// crowdedNode is a Node API with folders full of files, all alike, whose
// answers cost it next to nothing: what is measured is the client.
type crowdedNode struct {
	folders, files int
	// latency comes before each answer.
	latency time.Duration

	root, folder []byte
	connections  atomic.Int32
}

// fileEntry has the fields that a node lists (OpenAPI, files-id-files-get-200).
const fileEntry = `{"id":"%[1]d","name":"%[2]s","path":"/folder/%[2]s","type":"%[3]s","size":123456,` +
	`"modified_time":"2024-01-02T03:04:05Z","access_level":"edit",` +
	`"access_levels":["delete","list","mkdir","preview","read","rename","write"],"content_type":"application/octet-stream","permission_count":0}`

func serveCrowdedNode(b *testing.B, node *crowdedNode) (url string) {
	list := func(count int, first int, name, kind string) []byte {
		entries := make([]string, count)
		for i := range entries {
			entries[i] = fmt.Sprintf(fileEntry, first+i, fmt.Sprintf(name, i), kind)
		}
		return []byte("[" + strings.Join(entries, ",") + "]")
	}
	node.root = list(node.folders, 2, "folder %d", "folder")
	node.folder = list(node.files, 1_000_000, "report %d.pdf", "file")
	server := httptest.NewUnstartedServer(node)
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			node.connections.Add(1)
		}
	}
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
	server.StartTLS()
	b.Cleanup(server.Close)
	return server.URL
}

func (n *crowdedNode) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	time.Sleep(n.latency)
	body := n.folder
	switch r.URL.Path {
	case "/access_keys/self":
		body = []byte(`{"id":"ak","root_file_id":"1"}`)
	case "/files/1/files":
		body = n.root
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	// A client that went away is no concern of the server.
	_, _ = w.Write(body)
}

// BenchmarkFind walks all folders of an access key.
func BenchmarkFind(b *testing.B) {
	for _, c := range []struct {
		name           string
		folders, files int
		latency        time.Duration
		filter         []string
	}{
		{"200 folders of 500 files, 5 ms away", 200, 500, 5 * time.Millisecond, nil},
		{"1000 folders of 1000 files", 1000, 1000, 0, nil},
		{"1000 folders of 1000 files, filter", 1000, 1000, 0, []string{"*7.pdf"}},
	} {
		b.Run(c.name, func(b *testing.B) {
			node := &crowdedNode{folders: c.folders, files: c.files, latency: c.latency}
			url, home := serveCrowdedNode(b, node), b.TempDir()
			command := func() *exec.Cmd {
				return ascli(b, home, append([]string{"node", "access_keys", "do", "self", "find", "/",
					"--url=" + url, "--username=ak", "--password=secret", "--insecure=yes", "--warn-insecure=no", "--format=csv",
				}, c.filter...)...)
			}
			var m measurement
			m.run(b, command()) // the first one asks for manifests
			m = measurement{}
			for b.Loop() {
				m.run(b, command())
			}
			m.report(b)
			b.ReportMetric(float64(c.folders*(c.files+1))/m.median().Seconds(), "entries/s")
			reportMemory(b, command())
		})
	}
}
