package nodecmd_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/node/nodetest"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sdktest"
)

// transferPages are two pages; the second one names itself as the next.
func transferPages() nodetest.Script {
	link := map[string]string{"Link": `<https://h/ops/transfers?iteration_token=4>; rel="next"`}
	return nodetest.Script{
		"GET /ops/transfers":                   {Header: link, Body: `[{"id":"a"},{"id":"b"}]`},
		"GET /ops/transfers?iteration_token=4": {Header: link, Body: `[{"id":"c"}]`},
	}
}

func TestTransferList(t *testing.T) {
	const first, second = "GET /ops/transfers", "GET /ops/transfers?iteration_token=4"
	once := func(more values) values {
		all := values{"url": "http://127.0.0.1:18421", "username": "ak1", "once_only": true}
		for k, v := range more {
			all[k] = v
		}
		return all
	}
	for _, c := range []struct {
		name          string
		options       values
		before, after string
		want, err     string
		kind          sdk.ResultKind
		calls         []string
	}{
		{"all pages", nil, "", "", `[{"id":"a"},{"id":"b"},{"id":"c"}]`, "", sdk.ResultList, []string{first, second}},
		{"max", values{"query": record.New("max", 1)}, "", "", `[{"id":"a"}]`, "", sdk.ResultList, []string{first}},
		{"max 0", values{"query": record.New("max", 0)}, "", "", `[]`, "", sdk.ResultList, []string{}},
		{"query", values{"query": record.New("active_only", true, "max", 1)}, "", "", `[{"id":"a"}]`, "", sdk.ResultList, []string{first + "?active_only=true"}},
		{"max is no number", values{"query": record.New("max", "x")}, "", "", `[]`, `query: max must be a number of transfers, not "x"`, 0, []string{}},
		{"query is no Hash", values{"query": []any{[]any{"a", 1}}}, "", "", `[]`, "Option query is a Array but must be Hash", 0, []string{}},
		{"once, the first time", once(nil), "", `["4"]`, `[{"id":"a"},{"id":"b"},{"id":"c"}]`, "", sdk.ResultList, []string{first, second}},
		{"once, after an empty list", once(nil), "[null]", `["4"]`, `[{"id":"a"},{"id":"b"},{"id":"c"}]`, "", sdk.ResultList, []string{first, second}},
		{"once, the next time", once(nil), `["4"]`, `["4"]`, `[{"id":"c"}]`, "", sdk.ResultList, []string{second}},
		{"once, cut in the first page", once(values{"query": record.New("max", 1)}), "", "[null]", `[{"id":"a"}]`, "", sdk.ResultList, []string{first}},
		{"once, a page fails", once(nil), `["5"]`, `["5"]`, `[]`, "not in the script", 0, []string{"GET /ops/transfers?iteration_token=5"}},
		{"reset", once(values{"query": record.New("reset", true)}), `["4"]`, "", `["Persistency reset"]`, "", sdk.ResultStatus, []string{}},
		{"reset without once", values{"query": record.New("reset", true)}, `["4"]`, `["4"]`, `[]`, "reset only with once_only", 0, []string{}},
		{"once without user", once(values{"username": nil}), "", "", `[]`, "Missing mandatory option: username", 0, []string{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			const file = "node_transfers/http://127.0.0.1:18421/ak1"
			host := sdktest.Host{State: map[string][]byte{}}
			if c.before != "" {
				host.State[file] = []byte(c.before)
			}
			script := transferPages()
			script["GET /ops/transfers?iteration_token=5"] = nodetest.Answer{Status: http.StatusBadRequest, Body: `{"error":{"user_message":"not in the script"}}`}
			server := nodetest.Serve(t, script)
			out := sdktest.Run(t, plugin(server.URL), "transfer list", nil, c.options, host)
			message := ""
			if out.Err != nil {
				message, _, _ = strings.Cut(out.Err.Error(), "\n")
			}
			if message != c.err || out.JSON() != c.want || c.kind != 0 && out.Kind != c.kind || string(out.State[file]) != c.after {
				t.Errorf("got %v %s, %s, kept %s", out.Kind, out.JSON(), message, out.State[file])
			}
			if calls := server.Calls(); !slices.Equal(calls, c.calls) {
				t.Errorf("calls %q", calls)
			}
		})
	}
}

