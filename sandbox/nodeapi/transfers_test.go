package nodeapi_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sandbox/activity"
)

// transfer is what tests look at in a transfer.
type transfer struct {
	ID               string
	Status           string
	BytesTransferred int64  `json:"bytes_transferred"`
	ErrorCode        string `json:"error_code"`
	ErrorDesc        string `json:"error_desc"`
	StartSpec        struct {
		Direction   string
		SourcePaths []string `json:"source_paths"`
	} `json:"start_spec"`
	Sessions []struct{ ID, Status string }
	Files    []struct{ ID, Path, Status string }
	Precalc  struct {
		Status        string
		BytesExpected int64 `json:"bytes_expected"`
	}
}

// list reads a list of transfers, and the address of what comes next.
func (n *operatedNode) list(as credentials, target string) (found []transfer, next string) {
	n.Helper()
	got := n.call(as, "GET", target, "").is(200)
	got.into(&found)
	return found, got.next()
}

var linkNext = regexp.MustCompile(`^<(https?://[^>]+)>; rel="next"$`)

// next returns the address in header Link, as a target.
func (a answer) next() string {
	a.Helper()
	link := linkNext.FindStringSubmatch(a.header.Get("Link"))
	if link == nil {
		a.Fatalf("Link = %q", a.header.Get("Link"))
	}
	at, err := url.Parse(link[1])
	must(a, err)
	return at.RequestURI()
}

func ids(found []transfer) string {
	var all []string
	for _, t := range found {
		all = append(all, t.ID)
	}
	return strings.Join(all, " ")
}

func TestTheListOfTransfersGoesPageByPage(t *testing.T) {
	n := newOperatedNode(t)
	a, b, c := n.record("ak1", "send"), n.record("ak1", "receive"), n.record("ak1", "send")
	page, _ := n.list(asKey, "/ops/transfers?count=2&direction=send")
	if ids(page) != a.ID()+" "+c.ID() {
		t.Errorf("direction send: %s", ids(page))
	}
	page, next := n.list(asKey, "/ops/transfers?count=2")
	if ids(page) != a.ID()+" "+b.ID() {
		t.Errorf("first page: %s", ids(page))
	}
	if !strings.Contains(next, "count=2") {
		t.Errorf("the address of the next page lost the parameters: %s", next)
	}
	page, next = n.list(asKey, next)
	if ids(page) != c.ID() {
		t.Errorf("second page: %s", ids(page))
	}
	page, same := n.list(asKey, next)
	if len(page) != 0 || same != next {
		t.Errorf("after the last page: %s, then %s instead of %s", ids(page), same, next)
	}
	b.End(nil)
	page, newer := n.list(asKey, next)
	if ids(page) != b.ID() || newer == next || page[0].Status != "completed" {
		t.Errorf("after a change: %+v", page)
	}
	if page, _ = n.list(asKey, "/ops/transfers?active_only=false"); ids(page) != b.ID() {
		t.Errorf("not active: %s", ids(page))
	}
}

func TestViewsOfTransfers(t *testing.T) {
	n := newOperatedNode(t)
	s := n.record("ak1", "send")
	s.FileDone("/a", 1, 0)
	s.FileDone("/b", 1, 0)
	for view, want := range map[string][2]string{
		"":              {`"source_statistics"`, `"path":"/b"`},
		"summary":       {`"files":[]`, `"source_statistics"`},
		"short_summary": {`"sessions":[{"id"`, `"start_spec"`},
		"id":            {`"id":"` + s.ID() + `"`, `"sessions":[{"id"`},
	} {
		t.Run("view "+view, func(t *testing.T) {
			body := n.in(t).call(asKey, "GET", "/ops/transfers?view="+view, "").is(200).body
			for _, part := range want {
				if !strings.Contains(body, part) {
					t.Errorf("%s is not in %s", part, body)
				}
			}
			if view == "id" && strings.Contains(body, "status") {
				t.Errorf("more than ids: %s", body)
			}
		})
	}
	header := n.call(asKey, "GET", "/ops/transfers", "", "Origin", "https://page.test").header
	if header.Get("Access-Control-Allow-Origin") != "https://page.test" || header.Get("Access-Control-Expose-Headers") != "Link" {
		t.Errorf("headers for a browser: %v", header)
	}
	page, _ := n.list(asKey, "/ops/transfers?max_items=1")
	if len(page[0].Files) != 1 {
		t.Errorf("max_items=1 gives %d files", len(page[0].Files))
	}
}

