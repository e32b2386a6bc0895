package command_test

import (
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/host/configcmd"
)

// current is a configuration file with nothing in it.
const current = "config:\n  version: 4.21.0\n"

const advice = "Use option -h to get help.\n"
const debugAdvice = "Use --log-level=debug to get more details.\n"

func TestErrors(t *testing.T) {
	play(t, []scene{
		{"success", current, nil, "", []string{"config", "echo", "hello"}, outcome{0, "\"hello\"\n", ""}},
		{"wrong word", current, nil, "", []string{"con", "ech", "1", "--foo=bar", "-x"}, outcome{1, "\"1\"\n",
			"ERROR: Argument: unprocessed options: [\"--foo=bar\", \"-x\"]\n"}},
		{"unknown command, then what is left", current, nil, "", []string{"zoo", "a", "b\"c", "--foo"}, outcome{1, "",
			"ERROR: Argument: unknown value for command (Symbol): zoo\nUse:\n- config\n- help\n" + advice +
				"ERROR: Argument: unprocessed options: [\"--foo\"]\nERROR: Argument: unprocessed values: [\"a\", \"b\\\"c\"]\n"}},
		{"missing command", current, nil, "", nil, outcome{1, "",
			"ERROR: Argument: missing argument: command (Symbol)\nUse:\n- config\n- help\n" + advice}},
		{"missing argument", current, nil, "", []string{"config", "echo"}, outcome{1, "",
			"ERROR: Argument: missing argument: value\n" + advice}},
		{"values too many", current, nil, "", []string{"config", "echo", "1", "2", "3"}, outcome{1, "\"1\"\n",
			"ERROR: Argument: unprocessed values: [\"2\", \"3\"]\n"}},
		{"debug advice is last", current, nil, "", []string{"config", "preset", "show", "none", "x"}, outcome{1, "",
			"ERROR: Other(RuntimeError): no such preset: none\nERROR: Argument: unprocessed values: [\"x\"]\n" + debugAdvice}},
		{"no debug advice when debugging", current, nil, "", []string{"config", "preset", "show", "none", "--log-level=debug"}, outcome{1, "",
			"ERROR: Other(RuntimeError): no such preset: none\n"}},
		{"missing option value", current, nil, "", []string{"config", "echo", "x", "--format"}, outcome{1, "",
			"ERROR: Other(OptionParser::MissingArgument): missing argument: --format\n" +
				"ERROR: Argument: unprocessed values: [\"config\", \"echo\", \"x\"]\n" + debugAdvice}},
		{"secrets are hidden", current, nil, "", []string{"config", "echo", "x", "--password=open-sesame"}, outcome{1, "\"x\"\n",
			"ERROR: Argument: unprocessed options: [\"--password=🔑\"]\n"}},
	})
}

func TestStart(t *testing.T) {
	play(t, []scene{
		{"first run", "", nil, "", []string{"config", "folder"}, outcome{0, "MAIN\nSaving config file.\n",
			"W,  WARN -- : No config file found. New configuration file: CONFIG\n"}},
		{"first run, data alone", "", nil, "", []string{"config", "echo", "x", "--display=data", "--log-level=error"}, outcome{0, "\"x\"\n", ""}},
		{"first run that fails saves nothing", "", nil, "", []string{"config", "preset", "show", "none", "--log-level=error"}, outcome{1, "",
			"ERROR: Other(RuntimeError): no such preset: none\n" + debugAdvice}},
		{"file of another version", "config: {version: 4.20.0}\n", nil, "", []string{"config", "file"}, outcome{0, "CONFIG\nSaving config file.\n", ""}},
	})
}

func TestStartElsewhere(t *testing.T) {
	m := newMachine(t, "")
	folder := t.TempDir()
	m.write(t, filepath.Join(folder, "mine.yaml"), current)
	m.env = []string{"ASCLI_HOME=" + folder}
	check(t, m, m.run(t, "config", "file", "--config-file="+filepath.Join(folder, "mine.yaml")), outcome{0, filepath.Join(folder, "mine.yaml") + "\n", ""})
	check(t, m, m.run(t, "config", "folder", "--config-file="+filepath.Join(folder, "mine.yaml")), outcome{0, folder + "\n", ""})

	m.env = nil
	m.home = filepath.Join(folder, "absent")
	check(t, m, m.run(t, "config", "folder"), outcome{1, "",
		"ERROR: Tool: Home folder does not exist: HOME. Check your user environment.\n" + advice + "ERROR: Argument: unprocessed values: [\"config\", \"folder\"]\n"})
}

