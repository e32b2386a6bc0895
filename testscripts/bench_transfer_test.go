//go:build linux

package testscripts

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// manyFiles is the length of a long list of files.
const manyFiles = 100_000

// BenchmarkLongList takes the time from the start of the program to that of
// ascp, with a list of 100,000 files.
func BenchmarkLongList(b *testing.B) {
	folder, home := b.TempDir(), b.TempDir()
	started, ascp := filepath.Join(folder, "started"), filepath.Join(folder, "ascp")
	if err := os.WriteFile(ascp, fmt.Appendf(nil, "#!/bin/sh\ndate +%%s%%N >>'%s'\nexit 1\n", started), 0o755); err != nil {
		b.Fatal(err)
	}
	lines, spec := writeLongList(b, folder)
	for _, c := range []struct{ name, sources, ts string }{
		{"lines", "--sources=@lines:@file:" + lines, "--ts=@json:{}"},
		{"transfer spec", "--sources=@ts", "--ts=@json:@file:" + spec},
	} {
		b.Run(c.name, func(b *testing.B) {
			var total, processor time.Duration
			for b.Loop() {
				if err := os.RemoveAll(started); err != nil {
					b.Fatal(err)
				}
				cmd := ascli(b, home, "node", "upload", "--to-folder=/many", "--ascp-path="+ascp, c.sources, c.ts, "--transfer-info.resume.iter_max=0")
				begin := time.Now()
				said, err := cmd.CombinedOutput()
				if err == nil {
					b.Fatalf("this ascp cannot succeed: %s", said)
				}
				total += firstTime(b, started, said).Sub(begin)
				processor += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
			}
			b.ReportMetric(milliseconds(processor)/float64(b.N), "ms-cpu")
			b.ReportMetric(milliseconds(total)/float64(b.N), "ms-to-ascp")
		})
	}
}

// writeLongList writes a list of files, as lines and as a transfer spec.
func writeLongList(b *testing.B, folder string) (lines, spec string) {
	b.Helper()
	var text strings.Builder
	type source struct {
		Source string `json:"source"`
	}
	var paths []source
	for i := range manyFiles {
		path := fmt.Sprintf("/data/projects/2026/folder %d/report number %d.pdf", i/1000, i)
		fmt.Fprintln(&text, path)
		paths = append(paths, source{path})
	}
	ts, err := json.Marshal(map[string]any{"paths": paths})
	if err != nil {
		b.Fatal(err)
	}
	lines, spec = filepath.Join(folder, "list.txt"), filepath.Join(folder, "ts.json")
	for path, content := range map[string]string{lines: text.String(), spec: string(ts)} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return lines, spec
}

// firstTime reads the first line of a file: nanoseconds since 1970.
func firstTime(b *testing.B, path string, said []byte) time.Time {
	b.Helper()
	file, err := os.Open(path)
	if err != nil {
		b.Fatalf("ascp was not started: %v\n%s", err, said)
	}
	defer file.Close()
	line := bufio.NewScanner(file)
	line.Scan()
	at, err := strconv.ParseInt(line.Text(), 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return time.Unix(0, at)
}

// BenchmarkDirectIdle takes the processor time of ascli and its plugins, without
// ascp, for each second of a transfer at a target rate.
func BenchmarkDirectIdle(b *testing.B) {
	const kbps, seconds = 8000, 20
	const rate = kbps * 1000 / 8 // bytes per second
	source := filepath.Join(b.TempDir(), "source.bin")
	if err := os.WriteFile(source, make([]byte, rate*(seconds+2)), 0o600); err != nil {
		b.Fatal(err)
	}
	home := b.TempDir()
	var processor, wall time.Duration
	for b.Loop() {
		to := remoteFolder(b)
		cmd := ascli(b, home, "node", "upload", source, "--to-folder=/"+to, "--progress-bar=yes", fmt.Sprintf("--ts.target_rate_kbps=%d", kbps))
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		partial := filepath.Join(shared.sandbox.Files, to, filepath.Base(source)+partialSuffix)
		awaitSize(b, cmd, partial, rate)
		began, before := time.Now(), usedByAscli(b, cmd)
		awaitSize(b, cmd, partial, rate*(seconds+1))
		wall += time.Since(began)
		processor += usedByAscli(b, cmd) - before
		if err := cmd.Wait(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(milliseconds(processor)/wall.Seconds(), "ms-cpu/s")
}

// awaitSize waits until a file under way has a size.
func awaitSize(b *testing.B, cmd *exec.Cmd, path string, size int64) {
	b.Helper()
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); ; <-tick.C {
		if info, err := os.Stat(path); err == nil && info.Size() >= size {
			return
		}
		if time.Now().After(deadline) {
			_ = cmd.Process.Kill()
			b.Fatalf("%s does not grow to %d bytes", path, size)
		}
	}
}

// usedByAscli is the processor time of a command and of its plugins so far.
func usedByAscli(b *testing.B, cmd *exec.Cmd) time.Duration {
	b.Helper()
	all, err := processes()
	if err != nil {
		b.Fatal(err)
	}
	var used time.Duration
	for pid, p := range all {
		if pid == cmd.Process.Pid || p.parent == cmd.Process.Pid {
			used += processorTime(b, pid)
		}
	}
	return used
}

// processorTime reads what a process has used (proc_pid_stat(5)).
func processorTime(b *testing.B, pid int) time.Duration {
	b.Helper()
	// A tick is a hundredth of a second for every program (sysconf(3), USER_HZ).
	const tick = 10 * time.Millisecond
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, after, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(after)
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	if err := errors.Join(err1, err2); err != nil {
		b.Fatal(err)
	}
	return time.Duration(user+system) * tick
}
