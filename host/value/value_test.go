package value_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/host/value"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// world is an Env without files: variables and presets of the examples of
// spec/cli.md 4.3.
func world() value.Env {
	variables := map[string]string{"LANG": "C.UTF-8", "HOME": "/home/joe", "FOO": "SGVsbG8=", "EMBED": "@env:LANG@"}
	presets := map[string]any{
		"config.version": "4.21.0", "text": "@json:@preset:json", "json": "@val:[1]", "number": record.Of(12),
		"loop": "@preset:pool", "pool": "@preset:loop", "object": record.New("a", "@env:LANG"),
	}
	return value.Env{
		LookupEnv: func(name string) (string, bool) { v, ok := variables[name]; return v, ok },
		Stdin:     strings.NewReader("a\nb\n"),
		Home:      "/home/joe",
		Preset: func(path string) (any, error) {
			v, ok := presets[path]
			if !ok {
				return nil, failure.Toolf("No such config preset: [%q]", path)
			}
			return v, nil
		},
	}
}

func compressed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// Every case is the JSON form of the value of a text.
func TestEvaluate(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"plain text", "abc", `"abc"`},
		{"empty text", "", `""`},
		{"unknown decoder is text", "@foo:bar", `"@foo:bar"`},
		{"names are case-sensitive", "@Json:1", `"@Json:1"`},
		{"only at the start", "a\n@json:1", `"a\n@json:1"`},
		{"val stops decoding", "@val:@file:bar", `"@file:bar"`},
		{"val below a decoder", "@list:@val:,@json:1,b", `["@json:1","b"]`},
		{"base64", "@base64:SGVsbG8=", `"Hello"`},
		{"base64 skips other characters", "@base64:SGV\n%%sbG8", `"Hello"`},
		{"base64 of nothing", "@base64:%%%", `""`},
		{"csvt", "@csvt:a,b\n1,\"x,\"\"y\"\n\n2\n3,4,5\n", `[{"a":"1","b":"x,\"y"},{"a":"2","b":null},{"a":"3","b":"4"}]`},
		{"csvt tells empty from quoted empty", "@csvt:a,b\n,\"\"\n", `[{"a":null,"b":""}]`},
		{"csvt titles only", "@csvt:a,b", `[]`},
		{"env", "@env:LANG", `"C.UTF-8"`},
		{"env undefined", "@env:NOPE", `null`},
		{"env is not evaluated again", "@env:EMBED", `"@env:LANG@"`},
		{"json", `@json:{"b":1.50,"a":[true,null],"b":2}`, `{"b":2,"a":[true,null]}`},
		{"json scalar", "@json:12345678901234567890", "12345678901234567890"},
		{"lines", "@lines:a\n\nb\n\n", `["a","","b"]`},
		{"lines of nothing", "@lines:", `[]`},
		{"list", "@list:,1,2,3", `["1","2","3"]`},
		{"list drops trailing items", "@list:,a,,", `["a"]`},
		{"list keeps other empty items", "@list:::a::b:", `["","a","","b"]`},
		{"list with a wide separator", "@list:→a→b", `["a","b"]`},
		{"none", "@none:", "null"},
		{"stdin", "@stdin:", `"a\nb\n"`},
		{"stdin bin", "@stdin:bin", `"a\nb\n"`},
		{"stdin chomp", "@stdin:chomp", `"a\nb"`},
		{"stdbin", "@stdbin:", `"a\nb\n"`},
		{"lines of stdin", "@lines:@stdin:", `["a","b"]`},
		{"preset", "@preset:config.version", `"4.21.0"`},
		{"preset text is evaluated", "@preset:text", "[1]"},
		{"preset of another type is copied", "@preset:object", `{"a":"@env:LANG"}`},
		{"s of a number", "@s:@json:12", `"12"`},
		{"s of null", "@s:@none:", `""`},
		{"s of a hash", `@s:@json:{"a":1}`, `"{\"a\"=>1}"`},
		{"s of a regexp", "@s:@re:a.b", `"(?m-ix:a.b)"`},
		{"yaml", "@yaml:a: yes\nb: 012\nc: :x", `{"a":true,"b":10,"c":"x"}`},
		{"yaml of nothing", "@yaml:", "null"},
		{"zlib", "@zlib:@base64:" + compressed(t, "hello"), `"hello"`},
		{"data uri", "@uri:data:text/plain,a%20b", `"a b"`},
		{"data uri in base64", "@uri:data:;base64,SGVsbG8=", `"Hello"`},
		{"extend", "@extend:a@env:LANG@b@env:HOME@c", `"aC.UTF-8b/home/joec"`},
		{"extend inner first", "@extend:x@base64:@env:FOO@@y", `"xHelloy"`},
		{"extend outer not closed", "@extend:x@base64:@env:FOO@y", `"x@base64:SGVsbG8=y"`},
		{"extend not closed", "@extend:a@env:LANG", `"a@env:LANG"`},
		{"extend unknown name", "@extend:mail@host:z@", `"mail@host:z@"`},
		{"extend plain", "@extend:plain", `"plain"`},
		{"extend in json", `@json:@extend:{"hello":true,"version":"@preset:config.version@"}`, `{"hello":true,"version":"4.21.0"}`},
		{"extend null is empty", "@extend:a@env:NOPE@b", `"ab"`},
		{"extend structure is inspected", "@extend:@list:,a,b@", `"[\"a\", \"b\"]"`},
		{"extend does not evaluate what it brings in", "@extend:<@env:EMBED@>", `"<@env:LANG@>"`},
		{"extend is text to decoders before it", "@list:@extend:,@env:LANG@,x", `["C.UTF-8","x"]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := value.New(world()).Evaluate(t.Context(), c.text)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(record.JSON(v)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestEvaluateErrors(t *testing.T) {
	folder := t.TempDir()
	for _, c := range []struct {
		name, text string
		label      failure.Label
		kind, want string
	}{
		{"csvt unclosed", "@csvt:a,b\n1,\"x", failure.Other, "CSV::MalformedCSVError", "Unclosed quoted field in line 2."},
		{"csvt quote inside", "@csvt:a\nx\"y", failure.Other, "CSV::MalformedCSVError", "Illegal quoting in line 2."},
		{"csvt text after quote", "@csvt:a\n\"y\"z\n", failure.Other, "CSV::MalformedCSVError", "Any value after quoted field isn't allowed in line 2."},
		{"file absent", "@file:" + folder + "/nope", failure.Other, "Errno::ENOENT", "No such file or directory - " + folder + "/nope"},
		{"file is a folder", "@file:" + folder, failure.Other, "Errno::EISDIR", "Is a directory - " + folder},
		{"file without path", "@file:", failure.Other, "Errno::EISDIR", "Is a directory - ."},
		{"uri scheme", "@uri:ftp://x/y", failure.Other, "RuntimeError", "unknown scheme: [ftp] for [ftp://x/y]"},
		{"uri without path", "@uri:file:t.csv", failure.Other, "RuntimeError", "URL shall have a path, check syntax: file:t.csv"},
		{"uri not readable", "@uri:http://joe:hush@x/%zz", failure.Other, "URI::InvalidURIError", "bad URI (is not URI?): invalid URL escape \"%zz\""},
		{"data uri without comma", "@uri:data:x", failure.Other, "URI::InvalidURIError", "data URL without comma: expecting data:[type][;base64],<data>"},
		{"json comment", `@json:{"key": 1, // no`, failure.Other, "JSON::ParserError",
			"invalid character '/' looking for beginning of object key string at line 1 column 12\n\"key\": 1, // no\n          ^"},
		{"json cut", "@json:{", failure.Other, "JSON::ParserError", "unexpected end of JSON input at line 1 column 2\n{\n ^"},
		{"json on a later line", "@json:[\n NaN]", failure.Other, "JSON::ParserError",
			"invalid character 'N' looking for beginning of value at line 2 column 2\n NaN]\n ^"},
		{"json of nothing", "@json:@none:", failure.Other, "TypeError", "decoder @json: expects a String, not NilClass"},
		{"json of a list", "@json:@list:,a", failure.Other, "TypeError", "decoder @json: expects a String, not Array"},
		{"list of nothing", "@list:", failure.Other, "ArgumentError", "decoder @list: expects a separator as first character: @list:,a,b"},
		{"none with text", "@none:x", failure.Other, "RuntimeError", "no value allowed for extended value type: none"},
		{"stdbin with text", "@stdbin:x", failure.Other, "RuntimeError", "no value allowed for extended value type: stdbin"},
		{"stdin mode", "@stdin:x", failure.Other, "RuntimeError", "`stdin` supports only: '', 'bin' or 'chomp'"},
		{"re", "@re:(?=x)", failure.Other, "RegexpError", "unsupported: lookahead in a regular expression"},
		{"yaml date", "@yaml:2024-01-31", failure.Other, "Psych::DisallowedClass", "Tried to load unspecified class: Date at line 1 column 1"},
		{"yaml alias", "@yaml:*x", failure.Other, "Psych::BadAlias", "Unknown alias: x at line 1 column 1"},
		{"yaml syntax", "@yaml:a: b: c", failure.Other, "Psych::SyntaxError", "(<unknown>): mapping values are not allowed in this context at line 1 column 5"},
		{"zlib header", "@zlib:hello", failure.Other, "Zlib::DataError", "incorrect header check"},
		{"zlib cut", "@zlib:@base64:eJzL", failure.Other, "Zlib::BufError", "buffer error: the compressed data is cut short"},
		{"preset absent", "@preset:nope", failure.Tool, "", `No such config preset: ["nope"]`},
		{"preset loop", "@preset:loop", failure.Tool, "", "loop in include"},
		{"preset loop in extend", "@extend:x@preset:loop@", failure.Tool, "", "loop in include"},
		{"vault", "@vault:a.b", failure.Argument, "", "decoder @vault: cannot be used here: it needs the secret vault, which is not available"},
		{"secret", "@secret:", failure.Argument, "", "decoder @secret: cannot be used here: it needs the prompt for hidden input, which is not available"},
		{"ruby", "@ruby:1", failure.Argument, "", "decoder @ruby: cannot be used here: it needs the evaluator of Ruby expressions, which is not available"},
		{"collect", "@:", failure.Argument, "", "@: takes the words after it: it can only be a positional argument"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := value.New(world()).Evaluate(t.Context(), c.text)
			checkFailure(t, v, err, c.label, c.kind, c.want)
		})
	}
}

