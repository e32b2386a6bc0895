package testscripts

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/testscripts/world"
)

// docs/performance.md says what is measured here, and what came out.

func BenchmarkConfigEcho(b *testing.B) {
	benchmarkCommand(b, `"hello"`, "config", "echo", "hello")
}

func BenchmarkNodeBrowse10(b *testing.B) {
	remote := remoteFolder(b)
	for i := range 10 {
		if err := os.WriteFile(filepath.Join(shared.sandbox.Files, remote, fmt.Sprintf("file %d.txt", i)), []byte("content"), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	benchmarkCommand(b, "file 9.txt", "node", "browse", "/"+remote)
}

// BenchmarkList prints a million records of a plugin: with bounded memory,
// whatever the count.
func BenchmarkList(b *testing.B) {
	plugins := b.TempDir()
	if err := buildGo("testdata/odd-plugin", world.Program(plugins, "ascli-plugin-odd")); err != nil {
		b.Fatal(err)
	}
	for _, list := range []struct {
		format  string
		records int
	}{{"csv", 1_000_000}, {"jsonl", 1_000_000}, {"json", 1_000_000}, {"table", 100_000}} {
		b.Run(list.format, func(b *testing.B) {
			home := b.TempDir()
			command := func() *exec.Cmd {
				return ascli(b, home, "odd", "many", fmt.Sprint(list.records), "--plugin-folder="+plugins, "--format="+list.format)
			}
			var m measurement
			for b.Loop() {
				m.run(b, command())
			}
			m.report(b)
			b.ReportMetric(float64(list.records)/m.median().Seconds(), "records/s")
			reportMemory(b, command())
		})
	}
}

// BenchmarkHelp and BenchmarkCompletion are what a user waits for while typing.
func BenchmarkHelp(b *testing.B) {
	for name, words := range map[string][]string{
		"all": {"-h"}, "plugin": {"node", "-h"}, "command": {"node", "access_keys", "do", "-h"},
	} {
		b.Run(name, func(b *testing.B) { benchmarkCommand(b, "", words...) })
	}
}

func BenchmarkCompletion(b *testing.B) {
	for name, words := range map[string][]string{
		"plugin": {"."}, "command": {".node", ".access_keys", ".do", ".self", ".b"}, "option": {".node", ".browse", ".--tr"},
	} {
		b.Run(name, func(b *testing.B) {
			benchmarkCommand(b, ":", append([]string{"config", "completion", "words"}, words...)...)
		})
	}
}

// BenchmarkDiscovery is the first command after the installation of 16 plugins,
// which asks each for its manifest, and the next one, which remembers them.
func BenchmarkDiscovery(b *testing.B) {
	const count = 16
	plugins := b.TempDir()
	if err := buildGo("testdata/odd-plugin", world.Program(plugins, "ascli-plugin-odd")); err != nil {
		b.Fatal(err)
	}
	program, err := os.ReadFile(world.Program(plugins, "ascli-plugin-odd"))
	if err != nil {
		b.Fatal(err)
	}
	for i := range count - 1 {
		if err := os.WriteFile(world.Program(plugins, fmt.Sprintf("ascli-plugin-odd%c", 'a'+i)), program, 0o700); err != nil {
			b.Fatal(err)
		}
	}
	run := func(b *testing.B, home func() string) {
		var m measurement
		for b.Loop() {
			m.run(b, ascli(b, home(), "config", "commands", "list", "--plugin-folder="+plugins, "--log-level=error"))
		}
		m.report(b)
	}
	b.Run("first", func(b *testing.B) { run(b, b.TempDir) })
	home := b.TempDir()
	b.Run("cached", func(b *testing.B) { run(b, func() string { return home }) })
}

// benchmarkCommand runs a command whose output contains want.
func benchmarkCommand(b *testing.B, want string, args ...string) {
	home := b.TempDir()
	// The first run also caches the manifests.
	text, err := ascli(b, home, args...).Output()
	if err != nil || !strings.Contains(string(text), want) {
		b.Fatalf("error %v, output:\n%s", err, text)
	}
	var m measurement
	for b.Loop() {
		m.run(b, ascli(b, home, args...))
	}
	m.report(b)
	reportMemory(b, ascli(b, home, args...))
}

func ascli(b *testing.B, home string, args ...string) *exec.Cmd {
	return world.Ascli(context.WithoutCancel(b.Context()), shared.bin, home, shared.sandbox.Config, args...)
}

// remoteFolder makes a folder on the server, and returns its name.
func remoteFolder(b *testing.B) string {
	folder, err := os.MkdirTemp(shared.sandbox.Files, "bench-")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			b.Error(err)
		}
	})
	return filepath.Base(folder)
}

// measurement is what the runs of a command have taken.
type measurement struct {
	wall []time.Duration
	// processor is the time of the command and of the plugins that it waited
	// for, in all runs.
	processor time.Duration
}

func (m *measurement) run(b *testing.B, cmd *exec.Cmd) {
	b.Helper()
	var errors bytes.Buffer
	cmd.Stderr = &errors
	start := time.Now()
	err := cmd.Run()
	m.wall = append(m.wall, time.Since(start))
	if err != nil {
		b.Fatalf("%s: %v\n%s", cmd, err, errors.String())
	}
	m.processor += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
}

// quantile returns the time that a part of the runs, from 0 to 1, did not exceed.
func (m *measurement) quantile(part float64) time.Duration {
	sorted := slices.Sorted(slices.Values(m.wall))
	return sorted[int(part*float64(len(sorted)-1))]
}

func (m *measurement) median() time.Duration { return m.quantile(0.5) }

func (m *measurement) report(b *testing.B) {
	b.ReportMetric(milliseconds(m.median()), "ms-median")
	b.ReportMetric(milliseconds(m.quantile(0.9)), "ms-p90")
	b.ReportMetric(milliseconds(m.processor)/float64(len(m.wall)), "ms-cpu")
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// reportMemory runs a command once more and reports its peak memory.
func reportMemory(b *testing.B, cmd *exec.Cmd) {
	b.Helper()
	bytes, err := peakMemory(cmd)
	if err != nil {
		b.Fatalf("%s: %v", cmd, err)
	}
	if bytes > 0 {
		b.ReportMetric(float64(bytes)/1e6, "MB-peak")
	}
}
