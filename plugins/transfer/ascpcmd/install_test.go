package ascpcmd_test

import (
	"archive/zip"
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/plugins/transfer/ascpcmd"
	"github.com/ascli-go/ascli/plugins/transfer/install"
	"github.com/ascli-go/ascli/plugins/transfer/product"
	"github.com/ascli-go/ascli/sdk"
)

// archive is an SDK whose ascp is the test binary.
func archive(t *testing.T) []byte {
	t.Helper()
	self, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	var buffer bytes.Buffer
	w := zip.NewWriter(&buffer)
	file, err := w.CreateHeader(&zip.FileHeader{Name: "sdk/bin/" + product.Here().Program(product.Ascp), Method: zip.Store})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.Write(self); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Bytes()
}

// publisher serves a list of SDKs at /list, and their archives.
func publisher(t *testing.T) string {
	t.Helper()
	content := archive(t)
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	mux.HandleFunc("/list", func(w http.ResponseWriter, _ *http.Request) {
		var list strings.Builder
		for _, version := range []string{"1.1.9", "1.1.10"} {
			list.WriteString("- {url: '" + server.URL + "/" + version + ".zip', version: " + version + ", os: any, platform: " + install.Platform() + "}\n")
		}
		_, _ = w.Write([]byte(list.String()))
	})
	mux.HandleFunc("/1.1.10.zip", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(content) })
	return server.URL
}

func TestInstall(t *testing.T) {
	t.Setenv(actEnv, "works")
	site := publisher(t)
	for _, tt := range []struct {
		name, words string
		version     string
		options     map[string]any
		err         string
	}{
		{"the highest version", "ascp install", "", map[string]any{"locations_url": site + "/list", "sdk_url": "DEF"}, ""},
		{"a version", "transferd install", "1.1.10", map[string]any{"locations_url": site + "/list"}, ""},
		{"an archive by its address", "ascp install", "", map[string]any{"sdk_url": site + "/1.1.10.zip"}, ""},
		{"no such version", "ascp install", "7", map[string]any{"locations_url": site + "/list"}, "No such version: 7 for " + install.Platform()},
		{"no such archive", "ascp install", "1.1.9", map[string]any{"locations_url": site + "/list"}, "404 Not Found"},
		{"over a product", "ascp install", "", map[string]any{"sdk_folder": "product:FIRST"}, "an SDK is not installed over a product"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ascp := filepath.Join(home(t), ".aspera", "sdk", product.Here().Program(product.Ascp))
			args := map[string]any{}
			if tt.version != "" {
				args["version"] = tt.version
			}
			out := run(t, ascpcmd.New(), tt.words, args, tt.options)
			if tt.err != "" {
				if out.Err == nil || !strings.Contains(out.Err.Error(), tt.err) {
					t.Errorf("error is %v", out.Err)
				}
				return
			}
			if out.Err != nil || out.Records[0] != "Installed IBM Aspera Transfer SDK version 4.4.4.1308" {
				t.Fatalf("got %s, %v", out.JSON(), out.Err)
			}
			if out := run(t, ascpcmd.New(), "ascp show", nil, nil); out.Err != nil || out.Records[0] != ascp {
				t.Errorf("ascp is now %s, %v", out.JSON(), out.Err)
			}
		})
	}
}

func TestListArchives(t *testing.T) {
	out := run(t, ascpcmd.New(), "transferd list", nil, map[string]any{"locations_url": publisher(t) + "/list"})
	if out.Err != nil || out.Kind != sdk.ResultList || len(out.Records) != 2 || strings.Join(out.Columns, " ") != "platform version os" {
		t.Errorf("got %s, columns %v, %v", out.JSON(), out.Columns, out.Err)
	}
	out = run(t, ascpcmd.New(), "transferd list", nil, map[string]any{"locations_url": "data:,[]"})
	if out.Err != nil || len(out.Records) != 0 || strings.Join(out.Columns, " ") != "platform version" {
		t.Errorf("got %s, columns %v, %v", out.JSON(), out.Columns, out.Err)
	}
}
