package testscripts

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"github.com/ascli-go/ascli/testscripts/world"
)

// webClient is what IBM publishes for web pages that transfer through a gateway.
const webClient = "@ibm-aspera/http-gateway-sdk-js@7.7.4"

// webClientScript is its script for pages, below the folder of the packages.
const webClientScript = "@ibm-aspera/http-gateway-sdk-js/js/http-gateway.js"

// TestWebClient has a page with IBM's client send files to the sandbox's gateway
// and get them back.
func TestWebClient(t *testing.T) {
	t.Parallel()
	page := serveWebClient(t)
	for _, version := range []string{"v1", "v2"} {
		t.Run(version, func(t *testing.T) {
			w := &webPage{t: t, sandbox: startSandbox(t, "--gateway-api="+version), browser: chromium(t)}
			w.open(page)
			files := map[string][]byte{
				"big.bin":     make([]byte, 200_001), // several slices
				"exact.bin":   make([]byte, 128_000), // two of them
				"naïve ☃.txt": []byte("bonjour"),
				"empty":       {},
			}
			rand.Read(files["big.bin"])
			rand.Read(files["exact.bin"])
			w.upload(files)
			for name, content := range files {
				w.arrives(filepath.Join(w.sandbox.Files, "up", name), content)
			}
			for _, name := range []string{"big.bin", "naïve ☃.txt"} {
				w.download("/up/" + name)
				w.arrives(filepath.Join(w.downloads(), name), files[name])
			}
			w.refusedUpload()
		})
	}
}

