package sdk

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
)

func TestDescribe(t *testing.T) {
	p := &Plugin{Name: "demo", Summary: "For tests", Version: "1", Options: []Option{{Name: "to_folder"}}}
	var out, errors bytes.Buffer
	if status := serve(p, []string{"describe"}, &out, &errors); status != 0 || errors.Len() > 0 {
		t.Fatalf("status %d, %s", status, &errors)
	}
	var m ascliv1.Manifest
	if err := protojson.Unmarshal(out.Bytes(), &m); err != nil || m.Name != "demo" || m.Options[0].Name != "to_folder" {
		t.Errorf("got %v, %v", &m, err)
	}
	// The names are those of the .proto files, for plugins in other languages.
	var text map[string]any
	if err := json.Unmarshal(out.Bytes(), &text); err != nil || text["protocol_versions"] == nil {
		t.Errorf("got %s, %v", &out, err)
	}
}

func TestServeByHand(t *testing.T) {
	for _, c := range []struct {
		name   string
		plugin *Plugin
		args   []string
		want   string
	}{
		{"wrong declaration", &Plugin{Name: "De-mo"}, []string{"describe"}, `plugin De-mo is declared wrongly: plugin name "De-mo"`},
		{"without host", &Plugin{Name: "demo"}, nil, "This is the demo plugin of ascli: run `ascli demo`, or `" + os.Args[0] + " describe`"},
		{"other words", &Plugin{Name: "demo"}, []string{"describe", "x"}, "This is the demo plugin"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out, errors bytes.Buffer
			if status := serve(c.plugin, c.args, &out, &errors); status != 1 || out.Len() > 0 || !strings.HasPrefix(errors.String(), c.want) {
				t.Errorf("status %d, output %q, errors %q", status, &out, &errors)
			}
		})
	}
}

func TestLevels(t *testing.T) {
	for _, name := range LevelNames() {
		if got := LevelName(ParseLevel(name)); got != name {
			t.Errorf("%s becomes %s", name, got)
		}
	}
	if ParseLevel("zz") != slog.LevelWarn || ParseLevel("error") != slog.LevelError {
		t.Error("levels differ from those of slog")
	}
	if LevelName(slog.Level(-100)) != "trace2" || LevelName(slog.Level(100)) != "unknown" {
		t.Error("levels beyond the ends have no name")
	}
}

// The host reads a plugin's log as JSON lines with the keys of go-plugin.
func TestLogger(t *testing.T) {
	var out bytes.Buffer
	newLogger(&out, LevelTrace1).With("plugin", "demo").Log(t.Context(), LevelTrace1, "text", slog.Group("g", "level", 1))
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	group, _ := line["g"].(map[string]any)
	if line["@level"] != "trace1" || line["@message"] != "text" || line["@timestamp"] == nil || line["plugin"] != "demo" || group["level"] != 1.0 {
		t.Errorf("got %s", &out)
	}
}
