//go:build unix

package plugins

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"

	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
)

// BenchmarkRememberedManifests reads the manifests of 16 plugins of 100 commands
// each, as the help of everything does.
func BenchmarkRememberedManifests(b *testing.B) {
	folder := b.TempDir()
	manifests := Manifests{Cache: filepath.Join(folder, "cache")}
	var programs []Program
	for i := range 16 {
		m := &ascliv1.Manifest{Name: fmt.Sprintf("plugin%d", i), ProtocolVersions: []uint32{1}}
		for c := range 100 {
			m.Commands = append(m.Commands, &ascliv1.Command{
				Name: fmt.Sprintf("command%d", c), Summary: "What a command of this kind does, in a line",
				Arguments: []*ascliv1.Argument{{Name: "path", Description: "folder path"}}, Columns: []string{"id", "name", "status"},
			})
		}
		text, err := protojson.Marshal(m)
		if err != nil {
			b.Fatal(err)
		}
		path := filepath.Join(folder, prefix+m.Name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\ncat <<'END'\n"+string(text)+"\nEND\n"), 0o700); err != nil {
			b.Fatal(err)
		}
		programs = append(programs, Program{Name: m.Name, Path: path})
	}
	read := func() {
		for _, d := range manifests.All(b.Context(), programs) {
			if d.Err != nil {
				b.Fatal(d.Err)
			}
		}
	}
	read()
	for b.Loop() {
		read()
	}
}