func TestVersionAndHelp(t *testing.T) {
	m := newMachine(t, current)
	for _, args := range [][]string{{"--version"}, {"-v", "whatever", "--display=error"}, {"-Nv", "config"}} {
		check(t, m, m.run(t, args...), outcome{0, "1.2.3\n", ""})
	}
	m.install(t)
	for _, c := range []struct {
		name      string
		args      []string
		want, not []string // parts of the help
	}{
		{"all", []string{"-h"}, []string{"NAME\n        ascli", "(v1.2.3)", "OPTIONS: global\n", "    -h, --help ",
			"    -P, --presetVALUE ", "\nCOMMAND: config\nSUBCOMMANDS: ", "\nCOMMAND: demo\nSUBCOMMANDS: ask entity fetch filter login own_place say sync\nOPTIONS:\n", " [small], large\n"}, nil},
		{"word", []string{"help"}, []string{"\nCOMMAND: config\n", "\nCOMMAND: demo\n"}, nil},
		{"plugin", []string{"demo", "-h"}, []string{"OPTIONS: global\n", "\nCOMMAND: demo\n", "        --url=VALUE "}, []string{"COMMAND: config"}},
		{"command", []string{"demo", "say", "--help"}, []string{"\nCOMMAND: demo say <word>\n        Say a word\n"}, []string{"COMMAND: config", "SUBCOMMANDS"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := m.run(t, c.args...)
			if got.status != 0 || got.out != "" {
				t.Errorf("status %d, output %q", got.status, got.out)
			}
			for _, part := range c.want {
				if !strings.Contains(got.err, part) {
					t.Errorf("no %q in:\n%s", part, got.err)
				}
			}
			for _, part := range c.not {
				if strings.Contains(got.err, part) {
					t.Errorf("%q in:\n%s", part, got.err)
				}
			}
		})
	}
}

