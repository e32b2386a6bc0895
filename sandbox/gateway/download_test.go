package gateway_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// prepare asks for a download and gives the path of its address.
func (w *world) prepare(token string, more map[string]any, names ...string) (string, int) {
	w.t.Helper()
	paths := []map[string]string{}
	for _, name := range names {
		paths = append(paths, map[string]string{"source": name})
	}
	asked := map[string]any{"direction": "receive", "token": token, "paths": paths, "source_root": "/"}
	for name, value := range more {
		asked[name] = value
	}
	body, err := json.Marshal(map[string]any{"transfer_spec": asked})
	w.check(err)
	response, err := w.server.Client().Post(w.server.URL+"/aspera/http-gwy/v1/download", "application/json", bytes.NewReader(body))
	w.check(err)
	defer response.Body.Close()
	var answer struct{ URL string }
	w.check(json.NewDecoder(response.Body).Decode(&answer))
	return strings.TrimPrefix(answer.URL, "https://gw.test:1"), response.StatusCode
}

func (w *world) get(path string) (*http.Response, string) {
	w.t.Helper()
	response, err := w.server.Client().Get(w.server.URL + path)
	w.check(err)
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	w.check(err)
	return response, string(content)
}

func TestDownloadOneFile(t *testing.T) {
	w := newWorld(t)
	w.put("down/f é.txt", "content")
	path, _ := w.prepare("down", nil, "down/f é.txt")
	response, content := w.get(path)
	if content != "content" || response.ContentLength != 7 || response.Header.Get("Content-Disposition") != `attachment; filename="f é.txt"` {
		t.Errorf("got %q, headers %v", content, response.Header)
	}
	if response, _ := w.get(path); response.StatusCode != http.StatusNotFound {
		t.Errorf("the second time: %s", response.Status)
	}
}

func TestDownloadArchive(t *testing.T) {
	tests := []struct {
		name  string
		more  map[string]any
		names []string
		file  string
		want  map[string]string
	}{
		{"several files", map[string]any{"download_name": "f 2 Files"}, []string{"down/f", "down/d/f"}, "f 2 Files.zip",
			map[string]string{"f": "1", "f (2)": "2"}},
		{"a folder", nil, []string{"down/d"}, "d.zip", map[string]string{"d/": "", "d/f": "2", "d/.hidden": "3", "d/e/": ""}},
		{"asked for", map[string]any{"zip_required": true}, []string{"down/f"}, "f.zip", map[string]string{"f": "1"}},
		{"below a source root", map[string]any{"source_root": "/down/d"}, []string{"."}, "http_download.zip",
			map[string]string{"d/": "", "d/f": "2", "d/.hidden": "3", "d/e/": ""}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.put("down/f", "1")
			w.put("down/d/f", "2")
			w.put("down/d/.hidden", "3")
			w.check(os.Mkdir(filepath.Join(w.root, "down", "d", "e"), 0o700))
			path, _ := w.prepare("down", tt.more, tt.names...)
			response, content := w.get(path)
			if got, want := response.Header.Get("Content-Disposition"), `attachment; filename="`+tt.file+`"`; got != want {
				t.Errorf("%s, want %s", got, want)
			}
			archive, err := zip.NewReader(strings.NewReader(content), int64(len(content)))
			w.check(err)
			got := map[string]string{}
			for _, entry := range archive.File {
				file, err := entry.Open()
				w.check(err)
				text, err := io.ReadAll(file)
				w.check(err)
				got[entry.Name] = string(text)
			}
			if fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("archive %v, want %v", got, tt.want)
			}
		})
	}
}

func TestDownloadIsRefused(t *testing.T) {
	w := newWorld(t)
	w.put("down/f", "1")
	w.put("other/secret", "s")
	tests := []struct {
		name   string
		token  string
		path   string
		status int
	}{
		{"wrong token", "nobody", "down/f", http.StatusForbidden},
		{"token of the other direction", "up", "down/f", http.StatusForbidden},
		{"outside of the grant", "down", "other/secret", http.StatusForbidden},
		{"climbing", "down", "down/../other/secret", http.StatusForbidden},
		{"missing", "down", "down/g", http.StatusNotFound},
		{"NUL", "down", "down/\x00", http.StatusBadRequest},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if path, status := w.prepare(tt.token, nil, tt.path); status != tt.status || path != "" {
				t.Errorf("status %d, address %q; want %d", status, path, tt.status)
			}
		})
	}
	if response, _ := w.get("/aspera/http-gwy/v1/download/made-up"); response.StatusCode != http.StatusNotFound {
		t.Errorf("made-up address: %s", response.Status)
	}
}
