package install

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/fetch"
	"github.com/ascli-go/ascli/plugins/transfer/product"
)

// The test binary is the ascp and the daemon of the archives under test: this
// variable tells what it answers when it is asked for its version.
const answerEnv = "INSTALL_TEST_ANSWER"

func TestMain(m *testing.M) {
	if answer := os.Getenv(answerEnv); answer != "" {
		fmt.Println(answer)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// world is a folder to install in, and a site with an archive.
type world struct {
	folder, temp string
	fetcher      *fetch.Fetcher
	warnings     []string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Setenv(answerEnv, "IBM Aspera ascp version 4.4.4.1308.")
	fetcher, err := fetch.New(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fetcher.Close)
	return &world{folder: filepath.Join(t.TempDir(), "deep", "sdk"), temp: t.TempDir(), fetcher: fetcher}
}

func (w *world) install(t *testing.T, address, checksum string) (product.Info, error) {
	t.Helper()
	return Run(t.Context(), w.fetcher, Order{
		URL: address, SHA256: checksum, Folder: w.folder, TempFolder: w.temp,
		Warn: func(text string) { w.warnings = append(w.warnings, text) },
	})
}

// serve returns the address of an archive.
func serve(t *testing.T, name string, data []byte) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/"+name, func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write(data) })
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL + "/" + name + "?signature=s3cret"
}

// programItem is a program of an archive.
func programItem(t *testing.T, name string) item {
	t.Helper()
	self, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	return item{path: "sdk/bin/" + product.Here().Program(name), content: string(self)}
}

// read returns the content of a file in the SDK folder.
func (w *world) read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(w.folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// litter returns what lies about beside the SDK folder and in the temporary one.
func (w *world) litter(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, folder := range []string{filepath.Dir(w.folder), w.temp} {
		items, err := os.ReadDir(folder)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		for _, i := range items {
			if i.Name() != filepath.Base(w.folder) {
				names = append(names, i.Name())
			}
		}
	}
	return names
}

func TestInstallFromTheNetwork(t *testing.T) {
	w := newWorld(t)
	data := tarOf(t, programItem(t, product.Ascp), programItem(t, product.Transferd), item{path: "sdk/aspera/aspera-license", content: "new"})
	sum := sha256.Sum256(data)
	info, err := w.install(t, serve(t, "sdk-1.tar.gz", data), strings.ToUpper(hex.EncodeToString(sum[:])))
	if err != nil {
		t.Fatal(err)
	}
	if info.Name != "IBM Aspera Transfer SDK" || info.Version != "4.4.4.1308" {
		t.Errorf("installed %s %s", info.Name, info.Version)
	}
	if got := w.read(t, product.InfoFile); got != "<product><name>IBM Aspera Transfer SDK</name><version>4.4.4.1308</version></product>" {
		t.Errorf("%s says %s", product.InfoFile, got)
	}
	if !strings.Contains(w.read(t, "aspera.conf"), ".aspera-ckpt") {
		t.Error("aspera.conf is not that of a client")
	}
	if left := w.litter(t); len(left) != 0 || len(w.warnings) != 0 {
		t.Errorf("left %v, warned %q", left, w.warnings)
	}
}

func TestInstallOverAnother(t *testing.T) {
	w := newWorld(t)
	old := map[string]string{"aspera-license": "mine", "aspera.conf": "my conf", "other": "old"}
	if err := os.MkdirAll(w.folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range old {
		if err := os.WriteFile(filepath.Join(w.folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	archive := filepath.Join(t.TempDir(), "sdk.zip")
	info := item{path: "sdk/bin/" + product.InfoFile, content: "<product><name>Own</name></product>"}
	if err := os.WriteFile(archive, zipOf(t, programItem(t, product.Ascp), info), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := w.install(t, "file:///"+filepath.ToSlash(archive), "")
	if err != nil || got.Name != "Own" || got.Version != "unknown" {
		t.Fatalf("installed %s %s, %v", got.Name, got.Version, err)
	}
	if w.read(t, "aspera-license") != "mine" || w.read(t, "aspera.conf") != "my conf" {
		t.Error("the user's own files are lost")
	}
	left := w.litter(t)
	if len(left) != 1 || !regexp.MustCompile(`^sdk\.\d{14}$`).MatchString(left[0]) {
		t.Errorf("beside it lies %v", left)
	}
	if len(w.warnings) != 1 || w.warnings[0] != "Previous install exists, renaming folder." {
		t.Errorf("warnings %q", w.warnings)
	}
	if _, err := os.Stat(archive); err != nil {
		t.Errorf("the user's archive is gone: %v", err)
	}
}

func TestFormerInstallationsOfOneSecond(t *testing.T) {
	parent := t.TempDir()
	folder := filepath.Join(parent, "sdk")
	at := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, want := range []string{"sdk.20300102030405", "sdk.20300102030405-2", "sdk.20300102030405-3"} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if name, err := setAside(folder, at); err != nil || name != filepath.Join(parent, want) {
			t.Errorf("set aside as %s, %v", name, err)
		}
	}
	items, err := os.ReadDir(parent)
	if err != nil || len(items) != 3 {
		t.Errorf("the folder holds %v, %v", items, err)
	}
}

func TestFailuresKeepTheFormerInstallation(t *testing.T) {
	for _, tt := range []struct {
		name, answer, checksum, err string
		file                        string
		items                       []item
	}{
		{name: "no ascp", items: []item{{path: "s/bin/other", content: "x"}}, err: "No ascp found in SDK archive"},
		{name: "an ascp that fails", answer: "no such thing", items: []item{programItem(t, product.Ascp)}, err: "An error occurred when testing"},
		{name: "another checksum", checksum: "00", items: []item{programItem(t, product.Ascp)}, err: "is not the one of the list"},
		{name: "an unknown format", file: "x.exe", err: "unknown archive extension: x.exe"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			if tt.answer != "" {
				t.Setenv(answerEnv, tt.answer)
			}
			if tt.file == "" {
				tt.file = "x.tar.gz"
			}
			if err := os.MkdirAll(w.folder, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(w.folder, "ascp"), []byte("old"), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := w.install(t, serve(t, tt.file, tarOf(t, tt.items...)), tt.checksum)
			if err == nil || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("error is %v", err)
			}
			if got := w.read(t, "ascp"); got != "old" {
				t.Errorf("ascp is now %q", got)
			}
			if left := w.litter(t); len(left) != 0 {
				t.Errorf("left %v", left)
			}
		})
	}
}

func TestReadLocations(t *testing.T) {
	w := newWorld(t)
	var referer string
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		referer = r.Header.Get("Referer")
		_, _ = rw.Write([]byte(list))
	}))
	t.Cleanup(server.Close)
	locations, err := ReadLocations(t.Context(), w.fetcher, server.URL, "1.2.3")
	if err != nil || len(locations) != 4 || referer != "http://version.1.2.3" {
		t.Errorf("%d archives, sent %q, %v", len(locations), referer, err)
	}
	if _, err := ReadLocations(t.Context(), w.fetcher, "data:,x", ""); err == nil || !strings.HasPrefix(err.Error(), "Error when parsing yaml data from: data:,x") {
		t.Errorf("error is %v", err)
	}
}
