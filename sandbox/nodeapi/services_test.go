package nodeapi_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sandbox/eventlog"
)

// event is what tests look at in an event.
type event struct {
	ID, Time string
	UserID   string `json:"user_id"`
	Types    []string
	Data     struct{ Path, ID string }
}

func TestEventsTellWhatHappened(t *testing.T) {
	n := newOperatedNode(t)
	n.call(asKey, "POST", "/files/create", `{"paths":[{"type":"directory","path":"/d"}]}`).is(200)
	n.call(asKey, "POST", "/files/rename", `{"paths":[{"path":"/","source":"d","destination":"e"}]}`).is(200)
	s := n.record("ak1", "send")
	s.End(nil)
	n.call(asKey, "POST", "/files/delete", `{"paths":[{"path":"/e"}]}`).is(200)
	list := func(target string) (types, next string) {
		t.Helper()
		got := n.call(asKey, "GET", target, "").is(200)
		var found []event
		got.into(&found)
		for _, e := range found {
			types += strings.Join(e.Types, "+") + " "
		}
		return types, got.next()
	}
	all := "file.created file.moved transfer.started+upload.started transfer.ended+upload.ended file.deleted "
	for target, want := range map[string]string{
		"/events":                                 all,
		"/events?type=transfer.ended":             "transfer.ended+upload.ended ",
		"/events?type_glob%5B%5D=file.*":          "file.created file.moved file.deleted ",
		"/events?after_time=2999-01-01T00:00:00Z": "",
	} {
		if types, _ := list(target); types != want {
			t.Errorf("%s: %s, want %s", target, types, want)
		}
	}
	pages, at := "", "/events?count=2"
	for range 4 {
		types, next := list(at)
		pages, at = pages+types, next
	}
	if pages != all {
		t.Errorf("page by page: %s", pages)
	}
	if types, same := list(at); types != "" || same != at {
		t.Errorf("at the end: %q, then %s instead of %s", types, same, at)
	}
}

func TestOneEventIsShownToWhoMaySeeIt(t *testing.T) {
	n := newOperatedNode(t)
	n.ops.Events.Add("ak1:somebody", map[string]string{"id": "p"}, eventlog.PermissionMade)
	var found []event
	n.call(asKey, "GET", "/events", "").is(200).into(&found)
	var one event
	n.call(asKey, "GET", "/events/"+found[0].ID, "").is(200).into(&one)
	if one.UserID != "somebody" || one.Data.ID != "p" || one.Types[0] != "permission.created" {
		t.Errorf("event: %+v", one)
	}
	n.call(asKey, "POST", "/access_keys", `{"id":"sub","secret":"s","storage":{"type":"local","path":"/sub"}}`).is(200)
	asSub := func(*testNode) (string, string) { return "sub", "s" }
	n.call(asSub, "GET", "/events/"+found[0].ID, "").is(404).failure()
	n.call(asKey, "GET", "/events/none", "").is(404).failure()
	n.call(asKey, "GET", "/events?type_glob[]=%5B", "").is(400).failure()
}

func TestServicesAndWatchFoldersAreKept(t *testing.T) {
	folder := t.TempDir()
	version := []string{"X-aspera-WF-version", "2017_10_23"}
	t.Run("create", func(t *testing.T) {
		n := openOperatedNode(t, folder)
		var made struct{ ID string }
		n.call(asUser, "POST", "/rund/services", `{"id":"mywatchd","type":"WATCHD","run_as":{"user":"u","pass":"geheim"},"enabled":true}`).is(201).into(&made)
		if made.ID != "mywatchd" {
			t.Errorf("made %+v", made)
		}
		n.call(asUser, "POST", "/rund/services", `{"id":"mywatchd","type":"WATCHD","run_as":{"user":"u"}}`).is(409).failure()
		n.call(asUser, "POST", "/v3/watchfolders", `{"id":"w1","source":{"path":"/in"},"target":{"path":"/out"}}`, version...).is(201)
		n.call(asUser, "PUT", "/v3/watchfolders/w1", `{"source":{"path":"/in2"},"target":{"path":"/out"}}`, version...).is(204)
	})
	n := openOperatedNode(t, folder)
	var services struct {
		Services []struct{ ID, State string }
	}
	got := n.call(asUser, "GET", "/rund/services", "").is(200)
	got.into(&services)
	if len(services.Services) != 1 || services.Services[0].State != "RUNNING" || strings.Contains(got.body, "geheim") {
		t.Errorf("services: %s", got.body)
	}
	n.call(asKey, "DELETE", "/rund/services/mywatchd", "").is(404).failure()
	n.call(asUser, "DELETE", "/rund/services/mywatchd", "").is(204)

	var list struct{ IDs []string }
	n.call(asUser, "GET", "/v3/watchfolders", "", version...).is(200).into(&list)
	body := n.call(asUser, "GET", "/v3/watchfolders/w1", "", version...).is(200).body
	if len(list.IDs) != 1 || !strings.Contains(body, `"/in2"`) || !strings.Contains(body, `"id":"w1"`) {
		t.Errorf("watch folders %v, the first: %s", list.IDs, body)
	}
	n.call(asUser, "GET", "/v3/watchfolders/w1/state", "", version...).is(200)
	n.call(asUser, "DELETE", "/v3/watchfolders/w1", "", version...).is(204)
	n.call(asUser, "GET", "/v3/watchfolders/w1", "", version...).is(404).failure()
}

