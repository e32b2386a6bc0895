package manpage

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/host/options"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
)

func release() Release {
	return Release{Version: "1.2.3", Date: time.Date(2025, 3, 4, 0, 0, 0, 0, time.UTC)}
}

// node has what is hard to set: every kind of option and argument, and texts
// that roff would read as its own.
func node() *ascliv1.Manifest {
	return &ascliv1.Manifest{
		Name: "node", Summary: "Node API, e.g. of HSTS",
		Options: []*ascliv1.Option{
			{Name: "url", Help: ".URL of the server, e.g. \"https://h:9092\"\n'quoted'"},
			{Name: "mode", Types: []sdk.Type{sdk.Enum}, Values: []string{"fast", "safe"}, DefaultJson: []byte(`"safe"`)},
			{Name: "deep", Types: []sdk.Type{sdk.Boolean}, DefaultJson: []byte(`true`)},
			{Name: "extra", Types: []sdk.Type{sdk.Hash}, Cumulative: true, DefaultJson: []byte(`{"a":"C:\\x"}`)},
			{Name: "bare"},
		},
		Commands: []*ascliv1.Command{
			{Name: "do", Arguments: []*ascliv1.Argument{{Name: "access_key", Description: "access_key"}}, Commands: []*ascliv1.Command{
				{Name: "browse", Aliases: []string{"ls"}, Summary: "Liste de ‘fichiers’ – 100%", Arguments: []*ascliv1.Argument{
					{Name: "path", Description: "folder on the server"},
					{Name: "depth", Description: "depth", Types: []sdk.Type{sdk.Integer}, Optional: true}}},
			}},
			{Name: "bare"},
			{Name: "upload", Summary: "Send files", Arguments: []*ascliv1.Argument{{Name: "files", Description: "files", Sources: true}}},
		},
	}
}

func transfer() *ascliv1.Manifest {
	return &ascliv1.Manifest{
		Name: "transfer", Options: []*ascliv1.Option{{Name: "agent_option", Help: "Of the agent"}},
		Mounts: []*ascliv1.Mount{{Under: "node", Commands: []*ascliv1.Command{{Name: "ascp", Summary: "Mounted here"}}}},
	}
}

func pages(t testing.TB) map[string]string {
	t.Helper()
	list, err := Pages(release(), options.Globals(), []*ascliv1.Manifest{node(), transfer(), {Name: "console", Commands: []*ascliv1.Command{{Name: "health"}}}})
	if err != nil {
		t.Fatal(err)
	}
	if list[0].File != "ascli.1" {
		t.Errorf("%s comes first", list[0].File)
	}
	byFile := map[string]string{}
	for _, p := range list {
		byFile[p.File] = p.Text
	}
	return byFile
}

func TestOnePageEachPluginWithCommands(t *testing.T) {
	got := pages(t)
	for _, file := range []string{"ascli.1", "ascli-node.1", "ascli-console.1"} {
		if got[file] == "" {
			t.Errorf("there is no %s", file)
		}
	}
	if len(got) != 3 {
		t.Errorf("there are %d pages: one for a plugin that has no commands of its own?", len(got))
	}
}

// TestPagesAreClean lets mandoc judge the pages.
func TestPagesAreClean(t *testing.T) {
	for file, text := range pages(t) {
		t.Run(file, func(t *testing.T) {
			if out := mandoc(t, text, "-W", "warning,stop"); out == "" {
				t.Error("the page is empty")
			}
		})
	}
}

func TestShownPage(t *testing.T) {
	shown := mandoc(t, pages(t)["ascli-node.1"], "-T", "ascii", "-O", "width=120")
	for _, want := range []string{
		"ASCLI-NODE(1)", "ascli 1.2.3", "2025-03-04",
		"ascli-node - Node API, e.g. of HSTS",
		"node do access_key browse path [depth]\n              Liste de `fichiers' - 100%\n              Also: ls.\n              path: folder on the server\n              depth (Integer)\n",
		"node upload files...\n",
		"node ascp\n              Mounted here",
		"--url=value\n              .URL of the server, e.g. \"https://h:9092\"\n              'quoted'\n",
		"--mode=word\n              One of: fast, safe\n              Default: safe\n",
		"--deep=yes|no\n              Default: yes\n",
		"Values given several times add up.\n              Default: {\"a\":\"C:\\\\x\"}\n",
		"--agent-option=value\n              Of the agent\n",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("lacks %q:\n%s", want, shown)
		}
	}
}

func TestShownProgramPage(t *testing.T) {
	shown := mandoc(t, pages(t)["ascli.1"], "-T", "ascii", "-O", "width=120")
	for _, want := range []string{
		"ascli-node(1)\n              Node API, e.g. of HSTS\n", "-h, --help\n", "-Pvalue, --preset=value\n",
		"@base64:", "ASCLI_OPTION", "~/.aspera/ascli/config.yaml", "130    It was interrupted.",
		"ascli node -Pmy_node browse / --format=json\n", "ascli-console(1), ascli-node(1)",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("lacks %q:\n%s", want, shown)
		}
	}
}

func TestBrokenDefault(t *testing.T) {
	broken := &ascliv1.Manifest{Name: "x", Options: []*ascliv1.Option{{Name: "o", DefaultJson: []byte("{")}}}
	if _, err := Pages(release(), nil, []*ascliv1.Manifest{broken}); err == nil {
		t.Error("a manifest with a broken default gives pages")
	}
}

func TestDefaultText(t *testing.T) {
	for name, tt := range map[string]struct {
		value any
		want  string
	}{
		"none": {nil, ""}, "no": {false, "no"}, "text": {"DEF", "DEF"}, "number": {7, "7"},
		"hash": {record.New("create_dir", true), `{"create_dir":true}`},
	} {
		t.Run(name, func(t *testing.T) {
			if got := defaultText(tt.value); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// FuzzEscape shows that no text of a manifest becomes a macro or an escape.
func FuzzEscape(f *testing.F) {
	for _, text := range []string{".TH", "'br", `\fB\n[x]`, "a\n.b", "\x1b[2J", "é–\u2028", "\xff", "\n\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r := &roff{}
		r.entry(bold(text), text)
		for i, line := range strings.Split(strings.TrimSuffix(r.String(), "\n"), "\n") {
			switch {
			case line == "":
				t.Errorf("line %d is empty", i)
			case strings.HasPrefix(line, "'"), strings.HasPrefix(line, ".") && line != ".TP" && line != ".br":
				t.Errorf("%q is a macro", line)
			}
			for _, c := range line {
				if c < ' ' || c > '~' {
					t.Errorf("%q holds %q", line, c)
				}
			}
		}
	})
}

// mandoc formats a page and fails with its complaints.
func mandoc(t *testing.T, text string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath("mandoc")
	if err != nil {
		t.Fatal("this test runs mandoc: install it, e.g. apt-get install mandoc")
	}
	file := filepath.Join(t.TempDir(), "page.1")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), path, append(args, file)...).CombinedOutput()
	if err != nil {
		t.Fatalf("mandoc: %v\n%s\n%s", err, out, text)
	}
	// Terminals show bold and italic text by overstriking.
	return overstruck(string(out))
}

// overstruck drops what is overwritten: a character and the backspace after it.
func overstruck(text string) string {
	var out []byte
	for i := 0; i < len(text); i++ {
		if text[i] == '\b' && len(out) > 0 {
			out = out[:len(out)-1]
			continue
		}
		out = append(out, text[i])
	}
	return string(out)
}
