package server_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/plugins/server"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sdktest"
	"github.com/ascli-go/ascli/sdk/sshclient/sshdtest"
)

// at are the options that lead to a server.
func at(s *sshdtest.Server, more values) values {
	options := values{
		"url": fmt.Sprintf("ssh://%s:%d", s.Host, s.Port), "username": s.User, "ssh_keys": s.KeyPath,
		"ssh_options": record.New("use_agent", false, "config", false),
	}
	maps.Copy(options, more)
	return options
}

func run(t *testing.T, s *sshdtest.Server, words string, paths ...any) *sdktest.Outcome {
	t.Helper()
	args := values{}
	if len(paths) > 0 {
		args["paths"] = paths
	}
	return sdktest.Run(t, server.Plugin(), words, args, at(s, nil), sdktest.Host{})
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Without ascmd on the server, OpenSSH's SFTP server does the same.
func TestFilesOverSFTP(t *testing.T) {
	s := sshdtest.Start(t, sshdtest.Options{})
	folder := t.TempDir()
	for name, text := range map[string]string{"a": "hi\n", "sub/b": "12345", "sub/naïve \"q\"": ""} {
		write(t, filepath.Join(folder, name), text)
	}
	if err := os.Symlink("a", filepath.Join(folder, "link")); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		words string
		paths []any
		want  string
		err   string
	}{
		{words: "df", paths: []any{folder}, want: `"is_a":"sftp"`},
		{words: "du", paths: []any{folder}, want: `[{"size":9,"fcount":4,"dcount":2,"failed_fcount":0,"failed_dcount":0}]`},
		{words: "du", paths: []any{folder + "/a", folder + "/sub"}, want: `{"path":"` + folder + `/sub","size":5,`},
		{words: "md5sum", paths: []any{folder + "/a"}, want: `[{"md5sum":"764efa883dda1e11db47671c4a3bbd9e"}]`},
		{words: "md5sum", paths: []any{folder}, err: `errno=21 errstr="Is a directory" command=md5sum`},
		{words: "info", want: `"protocol":"sftp-3"`},
		{words: "ls", paths: []any{folder + "/a"}, want: `"name":"a","size":3,"mode":33188,"zmode":"-rw-r--r--"`},
		{words: "ls", paths: []any{folder}, want: `"symlink":"a"`},
		{words: "ls", paths: []any{folder}, want: `"zuid":"` + s.User + `"`},
		{words: "ls", paths: []any{folder + "/none"}, err: `ascmd: errno=2 errstr="No such file or directory" command=ls arguments=` + folder + "/none"},
		{words: "mkdir", paths: []any{folder + "/new", folder + "/sub"}, err: `errno=17 errstr="File exists" command=mkdir arguments=` + folder + "/sub"},
		{words: "mkdir", paths: []any{folder + "/no/deep"}, err: "errno=2"},
		{words: "cp", paths: []any{folder + "/sub", folder + "/new", folder + "/a", folder + "/copy"}, want: `["complete"]`},
		{words: "ls", paths: []any{folder + "/new/sub"}, want: `"name":"naïve \"q\""`},
		{words: "cp", paths: []any{folder + "/new", folder + "/new/sub"}, err: "the destination is in the source"},
		{words: "cp", paths: []any{folder + "/a"}, err: "cp takes a source and a destination: no destination for " + folder + "/a"},
		{words: "mv", paths: []any{folder + "/copy", folder + "/new/moved"}, want: `["complete"]`},
		{words: "mv", paths: []any{folder + "/copy", folder + "/x"}, err: "errno=2"},
		{words: "rm", paths: []any{folder + "/new", folder + "/none"}, err: "errno=2"},
		{words: "ls", paths: []any{folder + "/new"}, err: "errno=2"},
		{words: "rm", paths: []any{folder + "/link", folder + "/sub"}, want: `["complete"]`},
		{words: "ls", paths: []any{folder}, want: `[{"name":"a",`},
	} {
		t.Run(tt.words, func(t *testing.T) {
			got := run(t, s, tt.words, tt.paths...)
			if tt.err != "" {
				if e := failure.As(got.Err); e == nil || !strings.Contains(e.Message, tt.err) {
					t.Errorf("error is %v", got.Err)
				}
				return
			}
			if got.Err != nil || !strings.Contains(got.JSON(), tt.want) {
				t.Errorf("got %s, %v", got.JSON(), got.Err)
			}
			if !strings.Contains(got.Log, "the server has no ascmd (not found): operations on files use SFTP") {
				t.Errorf("log is %s", got.Log)
			}
		})
	}
}

// A folder of the size that a user may have; du counts below it at any depth.
func TestUsageOfManyFolders(t *testing.T) {
	s := sshdtest.Start(t, sshdtest.Options{})
	folder := t.TempDir()
	for i := range 40 {
		for j := range 5 {
			write(t, filepath.Join(folder, fmt.Sprint(i), "deep", fmt.Sprint(j)), "12")
		}
	}
	got := run(t, s, "du", folder)
	if want := `[{"size":400,"fcount":200,"dcount":81,"failed_fcount":0,"failed_dcount":0}]`; got.Err != nil || got.JSON() != want {
		t.Errorf("got %s, %v", got.JSON(), got.Err)
	}
}

// One session at a time is all that some servers allow.
func TestOneSession(t *testing.T) {
	s := sshdtest.Start(t, sshdtest.Options{Config: []string{"MaxSessions 1"}})
	got := run(t, s, "ls", t.TempDir())
	if got.Err != nil {
		t.Error(got.Err)
	}
}

// A server that lets a user do SFTP and nothing else takes any program for that.
func TestForcedSFTP(t *testing.T) {
	s := sshdtest.Start(t, sshdtest.Options{Config: []string{"ForceCommand internal-sftp"}})
	folder := t.TempDir()
	write(t, filepath.Join(folder, "a"), "x")
	got := run(t, s, "ls", folder)
	if got.Err != nil || !strings.Contains(got.JSON(), `"name":"a"`) {
		t.Errorf("got %s, %v", got.JSON(), got.Err)
	}
}

// Neither ascmd nor SFTP: the error names both.
func TestNothingThere(t *testing.T) {
	s := sshdtest.Start(t, sshdtest.Options{Config: []string{"ForceCommand false"}})
	got := run(t, s, "ls", "/")
	if e := failure.As(got.Err); e == nil || e.Label != failure.SSH || !strings.Contains(e.Message, "the server has neither ascmd") {
		t.Errorf("error is %v", got.Err)
	}
}

func TestWebSocketHasNoFiles(t *testing.T) {
	got := sdktest.Run(t, server.Plugin(), "ls", nil, values{"url": "https://h", "ts": record.New("token", "t")}, sdktest.Host{})
	if got.Err == nil || !strings.HasPrefix(got.Err.Error(), "unknown value for command (Symbol): ls\nUse:\n- download\n- health\n- sync\n- upload") {
		t.Errorf("error is %v", got.Err)
	}
}
