package nodecmd_test

import (
	"fmt"
	"strings"
	"testing"

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
