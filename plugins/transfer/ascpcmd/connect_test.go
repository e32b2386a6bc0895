package ascpcmd_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/plugins/transfer/ascpcmd"
)

const connectVersions = `var x = {"entries":[{"title":"Connect for Mac","id":"urn:1","version":"3.1","links":[
 {"title":"Installer","type":"application/octet-stream","href":"bin/mac.dmg","hreflang":"en","rel":"enclosure"},
 {"title":"Gone","href":"bin/gone.dmg","rel":"enclosure-fips"},
 {"title":"Docs","href":"https://docs.example.com/","rel":"documentation"}]}]};`

func connectSite(t *testing.T) ascpcmd.Tree {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/connect/connectversions.js", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(connectVersions)) })
	mux.HandleFunc("/connect/bin/mac.dmg", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("image")) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return ascpcmd.Tree{ConnectBase: server.URL + "/connect"}
}

func TestConnectShows(t *testing.T) {
	tree := connectSite(t)
	for _, tt := range []struct {
		name, words string
		id          string
		columns     string
		want        string
	}{
		{"list", "ascp connect list", "", "id title version", `[{"title":"Connect for Mac","id":"urn:1","version":"3.1","links"`},
		{"info", "ascp connect info", "urn:1", "", `[{"title":"Connect for Mac","id":"urn:1","version":"3.1"}]`},
		{"links", "ascp connect version list", "Connect for Mac", "title type href hreflang rel", `[{"title":"Installer","type":`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			args := map[string]any{}
			if tt.id != "" {
				args["id_or_title"] = tt.id
			}
			out := run(t, tree, tt.words, args, nil)
			if out.Err != nil || !strings.HasPrefix(out.JSON(), tt.want) || strings.Join(out.Columns, " ") != tt.columns {
				t.Errorf("got %s, columns %v, %v", out.JSON(), out.Columns, out.Err)
			}
		})
	}
}

func TestConnectOpen(t *testing.T) {
	out := run(t, connectSite(t), "ascp connect version open", map[string]any{"id_or_title": "urn:1", "title_or_rel": "documentation"}, nil)
	if out.Err != nil || out.Records[0] != "Opened: https://docs.example.com/" || strings.Join(out.Opened, "") != "https://docs.example.com/" {
		t.Errorf("got %s, opened %v, %v", out.JSON(), out.Opened, out.Err)
	}
}

func TestConnectDownload(t *testing.T) {
	tree, folder := connectSite(t), t.TempDir()
	download := func(link string) (string, error) {
		out := run(t, tree, "ascp connect version download", map[string]any{"id_or_title": "urn:1", "title_or_rel": link}, map[string]any{"to_folder": folder})
		return out.JSON(), out.Err
	}
	if status, err := download("enclosure"); err != nil || status != `["Downloaded: mac.dmg"]` {
		t.Errorf("got %s, %v", status, err)
	}
	if content, err := os.ReadFile(filepath.Join(folder, "mac.dmg")); err != nil || string(content) != "image" {
		t.Errorf("saved %q, %v", content, err)
	}
	for link, want := range map[string]string{"Gone": "404 Not Found", "none": "no such value: none"} {
		if _, err := download(link); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error is %v", link, err)
		}
	}
	if items, err := os.ReadDir(folder); err != nil || len(items) != 1 {
		t.Errorf("the folder holds %v, %v", items, err)
	}
}
