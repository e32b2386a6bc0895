package nodecmd_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/node/nodetest"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sdktest"
)

// BenchmarkBrowse lists a folder of 10,000 entries, ten pages.
func BenchmarkBrowse(b *testing.B) {
	const pages, size = 10, 1000
	var items []string
	for i := range size {
		items = append(items, fmt.Sprintf(`{"id":"%d","name":"file%d.dat","type":"file","size":123456,"modified_time":"2024-01-02T03:04:05Z","access_level":"edit"}`, i, i))
	}
	body := "[" + strings.Join(items, ",") + "]"
	script := tree()
	for p := range pages {
		key := "GET /files/1/files?per_page=1000"
		if p > 0 {
			key += fmt.Sprintf("&iteration_token=t%d", p)
		}
		page := nodetest.JSON(body)
		if p < pages-1 {
			page.Header = map[string]string{"X-Aspera-Next-Iteration-Token": fmt.Sprintf("t%d", p+1)}
		}
		script[key] = page
	}
	server := nodetest.Serve(b, script)
	for b.Loop() {
		out := sdktest.Run(b, plugin(server.URL), "gen4 browse", values{"path": "/"}, nil, sdktest.Host{})
		if out.Err != nil || len(out.Records) != pages*size {
			b.Fatalf("%d records, %v", len(out.Records), out.Err)
		}
	}
}

func jsonObject(t testing.TB, text string) *record.Object {
	t.Helper()
	o, err := record.ParseObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func jsonText(v any) string { return string(record.JSON(v)) }

// BenchmarkFind walks 20 folders of 1000 files.
func BenchmarkFind(b *testing.B) {
	const folders, files = 20, 1000
	list := func(count int, kind string) nodetest.Answer {
		var entries []string
		for i := range count {
			entries = append(entries, fmt.Sprintf(`{"id":"%d","name":"report %d.pdf","path":"/folder/report %d.pdf","type":%q,"size":123456,`+
				`"modified_time":"2024-01-02T03:04:05Z","access_level":"edit","access_levels":["delete","list","mkdir","preview","read","rename","write"],`+
				`"content_type":"application/octet-stream","permission_count":0}`, 2+i, i, i, kind))
		}
		return nodetest.JSON("[" + strings.Join(entries, ",") + "]")
	}
	script := nodetest.Script{"GET /files/1/files": list(folders, "folder")}
	for i := range folders {
		script[fmt.Sprintf("GET /files/%d/files", 2+i)] = list(files, "file")
	}
	server := nodetest.Serve(b, script)
	b.ReportAllocs()
	for b.Loop() {
		out := sdktest.Run(b, plugin(server.URL), "gen4 find", values{"path": "/", "filter": "none"}, nil, sdktest.Host{})
		if out.Err != nil {
			b.Fatal(out.Err)
		}
	}
	b.ReportMetric(float64(b.N*folders*(files+1))/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkTransferList lists 100,000 transfers, a hundred pages. The server
// makes them as real ones are, about 1 kB each.
func BenchmarkTransferList(b *testing.B) {
	const pages, size = 100, 1000
	server := servePages(b, pages, size)
	b.ReportAllocs()
	for b.Loop() {
		out := &counting{}
		runInto(b, plugin(server), []string{"transfer", "list"}, out)
		if out.records != pages*size {
			b.Fatalf("%d records", out.records)
		}
	}
	b.ReportMetric(float64(pages*size*b.N)/b.Elapsed().Seconds(), "records/s")
}

// The memory that a list takes does not grow with its length.
func TestTransferListKeepsOnePage(t *testing.T) {
	const pages, size = 100, 500
	server := servePages(t, pages, size)
	out := &counting{watch: 5000}
	runInto(t, plugin(server), []string{"transfer", "list"}, out)
	if out.records != pages*size {
		t.Errorf("%d records", out.records)
	}
	// One page is about 2 MB when parsed; all are 200.
	if out.peak > 60<<20 {
		t.Errorf("the heap grew to %d MB", out.peak>>20)
	}
}

// servePages serves transfers in pages, and the last page again and again.
func servePages(t testing.TB, pages, size int) string {
	t.Helper()
	var items []string
	for i := range size {
		items = append(items, fmt.Sprintf(`{"id":"t%d","status":"completed","start_spec":{"direction":"send","remote_user":"xfer","remote_host":"h","destination_path":"/"},`+
			`"sessions":[{"id":"s","status":"completed"}],"files":[%s]}`, i, strings.Repeat(`{"id":"f","path":"/a/b","size":1},`, 20)+`{"id":"f"}`))
	}
	body := []byte("[" + strings.Join(items, ",") + "]")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// No token is the first page, 0.
		page, _ := strconv.Atoi(r.URL.Query().Get("iteration_token"))
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Link", fmt.Sprintf(`<http://h/?iteration_token=%d>; rel="next"`, min(page+1, pages-1)))
		if _, err := w.Write(body); err != nil {
			t.Log(err)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// counting is a sink that keeps nothing; it looks at the heap every so many
// records.
type counting struct {
	records int
	watch   int
	peak    uint64
}

func (c *counting) Begin(sdk.Header) error { return nil }

func (c *counting) Record(any) error {
	c.records++
	if c.watch > 0 && c.records%c.watch == 0 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		c.peak = max(c.peak, m.HeapAlloc)
	}
	return nil
}

func runInto(t testing.TB, p *sdk.Plugin, words []string, sink sdk.Sink) {
	t.Helper()
	inv := &sdk.Invocation{Command: words, Options: map[string]any{}, Log: slog.New(slog.DiscardHandler), Home: t.TempDir()}
	if err := sdk.Execute(t.Context(), p, inv, sink); err != nil {
		t.Fatal(err)
	}
}