func checkFailure(t *testing.T, v any, err error, label failure.Label, kind, message string) {
	t.Helper()
	f := failure.As(err)
	if f == nil {
		t.Fatalf("got %v, %v, want a failure", v, err)
	}
	if f.Label != label || f.Kind != kind || f.Message != message {
		t.Errorf("got %s(%s): %s\nwant %s(%s): %s", f.Label, f.Kind, f.Message, label, kind, message)
	}
}

func TestFiles(t *testing.T) {
	home, folder := t.TempDir(), t.TempDir()
	for path, text := range map[string]string{
		filepath.Join(home, "h.txt"): "home", filepath.Join(folder, "f.txt"): "@json:1", filepath.Join(folder, "bytes"): "\xff\x00\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	absolute := filepath.ToSlash(filepath.Join(folder, "f.txt"))
	if !strings.HasPrefix(absolute, "/") {
		absolute = "/" + absolute
	}
	e := value.New(value.Env{Home: home, Folder: folder})
	for text, want := range map[string]string{
		"@file:f.txt": "@json:1", "@file:~/h.txt": "home", "@file:" + filepath.Join(folder, "f.txt"): "@json:1",
		"@file:bytes": "\xff\x00\n", "@uri:f.txt": "@json:1", "@uri:" + filepath.Join(folder, "f.txt"): "@json:1",
		"@uri:file:" + absolute: "@json:1", "@uri:file://" + absolute: "@json:1",
		"@uri:file:///./f.txt": "@json:1", "@uri:file:///~/h.txt": "home",
		"@path:": folder, "@path:~": home, "@path:a/../f.txt": filepath.Join(folder, "f.txt"),
		"@path:~/none": filepath.Join(home, "none"),
	} {
		t.Run(text, func(t *testing.T) {
			if v, err := e.Evaluate(t.Context(), text); err != nil || v != want {
				t.Errorf("got %q, %v, want %q", v, err, want)
			}
		})
	}
}

func TestURIOverHTTP(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/text", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		fmt.Fprint(w, r.Header.Get("Accept"))
	})
	mux.HandleFunc("/json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/vnd.api+json; charset=utf-8")
		fmt.Fprint(w, `{"id":9223372036854775807}`)
	})
	mux.HandleFunc("/hop/{n}", func(w http.ResponseWriter, r *http.Request) {
		next := map[string]string{"6": "/hop/5", "5": "/hop/4", "4": "/hop/3", "3": "/hop/2", "2": "/hop/1", "1": "/text"}
		http.Redirect(w, r, next[r.PathValue("n")], http.StatusFound)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	e := value.New(value.Env{HTTP: server.Client(), MaxBytes: 1000})
	for path, want := range map[string]string{"/text": `"*/*"`, "/json": `{"id":9223372036854775807}`, "/hop/5": `"*/*"`} {
		if v, err := e.Evaluate(t.Context(), "@uri:"+server.URL+path); err != nil || string(record.JSON(v)) != want {
			t.Errorf("%s: got %v, %v, want %s", path, v, err, want)
		}
	}
	if _, err := e.Evaluate(t.Context(), "@uri:"+server.URL+"/hop/6"); err == nil || !strings.Contains(err.Error(), "too many redirects") {
		t.Errorf("six redirects: got %v, want an error", err)
	}
	secure := httptest.NewTLSServer(mux)
	defer secure.Close()
	_, err := e.Evaluate(t.Context(), "@uri:"+secure.URL+"/text?token=hush")
	if f := failure.As(err); f == nil || f.Label != failure.SSL || strings.Contains(f.Message, "hush") {
		t.Errorf("unknown certificate: got %v, want an SSL error without the query", err)
	}
	v, err := e.Evaluate(t.Context(), "@uri:"+server.URL+"/none")
	checkFailure(t, v, err, failure.Rest, "", strings.TrimPrefix(server.URL, "http://")+" 404 Not Found")
}

func TestRegexp(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		match         bool
	}{
		{"^b.c$", "a\nb\nc\nd", true},
		{`\A\h+\Z`, "12aF\n", true},
		{`\A\H\z`, "a", false},
		{`[\hx]{3}`, "fx0", true},
		{`\.gif$`, "a.gif", true},
	} {
		v, err := value.New(value.Env{}).Evaluate(t.Context(), "@re:"+c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		if got := v.(*regexp.Regexp).MatchString(c.text); got != c.match {
			t.Errorf("%s on %q: got %v, want %v", c.pattern, c.text, got, c.match)
		}
	}
}

func TestStdinIsReadOnce(t *testing.T) {
	e := value.New(world())
	for i, want := range []string{"a\nb\n", "", ""} {
		if v, err := e.Evaluate(t.Context(), "@stdin:"); err != nil || v != want {
			t.Errorf("use %d: got %q, %v, want %q", i, v, err, want)
		}
	}
}

func TestStdinGivesUpWithContext(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	defer writer.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := value.New(value.Env{Stdin: reader}).Evaluate(ctx, "@stdin:"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestLimit(t *testing.T) {
	e := value.New(value.Env{Stdin: strings.NewReader("12345"), MaxBytes: 4})
	if _, err := e.Evaluate(t.Context(), "@stdin:"); err == nil {
		t.Error("5 bytes of stdin: want an error")
	}
	if _, err := e.Evaluate(t.Context(), "@zlib:@base64:"+compressed(t, "12345")); err == nil {
		t.Error("5 inflated bytes: want an error")
	}
}

func TestCSVWarnsOfTitlesOnly(t *testing.T) {
	var log bytes.Buffer
	e := value.New(value.Env{Log: slog.New(slog.NewTextHandler(&log, nil))})
	if _, err := e.Evaluate(t.Context(), "@csvt:a,b"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "Titled CSV file without any line") {
		t.Errorf("log is %q", log.String())
	}
}

func TestInjectedDecoders(t *testing.T) {
	echo := func(_ context.Context, text string) (any, error) { return "<" + text + ">", nil }
	e := value.New(value.Env{Vault: echo, Secret: echo, Ruby: echo})
	for _, text := range []string{"@vault:a.b", "@secret:a.b", "@ruby:a.b"} {
		if v, err := e.Evaluate(t.Context(), text); err != nil || v != "<a.b>" {
			t.Errorf("%s: got %v, %v", text, v, err)
		}
	}
}

func TestEvaluateFor(t *testing.T) {
	for _, c := range []struct {
		text, parser string
		accepted     []value.Type
		want         string
	}{
		{`{"a":1}`, "json", []value.Type{value.Hash}, `{"a":1}`},
		{`{"a":1}`, "none", []value.Type{value.Hash}, `"{\"a\":1}"`},
		{`{"a":1}`, "json", []value.Type{value.Hash, value.Null}, `"{\"a\":1}"`},
		{`@val:x`, "json", []value.Type{value.Hash, value.Array}, `"x"`},
		{`a: 1`, "yaml", []value.Type{value.Hash, value.Array}, `{"a":1}`},
		{`@expr:1+1`, "", []value.Type{value.Integer}, `2`},
	} {
		e := value.New(value.Env{Parser: c.parser})
		got, err := e.EvaluateFor(t.Context(), c.text, c.accepted...)
		if err != nil || string(record.JSON(got)) != c.want {
			t.Errorf("%s with %s: got %s, %v, want %s", c.text, c.parser, record.JSON(got), err, c.want)
		}
	}
	e := value.New(value.Env{})
	if v, err := e.EvaluateFor(t.Context(), "@expr:size > 1", value.Hash, value.Proc); err != nil || value.TypeOf(v) != value.Proc {
		t.Errorf("an expression where a function is accepted: got %v, %v", v, err)
	}
}

func FuzzEvaluate(f *testing.F) {
	for _, text := range []string{
		"@json:@extend:{\"a\":\"@env:LANG@\"}", "@csvt:a,b\n1,\"x\"\n", "@list:,a,,", "@re:[\\h]", "@extend:x@base64:@env:FOO@@y",
		"@zlib:@base64:eJzL", "@yaml:a: 12:30", "@s:@lines:a\nb", "@json:[1,\n2 3]", "@csvt:\"a\n\",\r\n,\"\"\r\n\"",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "@file:") || strings.Contains(text, "@uri:") {
			t.Skip("reads the machine")
		}
		env := world()
		env.MaxBytes = 1 << 20
		v, err := value.New(env).Evaluate(t.Context(), text)
		if err != nil {
			return
		}
		if _, ok := v.(*regexp.Regexp); !ok {
			record.JSON(v)
		}
	})
}
