package command_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/host/command"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

// TestMain makes the test binary serve as the plugin demo, or transfer, when it
// is started under the name of that plugin.
func TestMain(m *testing.M) {
	switch strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe") {
	case "ascli-plugin-demo":
		sdk.Serve(demo())
	case "ascli-plugin-transfer":
		sdk.Serve(mover())
	}
	os.Exit(m.Run())
}

func demo() *sdk.Plugin {
	return &sdk.Plugin{
		Name: "demo", Summary: "For tests", Version: "1",
		Options: []sdk.Option{
			{Name: "url", Mandatory: true, Help: "Address"},
			{Name: "password", Secret: true, Help: "Password"},
			{Name: "size", Types: []sdk.Type{sdk.Enum}, Values: []string{"small", "large"}, Default: "small", Help: "Size"},
		},
		Mounts: []sdk.Mount{
			{Under: "config", Commands: []sdk.Command{{Name: "demo_place", Result: sdk.ResultText, Run: mounted}}},
			{Under: "demo", Commands: []sdk.Command{{Name: "own_place", Result: sdk.ResultText, Run: mounted}}},
		},
		Detect: func(_ context.Context, url string, _ *sdk.Invocation) (*sdk.Detection, error) {
			if !strings.HasPrefix(url, "demo:") {
				return nil, errors.New("not mine")
			}
			return &sdk.Detection{Application: "Demo", URL: url + "/base"}, nil
		},
		Wizard: func(ctx context.Context, url string, inv *sdk.Invocation) (*sdk.Preset, error) {
			size, err := inv.Host.Prompt(ctx, "how large", false)
			if err != nil {
				return nil, err
			}
			return &sdk.Preset{
				Options:     []sdk.PresetOption{{Name: "url", Value: url}, {Name: "size", Value: size}},
				TestCommand: "say hello",
			}, nil
		},
		Commands: []sdk.Command{
			{
				Name: "filter", Result: sdk.ResultValues,
				Args: []sdk.Arg{{Name: "function", Types: []sdk.Type{sdk.Proc}}},
				Run: func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
					var kept []any
					for _, n := range []any{record.Of(1), record.Of(2), record.Of(3)} {
						yes, err := inv.Lambda("function").True(ctx, n)
						if err != nil {
							return nil, err
						}
						if yes {
							kept = append(kept, n)
						}
					}
					return sdk.Values("n", kept), nil
				},
			},
			{
				Name: "fetch", Result: sdk.ResultText,
				Run: func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
					session, err := rest.For(inv)
					if err != nil {
						return nil, err
					}
					defer session.Close()
					api, err := session.Client(inv.OptionText("url"), nil)
					if err != nil {
						return nil, err
					}
					answer, err := api.Get(ctx, "x", nil)
					if err != nil {
						return nil, err
					}
					text, _ := answer.Value.(string)
					return sdk.Text(text), nil
				},
			},
			{
				Name: "entity", Result: sdk.ResultText, Args: []sdk.Arg{{Name: "id", Identifier: true}},
				Run: func(_ context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
					return sdk.Text(inv.Text("id")), nil
				},
			},
			{
				Name: "say", Summary: "Say a word", Args: []sdk.Arg{{Name: "word"}}, Result: sdk.ResultText,
				Run: func(_ context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
					return sdk.Text(inv.OptionText("url") + " " + inv.OptionText("size") + " " + inv.Text("word")), nil
				},
			},
			{
				Name: "ask", Args: []sdk.Arg{{Name: "request", Types: []sdk.Type{sdk.Hash}}},
				Run: func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
					request := inv.Object("request")
					args := maps.Collect(request.Object("args").All())
					return inv.TransferCommand(ctx, args, strings.Fields(request.Text("command"))...)
				},
			},
			{
				Name: "sync", Args: []sdk.Arg{{Name: "description", Types: []sdk.Type{sdk.Hash}}}, Result: sdk.ResultStatus,
				Run: func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
					spec := record.New("remote_host", "h", "token", "t0ken")
					if err := inv.Host.Sync(ctx, sdk.Sync{Description: inv.Object("description"), Specs: []*record.Object{spec}, Additive: true}); err != nil {
						return nil, err
					}
					return sdk.Status("complete"), nil
				},
			},
			{
				Name: "login", Result: sdk.ResultStatus,
				Run: func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
					password, err := inv.Require(ctx, "password")
					if err != nil {
						return nil, err
					}
					return nil, failure.New(failure.SSH, "no login with %s", password).Hint("ask for another one")
				},
			},
		},
	}
}