func TestTransfersAreSeenByTheirOwnerAndWhoMadeIt(t *testing.T) {
	n := newOperatedNode(t)
	n.call(asKey, "POST", "/access_keys", `{"id":"sub","secret":"s","storage":{"type":"local","path":"/sub"}}`).is(200)
	asSub := func(*testNode) (string, string) { return "sub", "s" }
	of := n.record("ak1", "send")
	sub := n.record("sub", "send")
	for name, test := range map[string]struct {
		as   credentials
		want string
	}{
		"node user":  {asUser, of.ID() + " " + sub.ID()},
		"access key": {asKey, of.ID() + " " + sub.ID()},
		"sub key":    {asSub, sub.ID()},
	} {
		t.Run(name, func(t *testing.T) {
			if page, _ := n.list(test.as, "/ops/transfers"); ids(page) != test.want {
				t.Errorf("sees %s, want %s", ids(page), test.want)
			}
		})
	}
	for _, method := range []string{"GET", "PUT", "CANCEL", "DELETE"} {
		n.call(asSub, method, "/ops/transfers/"+of.ID(), `{"status":"canceled"}`).is(404).failure()
	}
	if page, _ := n.list(asUser, "/ops/transfers?access_key=sub"); ids(page) != sub.ID() {
		t.Errorf("of one access key: %s", ids(page))
	}
	if page, _ := n.list(asUser, "/ops/transfers?tag=aspera.node.access_key%3Dsub"); ids(page) != sub.ID() {
		t.Errorf("by tag: %s", ids(page))
	}
}

func TestCancellationStopsAndAnswersWithoutABody(t *testing.T) {
	for _, method := range []string{"CANCEL", "DELETE"} {
		t.Run(method, func(t *testing.T) {
			n := newOperatedNode(t)
			stopped := make(chan struct{})
			s, err := n.ops.Transfers.Start(activity.Opening{Owner: "ak1", Stop: func() { close(stopped) }})
			must(t, err)
			if got := n.call(asKey, method, "/ops/transfers/"+s.ID(), "").is(204); got.body != "" {
				t.Errorf("body: %s", got.body)
			}
			<-stopped
			s.End(activity.Lost())
			var shown transfer
			n.call(asKey, "GET", "/ops/transfers/"+s.ID(), "").is(200).into(&shown)
			if shown.Status != "canceled" {
				t.Errorf("status: %s", shown.Status)
			}
			n.call(asKey, method, "/ops/transfers/none", "").is(404).failure()
		})
	}
}

