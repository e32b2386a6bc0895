package ruby_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
	"github.com/ascli-go/ascli/sdk/ruby"
)

// clock is the time that all tests see.
func clock() time.Time { return time.Date(2026, 11, 22, 2, 4, 10, 809_000_000, time.UTC) }

// plainYAML stands for the converter that the host gives.
type plainYAML struct{}

func (plainYAML) Marshal(v any) ([]byte, error) {
	return append(append([]byte("--- "), record.JSON(v)...), '\n'), nil
}

func (plainYAML) Unmarshal(text []byte) (any, error) {
	return record.Parse(bytes.TrimPrefix(text, []byte("--- ")))
}

// world is the world of the tests: two files, some variables, one line of input.
func world(t testing.TB) ruby.Env {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"title.txt": "A title", "myfilelist.txt": "one\ntwo\n\nthree\n", "my_key.pub": "PUBLIC\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	variables := map[string]string{"MYTITLE": "from environment", "LANG": "C.UTF-8"}
	return ruby.Env{
		LookupEnv: func(name string) (string, bool) {
			value, ok := variables[name]
			return value, ok
		},
		Environ: []string{"LANG=C.UTF-8", "MYTITLE=from environment"},
		Stdin:   strings.NewReader("typed line\nsecond\n"),
		Home:    folder, Folder: folder, Now: clock, Location: time.UTC, YAML: plainYAML{},
	}
}

// evaluate returns the inspected result of an expression.
func evaluate(t testing.TB, source string) string {
	t.Helper()
	v, err := ruby.New(world(t)).Evaluate(context.Background(), source)
	if err != nil {
		return "error: " + err.Error()
	}
	return show(v)
}

func show(v any) string {
	if p, ok := v.(*ruby.Proc); ok {
		return fmt.Sprintf("proc of %d", p.Arity())
	}
	return inspect.Text(v)
}

// expectations are expressions with the inspected text of their results.
type expectations map[string]string