func TestAWatchFolderNeedsTheFormatOf2017(t *testing.T) {
	n := newOperatedNode(t)
	for name, test := range map[string]struct{ version, body string }{
		"no version":  {"", `{"source":{"path":"/in"},"target":{"path":"/out"}}`},
		"old version": {"2016_09_14", `{"source":{"path":"/in"},"target":{"path":"/out"}}`},
		"old body":    {"2017_10_23", `{"source_dir":"/in","target_dir":"/out"}`},
	} {
		t.Run(name, func(t *testing.T) {
			got := n.in(t).call(asUser, "POST", "/v3/watchfolders", test.body, "X-aspera-WF-version", test.version).is(400)
			if text := got.failure().UserMessage; !strings.Contains(text, "Unable to convert 2016_09_14 configuration") {
				t.Errorf("message: %s", text)
			}
		})
	}
}

func TestASynchronisationIsSeenByBothGenerationsOfCalls(t *testing.T) {
	n := newOperatedNode(t)
	n.put("l/a", "123")
	n.put("l/d/b", "4567")
	var made struct{ ID string }
	n.call(asKey, "POST", "/asyncs", `{"configuration":{"name":"n","local":{"path":"/l"},"remote":{"host":"h","port":1,"user":"u","pass":"geheim","path":"/r"}}}`).is(201).into(&made)
	if body := n.call(asKey, "GET", "/asyncs/"+made.ID, "").is(200).body; !strings.Contains(body, `"name":"n"`) || strings.Contains(body, "geheim") {
		t.Errorf("shown: %s", body)
	}
	n.call(asKey, "POST", "/asyncs/"+made.ID+"/start", "").is(204)
	for word, want := range map[string]string{
		"state": `"state":"RUNNING"`, "counters": `"bytes_total":7`, "files": `"path":"/l/d/b"`, "summary": `"remote_dir":"/r"`, "bandwidth": `"data":[]`,
	} {
		if body := n.call(asKey, "GET", "/asyncs/"+made.ID+"/"+word, "").is(200).body; !strings.Contains(body, want) {
			t.Errorf("%s: %s", word, body)
		}
	}
	var list struct {
		IDs []string `json:"sync_ids"`
	}
	n.call(asKey, "GET", "/async/list", "").is(200).into(&list)
	if len(list.IDs) != 1 {
		t.Fatalf("ids: %v", list.IDs)
	}
	id := list.IDs[0]
	for word, want := range map[string]string{
		"summary":   `{"sync_summaries":[{"id":"` + made.ID + `","snid":"` + id + `","name":"n"`,
		"bandwidth": `{"bandwidth_data":[{"` + id + `":{"data":[]}}]}`,
		"files":     `{"sync_files":[{"` + id + `":[{"fnid":"2","path":"/l/d/b","size":4,"status":1}]}]}`,
		"counters":  `"files_pending":2`,
	} {
		body := fmt.Sprintf(`{"syncs":[%s],"skip":1}`, id)
		if got := n.call(asKey, "POST", "/async/"+word, body).is(200).body; !strings.Contains(got, want) {
			t.Errorf("%s: %s, want %s", word, got, want)
		}
	}
	if got := n.call(asKey, "POST", "/async/files", `{"syncs":["999"]}`).is(200).body; got != "{\"sync_files\":[]}\n" {
		t.Errorf("files of an unknown one: %s", got)
	}
	n.call(asKey, "POST", "/asyncs/"+made.ID+"/stop", "").is(204)
	if body := n.call(asKey, "GET", "/asyncs/"+made.ID+"/state", "").body; !strings.Contains(body, "STOPPED") {
		t.Errorf("stopped: %s", body)
	}
	n.call(asKey, "POST", "/async/delete", `{"syncs":["`+id+`"]}`).is(200)
	n.call(asKey, "DELETE", "/asyncs/"+made.ID, "").is(404).failure()
}

