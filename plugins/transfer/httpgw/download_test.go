package httpgw

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// receiving is the transfer spec of a download.
func receiving(folder string, sources ...string) string {
	var paths []any
	for _, s := range sources {
		paths = append(paths, record.New("source", s))
	}
	return string(record.JSON(record.New("direction", "receive", "token", "t", "destination_root", folder, "paths", paths)))
}

func TestDownload(t *testing.T) {
	for _, tt := range []struct {
		name        string
		sources     []string
		disposition string
		want        string
		download    string
		zip         bool
	}{
		{"one file", []string{"/d/file.txt"}, "", "file.txt", "file", false},
		{"a name from the gateway", []string{"/d/file.txt"}, `attachment; filename="other.txt"`, "other.txt", "file", false},
		{"a name that leaves the folder", []string{"/d/file.txt"}, `attachment; filename="../../etc/passwd"`, "passwd", "file", false},
		{"a name of another system", []string{"/d/file.txt"}, `attachment; filename="C:\\x\\evil.txt"`, "evil.txt", "file", false},
		{"no name at all", []string{"/d/file.txt"}, `attachment; filename=".."`, "file.txt", "file", false},
		{"a malformed header", []string{"/d/file.txt"}, `;;;`, "file.txt", "file", false},
		{"several files", []string{"/d/a.b.txt", "/d/c"}, "", "a.b 2 Files.zip", "a.b 2 Files", true},
		{"everything", []string{"/"}, "", "http_download.zip", "http_download", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newGateway(t)
			g.content = bytes.Repeat([]byte("0123456789"), 100_000)
			g.disposition = tt.disposition
			folder := filepath.Join(t.TempDir(), "made", "as needed")
			tr := newTrial(t, g, receiving(folder, tt.sources...), `{}`)
			if err := tr.run(t); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(filepath.Join(folder, tt.want))
			if err != nil || !bytes.Equal(got, g.content) {
				t.Errorf("got %d bytes, %v", len(got), err)
			}
			if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
				t.Errorf("folder has %v, %v", entries, err)
			}
			if name := g.spec.Text("download_name"); name != tt.download || g.spec.Bool("zip_required") != tt.zip || g.spec.Text("source_root") != "/" {
				t.Errorf("gateway got %s", record.JSON(g.spec))
			}
		})
	}
}

func TestDownloadFaults(t *testing.T) {
	for _, tt := range []struct{ fault, want string }{
		{"cut", "download incomplete, see "},
		{"stalled", "the gateway sent nothing for 300ms"},
		{"refused", "401 Unauthorized\ntoken expired"},
	} {
		t.Run(tt.fault, func(t *testing.T) {
			g := newGateway(t)
			g.fault, g.content = tt.fault, bytes.Repeat([]byte("x"), 1<<20)
			folder := t.TempDir()
			tr := newTrial(t, g, receiving(folder, "/f"), `{}`)
			if tt.fault == "stalled" {
				tr.agent.idle = 300 * time.Millisecond
			}
			err := tr.run(t)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("outcome is %v", err)
			}
			if _, err := os.Stat(filepath.Join(folder, "f")); err == nil {
				t.Error("an incomplete file has its final name")
			}
			if _, err := os.Stat(filepath.Join(folder, "f.http_partial")); (err == nil) != (tt.fault != "refused") {
				t.Errorf("partial file: %v", err)
			}
			if e := failure.As(err); tt.fault == "refused" && (e == nil || e.Label != failure.Rest) {
				t.Errorf("label of %v", err)
			}
		})
	}
}

