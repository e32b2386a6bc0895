package testscripts

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// transferRecord is shaped as in spec/plugins/node.md 17.
const transferRecord = `{"id":"c7a1f0e6-0d2a-4f2e-9d52-%012d","status":"completed","start_spec":{"source_paths":["/data/report.pdf"],` +
	`"destination_path":"/inbox","direction":"send","remote_user":"xfer","remote_host":"node.example.com","tags":{"aspera":{"xfer_id":"x"}},` +
	`"cookie":"aspera.cli","ssh_port":33001},"sessions":[{"id":"bafc72b8","client_node_id":"","server_node_id":"2bbdcc39","client_ip_address":"127.0.0.1",` +
	`"server_ip_address":"127.0.0.1","status":"completed","start_time_usec":1701094040000000,"end_time_usec":1701094040405312,"elapsed_usec":405312,` +
	`"bytes_transferred":26,"bytes_written":26,"bytes_lost":0,"files_completed":1,"target_rate_kbps":500000,"avg_rate_kbps":0.51,"error_code":0,"error_desc":""}],` +
	`"bytes_transferred":26,"bytes_written":26,"bytes_lost":0,"avg_rate_kbps":0.51,"files_completed":1,"files_skipped":0,` +
	`"start_time_usec":1701094040000000,"end_time_usec":1701094040405312,"elapsed_usec":405312,"error_code":0,"error_desc":"",` +
	`"precalc":{"status":"ready","bytes_expected":26,"files_expected":1}}`

// crowdedNode is a Node API with folders full of files, all alike, whose
// answers cost it next to nothing: what is measured is the client.
type crowdedNode struct {
	folders, files int
	// latency comes before each answer.
	latency time.Duration

	root, folder []byte

	// transfers are how many there are, in pages as long as page.
	transfers int
	page      []byte
}

// pageOfTransfers is how many transfers a page has.
const pageOfTransfers = 1000

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
	transfers := make([]string, pageOfTransfers)
	for i := range transfers {
		transfers[i] = fmt.Sprintf(transferRecord, i)
	}
	node.page = []byte("[" + strings.Join(transfers, ",") + "]")
	server := httptest.NewTLSServer(node)
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
	case "/ops/transfers":
		body = n.transferPage(w, r)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	// A client that went away is no concern of the server.
	_, _ = w.Write(body)
}

// transferPage gives the page that an iteration token, a number, asks for.
func (n *crowdedNode) transferPage(w http.ResponseWriter, r *http.Request) []byte {
	number, _ := strconv.Atoi(r.URL.Query().Get("iteration_token")) // none is the first page
	if number*pageOfTransfers >= n.transfers {
		return []byte("[]")
	}
	w.Header().Set("Link", fmt.Sprintf(`<https://%s/ops/transfers?iteration_token=%d>; rel="next"`, r.Host, number+1))
	return n.page
}

// BenchmarkTransferList reads the record of 100,000 transfers in pages.
func BenchmarkTransferList(b *testing.B) {
	node := &crowdedNode{transfers: 100_000}
	url, home := serveCrowdedNode(b, node), b.TempDir()
	command := func() *exec.Cmd { return ascli(b, home, append(crowdedOptions(url), "transfer", "list")...) }
	var m measurement
	for b.Loop() {
		m.run(b, command())
	}
	m.report(b)
	b.ReportMetric(float64(node.transfers)/m.median().Seconds(), "records/s")
	reportMemory(b, command())
}

func crowdedOptions(url string) []string {
	return []string{"node", "--url=" + url, "--username=ak", "--password=secret", "--insecure=yes", "--warn-insecure=no", "--format=csv"}
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
				return ascli(b, home, slices.Concat(crowdedOptions(url), []string{"access_keys", "do", "self", "find", "/"}, c.filter)...)
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