func TestASynchronisationThatIsWrongIsRefused(t *testing.T) {
	n := newOperatedNode(t)
	var made struct{ ID string }
	n.call(asKey, "POST", "/asyncs", `{"configuration":{"name":"n","local":{"path":"/missing"},"remote":{"host":"h","path":"/r"}}}`).is(201).into(&made)
	for name, test := range map[string]struct {
		method, target, body string
		status               int
	}{
		"no configuration":      {"POST", "/asyncs", `{}`, 400},
		"no name":               {"POST", "/asyncs", `{"configuration":{"local":{"path":"/l"}}}`, 400},
		"no JSON":               {"POST", "/asyncs", `{`, 400},
		"local folder missing":  {"POST", "/asyncs/" + made.ID + "/start", "", 404},
		"unknown":               {"POST", "/asyncs/none/start", "", 404},
		"unknown state":         {"GET", "/asyncs/none/state", "", 404},
		"count of files":        {"GET", "/asyncs/" + made.ID + "/files?count=x", "", 400},
		"older: no syncs":       {"POST", "/async/summary", `{}`, 400},
		"older: no number":      {"POST", "/async/summary", `{"syncs":["x"]}`, 400},
		"older: negative count": {"POST", "/async/files", `{"syncs":[1],"count":-1}`, 400},
	} {
		t.Run(name, func(t *testing.T) {
			n.in(t).call(asKey, test.method, test.target, test.body).is(test.status).failure()
		})
	}
}

func TestCentralListsSessionsAndHandsFilesToValidators(t *testing.T) {
	n := newOperatedNode(t)
	s := n.record("ak1", "send")
	s.FileDone("/a", 5, 0)
	s.FileDone("/b", 6, 0)
	s.End(nil)
	const path = "/services/rest/transfers/v1/"
	var sessions struct {
		Result struct {
			Info []struct {
				SessionID        string `json:"session_uuid"`
				Status           string
				Direction        string
				BytesTransferred int64 `json:"bytes_transferred"`
			} `json:"session_info"`
		} `json:"session_info_result"`
	}
	n.call(asKey, "POST", path+"sessions", `{}`).is(200).into(&sessions)
	if got := sessions.Result.Info; len(got) != 1 || got[0].Status != "completed" || got[0].Direction != "send" || got[0].SessionID == "" {
		t.Errorf("sessions: %+v", got)
	}
	type file struct {
		SessionID string `json:"session_uuid"`
		FileID    string `json:"file_id"`
		Status    string
		Path      string
	}
	files := func(body string) []file {
		t.Helper()
		var answer struct {
			Result struct {
				Info []file `json:"file_transfer_info"`
			} `json:"file_transfer_info_result"`
		}
		n.call(asKey, "POST", path+"files", body).is(200).into(&answer)
		return answer.Result.Info
	}
	if got := files(`{"file_transfer_filter":{"max_result":1}}`); len(got) != 1 || got[0].Status != "completed" {
		t.Errorf("one file: %+v", got)
	}
	taken := files(`{"validation":{"validator_id":"ascli"},"file_transfer_filter":{"max_result":1}}`)
	if len(taken) != 1 || taken[0].Status != "validating" || taken[0].Path != "/a" {
		t.Fatalf("taken: %+v", taken)
	}
	if got := files(`{"validation":{"validator_id":"other"}}`); len(got) != 1 || got[0].Path != "/b" {
		t.Errorf("taken by another: %+v", got)
	}
	verdict := func(validator, status string) string {
		text, err := json.Marshal(map[string]any{"validator_id": validator, "files": []map[string]string{
			{"session_uuid": taken[0].SessionID, "file_id": taken[0].FileID, "status": status},
		}})
		must(t, err)
		return string(text)
	}
	n.call(asKey, "PUT", path+"files", verdict("other", "completed")).is(409).failure()
	n.call(asKey, "PUT", path+"files", verdict("ascli", "good")).is(400).failure()
	n.call(asKey, "PUT", path+"files", `{"validator_id":"ascli"}`).is(400).failure()
	if got := n.call(asKey, "PUT", path+"files", verdict("ascli", "error")).is(200).body; got != "{}\n" {
		t.Errorf("answer: %s", got)
	}
	if got := files(`{}`); got[0].Status != "error" {
		t.Errorf("after the verdict: %+v", got)
	}
}

