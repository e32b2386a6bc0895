package clientapp_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sandbox/clientapp"
)

func TestConnectSendsWhatIsSelected(t *testing.T) {
	c := newComputer(t)
	a, b := c.put(c.own, "a", "12345"), c.put(c.own, "d/b", "678")
	if got := c.ask("windows/select-open-file-dialog/", `,"title":"x"`); got.status != 200 || got.value(t, "dataTransfer", "files") == nil {
		t.Errorf("nothing selected: %+v", got)
	}
	c.put(c.own, "selection", a+"\n\n"+filepath.Dir(b)+"\r\n")
	dialog := c.ask("windows/select-open-file-dialog/", "")
	if dialog.value(t, "dataTransfer", "files", 0, "name") != a || dialog.value(t, "dataTransfer", "files", 1, "name") != filepath.Dir(b) {
		t.Fatalf("dialog: %+v", dialog)
	}
	spec := c.spec("send", fmt.Sprintf(`"paths":[{"source":%q},{"source":%q}],"destination_root":"/in","create_dir":true,"tags":{"x":1}`, a, filepath.Dir(b)))
	started := c.ask("transfers/start", fmt.Sprintf(`,"transfer_specs":[{"transfer_spec":%s,"aspera_connect_settings":{"app_id":"app1","request_id":"r1"}}]`, spec))
	id, _ := started.value(t, "transfer_specs", 0, "transfer_spec", "tags", "aspera", "xfer_id").(string)
	if id == "" || started.value(t, "transfer_specs", 0, "transfer_spec", "tags", "x") != 1.0 {
		t.Fatalf("start: %+v", started)
	}
	c.await(id, "completed", "failed")
	info := c.ask("transfers/info/"+id, "")
	for key, want := range map[string]any{"status": "completed", "bytes_expected": 8.0, "bytes_written": 8.0, "percentage": 1.0, "title": "a"} {
		if got := info.value(t, "transfer_info", key); got != want {
			t.Errorf("%s is %v, want %v", key, got, want)
		}
	}
	if got := info.value(t, "transfer_info", "aspera_connect_settings", "request_id"); got != "r1" {
		t.Errorf("request_id is %v", got)
	}
	c.holds(filepath.Join(c.files, "in", "a"), "12345")
	c.holds(filepath.Join(c.files, "in", "d", "b"), "678")

	list := c.ask("transfers/activity", "")
	next := list.value(t, "iteration_token")
	if list.value(t, "transfers", 0, "uuid") != id || list.value(t, "result_count") != 1.0 {
		t.Errorf("activity: %+v", list)
	}
	if later := c.ask("transfers/activity", fmt.Sprintf(`,"iteration_token":%v`, next)); later.value(t, "result_count") != 0.0 {
		t.Errorf("later: %+v", later)
	}
	if other := c.call(c.connect, "x", "POST", "/v5/connect/transfers/activity", `{"aspera_connect_settings":{"app_id":"app2"}}`); other.value(t, "result_count") != 0.0 {
		t.Errorf("another application sees it: %+v", other)
	}
	for _, said := range []answer{started, info, list} {
		if said != started && strings.Contains(said.text, "Basic ") {
			t.Errorf("a secret is in %s", said.text)
		}
	}
	if got := c.ask("transfers/remove/"+id, ""); got.status != 200 {
		t.Errorf("remove: %+v", got)
	}
	if got := c.ask("transfers/info/"+id, ""); got.status != 404 || got.value(t, "error", "user_message") == nil {
		t.Errorf("a removed transfer: %+v", got)
	}
}