func mounted(_ context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	return sdk.Text("mounted, " + inv.OptionText("sdk_url")), nil
}

// machine is where ascli runs: a user's home folder and an installation.
type machine struct {
	home, executable string
	env              []string
	stdin            io.Reader
	out              io.Writer
	// releases is where the newest release is described.
	releases string
	// syslog is where the system log listens.
	syslog [2]string
	// terminal tells that a user sits there.
	terminal bool
	// secret is what the user types without echo; "" when there is no terminal.
	secret string
}

// newMachine makes a machine whose configuration file has the given text; ""
// leaves it out.
func newMachine(t *testing.T, config string) *machine {
	t.Helper()
	m := &machine{home: t.TempDir(), stdin: strings.NewReader("")}
	m.executable = filepath.Join(t.TempDir(), "ascli")
	if config != "" {
		m.write(t, m.configFile(), config)
	}
	return m
}

func (m *machine) configFile() string {
	return filepath.Join(m.home, ".aspera", "ascli", "config.yaml")
}

func (m *machine) write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (m *machine) read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// install puts the plugin demo, and others, beside the executable.
func (m *machine) install(t *testing.T, others ...string) {
	t.Helper()
	folder := filepath.Dir(m.executable)
	// Plugins in folders that others may write to are refused.
	if err := os.Chmod(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append([]string{"demo"}, others...) {
		file := filepath.Join(folder, "ascli-plugin-"+name)
		if runtime.GOOS == "windows" {
			file += ".exe"
		}
		if err := os.WriteFile(file, program, 0o700); err != nil {
			t.Fatal(err)
		}
	}
}

// outcome is what a run leaves. Log lines have no time and process.
type outcome struct {
	status   int
	out, err string
}

func (m *machine) run(t *testing.T, args ...string) outcome {
	t.Helper()
	return m.runContext(t, t.Context(), args...)
}

func (m *machine) runContext(t *testing.T, ctx context.Context, args ...string) outcome {
	t.Helper()
	var out, complaints strings.Builder
	var stdout io.Writer = &out
	if m.out != nil {
		stdout = io.MultiWriter(&out, m.out)
	}
	status := command.Run(ctx, args, command.Surroundings{
		In: m.stdin, Out: stdout, Err: &complaints,
		InTerminal: m.terminal || m.secret != "", OutTerminal: m.terminal, ErrTerminal: m.terminal, ReadHidden: func(ask func()) (string, error) { ask(); return m.secret, nil },
		Environ:    append([]string{"HOME=" + m.home, "USERPROFILE=" + m.home, "ASCLI_VERSION_CHECK_DAYS=0"}, m.env...),
		Executable: m.executable, Version: "1.2.3", Released: "2026-11-22", ReleaseURL: m.releases, Syslog: m.syslog,
	})
	log := regexp.MustCompile(`(?m)^(.), \[[^\]]*\]`)
	return outcome{status, out.String(), log.ReplaceAllString(complaints.String(), "$1,")}
}

// scene is a command line and what comes of it.
type scene struct {
	name   string
	config string
	env    []string
	stdin  string
	args   []string
	want   outcome
}

// play runs scenes, each on a machine of its own. HOME, MAIN and CONFIG in
// what is wanted stand for its home, its main folder and its configuration file.
func play(t *testing.T, scenes []scene) {
	t.Helper()
	for _, s := range scenes {
		t.Run(s.name, func(t *testing.T) {
			m := newMachine(t, s.config)
			m.env, m.stdin = s.env, strings.NewReader(s.stdin)
			check(t, m, m.run(t, s.args...), s.want)
		})
	}
}

func check(t *testing.T, m *machine, got, want outcome) {
	t.Helper()
	places := strings.NewReplacer("CONFIG", m.configFile(), "MAIN", filepath.Dir(m.configFile()), "HOME", m.home)
	want.out, want.err = places.Replace(want.out), places.Replace(want.err)
	if got.status != want.status {
		t.Errorf("status %d, want %d", got.status, want.status)
	}
	if got.out != want.out {
		t.Errorf("output:\n%s\nwant:\n%s", got.out, want.out)
	}
	if got.err != want.err {
		t.Errorf("errors:\n%s\nwant:\n%s", got.err, want.err)
	}
}