func TestDownloadByIDOnly(t *testing.T) {
	g := newGateway(t)
	g.fault, g.content = "id only", []byte("content")
	folder := t.TempDir()
	if err := newTrial(t, g, receiving(folder, "/f"), `{}`).run(t); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(folder, "f")); string(got) != "content" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestDownloadID(t *testing.T) {
	for answer, want := range map[string]string{
		`{"url":"https://gw/aspera/http-gwy/v1/download/a1"}`:      "a1",
		`{"url":"https://gw/aspera/http-gwy/v1/download/a1?x=/y"}`: "a1",
		`{"url":"https://gw/download/a1","transfer_spec_id":"a2"}`: "a1",
		`{"url":"","transfer_spec_id":"a2"}`:                       "a2",
		`{"transfer_spec_id":"../a2"}`:                             "..%2Fa2",
		`{"url":"https://gw/"}`:                                    "",
		`{"transfer_spec_id":""}`:                                  "",
		`{}`:                                                       "",
	} {
		got, err := downloadID(parse(t, answer))
		if got != want || want == "" != (err != nil) {
			t.Errorf("%s: got %q, %v", answer, got, err)
		}
	}
}

func TestDownloadOntoWhatExists(t *testing.T) {
	for _, tt := range []struct{ overwrite, want, warning string }{
		{"never", "old", "kept, as overwrite is never"},
		{"always", "new", ""},
		{"diff", "new", ""},
		{"", "new", ""},
	} {
		t.Run(tt.overwrite, func(t *testing.T) {
			g := newGateway(t)
			g.content = []byte("new")
			folder := tree(t, map[string]string{"f": "old"})
			tr := newTrial(t, g, receiving(folder, "/f"), `{}`)
			tr.job.Spec.Set("overwrite", tt.overwrite)
			if err := tr.run(t); err != nil {
				t.Fatal(err)
			}
			if got, err := os.ReadFile(filepath.Join(folder, "f")); string(got) != tt.want {
				t.Errorf("file holds %q, %v", got, err)
			}
			if !strings.Contains(tr.log.String(), tt.warning) {
				t.Errorf("log is %s", tr.log)
			}
		})
	}
	t.Run("a folder", func(t *testing.T) {
		g := newGateway(t)
		folder := tree(t, map[string]string{"f/x": ""})
		if err := newTrial(t, g, receiving(folder, "/f"), `{}`).run(t); err == nil || !strings.Contains(err.Error(), "is a folder") {
			t.Errorf("outcome is %v", err)
		}
	})
}

func TestCancelDownload(t *testing.T) {
	g := newGateway(t)
	g.fault, g.content = "stalled", bytes.Repeat([]byte("x"), 1<<20)
	folder := t.TempDir()
	tr := newTrial(t, g, receiving(folder, "/f"), `{}`)
	ctx, cancel := context.WithCancel(t.Context())
	outcomes, err := tr.agent.Run(ctx, tr.job, func(e transfer.Event) {
		if e.Kind == transfer.Transfer {
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := failure.As(outcomes[0]); got == nil || got.Label != failure.Interruption {
		t.Errorf("outcome is %v", outcomes[0])
	}
	if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 || entries[0].Name() != "f.http_partial" {
		t.Errorf("folder has %v, %v", entries, err)
	}
}

func FuzzDownloadID(f *testing.F) {
	f.Add("https://gw/v1/download/a1", "b")
	f.Add("%", "../x")
	f.Fuzz(func(t *testing.T, url, id string) {
		got, err := downloadID(record.New("url", url, "transfer_spec_id", id))
		if err == nil && (got == "" || strings.ContainsAny(got, "/?#")) {
			t.Errorf("%q, %q give %q", url, id, got)
		}
	})
}

func FuzzLocalName(f *testing.F) {
	f.Add(`attachment; filename="../x"`)
	f.Add(`attachment; filename*=UTF-8''a%2Fb`)
	f.Add(`a; filename="C:\\y"`)
	f.Fuzz(func(t *testing.T, header string) {
		name := localName(header, "/d/file")
		if name != filepath.Base(name) || !filepath.IsLocal(name) || strings.ContainsAny(name, `/\`+"\x00") {
			t.Errorf("%q gives %q", header, name)
		}
	})
}