func TestPresets(t *testing.T) {
	const file = current + `default:
  config: common
common:
  format: json
other:
  display: info
  no_such_option: 1
  format: jsonpp
text: "@json:{\"format\":\"csv\"}"
list: [1]
loop:
  preset: inner
inner:
  preset: loop
around:
  format: csv
  preset: other
  flat_hash: false
`
	play(t, []scene{
		{"global preset", file, nil, "", []string{"config", "echo", "@json:[1]"}, outcome{0, "[1]\n", ""}},
		{"-N keeps the global preset", file, nil, "", []string{"-N", "config", "echo", "@json:[1]"}, outcome{0, "[1]\n", ""}},
		{"named preset, unknown options ignored", file, nil, "", []string{"-Pother", "config", "echo", "@json:[1]"}, outcome{0, "[\n  1\n]\n", ""}},
		{"text that evaluates to a Hash", file, nil, "", []string{"-Ptext", "config", "echo", "@json:[1]"}, outcome{0, "1\n", ""}},
		{"nested preset overrides what precedes it", file, nil, "", []string{"-Paround", "config", "echo", "@json:[1]"}, outcome{0, "[\n  1\n]\n", ""}},
		{"several, the last wins", file, nil, "", []string{"-Pother", "-Ptext", "config", "echo", "@json:[1]"}, outcome{0, "1\n", ""}},
		{"Hash", file, nil, "", []string{`--preset=@json:{"format":"csv"}`, "config", "echo", "@json:[1]"}, outcome{0, "1\n", ""}},
		{"Hash that names a preset", file, nil, "", []string{`--preset=@json:{"preset":"other"}`, "config", "echo", "@json:[1]"}, outcome{0, "[\n  1\n]\n", ""}},
		{"variable", file, []string{"ASCLI_PRESET=text"}, "", []string{"config", "echo", "@json:[1]"}, outcome{0, "1\n", ""}},
		{"unknown preset", file, nil, "", []string{"-Pnone", "config"}, outcome{1, "",
			"ERROR: Tool: No such config preset: [\"none\"]\n" + advice + "ERROR: Argument: unprocessed values: [\"config\"]\n"}},
		{"no Hash", file, nil, "", []string{"-Plist"}, outcome{1, "",
			"ERROR: Other(Aspera::AssertError): assertion failed: preset list: expecting Hash, but have Array\n" + debugAdvice}},
		{"no preset at all", file, nil, "", []string{"--preset=@json:[1]"}, outcome{1, "",
			"ERROR: Argument: Preset definition must be a String for preset name, or Hash for set of values\n" + advice}},
		{"loop", file, nil, "", []string{"-Ploop"}, outcome{1, "", "ERROR: Tool: loop in include: preset loop is part of itself\n" + advice}},
		{"default that does not exist", current + "default: {config: gone}\n", nil, "", []string{"config", "file"}, outcome{1, "",
			"E, ERROR -- : Default config name [gone] specified for plugin [config], but it does not exist in config file.\n" +
				"E, ERROR -- : Please fix the issue: either create preset with one parameter: (ascli config preset set gone <option> <value>) or remove default (ascli config preset unset default config).\n" +
				"ERROR: Tool: Config name [gone] must be a hash, check config file.\n" + advice +
				"ERROR: Argument: unprocessed values: [\"config\", \"file\"]\n"}},
		{"default that is no Hash", current + "default: {config: list}\nlist: [1]\n", nil, "", []string{"config", "file"}, outcome{1, "",
			"ERROR: Tool: Config name [list] must be a hash, check config file.\n" + advice +
				"ERROR: Argument: unprocessed values: [\"config\", \"file\"]\n"}},
		{"wrong value in a preset", current + "bad: {format: zz}\n", nil, "", []string{"-Pbad", "config", "echo", "1"}, outcome{1, "",
			"ERROR: Argument: unknown value for format in set: zz\nUse:\n- csv\n- image\n- json\n- jsonl\n- jsonpp\n- markdown\n- nagios\n- ruby\n- table\n- text\n- yaml\n" +
				advice + "ERROR: Argument: unprocessed values: [\"echo\", \"1\"]\n"}},
		{"main folder from the file that lies in it", file, nil, "", []string{"--home=@preset:text", "config", "file"}, outcome{1, "",
			"ERROR: Tool: @preset:text: the options that say where the configuration file is cannot be taken from it\n" +
				advice + "ERROR: Argument: unprocessed values: [\"config\", \"file\"]\n"}},
	})
}

func TestPluginPresets(t *testing.T) {
	m := newMachine(t, current+"default: {demo: mine}\nmine: {url: u, size: large}\nother: {url: o}\n")
	m.install(t)
	for _, c := range []struct {
		name string
		args []string
		want outcome
	}{
		{"default preset", []string{"demo", "say", "hi"}, outcome{0, "u large hi\n", ""}},
		{"named preset over the default one", []string{"demo", "say", "hi", "-Pother"}, outcome{0, "o large hi\n", ""}},
		{"none", []string{"-N", "demo", "say", "hi", "-Pother"}, outcome{0, "o small hi\n", ""}},
		{"options anywhere, by prefix", []string{"--siz=l", "de", "--ur=x", "say", "hi"}, outcome{0, "x large hi\n", ""}},
		{"mandatory option", []string{"-N", "demo", "say", "hi"}, outcome{1, "", "ERROR: Argument: Missing mandatory option: url\n" + advice}},
		{"late option", []string{"demo", "login"}, outcome{1, "", "ERROR: Argument: Missing mandatory option: password\n" + advice}},
		{"error of the plugin, its hint, without the secret", []string{"demo", "login", "--password=s3cr3t"}, outcome{1, "",
			"ERROR: SSH: no login with 🔑\nHINT: ask for another one\n"}},
		{"late option needs a terminal", []string{"demo", "login", "--interactive=yes"}, outcome{1, "option: password> ",
			"ERROR: Other(Errno::ENOTTY): a secret is asked for, but standard input is no terminal: give it with an option, the environment or a preset\n" + debugAdvice}},
	} {
		t.Run(c.name, func(t *testing.T) { check(t, m, m.run(t, c.args...), c.want) })
	}
	m.secret = "h1dden"
	check(t, m, m.run(t, "demo", "login", "--interactive=yes"), outcome{1, "option: password> \n", "ERROR: SSH: no login with 🔑\nHINT: ask for another one\n"})
}