// soapRequest is what clients send to see that Central is there (node.md 15.1).
const soapRequest = `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"` +
	` xmlns:typ="urn:Aspera:XML:FASPSessionNET:2009/11:Types"><soapenv:Header></soapenv:Header><soapenv:Body>` +
	`<typ:GetSessionInfoRequest><SessionFilter><SessionStatus>running</SessionStatus></SessionFilter></typ:GetSessionInfoRequest>` +
	`</soapenv:Body></soapenv:Envelope>`

func TestTheSOAPServiceListsSessions(t *testing.T) {
	n := newOperatedNode(t)
	n.record("ak1", "send").End(nil)
	running := n.record("ak1", "receive")
	got := n.call(asKey, "POST", "/services/soap/Transfer-201210", soapRequest, "Content-Type", "text/xml;charset=UTF-8").is(200)
	if strings.Count(got.body, "<SessionInfo>") != 1 || !strings.Contains(got.body, "<Direction>receive</Direction>") || !strings.HasPrefix(got.header.Get("Content-Type"), "text/xml") {
		t.Errorf("with %s running: %s", running.ID(), got.body)
	}
	n.call(asKey, "POST", "/services/soap/Transfer-201210", "<x/>").is(400).failure()
	n.call(nil, "POST", "/services/soap/Transfer-201210", soapRequest).is(401)
}

func TestTheLicenceIsForNodeUsers(t *testing.T) {
	n := newOperatedNode(t)
	if body := n.call(asUser, "GET", "/license", "").is(200).body; !strings.Contains(body, "expiration_date") {
		t.Errorf("node user: %s", body)
	}
	if body := n.call(asKey, "GET", "/license", "").is(200).body; !strings.Contains(body, "ACL") {
		t.Errorf("access key: %s", body)
	}
}

func FuzzOperations(f *testing.F) {
	for _, seed := range []string{
		`{"direction":"send","source":"udp://a","destination":"udp://b","remote_host":"h","target_rate_kbps":1}`,
		`{"syncs":[1,"2"],"count":1}`, `{"configuration":{"name":"n","local":{"path":"/"},"remote":{"host":"h","path":"/r"}}}`,
		`{"file_transfer_filter":{"max_result":"1"},"validation":{"validator_id":"v"}}`,
		`{"validator_id":"v","files":[{"session_uuid":"s","file_id":"f","status":"completed"}]}`,
		`{"status":"paused","target_rate_kbps":1e400}`, `{"type":"WATCHD","run_as":{"user":"u"}}`, `[`, `null`,
	} {
		f.Add(seed)
	}
	n := newOperatedNode(f)
	s := n.record("ak1", "send")
	f.Fuzz(func(t *testing.T, body string) {
		n := n.in(t)
		for _, call := range []string{
			"POST /streams", "PUT /ops/transfers/" + s.ID(), "POST /asyncs", "POST /async/files", "POST /async/summary",
			"POST /services/rest/transfers/v1/sessions", "POST /services/rest/transfers/v1/files", "PUT /services/rest/transfers/v1/files",
			"POST /rund/services", "POST /v3/watchfolders",
		} {
			method, target, _ := strings.Cut(call, " ")
			got := n.call(asKey, method, target, body, "X-aspera-WF-version", "2017_10_23")
			switch got.status {
			case 200, 201, 400, 404, 409, 503:
			default:
				t.Errorf("%s: status %d, %s", call, got.status, got.body)
			}
			if !json.Valid([]byte(got.body)) {
				t.Errorf("%s: body is not JSON: %s", call, got.body)
			}
		}
	})
}

func FuzzSOAP(f *testing.F) {
	f.Add(soapRequest)
	f.Add(`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`)
	n := newOperatedNode(f)
	f.Fuzz(func(t *testing.T, body string) {
		if got := n.in(t).call(asKey, "POST", "/services/soap/Transfer-201210", body); got.status != 200 && got.status != 400 {
			t.Errorf("status %d, %s", got.status, got.body)
		}
	})
}
