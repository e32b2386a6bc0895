package command_test

import (
	"context"
	"io"
	"testing"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// mover is a transfer plugin: its command `config tool show` tells what it was
// given, its sync sessions say what they are to do.
func mover() *sdk.Plugin {
	return &sdk.Plugin{
		Name: "transfer", Version: "1", Agents: echoes{},
		Mounts: []sdk.Mount{
			{Under: "config", Commands: []sdk.Command{{Name: "tool", Commands: []sdk.Command{{
				Name: "show", Result: sdk.ResultList, Columns: []string{"folder", "password", "sdk_folder"},
				Args: []sdk.Arg{{Name: "folder"}, {Name: "info", Types: []sdk.Type{sdk.Hash}, Optional: true}},
				Run:  showGiven,
			}}}}},
			{Under: "demo", Commands: []sdk.Command{{Name: "elsewhere", Result: sdk.ResultText, Run: mounted}}},
		},
	}
}

func showGiven(_ context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
	if inv.Text("folder") == "missing" {
		return nil, failure.Otherf("Errno::ENOENT", "No such file or directory missing")
	}
	given := record.New("folder", inv.Text("folder"), "password", inv.Option("password"), "sdk_folder", inv.OptionText("sdk_folder"))
	return sdk.Rows([]*record.Object{given, record.New("folder", inv.Object("info").Text("name"))}), nil
}

// echoes moves nothing.
type echoes struct{}

func (echoes) List() []sdk.AgentInfo { return nil }

func (echoes) Run(context.Context, sdk.TransferJob, func(transfer.Event)) ([]error, error) {
	return nil, nil
}

func (echoes) Sync(_ context.Context, job sdk.SyncJob, output io.Writer) error {
	if job.Description.Text("name") == "bad" {
		return transfer.Errorf("no login with %s", job.Specs[0].Text("token"))
	}
	seen := ""
	if job.Watched && job.Additive {
		seen = " and shows its progress"
	}
	_, err := io.WriteString(output, string(record.JSON(job.Specs[0]))+string(record.JSON(job.Description))+seen+"\n")
	return err
}

// TestTransferCommand: a product's command gives on what a command of the
// transfer plugin shows. Credentials do not reach it, and no other command is reached.
func TestTransferCommand(t *testing.T) {
	denied := func(command string) outcome {
		return outcome{status: 1, err: "ERROR: Tool: plugin transfer has no command config " + command + "\nUse option -h to get help.\n"}
	}
	for _, tt := range []struct {
		name, request string
		want          outcome
	}{
		{
			"given on", `{"command":"tool show","args":{"folder":"/f","info":{"name":"n"}}}`,
			outcome{out: `[{"folder":"/f","password":null,"sdk_folder":"/sdk"},{"folder":"n"}]` + "\n"},
		},
		{
			"its error", `{"command":"tool show","args":{"folder":"missing"}}`,
			outcome{status: 1, err: "ERROR: Other(Errno::ENOENT): No such file or directory missing\nUse --log-level=debug to get more details.\n"},
		},
		{
			"a missing argument", `{"command":"tool show","args":{}}`,
			outcome{status: 1, err: "ERROR: Argument: Missing argument: folder\nUse option -h to get help.\n"},
		},
		{
			"an argument of another type", `{"command":"tool show","args":{"folder":"/f","info":"n"}}`,
			outcome{status: 1, err: "ERROR: Argument: Argument info (Hash) is a String but must be Hash\nUse option -h to get help.\n"},
		},
		{
			"an unknown argument", `{"command":"tool show","args":{"folder":"/f","x":1}}`,
			outcome{status: 1, err: "ERROR: Tool: plugin transfer: the command has no argument x\nUse option -h to get help.\n"},
		},
		{"a command of config", `{"command":"preset lookup","args":{}}`, denied("preset lookup")},
		{"a command of another plugin's", `{"command":"demo_place","args":{}}`, denied("demo_place")},
		{"a command mounted elsewhere", `{"command":"elsewhere","args":{}}`, denied("elsewhere")},
		{"half a command", `{"command":"tool","args":{}}`, denied("tool")},
		{"no command", `{"command":"","args":{}}`, denied("")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newMachine(t, current)
			m.install(t, "transfer")
			got := m.run(t, "demo", "ask", "@json:"+tt.request, "--url=u", "--password=s3cret", "--sdk-folder=/sdk", "--format=json")
			check(t, m, got, tt.want)
		})
	}
}

// TestSync: the user's values are laid over the product's spec, and what async
// says is no result.
func TestSync(t *testing.T) {
	for _, tt := range []struct {
		name, description string
		terminal          bool
		want              outcome
	}{
		{"done", `{"name":"n"}`, false, outcome{out: "complete\n", err: `{"remote_host":"other","token":"🔑","create_dir":true}{"name":"n"}` + "\n"}},
		{"on a terminal", `{"name":"n"}`, true, outcome{out: `{"remote_host":"other","token":"🔑","create_dir":true}{"name":"n"} and shows its progress` + "\ncomplete\n"}},
		{"failed", `{"name":"bad"}`, false, outcome{status: 1, err: "ERROR: Transfer: no login with 🔑\n"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newMachine(t, current)
			m.install(t, "transfer")
			m.terminal = tt.terminal
			check(t, m, m.run(t, "demo", "sync", "@json:"+tt.description, "--url=u", `--ts=@json:{"remote_host":"other","direction":null}`), tt.want)
		})
	}
}