func TestShowConfig(t *testing.T) {
	m := newMachine(t, current+"mine: {to_folder: /data}\n")
	m.install(t)
	for _, c := range []struct {
		name string
		args []string
		want outcome
	}{
		{"default that depends on the machine", []string{"--show-config", "--fields=home"}, outcome{0, "MAIN\n", ""}},
		{"layers", []string{"--show-config", "--fields=to_folder,preset", "-Pmine", "--format=csv"}, outcome{0, "/data,write-only option\n", ""}},
		{"plugin, mandatory options not needed, secrets hidden", []string{"demo", "--show-config", "--fields=url,password,size", "--password=bar"}, outcome{0, `+----------+-------+
| field    | value |
+----------+-------+
| url      |       |
| password | 🔑    |
| size     | small |
+----------+-------+
`, ""}},
		{"words are not consumed", []string{"demo", "say", "--show-config", "--fields=size"}, outcome{1, "small\n", "ERROR: Argument: unprocessed values: [\"say\"]\n"}},
		{"value that cannot be computed", []string{"--show-config", "--fields=to_folder", "--to-folder=@file:none"}, outcome{0, "No such file or directory - none\n", ""}},
		{"pattern", []string{"--show-config", "--fields=@re:^fiel"}, outcome{0, "(?m-ix:^fiel)\n", ""}},
	} {
		t.Run(c.name, func(t *testing.T) { check(t, m, m.run(t, c.args...), c.want) })
	}
}

func TestPrompts(t *testing.T) {
	var names []string
	for _, c := range configcmd.Plugin(nil).Commands {
		names = append(names, c.Name)
	}
	entries := strings.Join(names, " ") + "\n"
	play(t, []scene{
		{"command and argument", current, nil, "echo\nworld\n", []string{"config", "--interactive=yes"}, outcome{0,
			entries + "argument: command (Symbol)> argument: value> \"world\"\n", ""}},
		{"plugin", current, nil, "conf\n", []string{"--interactive=yes", "--show-config=x"}, outcome{1, "",
			"ERROR: Other(OptionParser::NeedlessArgument): needless argument: --show-config=x\n" + debugAdvice}},
		{"first word", current, nil, "conf\nfolder\n", []string{"--interactive=yes"}, outcome{0,
			"config help\nargument: command (Symbol)> " + entries + "argument: command (Symbol)> MAIN\n", ""}},
		{"answer is an extended value", current, nil, "@json:[1]\n", []string{"config", "echo", "--interactive=yes"}, outcome{0,
			"argument: value> 1\n", ""}},
		{"rest of standard input", current, nil, "@stdin:\nrest", []string{"config", "echo", "--interactive=yes"}, outcome{0,
			"argument: value> \"rest\"\n", ""}},
		{"end of input", current, nil, "", []string{"config", "echo", "--interactive=yes"}, outcome{1,
			"argument: value> ", "ERROR: Other(RuntimeError): Unexpected end of standard input\n" + debugAdvice}},
		{"hidden without terminal", current, nil, "x\n", []string{"config", "echo", "@secret:"}, outcome{1,
			"secret> ", "ERROR: Other(Errno::ENOTTY): a secret is asked for, but standard input is no terminal: give it with an option, the environment or a preset\n" + debugAdvice}},
	})
	m := newMachine(t, current)
	m.secret = "h1dden"
	check(t, m, m.run(t, "config", "echo", "@secret:PIN"), outcome{0, "PIN> \n\"h1dden\"\n", ""})
}

// interrupter calls stop when something is written.
type interrupter struct{ stop func() }

func (i interrupter) Write(text []byte) (int, error) {
	i.stop()
	return len(text), nil
}