func (e expectations) run(t *testing.T) {
	for source, want := range e {
		t.Run(source, func(t *testing.T) {
			if got := evaluate(t, source); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// TestDocumentedValues has the expressions of spec/cli.md 4.6 that are no lambdas.
func TestDocumentedValues(t *testing.T) {
	expectations{
		`'"'`:                               `"\""`,
		`%q{1}`:                             `"1"`,
		`nil`:                               `nil`,
		`{'title'=>%q{Test " ' & \\}}`:      `{"title"=>"Test \" ' & \\"}`,
		`{"title"=>"Test \" ' & \\"}`:       `{"title"=>"Test \" ' & \\"}`,
		`{'title'=>File.read('title.txt')}`: `{"title"=>"A title"}`,
		`{token_verification_key: File.read("my_key.pub")}`:           `{"token_verification_key"=>"PUBLIC\n"}`,
		`{"public_key"=>File.read(File.expand_path("~/my_key.pub"))}`: `{"public_key"=>"PUBLIC\n"}`,
		`{'title'=>ENV['MYTITLE']}`:                                   `{"title"=>"from environment"}`,
		`{'title'=>ENV['UNSET']}`:                                     `{"title"=>nil}`,
		`{'title'=>gets.chomp}`:                                       `{"title"=>"typed line"}`,
		`File.read("myfilelist.txt").split("\n")`:                     `["one", "two", "", "three"]`,
		`{border: :unicode_thick_edge}`:                               `{"border"=>"unicode_thick_edge"}`,
		`/^server/`:                                                   `/^server/`,
		`/^access_key_configuration_capabilities.*/`:                  `/^access_key_configuration_capabilities.*/`,
		`{"deactivated"=>true,"q"=>"last_login_at:<#{(DateTime.now.to_time.utc-2*365*86400).iso8601}"}`:                                    `{"deactivated"=>true, "q"=>"last_login_at:<2024-11-22T02:04:10Z"}`,
		`{"event_type[]"=>["login_success"],"created_at_start"=>(Time.now.utc-60).strftime("%Y-%m-%dT%H:%M:%S.%LZ")}`:                      `{"event_type[]"=>["login_success"], "created_at_start"=>"2026-11-22T02:03:10.809Z"}`,
		`OpenSSL::X509::DEFAULT_CERT_DIR.is_a?(String)`:                                                                                    `true`,
		`[OpenSSL::X509::DEFAULT_CERT_DIR, OpenSSL::X509::DEFAULT_CERT_FILE].map{|p| p.empty?}`:                                            `[false, false]`,
		`OpenSSL::OPENSSL_VERSION.start_with?("crypto/tls")`:                                                                               `true`,
		`%Q{From: <%=from_name%> <<%=from_email%>>\nTo: <<%=to%>>\nSubject: <%=ev["files_completed"]%> files received\n\n<%=ev.to_yaml%>}`: `"From: <%=from_name%> <<%=from_email%>>\nTo: <<%=to%>>\nSubject: <%=ev[\"files_completed\"]%> files received\n\n<%=ev.to_yaml%>"`,
		`%Q{To: <%=ts["tags"]["aspera"]["faspex"]["recipients"].first["email"]%>}`:                                                         `"To: <%=ts[\"tags\"][\"aspera\"][\"faspex\"][\"recipients\"].first[\"email\"]%>"`,
	}.run(t)
}

// TestDocumentedLambdas has the lambdas of spec/cli.md 4.6.
func TestDocumentedLambdas(t *testing.T) {
	file := func(name string, age time.Duration) *record.Object {
		return record.New("name", name, "type", "file", "size", 2_000_000, "modified_time", clock().Add(-age).Format(time.RFC3339))
	}
	const day = 24 * time.Hour
	for _, c := range []struct {
		source string
		arg    any
		want   string
	}{
		{`->(i){i["attr"]}`, record.New("attr", 12), "12"},
		{`->(i){i["attr"]}`, record.New(), "nil"},
		{`->(i){i["ats_admin"]}`, record.New("ats_admin", true), "true"},
		{`->(f){f["type"].eql?("file")}`, file("a", 0), "true"},
		{`->(f){f["name"].end_with?(".jpg")}`, file("a.jpg", 0), "true"},
		{`->(f){f["name"].end_with?(".jpg")}`, file("a.jpeg", 0), "false"},
		{`->(f){f["type"].eql?("file") and (DateTime.now-DateTime.parse(f["modified_time"]))<100}`, file("a", 99*day), "true"},
		{`->(f){f["type"].eql?("file") and (DateTime.now-DateTime.parse(f["modified_time"]))<100}`, file("a", 101*day), "false"},
		{`->(f){f["type"].eql?("file") and (DateTime.now-DateTime.parse(f["modified_time"]))>365}`, file("a", 366*day), "true"},
		{`->(f){f["type"].eql?("file") and f["size"].to_i>1000000}`, file("a", 0), "true"},
		{`->(f){f["type"].eql?("file") and f["size"].to_i>1000000}`, record.New("type", "file"), "false"},
		{`->(f){!(f["name"].start_with?("._") or f["name"].eql?(".DS_Store"))}`, file("._x", 0), "false"},
		{`->(f){!(f["name"].start_with?("._") or f["name"].eql?(".DS_Store"))}`, file("x", 0), "true"},
		{`->(f){f["name"].match?(/\.gif$/)}`, file("x.gif\ny", 0), "true"},
		{`->(p){p["state"].eql?("released")}`, record.New("state", "released"), "true"},
		{`->(f){f.eql?("id")}`, "id", "true"},
		{`->(r){r["id"].eql?(8)}`, record.New("id", 8), "true"},
		{`->(r){r["id"].eql?(8)}`, record.New("id", "8"), "false"},
		{`->(c){c.length==4}`, "name", "true"},
	} {
		t.Run(c.source, func(t *testing.T) {
			if got := callWith(t, c.source, c.arg); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// callWith evaluates a lambda and returns the inspected result of its call.
func callWith(t testing.TB, source string, args ...any) string {
	t.Helper()
	result, err := lambda(t, source).Call(context.Background(), args...)
	if err != nil {
		return "error: " + err.Error()
	}
	return show(result)
}

func lambda(t testing.TB, source string) *ruby.Proc {
	t.Helper()
	v, err := ruby.New(world(t)).Evaluate(context.Background(), source)
	if err != nil {
		t.Fatal(err)
	}
	p, ok := v.(*ruby.Proc)
	if !ok {
		t.Fatalf("%s is %T, not a Proc", source, v)
	}
	return p
}

func TestLogFormats(t *testing.T) {
	for source, want := range map[string]string{
		`->(s, d, p, m){"#{d.strftime("%Y-%m-%d %H:%M:%S")} - #{p} - #{s} - #{m}\n"}`: `"2026-11-22 02:04:10 - ascli - WARN - hello\n"`,
		`->(s, _d, _p, m){"#{s[0..2]}#{s[-1]} #{m}\n"}`:                               `"WARN hello\n"`,
	} {
		if got := callWith(t, source, "WARN", clock(), "ascli", "hello"); got != want {
			t.Errorf("%s: got %s, want %s", source, got, want)
		}
	}
}

func TestSleepWaits(t *testing.T) {
	for _, source := range []string{"sleep(30)", "sleep 30"} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			if got := evaluate(t, source); got != "30" {
				t.Errorf("%s gives %s, want 30", source, got)
			}
			if waited := time.Since(start); waited != 30*time.Second {
				t.Errorf("%s took %s", source, waited)
			}
		})
	}
}

func TestSleepEndsWithContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, err := ruby.New(world(t)).Evaluate(ctx, "sleep 30")
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
}

func TestLog(t *testing.T) {
	var log bytes.Buffer
	env := world(t)
	env.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.Level(-100)}))
	source := `%i[trace2 trace1 debug info warn error fatal unknown].each{|i|Log.log.send(i,"<"*80)};"ok"`
	v, err := ruby.New(env).Evaluate(context.Background(), source)
	if err != nil || v != "ok" {
		t.Fatal(v, err)
	}
	if n := strings.Count(log.String(), "msg="+strings.Repeat("<", 80)); n != 8 {
		t.Errorf("%d lines with the message, want 8:\n%s", n, log.String())
	}
}

func TestResultTypes(t *testing.T) {
	i := ruby.New(world(t))
	for source, want := range map[string]any{
		"nil": nil, "true": true, ":a": "a", "12": json.Number("12"), "1e20": json.Number("1.0e+20"),
		"2**70": json.Number("1180591620717411303424"), "DateTime.now": "2026-11-22T02:04:10+00:00",
	} {
		if got, err := i.Evaluate(context.Background(), source); err != nil || got != want {
			t.Errorf("%s: got %#v, %v, want %#v", source, got, err, want)
		}
	}
	v, err := i.Evaluate(context.Background(), "/a.b/mi")
	if re, ok := v.(*regexp.Regexp); !ok || err != nil || !re.MatchString("A\nB") {
		t.Errorf("got %v, %v, want a pattern", v, err)
	}
	v, err = i.Evaluate(context.Background(), `{1=>:a, nil=>"b", [1]=>2, x: {"y"=>nil}}`)
	if o, ok := v.(*record.Object); !ok || err != nil || string(record.JSON(o)) != `{"1":"a","nil":"b","[1]":2,"x":{"y":null}}` {
		t.Errorf("got %v, %v", show(v), err)
	}
}

func TestErrorsHaveKindAndPlace(t *testing.T) {
	_, err := ruby.New(world(t)).Evaluate(context.Background(), "x = 1\nx + é + foo")
	var e *ruby.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v", err)
	}
	if e.Line != 2 || e.Column != 5 || e.Kind != "NameError" {
		t.Errorf("got %+v", e)
	}
	if f := failure.As(err); f == nil || f.Label != failure.Other || f.Kind != "NameError" {
		t.Errorf("got %+v", f)
	}
}