func TestRequestsOnTransfersThatAreWrongAreRefused(t *testing.T) {
	n := newOperatedNode(t)
	s := n.record("ak1", "send")
	good := `"direction":"send","remote_host":"127.0.0.1","paths":[{"source":"/a"}]`
	for name, test := range map[string]struct {
		method, target, body string
		status               int
	}{
		"token of another node": {"GET", "/ops/transfers?iteration_token=x", "", 400},
		"no count":              {"GET", "/ops/transfers?count=-1", "", 400},
		"no number of items":    {"GET", "/ops/transfers?max_items=x", "", 400},
		"no direction":          {"GET", "/ops/transfers?direction=up", "", 400},
		"no boolean":            {"GET", "/ops/transfers?active_only=1", "", 400},
		"no time":               {"GET", "/ops/transfers?after_time=now", "", 400},
		"no view":               {"GET", "/ops/transfers?view=all", "", 400},
		"key asked by a key":    {"GET", "/ops/transfers?access_key=ak1", "", 400},
		"long time":             {"GET", "/ops/transfers/bandwidth?duration=3601", "", 400},
		"no start":              {"GET", "/ops/transfers/bandwidth?start_time=x", "", 400},
		"unknown transfer":      {"GET", "/ops/transfers/none", "", 404},
		"change of nothing":     {"PUT", "/ops/transfers/" + s.ID(), `{}`, 400},
		"rate of a client":      {"PUT", "/ops/transfers/" + s.ID(), `{"target_rate_kbps":5}`, 400},
		"change with no JSON":   {"PUT", "/ops/transfers/" + s.ID(), `{`, 400},
		"start with no JSON":    {"POST", "/ops/transfers", `[`, 400},
		"start without host":    {"POST", "/ops/transfers", `{"direction":"send","paths":[{"source":"/a"}]}`, 400},
		"start without paths":   {"POST", "/ops/transfers", `{"direction":"send","remote_host":"h"}`, 400},
		"start with no way":     {"POST", "/ops/transfers", `{"remote_host":"h","paths":[{"source":"/a"}]}`, 400},
		"unknown root":          {"POST", "/ops/transfers", `{"source_root_id":"4711",` + good + `}`, 404},
		"stream without source": {"POST", "/streams", `{"direction":"send","remote_host":"h","destination":"udp://h:1"}`, 400},
		"unknown stream":        {"CANCEL", "/streams/none", "", 404},
		"transfer as a stream":  {"PUT", "/streams/" + s.ID(), `{"status":"canceled"}`, 404},
	} {
		t.Run(name, func(t *testing.T) {
			n.in(t).call(asKey, test.method, test.target, test.body).is(test.status).failure()
		})
	}
}

// follow polls a transfer as a client does, until its end.
func (n *operatedNode) follow(id string) transfer {
	n.Helper()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); <-look.C {
		var got transfer
		n.call(asUser, "GET", "/ops/transfers/"+id, "").is(200).into(&got)
		if got.Status == "completed" || got.Status == "failed" {
			return got
		}
	}
	n.Fatalf("transfer %s does not end", id)
	return transfer{}
}

func TestATransferToAnotherNodeIsRunAndFollowed(t *testing.T) {
	near, far := newOperatedNode(t), newOperatedNode(t)
	near.put("k/home/a", "content")
	near.call(asKey, "POST", "/access_keys", `{"id":"sub","secret":"s","storage":{"type":"local","path":"/k"}}`).is(200)
	asSub := func(*testNode) (string, string) { return "sub", "s" }
	user, password := far.world.NodeUser()
	var home idEntry
	for name, e := range near.children(near.children("1")["k"].ID) {
		if name == "home" {
			home = e
		}
	}
	body := fmt.Sprintf(`{"direction":"send","remote_host":"127.0.0.1","ssh_port":%d,"remote_user":%q,"remote_password":%q,"ssh_private_key_passphrase":"geheim",
		"source_root_id":%q,"paths":[{"source":"a"}],"destination_root":"/in","create_dir":true,"target_rate_kbps":100000,"cookie":"c"}`,
		far.port, user, password, home.ID)
	got := near.call(asSub, "POST", "/ops/transfers", body).is(http.StatusOK)
	if strings.Contains(got.body, password) || strings.Contains(got.body, "geheim") {
		t.Errorf("a secret is told again: %s", got.body)
	}
	var started struct {
		ID, Cookie string
		Rate       string `json:"target_rate_kbps"`
	}
	got.into(&started)
	if started.Cookie != "c" || started.Rate != "100000" {
		t.Errorf("started: %+v", started)
	}
	ended := near.follow(started.ID)
	if ended.Status != "completed" || ended.Precalc.Status != "ready" || ended.Precalc.BytesExpected != 7 || ended.BytesTransferred != 7 ||
		ended.ErrorCode != "0" || ended.ErrorDesc != "" {
		t.Errorf("ended: %+v", ended)
	}
	content, err := os.ReadFile(filepath.Join(far.folder, "files", "in", "a"))
	if err != nil || string(content) != "content" {
		t.Errorf("at the far node: %q, %v", content, err)
	}
	for _, file := range []string{"transfers.jsonl", "events.jsonl"} {
		kept, err := os.ReadFile(filepath.Join(near.folder, file))
		if err != nil || strings.Contains(string(kept), password) || strings.Contains(string(kept), "geheim") {
			t.Errorf("%s holds a secret, or %v", file, err)
		}
	}
}

