package async

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/ascli-go/ascli/sandbox/async/snapdb"
)

// adminArguments are those of asyncadmin that `ascli` uses (spec/sync.md 5.1).
type adminArguments struct {
	Help       bool   `short:"h" help:"Show this help."`
	Version    bool   `short:"A" help:"Show the version."`
	Quiet      bool   `short:"q" help:"Print the state only."`
	Name       string `short:"N" help:"Name of the session."`
	LocalDir   string `short:"d" help:"Local folder of the session."`
	LocalDBDir string `short:"b" name:"local-db-dir" help:"Folder of the snapshot."`
}

const adminDescription = "The ascli sandbox's stand-in for IBM Aspera asyncadmin: it shows the state of a session of the stand-in async."

// AdminMain is asyncadmin: it prints the state of a session, as lines
// "Name: value", and gives its exit status, 0 or 1.
func AdminMain(ctx context.Context, args []string, _ func(string) string, stdout, stderr io.Writer) int {
	if err := runAdmin(ctx, args, stdout); err != nil {
		_, _ = fmt.Fprintf(stderr, "asyncadmin: %v\n", err)
		return 1
	}
	return 0
}

func runAdmin(ctx context.Context, args []string, stdout io.Writer) error {
	var a adminArguments
	parser, err := kong.New(&a, kong.Name("asyncadmin"), kong.Description(adminDescription), kong.NoDefaultHelp(), kong.Exit(func(int) {}))
	if err != nil {
		return err
	}
	parser.Stdout = stdout
	if _, err := parser.Parse(args); err != nil {
		return fmt.Errorf("%w (run asyncadmin --help)", err)
	}
	switch {
	case a.Help:
		trace, err := kong.Trace(parser, nil)
		if err != nil {
			return err
		}
		return trace.PrintUsage(false)
	case a.Version:
		_, err := fmt.Fprintf(stdout, "%s\nasyncadmin (ascli sandbox stand-in) version %s\n", adminDescription, standInVersion)
		return err
	case a.Name == "":
		return fmt.Errorf("--name is missing")
	case a.LocalDir == "" && a.LocalDBDir == "":
		return fmt.Errorf("--local-dir or --local-db-dir is missing")
	}
	if !sessionName.MatchString(a.Name) {
		return fmt.Errorf("name %q: letters, digits, - and _ are expected", a.Name)
	}
	status, err := snapdb.Read(ctx, or(a.LocalDBDir, a.LocalDir), a.Name)
	if err != nil {
		return err
	}
	_, err = io.WriteString(stdout, statusText(status))
	return err
}

// statusText is the state as lines "Name: value"; a value of several lines
// follows its name (spec/sync.md 5.1).
func statusText(s snapdb.Status) string {
	var text strings.Builder
	line := func(name string, value any) { _, _ = fmt.Fprintf(&text, "%s: %v\n", name, value) }
	line("Name", s.Name)
	line("State", s.Condition)
	line("Direction", s.Direction)
	line("Local directory", s.LocalFolder)
	line("Remote host", s.RemoteHost)
	line("Remote directory", s.RemoteFolder)
	line("Started", s.Started)
	if s.Stopped != "" {
		line("Stopped", s.Stopped)
	}
	for _, count := range []struct {
		name  string
		state snapdb.State
	}{
		{"Synced", snapdb.Synced}, {"Pending", snapdb.Pending}, {"Conflict", snapdb.Conflict},
		{"Potential conflict", snapdb.PotentialConflict}, {"Error", snapdb.Failed},
	} {
		line(count.name, s.Paths[count.state])
	}
	if len(s.Errors) > 0 {
		text.WriteString("Last error:\n")
		for _, e := range s.Errors {
			// A colon would begin another field.
			text.WriteString(strings.ReplaceAll(e, ":", " -") + "\n")
		}
	}
	return text.String()
}
