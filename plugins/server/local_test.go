//go:build unix

package server_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/plugins/server"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/sdktest"
)

// script writes an executable program and returns its folder.
func script(t *testing.T, name, text string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\n"+text), 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}

// Scheme local runs the ascmd of this machine, whatever else options say.
func TestLocal(t *testing.T) {
	program := buildASCMD(t)
	folder := t.TempDir()
	write(t, filepath.Join(folder, "a"), "x")
	system := ":/usr/bin:/bin"
	for _, tt := range []struct{ name, path, words, want, err string }{
		{name: "stand-in", path: program + system, words: "ls", want: `"name":"a"`},
		{name: "checksum", path: program + system, words: "md5sum", err: `errstr="is a directory`},
		{name: "variable", path: script(t, "ascmd", `[ "$SSH_CLIENT" = "local 0 0" ] && exec `+program+"/ascmd") + system, words: "ls", want: `"name":"a"`},
		{name: "no program", path: t.TempDir(), words: "ls", err: "No such file or directory - ascmd"},
		{name: "failure", path: script(t, "ascmd", "echo broken >&2; exit 3") + system, words: "ls", err: "empty answer from server (broken)"},
		{name: "failure after the answer", path: script(t, "ascmd", program+"/ascmd; echo late >&2; exit 3") + system, words: "ls", err: "process failed: 3 : late"},
		{name: "something else", path: script(t, "ascmd", "echo hello there") + system, words: "ls", err: "malformed answer of ascmd"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("PATH", tt.path)
			got := sdktest.Run(t, server.Plugin(), tt.words, values{"paths": []any{folder}},
				values{"url": "local:", "username": "u", "ssh_options": sshOptions("port", 9)}, sdktest.Host{})
			if tt.err != "" {
				if e := failure.As(got.Err); got.Err == nil || !strings.Contains(got.Err.Error(), tt.err) {
					t.Errorf("error is %v, %v", got.Err, e)
				}
				return
			}
			if got.Err != nil || !strings.Contains(got.JSON(), tt.want) {
				t.Errorf("got %s, %v", got.JSON(), got.Err)
			}
		})
	}
}