func TestDesktopReceives(t *testing.T) {
	c := newComputer(t)
	c.put(c.files, "there/x", "content")
	whole := filepath.Join(c.own, "new", "folder")
	for _, one := range []struct{ name, destination, how, file string }{
		{"below its own folder", "/in/../at", `{}`, filepath.Join(c.folder, "downloads", "at", "x")},
		{"never outside of it", "../../..", `{}`, filepath.Join(c.folder, "downloads", "x")},
		{"in the folder itself", ".", `{}`, filepath.Join(c.folder, "downloads", "x")},
		{"at a whole path", whole, `{"use_absolute_destination_path":true}`, filepath.Join(whole, "x")},
	} {
		t.Run(one.name, func(t *testing.T) {
			spec := c.spec("receive", fmt.Sprintf(`"paths":[{"source":"there/x"}],"destination_root":%q,"resume_policy":"sparse_checksum"`, one.destination))
			started := c.rpc("start_transfer", fmt.Sprintf(`{"app_id":"app1","desktop_spec":%s,"transfer_spec":%s}`, one.how, spec))
			id, _ := started.value(t, "result", "uuid").(string)
			if id == "" {
				t.Fatalf("start: %+v", started)
			}
			c.await(id, "completed", "failed")
			got := c.rpc("get_transfer", fmt.Sprintf(`{"app_id":"app1","transfer_id":%q}`, id))
			if got.value(t, "result", "status") != "completed" || got.value(t, "result", "bytes_expected") != 7.0 {
				t.Errorf("got %+v", got)
			}
			c.holds(one.file, "content")
		})
	}
	all := c.rpc("get_all_transfers", `{"app_id":"app1"}`)
	if list, _ := all.value(t, "result").([]any); len(list) != 4 {
		t.Errorf("all: %+v", all)
	}
	if got := c.rpc("rpc.discover", `[]`); !strings.Contains(got.text, `{"name":"start_transfer"}`) {
		t.Errorf("discover: %+v", got)
	}
	if got := c.rpc("get_info", `[]`); got.value(t, "result", "version") == nil {
		t.Errorf("info: %+v", got)
	}
}

func TestATransferIsStoppedResumedAndRemoved(t *testing.T) {
	c := newComputer(t)
	content := strings.Repeat("0123456789", 200_000)
	big := c.put(c.own, "big", content)
	id, err := c.client.Start("app1", json.RawMessage(c.spec("send", fmt.Sprintf(`"paths":[{"source":%q}],"destination_root":"/","target_rate_kbps":2000`, big))), false)
	check(t, err)
	c.await(id, "running")
	if got := c.rpc("stop_transfer", fmt.Sprintf(`{"transfer_id":%q}`, id)); got.value(t, "result") == nil {
		t.Errorf("stop: %+v", got)
	}
	half := c.await(id, "cancelled", "completed")
	if half.Status != "cancelled" || half.EndTime == "" {
		t.Fatalf("stopped: %+v", half)
	}
	if got := c.ask("transfers/resume/"+id, ""); got.status != 200 {
		t.Errorf("resume: %+v", got)
	}
	c.awaitThat(id, func(t clientapp.Transfer) bool { return t.BytesWritten > half.BytesWritten })
	if got := c.ask("transfers/modify/"+id, `,"target_rate_kbps":0`); got.status != 200 {
		t.Errorf("another rate: %+v", got)
	}
	if got := c.await(id, "completed", "failed"); got.Status != "completed" {
		t.Errorf("resumed: %+v", got)
	}
	c.holds(filepath.Join(c.files, "big"), content)

	id, err = c.client.Start("app1", json.RawMessage(c.spec("send", fmt.Sprintf(`"paths":[{"source":%q,"destination":"other"}],"destination_root":"/","target_rate_kbps":800`, big))), false)
	check(t, err)
	c.await(id, "running")
	if got := c.rpc("remove_transfer", fmt.Sprintf(`{"transfer_id":%q}`, id)); got.value(t, "result") == nil {
		t.Errorf("remove: %+v", got)
	}
	if got := c.rpc("get_transfer", fmt.Sprintf(`{"transfer_id":%q}`, id)); got.value(t, "error", "code") != -32602.0 {
		t.Errorf("a removed transfer: %+v", got)
	}
}