func TestTransfers(t *testing.T) {
	id := values{"id": "7"}
	change := values{"id": "7", "data": record.New("target_rate_kbps", 1)}
	for _, c := range []struct {
		name, words string
		args        values
		answer      nodetest.Answer
		request     string
		kind        sdk.ResultKind
		want        string
	}{
		{"show", "show", id, nodetest.JSON(`{"id":"7"}`), "GET /ops/transfers/7", sdk.ResultStructure, `[{"id":"7"}]`},
		{"modify", "modify", change, nodetest.JSON(`{"id":"7"}`), `PUT /ops/transfers/7 {"target_rate_kbps":1}`, sdk.ResultStructure, `[{"id":"7"}]`},
		{"modify without content", "modify", change, nodetest.Answer{Status: 204}, `PUT /ops/transfers/7 {"target_rate_kbps":1}`, sdk.ResultStatus, `["Modified"]`},
		{"cancel", "cancel", id, nodetest.Answer{Status: 204}, "CANCEL /ops/transfers/7", sdk.ResultStatus, `["Cancelled"]`},
		{"cancel with content", "cancel", id, nodetest.JSON(`{"id":"7"}`), "CANCEL /ops/transfers/7", sdk.ResultStatus, `["Cancelled"]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := nodetest.Serve(t, nodetest.Script{c.request: c.answer})
			out := sdktest.Run(t, plugin(server.URL), "transfer "+c.words, c.args, nil, sdktest.Host{})
			check(t, out, c.want, "")
			if calls := server.Calls(); out.Kind != c.kind || !slices.Equal(calls, []string{c.request}) {
				t.Errorf("kind %v, calls %q", out.Kind, calls)
			}
		})
	}
}

func TestSessions(t *testing.T) {
	server := nodetest.Serve(t, nodetest.Script{"GET /ops/transfers?active_only=true": nodetest.JSON(`[
		{"sessions":[{"id":"s1","start_time_usec":1701094040000000,"end_time_usec":null},{"id":"s2","start_time_usec":0,"end_time_usec":1701094041999999}]},
		{"id":"without"},
		{"sessions":[{"id":"s3"}]}]`)})
	out := sdktest.Run(t, plugin(server.URL), "transfer sessions", nil, values{"query": record.New("active_only", true)}, sdktest.Host{})
	check(t, out, `[{"id":"s1","start_time_usec":1701094040000000,"end_time_usec":null,"start_time":"2023-11-27T14:07:20Z","end_time":null},`+
		`{"id":"s2","start_time_usec":0,"end_time_usec":1701094041999999,"start_time":"1970-01-01T00:00:00Z","end_time":"2023-11-27T14:07:21Z"},`+
		`{"id":"s3","start_time":null,"end_time":null}]`, "")
	if want := []string{"id", "status", "start_time", "end_time", "target_rate_kbps"}; !slices.Equal(out.Columns, want) {
		t.Errorf("columns %q", out.Columns)
	}
}

func TestBandwidthAverage(t *testing.T) {
	// Times are seconds here.
	one := func(direction string, start, end int, rate string) string {
		return fmt.Sprintf(`{"start_spec":{"direction":%q},"start_time_usec":%d000000,"end_time_usec":%d000000,"avg_rate_kbps":%s}`, direction, start, end, rate)
	}
	for _, c := range []struct {
		name      string
		transfers []string
		rows      []string
	}{
		{"none", nil, nil},
		{"one", []string{one("send", 10, 20, "100")}, []string{"10-20 send 100/1 receive 0/0"}},
		{"two overlap", []string{one("receive", 15, 30, "5"), one("send", 10, 20, "100")},
			[]string{"10-15 send 100/1 receive 0/0", "15-20 send 100/1 receive 5/1", "20-30 send 0/0 receive 5/1"}},
		{"same direction", []string{one("send", 10, 20, "100"), one("send", 10, 20, "0.5")}, []string{"10-20 send 100.5/2 receive 0/0"}},
		{"decimals stay", []string{one("send", 10, 20, "1.5"), one("send", 10, 20, "0.5")}, []string{"10-20 send 2.0/2 receive 0/0"}},
		{"a gap", []string{one("send", 10, 11, "1"), one("send", 20, 21, "1")}, []string{"10-11 send 1/1 receive 0/0", "20-21 send 1/1 receive 0/0"}},
		{"moved nothing", []string{one("send", 10, 20, "0"), one("send", 10, 20, "null")}, nil},
		{"goes on", []string{`{"start_spec":{"direction":"send"},"start_time_usec":10000000,"end_time_usec":null,"elapsed_usec":5000000,"avg_rate_kbps":3}`},
			[]string{"10-15 send 3/1 receive 0/0"}},
		{"not started", []string{`{"avg_rate_kbps":3}`}, nil},
		{"of no duration", []string{one("send", 10, 10, "1"), one("send", 5, 15, "2")}, []string{"5-10 send 2/1 receive 0/0", "10-15 send 2/1 receive 0/0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := nodetest.Serve(t, nodetest.Script{"GET /ops/transfers": nodetest.JSON("[" + strings.Join(c.transfers, ",") + "]")})
			out := sdktest.Run(t, plugin(server.URL), "transfer bandwidth_average", nil, nil, sdktest.Host{})
			if out.Err != nil {
				t.Fatal(out.Err)
			}
			var rows []string
			for _, r := range out.Records {
				o := r.(*record.Object)
				use := func(key string) string {
					rate, _ := o.At(key, "avg_kbps")
					count, _ := o.At(key, "sessions")
					return fmt.Sprintf("%s %v/%v", key, rate, count)
				}
				rows = append(rows, seconds(t, o.Text("start"))+"-"+seconds(t, o.Text("end"))+" "+use("send")+" "+use("receive"))
			}
			if !slices.Equal(rows, c.rows) {
				t.Errorf("got %q", rows)
			}
		})
	}
}

// seconds reads a local time back.
func seconds(t *testing.T, text string) string {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04:05 -0700", text)
	if err != nil || at.Local().Format("2006-01-02 15:04:05 -0700") != text {
		t.Errorf("%q is no local time: %v", text, err)
	}
	return fmt.Sprint(at.Unix())
}
