package transfer

import (
	"slices"
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
)

func parse(t *testing.T, text string) *record.Object {
	t.Helper()
	if text == "" {
		return nil
	}
	o, err := record.ParseObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestSources(t *testing.T) {
	for _, tt := range []struct {
		name     string
		in       SourceInput
		ts, info string
		want     []Source
		warnings []string
		err      string
	}{
		{name: "arguments", in: SourceInput{Args: []string{"a", "b"}}, want: []Source{{Source: "a"}, {Source: "b"}}},
		{name: "pairs", in: SourceInput{Args: []string{"a", "b"}, Type: "pair"}, want: []Source{{"a", "b"}}},
		{name: "odd pairs", in: SourceInput{Args: []string{"a"}, Type: "pair"}, err: "When using pair, provide an even number of paths: 1"},
		{name: "no argument", err: "missing argument: source file list (String)"},
		{name: "empty list", in: SourceInput{Args: []string{}}, err: "specify at least one file on command line or use --sources=@ts to use transfer spec"},
		{name: "default", in: SourceInput{Default: []string{"."}}, want: []Source{{Source: "."}}},
		{name: "ts", in: SourceInput{Option: "@ts"}, ts: `{"paths":[{"source":"a","destination":"b"}]}`, want: []Source{{"a", "b"}}},
		{name: "ts without paths", in: SourceInput{Option: "@ts"}, ts: `{}`, err: "transfer spec on command line must have sources"},
		{name: "ts with malformed paths", in: SourceInput{Option: "@ts"}, ts: `{"paths":[{"destination":"b"}]}`, err: "All elements of paths must have a 'source' key"},
		{name: "ts with a list of ascp", in: SourceInput{Option: "@ts", Agent: "direct"}, info: `{"ascp_args":["--file-list","/l"]}`},
		{name: "array", in: SourceInput{Option: []any{"a"}}, want: []Source{{Source: "a"}}},
		{name: "array of others", in: SourceInput{Option: []any{true}}, err: "sources must be a Array of String"},
		{name: "a word", in: SourceInput{Option: "a"}, err: "sources must be a Array, not String"},
		{name: "a hash", in: SourceInput{Option: record.New()}, err: "sources must be a Array, not Hash"},
		{
			name: "arguments override ts", in: SourceInput{Args: []string{"a"}}, ts: `{"paths":[{"source":"b"}]}`,
			want: []Source{{Source: "a"}}, warnings: []string{"--sources overrides paths from --ts"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.in.TS, tt.in.AgentInfo = parse(t, tt.ts), parse(t, tt.info)
			got, warnings, err := Sources(tt.in)
			if message(err) != tt.err {
				t.Fatalf("error is %v", err)
			}
			if !slices.Equal(got, tt.want) || !slices.Equal(warnings, tt.warnings) {
				t.Errorf("got %v, warnings %q", got, warnings)
			}
		})
	}
}

func TestDestination(t *testing.T) {
	for _, tt := range []struct {
		name, toFolder, ts string
		direction          Direction
		want               string
	}{
		{"to_folder wins", "/a", `{"destination_root":"/b"}`, Send, "/a"},
		{"then ts", "", `{"destination_root":"/b"}`, Send, "/b"},
		{"send", "", "", Send, "/"},
		{"receive", "", "{}", Receive, "."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Destination(tt.toFolder, parse(t, tt.ts), tt.direction); got != tt.want {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestBuild(t *testing.T) {
	for _, tt := range []struct {
		name, spec, ts string
		direction      Direction
		toFolder       string
		sources        []Source
		want, err      string
	}{
		{
			name: "upload with password", spec: `{"remote_host":"h"}`, ts: `{"create_dir":true}`, direction: Send, toFolder: "/dst",
			sources: []Source{{Source: "f1"}},
			want:    `{"remote_host":"h","create_dir":true,"destination_root":"/dst","paths":[{"source":"f1"}]}`,
		},
		{
			name: "upload with a token of gen3", spec: `{"token":"t","destination_root":"/srv"}`, ts: `{"destination_root":"/mine"}`,
			direction: Send, sources: []Source{{Source: "f"}},
			want: `{"token":"t","destination_root":"/srv","paths":[{"source":"f"}]}`,
		},
		{
			name: "upload to an access key", spec: `{"token":"t","tags":{"aspera":{"node":{"access_key":"k"}}}}`,
			ts: `{"destination_root":"/mine","destination_root_id":"7"}`, direction: Send,
			want: `{"token":"t","tags":{"aspera":{"node":{"access_key":"k"}}},"destination_root_id":"7"}`,
		},
		{
			name: "download", spec: `{"token":"t","paths":[{"source":"/r"}]}`, ts: `{"paths":[{"source":"mine"}]}`,
			direction: Receive, sources: []Source{{Source: "x"}},
			want: `{"token":"t","paths":[{"source":"/r"}],"destination_root":"."}`,
		},
		{
			name: "ts wins over to_folder", spec: `{}`, ts: `{"destination_root":"/ts"}`, direction: Receive, toFolder: "/opt",
			want: `{"destination_root":"/ts"}`,
		},
		{
			name: "null removes at any depth", spec: `{"sshfp":"x","tags":{"a":{"b":1,"c":2}}}`, ts: `{"sshfp":null,"tags":{"a":{"b":null}}}`,
			direction: Receive, want: `{"tags":{"a":{"c":2}},"destination_root":"."}`,
		},
		{name: "no host", spec: `{"remote_host":"N/A"}`, direction: Send, err: "Wrong remote host: N/A"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			spec, ts := parse(t, tt.spec), parse(t, tt.ts)
			got, err := Build(spec, ts, tt.direction, tt.toFolder, tt.sources)
			if message(err) != tt.err {
				t.Fatalf("error is %v", err)
			}
			if err == nil && string(record.JSON(got)) != tt.want {
				t.Errorf("got  %s\nwant %s", record.JSON(got), tt.want)
			}
			if string(record.JSON(spec)) != tt.spec {
				t.Error("the spec of the product was changed")
			}
		})
	}
}