func TestRefusals(t *testing.T) {
	c := newComputer(t)
	start := `{"jsonrpc":"2.0","id":1,"method":"start_transfer","params":{"app_id":"a","transfer_spec":%s}}`
	for _, one := range []struct {
		name, body string
		code       float64
	}{
		{"no JSON", `{`, -32700},
		{"another version", `{"jsonrpc":"1.0","id":1,"method":"get_info"}`, -32600},
		{"no method", `{"jsonrpc":"2.0","id":1}`, -32600},
		{"no id", `{"jsonrpc":"2.0","method":"get_info"}`, -32600},
		{"unknown method", `{"jsonrpc":"2.0","id":1,"method":"zoo"}`, -32601},
		{"parameters by position", `{"jsonrpc":"2.0","id":1,"method":"get_info","params":[1]}`, -32602},
		{"parameters as text", `{"jsonrpc":"2.0","id":1,"method":"get_info","params":"x"}`, -32602},
		{"no transfer spec", `{"jsonrpc":"2.0","id":1,"method":"start_transfer","params":{"app_id":"a"}}`, -32602},
		{"no direction", fmt.Sprintf(start, `{"remote_host":"h","paths":[{"source":"/a"}]}`), -32602},
		{"source below an unknown folder", fmt.Sprintf(start, `{"direction":"send","remote_host":"h","paths":[{"source":"a"}]}`), -32602},
		{"no spec at all", fmt.Sprintf(start, `[]`), -32602},
		{"unknown transfer", `{"jsonrpc":"2.0","id":1,"method":"stop_transfer","params":{"transfer_id":"x"}}`, -32602},
	} {
		t.Run("desktop: "+one.name, func(t *testing.T) {
			got := c.call(c.desktop, "", http.MethodPost, "/", one.body)
			if got.value(t, "error", "code") != one.code || got.value(t, "jsonrpc") != "2.0" || got.value(t, "result") != nil {
				t.Errorf("got %+v", got)
			}
		})
	}
	for _, one := range []struct {
		name, path, body string
		status           int
	}{
		{"no JSON", "transfers/start", `{`, 400},
		{"no transfer", "transfers/start", `{}`, 400},
		{"nobody asks", "transfers/start", `{"transfer_specs":[{"transfer_spec":{}}]}`, 400},
		{"no direction", "transfers/start", `{"aspera_connect_settings":{"app_id":"a"},"transfer_specs":[{"transfer_spec":{}}]}`, 400},
		{"unknown transfer", "transfers/stop/x", `{}`, 404},
	} {
		t.Run("connect: "+one.name, func(t *testing.T) {
			got := c.call(c.connect, "ascli", http.MethodPost, "/v5/connect/"+one.path, one.body)
			if got.status != one.status || got.value(t, "error", "user_message") == nil {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestOnlyThisComputerIsAnswered(t *testing.T) {
	c := newComputer(t)
	for origin, status := range map[string]int{
		"ascli": 200, "http://127.0.0.1:8080": 200, "http://localhost": 200, "http://[::1]:1": 200,
		"https://evil.example": 403, "http://127.0.0.1.evil.example": 403, "null": 403,
	} {
		if got := c.call(c.connect, origin, http.MethodPost, "/v6/connect/transfers/activity", `{}`); got.status != status {
			t.Errorf("origin %s: %+v", origin, got)
		}
	}
	if got := c.call(c.desktop, "http://localhost:3000", http.MethodOptions, "/", ""); got.status != http.StatusNoContent {
		t.Errorf("a page asks first: %+v", got)
	}
	if got := c.call(c.connect, "", http.MethodPost, "/v5/connect/transfers/activity", `{}`); got.status != 400 {
		t.Errorf("without origin: %+v", got)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.desktop.URL, strings.NewReader(`{}`))
	check(t, err)
	r.Host = "evil.example" // as if that name were 127.0.0.1
	response, err := http.DefaultClient.Do(r)
	check(t, err)
	defer response.Body.Close()
	if response.StatusCode != http.StatusForbidden {
		t.Errorf("another name of this computer: %s", response.Status)
	}
}

func FuzzStart(f *testing.F) {
	f.Add([]byte(`{"direction":"receive","remote_host":"127.0.0.1","ssh_port":1,"paths":[{"source":"a"}],"destination_root":"../x"}`))
	f.Add([]byte(`{"direction":"send","remote_host":"127.0.0.1","ssh_port":1,"paths":[{"source":"faux:///a?1"}]}`))
	client, err := clientapp.Open(clientapp.Config{Folder: f.TempDir(), Ascp: filepath.Join(f.TempDir(), "none")})
	check(f, err)
	f.Cleanup(func() { check(f, client.Close()) })
	f.Fuzz(func(t *testing.T, spec []byte) {
		id, err := client.Start("app", spec, false)
		if err != nil {
			return
		}
		got, err := client.Get(id)
		check(t, err)
		if d := got.Spec.DestinationRoot; got.Spec.Direction == "receive" && d != client.Downloads() && !strings.HasPrefix(d, client.Downloads()+string(filepath.Separator)) {
			t.Errorf("received in %q", d)
		}
	})
}
