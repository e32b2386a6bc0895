package command_test

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// withDemo is a machine with the plugin demo installed.
func withDemo(t *testing.T, stdin string) *machine {
	t.Helper()
	m := newMachine(t, current)
	m.install(t)
	m.stdin = strings.NewReader(stdin)
	return m
}

func TestMountedCommand(t *testing.T) {
	m := withDemo(t, "")
	check(t, m, m.run(t, "config", "demo_place", "--sdk-url=x"), outcome{0, "mounted, x\n", ""})
	check(t, m, m.run(t, "config", "demo_p"), outcome{0, "mounted, DEF\n", ""})
	if got := m.run(t, "config", "commands", "list", "--format=csv", "--fields=path"); !strings.Contains(got.out, "config demo_place\n") {
		t.Errorf("commands list lacks the mounted command: %s", got.out)
	}
	check(t, m, m.run(t, "demo", "own_place", "--url=x", "--sdk-url=y"), outcome{0, "mounted, y\n", ""})
	if got := m.run(t, "demo", "demo_place"); got.status != 1 {
		t.Error("a mounted command stands under its own plugin as well")
	}
}

func TestNameOfANewPluginMustBeFree(t *testing.T) {
	m := withDemo(t, "")
	for _, name := range []string{"demo", "Config", "help"} {
		got := m.run(t, "config", "plugins", "create", name, t.TempDir())
		if got.status != 1 || !strings.Contains(got.err, "the plugin name "+strings.ToLower(name)+" is taken") {
			t.Errorf("%s: %d %s", name, got.status, got.err)
		}
	}
}

func TestLambdaInPlugin(t *testing.T) {
	m := withDemo(t, "")
	for _, tt := range []struct{ function, want string }{
		{"@ruby:->(n){n>1}", "2\n3\n"},
		{"@ruby:limit=2;->(n){n<limit}", "1\n"},
		{"@expr:it % 2 == 1", "1\n3\n"},
	} {
		check(t, m, m.run(t, "demo", "filter", tt.function, "--url=x", "--format=csv"), outcome{0, tt.want, ""})
	}
	if got := m.run(t, "demo", "filter", "name", "--url=x"); got.status != 1 || !strings.Contains(got.err, "must be Proc") {
		t.Errorf("a text as function: %d %s", got.status, got.err)
	}
}

func TestSelector(t *testing.T) {
	m := withDemo(t, "")
	m.env = []string{"FRUIT=fig"}
	for given, want := range map[string]string{
		"%name:@env:FRUIT": "%name:fig", "%name:plain": "%name:plain", "@env:FRUIT": "fig", "%name": "%name",
	} {
		check(t, m, m.run(t, "demo", "entity", given, "--url=x"), outcome{0, want + "\n", ""})
	}
	check(t, m, m.run(t, "demo", "say", "%name:@env:FRUIT", "--url=x"), outcome{0, "x small %name:@env:FRUIT\n", ""})
}

func TestDetect(t *testing.T) {
	m := withDemo(t, "")
	check(t, m, m.run(t, "config", "detect", "demo:x", "--format=csv"), outcome{0, "demo,Demo,demo:x/base,unknown\n", ""})
	check(t, m, m.run(t, "config", "detect", "other:x"), outcome{1, "",
		"ERROR: Other(RuntimeError): No known application found at other:x\n" + debugAdvice})
	check(t, m, m.run(t, "config", "detect", "demo:x", "nobody"), outcome{1, "",
		"ERROR: Other(RuntimeError): No known application found at demo:x\n" + debugAdvice})
}

func TestWizard(t *testing.T) {
	m := withDemo(t, "demo:h\nlarge\n")
	check(t, m, m.run(t, "config", "wizard"), outcome{0, "argument: url (String)> Using: Demo at demo:h/base\n" +
		"how large> Preparing preset: demo_demo_h_base\nSetting config preset as default for demo\n" +
		"You can test with:\nascli demo say hello\nSaving config file.\n", ""})
	check(t, m, m.run(t, "demo", "say", "hello"), outcome{0, "demo:h/base large hello\n", ""})

	m.stdin = strings.NewReader("small\n")
	if got := m.run(t, "config", "wizard", "demo:h"); got.status != 1 || !strings.Contains(got.err, "Preset already exists: demo_demo_h_base") {
		t.Errorf("second time: %d %s", got.status, got.err)
	}
	m.stdin = strings.NewReader("small\n")
	got := m.run(t, "config", "wizard", "demo:h", "demo", "other", "--default=no")
	if got.status != 0 || !strings.Contains(got.out, "ascli demo -Pother say hello") {
		t.Errorf("another name: %d %s %s", got.status, got.out, got.err)
	}
	m.stdin = strings.NewReader("small\n")
	before := m.read(t, m.configFile())
	got = m.run(t, "config", "wizard", "demo:h", "--test-mode=yes", "--format=json", "--display=data")
	if want := `{"preset_value":{"url":"demo:h/base","size":"small"},"test_args":"say hello"}`; !strings.HasSuffix(got.out, want+"\n") {
		t.Errorf("test mode: %s", got.out)
	}
	if m.read(t, m.configFile()) != before {
		t.Error("test mode changed the configuration")
	}
}