func TestInterruptedPrompt(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	m := newMachine(t, current)
	silent, quiet := io.Pipe()
	defer quiet.Close()
	m.stdin, m.out = silent, interrupter{stop}
	check(t, m, m.runContext(t, ctx, "config", "echo", "--interactive=yes"), outcome{130, "argument: value> ",
		"ERROR: Interruption: interrupted by user\n" + debugAdvice})
}

func TestOutputFile(t *testing.T) {
	m := newMachine(t, current)
	file := filepath.Join(t.TempDir(), "out")
	check(t, m, m.run(t, "config", "preset", "set", "a", "b", "c", "--output="+file), outcome{0, "", ""})
	if got, want := m.read(t, file), "Updated: a: b <- c\nSaving config file.\n"; got != want {
		t.Errorf("file %q, want %q", got, want)
	}
	check(t, m, m.run(t, "config", "echo", "@file:none", "--output="+file), outcome{1, "",
		"ERROR: Other(Errno::ENOENT): No such file or directory - none\n" + debugAdvice})
	if got := m.read(t, file); got != "" {
		t.Errorf("a command that fails leaves %q", got)
	}
	check(t, m, m.run(t, "config", "echo", "x", "--output="+file, "--output=-"), outcome{0, "\"x\"\n", ""})
	if got := m.run(t, "config", "echo", "x", "--output="+t.TempDir()); got.status != 1 || !strings.HasPrefix(got.err, "ERROR: Argument: cannot write option output: ") {
		t.Errorf("got %+v", got)
	}
}

func TestLogOptions(t *testing.T) {
	play(t, []scene{
		{"logs on standard output", "", nil, "", []string{"config", "echo", "x", "--logger=stdout", "--display=error", "--log-level=error"}, outcome{0, "", ""}},
		{"wrong level", current, nil, "", []string{"config", "--log-level=zz"}, outcome{1, "",
			"Error: log level \"zz\" is none of trace2 trace1 debug info warn error fatal unknown\n" +
				"ERROR: Other(OptionParser::InvalidArgument): invalid argument: --log-level=zz\nHINT: Use one of: trace2, trace1, debug, info, warn, error, fatal, unknown\n" +
				"ERROR: Argument: unprocessed values: [\"config\"]\n" + debugAdvice}},
	})
	m := newMachine(t, "")
	got := m.run(t, "config", "echo", "x", "--logger=stdout")
	if got.err != "" || !strings.Contains(got.out, " WARN -- : No config file found.") {
		t.Errorf("got %+v", got)
	}
}

// Health checks end with the state they found (spec/cli.md 10.11).
func TestHealth(t *testing.T) {
	m := newMachine(t, current)
	rows := `@json:[{"status":"critical","component":"c","message":"m"}]`
	check(t, m, m.run(t, "config", "echo", rows, "--format=nagios"), outcome{2, "CRITICAL - [c:m]\n", ""})
}

// defect is an output in which the program fails.
type defect struct{}

func (defect) Write([]byte) (int, error) { panic("index out of range") }

func TestDefectIsExplained(t *testing.T) {
	m := newMachine(t, current)
	m.out = defect{}
	got := m.run(t, "config", "echo", "@list:,1,2", "--format=json")
	want := "ERROR: Other(InternalError): index out of range\n" +
		"HINT: this is a defect of ascli: please report the command and what it prints with --log-level=debug\n" + debugAdvice
	if got.status != 1 || got.err != want {
		t.Errorf("status %d, errors %q, want %q", got.status, got.err, want)
	}
}

// What a server says cannot clear the screen of a user.
func TestErrorsDoNotSteerATerminal(t *testing.T) {
	m := newMachine(t, current)
	got := m.run(t, "config", "test", "throw", "RuntimeError", "a\x1b[2Jb")
	if !strings.Contains(got.err, "a\x1b[2Jb\n") {
		t.Errorf("in a pipe: %q", got.err)
	}
	m.terminal = true
	if got = m.run(t, "config", "test", "throw", "RuntimeError", "a\x1b[2Jb"); !strings.Contains(got.err, "a\\u001b[2Jb\n") {
		t.Errorf("on a terminal: %q", got.err)
	}
}