// serveWebClient serves an empty page that has IBM's client, and returns its URL.
func serveWebClient(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	install := exec.Command("npm", "install", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts", "--prefer-offline", webClient)
	install.Dir = folder
	if err := run(install); err != nil {
		t.Fatal(err)
	}
	routes := http.NewServeMux()
	routes.HandleFunc("GET /client.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join(folder, "node_modules", filepath.FromSlash(webClientScript)))
	})
	routes.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<!DOCTYPE html><meta charset="utf-8"><title>transfers</title><body><script src="/client.js"></script>`)
	})
	server := httptest.NewServer(routes)
	t.Cleanup(server.Close)
	return server.URL
}

// startSandbox starts a sandbox for a test alone.
func startSandbox(t *testing.T, flags ...string) *world.Sandbox {
	t.Helper()
	sandbox, err := world.Start(t.Context(), shared.bin, filepath.Join(t.TempDir(), "sandbox"), flags...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sandbox.Stop(); err != nil {
			t.Errorf("the sandbox ended with %v", err)
		}
	})
	return sandbox
}

// webPage is a page that transfers.
type webPage struct {
	t       *testing.T
	sandbox *world.Sandbox
	browser context.Context
}

func (w *webPage) check(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *webPage) downloads() string { return filepath.Join(w.sandbox.Folder, "downloads") }

// open shows the page, and has its client find the gateway.
func (w *webPage) open(url string) {
	w.t.Helper()
	w.check(os.Mkdir(filepath.Join(w.sandbox.Files, "up"), 0o700))
	w.check(os.Mkdir(w.downloads(), 0o700))
	save := func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
			Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: w.downloads(),
		})
		return err
	}
	w.check(chromedp.Do(w.browser, chromedp.Navigate(url), chromedp.Func(save)))
	w.script(`asperaHttpGateway.initHttpGateway(%s).then(info => info.name)`, preset(w.t, w.sandbox, "sandbox_gateway", "url"))
}

// script runs JavaScript, whose result is a promise of a text. The values in it
// are written as JSON.
func (w *webPage) script(format string, values ...any) string {
	w.t.Helper()
	for i, value := range values {
		text, err := json.Marshal(value)
		w.check(err)
		values[i] = text
	}
	// What a client rejects with is an object, or an event.
	text := fmt.Sprintf(`Promise.resolve(`+format+`).catch(e => Promise.reject(e instanceof Error ? e : new Error(JSON.stringify(e))))`, values...)
	result, err := chromedp.Run(w.browser, chromedp.Evaluate[string](text, chromedp.EvalAwaitPromise))
	if err != nil {
		w.t.Fatalf("%s: %v", text, err)
	}
	return result
}

// choose puts files into the form of that name, as a person does in the dialog that
// the client opens.
func (w *webPage) choose(form string, files map[string][]byte) {
	w.t.Helper()
	folder := w.t.TempDir()
	var paths []string
	for name, content := range files {
		path := filepath.Join(folder, name)
		w.check(os.WriteFile(path, content, 0o600))
		paths = append(paths, path)
	}
	w.script(`(chosen = asperaHttpGateway.getFilesForUploadPromise(%s), "")`, form)
	w.check(chromedp.Do(w.browser, chromedp.SetUploadFiles("#"+form+" input[type=file]", paths, chromedp.NodeReady)))
}

// send uploads the chosen files and returns the state in which that ends.
func (w *webPage) send(form string) string {
	w.t.Helper()
	spec := w.spec("upload_setup", map[string]any{"paths": []any{map[string]string{"destination": "/up"}}})
	return w.script(`chosen.then(data => {
		const spec = %s
		spec.paths = data.dataTransfer.files.map(f => ({source: f.name}))
		return asperaHttpGateway.upload(spec, %s)
	}).then(() => new Promise(ended => {
		const look = setInterval(() => {
			const last = asperaHttpGateway.getAllTransfers().transfers.at(-1)
			if (last.status !== "completed" && last.status !== "failed") return
			clearInterval(look)
			ended(last.status)
		}, 10)
	}))`, spec, form)
}

func (w *webPage) upload(files map[string][]byte) {
	w.t.Helper()
	w.choose("good", files)
	if state := w.send("good"); state != "completed" {
		w.t.Errorf("the upload is %s", state)
	}
}

// refusedUpload shows that the client takes an error of the gateway for one.
func (w *webPage) refusedUpload() {
	w.t.Helper()
	gateway := preset(w.t, w.sandbox, "sandbox_gateway", "url")
	origin := gateway[:len(gateway)-len("/aspera/http-gwy")]
	w.check(setFaults(w.t.Context(), w.sandbox, origin, `{"websocket":{"do":"error","after_bytes":100000}}`))
	w.choose("bad", map[string][]byte{"bad.bin": make([]byte, 200_000)})
	if state := w.send("bad"); state != "failed" {
		w.t.Errorf("an upload that the gateway refuses is %s", state)
	}
	if _, err := os.Stat(filepath.Join(w.sandbox.Files, "up", "bad.bin")); !errors.Is(err, fs.ErrNotExist) {
		w.t.Errorf("the refused file: %v", err)
	}
}

// download has the browser save a file.
func (w *webPage) download(path string) {
	w.t.Helper()
	spec := w.spec("download_setup", map[string]any{"paths": []any{map[string]string{"source": path}}})
	w.script(`asperaHttpGateway.download(%s).then(() => "")`, spec)
}

// spec asks the Node API for a transfer spec.
func (w *webPage) spec(setup string, request map[string]any) map[string]any {
	w.t.Helper()
	client, err := trustingClient(w.sandbox)
	w.check(err)
	defer client.CloseIdleConnections()
	body, err := json.Marshal(map[string]any{"transfer_requests": []any{map[string]any{"transfer_request": request}}})
	w.check(err)
	r, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, preset(w.t, w.sandbox, "sandbox_node", "url")+"/files/"+setup, bytes.NewReader(body))
	w.check(err)
	r.SetBasicAuth(preset(w.t, w.sandbox, "sandbox_node", "username"), preset(w.t, w.sandbox, "sandbox_node", "password"))
	answer, err := client.Do(r)
	w.check(err)
	defer answer.Body.Close()
	var specs struct {
		TransferSpecs []struct {
			TransferSpec map[string]any `json:"transfer_spec"`
		} `json:"transfer_specs"`
	}
	w.check(json.NewDecoder(answer.Body).Decode(&specs))
	if len(specs.TransferSpecs) != 1 || specs.TransferSpecs[0].TransferSpec == nil {
		w.t.Fatalf("%s: %s, %+v", setup, answer.Status, specs)
	}
	return specs.TransferSpecs[0].TransferSpec
}

// arrives waits until a file is there, and checks its content. The client closes
// its connection, with which empty files come to be, 5 seconds after the last data.
func (w *webPage) arrives(path string, content []byte) {
	w.t.Helper()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		got, err := os.ReadFile(path)
		if err == nil && len(got) >= len(content) {
			if !bytes.Equal(got, content) {
				w.t.Errorf("%s is not what was sent", path)
			}
			return
		}
		select {
		case <-w.browser.Done():
			w.t.Fatalf("%s does not come: %d of %d bytes, %v", path, len(got), len(content), err)
		case <-again.C:
		}
	}
}