func TestARefusedLoginIsToldToWhoFollows(t *testing.T) {
	near, far := newOperatedNode(t), newOperatedNode(t)
	near.put("a", "content")
	body := fmt.Sprintf(`{"direction":"send","remote_host":"127.0.0.1","ssh_port":%d,"remote_user":"node_user","remote_password":"x","paths":[{"source":"/a"}]}`, far.port)
	var started struct{ ID string }
	near.call(asKey, "POST", "/ops/transfers", body).is(200).into(&started)
	if got := near.follow(started.ID); got.Status != "failed" || got.ErrorCode != "19" || !strings.Contains(got.ErrorDesc, "Authentication") {
		t.Errorf("ended: %+v", got)
	}
}

func TestBandwidthIsToldByDirection(t *testing.T) {
	n := newOperatedNode(t)
	s := n.record("ak1", "send")
	s.Moved(1000)
	s.End(nil)
	var got struct {
		CurrentTime string `json:"current_time"`
		StartTime   string `json:"start_time"`
		Send        struct {
			Transfers []struct {
				ID   string
				Data []struct{ Time, Rate float64 }
			}
		}
		Receive struct{ Transfers []struct{ ID string } }
	}
	n.call(asKey, "GET", "/ops/transfers/bandwidth?duration=60", "").is(200).into(&got)
	if len(got.Send.Transfers) != 1 || got.Send.Transfers[0].ID != s.ID() || len(got.Send.Transfers[0].Data) == 0 || len(got.Receive.Transfers) != 0 {
		t.Errorf("bandwidth: %+v", got)
	}
	if got.CurrentTime == "" || got.StartTime == "" {
		t.Errorf("times: %+v", got)
	}
}

func TestAStreamIsRecordedChangedAndCanceled(t *testing.T) {
	n := newOperatedNode(t)
	var made struct{ ID, Source string }
	got := n.call(asKey, "POST", "/streams", `{"direction":"send","source":"udp://233.3.3.4:3000?loopback=1","destination":"udp://233.3.3.3:3001/",
		"remote_host":"localhost","remote_user":"stream","remote_password":"geheim"}`).is(200)
	got.into(&made)
	if strings.Contains(got.body, "geheim") || made.Source == "" {
		t.Errorf("made: %s", got.body)
	}
	page, _ := n.list(asKey, "/ops/transfers")
	if len(page) != 1 || page[0].ID != made.ID || page[0].Status != "waiting" || page[0].StartSpec.SourcePaths[0] != made.Source {
		t.Errorf("listed: %+v", page)
	}
	n.call(asKey, "PUT", "/streams/"+made.ID, `{"target_rate_kbps":77}`).is(200)
	if body := n.call(asKey, "GET", "/ops/transfers/"+made.ID, "").body; !strings.Contains(body, `"target_rate_kbps":77`) {
		t.Errorf("changed: %s", body)
	}
	n.call(asKey, "CANCEL", "/streams/"+made.ID, "").is(204)
	if page, _ = n.list(asKey, "/ops/transfers"); page[0].Status != "canceled" {
		t.Errorf("canceled: %+v", page)
	}
}
