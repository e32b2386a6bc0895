package completion

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/host/options"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
)

// TestMain lets the test program play ascli: the scripts of the shells call it
// by that name.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) != "ascli" {
		os.Exit(m.Run())
	}
	if err := playAscli(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func playAscli(args []string) error {
	passed, ok := strings.CutPrefix(strings.Join(args, "\n"), "config\ncompletion\nwords\n")
	if !ok {
		return fmt.Errorf("unexpected call: %q", args)
	}
	words, err := Decode(strings.Split(passed, "\n"))
	if err != nil {
		return err
	}
	answer, err := Complete(context.Background(), Request{Words: words, Globals: options.Globals()}, newWorld())
	if err != nil {
		return err
	}
	return answer.Write(os.Stdout)
}

// world is a source that remembers whose manifests were read.
type world struct {
	plugins []*sdk.Plugin
	read    []string
	err     error
}

var errBroken = errors.New("the plugin is broken")

func newWorld() *world {
	return &world{plugins: []*sdk.Plugin{nodePlugin(), configPlugin(), transferPlugin(), {Name: "console"}}}
}

func run(context.Context, *sdk.Invocation) (*sdk.Result, error) { return sdk.Status("done"), nil }

func nodePlugin() *sdk.Plugin {
	key := sdk.Arg{Name: "access_key"}
	path := sdk.Arg{Name: "path"}
	return &sdk.Plugin{
		Name: "node",
		Options: []sdk.Option{
			{Name: "url", Help: "URL of the server"},
			{Name: "mode", Types: []sdk.Type{sdk.Enum}, Values: []string{"fast", "safe"}},
			{Name: "format", Help: "hidden by the global one"},
			{Name: "token_path"},
			{Name: "tuning", Types: []sdk.Type{sdk.Hash}, Schema: []sdk.Field{{Name: "rate", Type: "integer", Description: "Target rate\nin kbit/s"}}},
		},
		Commands: []sdk.Command{
			{Name: "access_keys", Aliases: []string{"ak"}, Summary: "Access keys", Commands: []sdk.Command{
				{Name: "list", Run: run},
				{Name: "do", Summary: "Act as a key", Args: []sdk.Arg{key}, Commands: []sdk.Command{
					{Name: "browse", Summary: "List a folder", Args: []sdk.Arg{path}, Run: run},
					{Name: "delete", Args: []sdk.Arg{path}, Run: run},
				}},
			}},
			{Name: "info", Summary: "About the node", Run: run},
			{Name: "inspect", Args: []sdk.Arg{{Name: "level", Types: []sdk.Type{sdk.Enum}, Values: []string{"low", "high"}}, {Name: "deep", Types: []sdk.Type{sdk.Boolean}, Optional: true}}, Run: run},
			{Name: "upload", Summary: "Send files", Args: []sdk.Arg{{Name: "files", Sources: true}}, Run: run},
		},
	}
}

func configPlugin() *sdk.Plugin {
	return &sdk.Plugin{Name: "config", Commands: []sdk.Command{
		{Name: "echo", Args: []sdk.Arg{{Name: "value", Types: []sdk.Type{sdk.Any}}}, Run: run},
		{Name: "preset", Commands: []sdk.Command{{Name: "show", Args: []sdk.Arg{{Name: "preset"}}, Run: run}}},
	}}
}

func transferPlugin() *sdk.Plugin {
	return &sdk.Plugin{
		Name:    "transfer",
		Options: []sdk.Option{{Name: "spec_level", Types: []sdk.Type{sdk.Boolean}}},
		Mounts: []sdk.Mount{{Under: "config", Commands: []sdk.Command{
			{Name: "ascp", Summary: "Transfer program", Commands: []sdk.Command{{Name: "show", Run: run}}},
		}}},
	}
}

func (w *world) Plugins(context.Context) ([]string, error) {
	return []string{"node", "config", "console"}, nil
}

func (w *world) Presets(context.Context) ([]string, error) {
	return []string{"prod", "my server", "demo"}, nil
}

func (w *world) Manifests(_ context.Context, name string) ([]*ascliv1.Manifest, error) {
	if w.err != nil {
		return nil, w.err
	}
	var found []*ascliv1.Manifest
	for _, p := range w.plugins {
		mounts := len(p.Mounts) > 0 && p.Mounts[0].Under == name
		if p.Name != name && !mounts {
			continue
		}
		w.read = append(w.read, p.Name)
		m, err := p.Manifest()
		if err != nil {
			return nil, err
		}
		found = append(found, m)
	}
	return found, nil
}