func TestAskOptions(t *testing.T) {
	m := withDemo(t, "x\n\n")
	m.secret = "h1dden"
	check(t, m, m.run(t, "demo", "say", "w", "--interactive=yes", "--ask-options=yes"), outcome{0,
		"option: url> option: password> \nx small w\n", ""})
}

// On a terminal missing values are asked for, and missing commands listed.
func TestAsksOnATerminal(t *testing.T) {
	m := withDemo(t, "here\nword\n")
	m.terminal = true
	check(t, m, m.run(t, "demo", "say"), outcome{0, "argument: word (String)> option: url> word small here\n", ""})
	if got := m.run(t, "demo"); got.status != 1 || !strings.Contains(got.err, "missing argument: command (Symbol)\nUse:\n- ask\n") {
		t.Errorf("missing command: %d %s", got.status, got.err)
	}
	check(t, m, m.run(t, "demo", "say", "--interactive=no"), outcome{1, "",
		"\x1b[41;37;5mERROR:\x1b[0m Argument: missing argument: word (String)\nUse option -h to get help.\n"})
}

func TestVersionCheck(t *testing.T) {
	answer := `{"tag_name":"v9.0.0"}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, answer) }))
	defer server.Close()
	m := newMachine(t, current)
	m.releases, m.env = server.URL, []string{"ASCLI_VERSION_CHECK_DAYS=7"}
	check(t, m, m.run(t, "config", "folder"), outcome{0, "MAIN\n",
		"W,  WARN -- : A new version is available: 9.0.0. You have 1.2.3. Get it at: https://github.com/ascli-go/ascli/releases\n"})
	today := `["` + time.Now().Format("2006/01/02") + `"]`
	if kept := m.read(t, filepath.Join(m.home, ".aspera", "ascli", "persist_store", "version_last_check.txt")); kept != today {
		t.Errorf("kept %s, want %s", kept, today)
	}
	check(t, m, m.run(t, "config", "folder"), outcome{0, "MAIN\n", ""})
	check(t, m, m.run(t, "config", "check_update", "--format=json"), outcome{0,
		`{"name":"ascli","current":"1.2.3","latest":"9.0.0","need_update":true}` + "\n", ""})
	answer = "<html>"
	if got := m.run(t, "config", "check_update", "--format=json"); got.status != 0 || !strings.Contains(got.out, `"latest":"0","need_update":false`) {
		t.Errorf("useless answer: %d %s", got.status, got.out)
	}
}

func TestLockPort(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
	m := newMachine(t, current)
	check(t, m, m.run(t, "config", "echo", "a", "--lock-port="+port), outcome{0, "",
		"W,  WARN -- : Another instance is already running (Address already in use - bind(2) for \"127.0.0.1\" port " + port + ").\n"})
	listener.Close()
	check(t, m, m.run(t, "config", "echo", "a", "--lock-port="+port), outcome{0, "\"a\"\n", ""})
	check(t, m, m.run(t, "config", "echo", "a", "--lock-port=70000"), outcome{1, "",
		"ERROR: Argument: lock_port: 70000 is no port: expecting 1 to 65535\nUse option -h to get help.\n" +
			"ERROR: Argument: unprocessed values: [\"echo\", \"a\"]\n"})
}

func TestPIDFile(t *testing.T) {
	m := newMachine(t, current)
	file := filepath.Join(t.TempDir(), "pid")
	check(t, m, m.run(t, "config", "echo", "@file:"+file, "--pid-file="+file), outcome{0, `"` + strconv.Itoa(os.Getpid()) + "\"\n", ""})
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the file stays: %v", err)
	}
}
