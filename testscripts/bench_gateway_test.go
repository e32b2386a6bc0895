package testscripts

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/testscripts/world"
)

// transferSize is the size of the files copied, bytes.
const transferSize = 1 << 30

// BenchmarkHTTPGWUpload1GB pairs uploads with bare copies by WebSocket.
func BenchmarkHTTPGWUpload1GB(b *testing.B) {
	remote, home, bare := remoteFolder(b), b.TempDir(), startBareCopy(b)
	source := filepath.Join(b.TempDir(), "source.bin")
	makeSparse(b, source)
	upload := func() *exec.Cmd {
		return ascli(b, home, "node", "upload", source, "--to-folder=/"+remote, "--preset=sandbox_gateway")
	}
	target := filepath.Join(shared.sandbox.Files, remote, "source.bin")
	benchmarkPairs(b,
		transferCase{upload, target},
		transferCase{func() *exec.Cmd { return bare.client("upload", "copy.bin", source) }, filepath.Join(bare.folder, "copy.bin")},
	)
	reportMemory(b, upload())
}

// BenchmarkHTTPGWDownload1GB pairs downloads with bare copies by HTTP.
func BenchmarkHTTPGWDownload1GB(b *testing.B) {
	remote, home, back, bare := remoteFolder(b), b.TempDir(), b.TempDir(), startBareCopy(b)
	makeSparse(b, filepath.Join(shared.sandbox.Files, remote, "source.bin"))
	makeSparse(b, filepath.Join(bare.folder, "source.bin"))
	download := func() *exec.Cmd {
		return ascli(b, home, "node", "download", "/"+remote+"/source.bin", "--to-folder="+back, "--preset=sandbox_gateway")
	}
	copied := filepath.Join(back, "copy.bin")
	benchmarkPairs(b,
		transferCase{download, filepath.Join(back, "source.bin")},
		transferCase{func() *exec.Cmd { return bare.client("download", "source.bin", copied) }, copied},
	)
	reportMemory(b, download())
}

// BenchmarkHTTPGW10000Files uploads a folder of 10,000 files of 10 KB.
func BenchmarkHTTPGW10000Files(b *testing.B) {
	const count, size = 10_000, 10_000
	folder, content := filepath.Join(b.TempDir(), "many"), bytes.Repeat([]byte("0123456789"), size/10)
	if err := os.Mkdir(folder, 0o700); err != nil {
		b.Fatal(err)
	}
	for i := range count {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("file%d", i)), content, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	remote, home := remoteFolder(b), b.TempDir()
	upload := func() *exec.Cmd {
		return ascli(b, home, "node", "upload", folder, "--to-folder=/"+remote, "--preset=sandbox_gateway")
	}
	var m measurement
	for b.Loop() {
		m.run(b, upload())
		// Names sent are paths as walked.
		sent := filepath.Join(shared.sandbox.Files, remote, folder)
		if entries, err := os.ReadDir(sent); err != nil || len(entries) != count {
			b.Fatalf("%d files arrived, %v", len(entries), err)
		}
		if err := os.RemoveAll(filepath.Join(shared.sandbox.Files, remote)); err != nil {
			b.Fatal(err)
		}
		if err := os.Mkdir(filepath.Join(shared.sandbox.Files, remote), 0o700); err != nil {
			b.Fatal(err)
		}
	}
	m.report(b)
	b.ReportMetric(count/m.median().Seconds(), "files/s")
	reportMemory(b, upload())
}

// transferCase is a command that makes a file of transferSize.
type transferCase struct {
	command func() *exec.Cmd
	target  string
}

func (c transferCase) run(b *testing.B, m *measurement) {
	b.Helper()
	m.run(b, c.command())
	info, err := os.Stat(c.target)
	if err != nil || info.Size() != transferSize {
		b.Fatalf("%s did not arrive: %v", c.target, err)
	}
	if err := os.Remove(c.target); err != nil {
		b.Fatal(err)
	}
}

// benchmarkPairs measures ascli and the bare copy by turns, so that what else
// the machine does meets both, and compares within each pair.
func benchmarkPairs(b *testing.B, ascli, bare transferCase) {
	var ours, theirs measurement
	var ratios []float64
	// The first copy finds neither memory nor caches ready.
	bare.run(b, new(measurement))
	for b.Loop() {
		if len(ratios)%2 == 0 {
			ascli.run(b, &ours)
			bare.run(b, &theirs)
		} else {
			bare.run(b, &theirs)
			ascli.run(b, &ours)
		}
		i := len(ratios)
		ratios = append(ratios, theirs.wall[i].Seconds()/ours.wall[i].Seconds())
	}
	slices.Sort(ratios)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(transferSize/1e6/ours.median().Seconds(), "MB/s")
	b.ReportMetric(transferSize/1e6/theirs.median().Seconds(), "MB/s-bare")
	b.ReportMetric(ratios[(len(ratios)-1)/2], "ratio")
	b.ReportMetric(milliseconds(ours.processor)/float64(len(ratios)), "ms-cpu")
	b.ReportMetric(milliseconds(theirs.processor)/float64(len(ratios)), "ms-cpu-bare")
}

// makeSparse makes a file of zeros that takes no room: reading it is no disk's work.
func makeSparse(b *testing.B, path string) {
	b.Helper()
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	if err := file.Truncate(transferSize); err != nil {
		b.Fatal(err)
	}
}

// bareCopy is a running server of cmd/barecopy.
type bareCopy struct{ program, url, folder string }

func startBareCopy(b *testing.B) *bareCopy {
	b.Helper()
	c := &bareCopy{program: world.Program(b.TempDir(), "barecopy"), folder: b.TempDir()}
	if err := buildGo("cmd/barecopy", c.program); err != nil {
		b.Fatal(err)
	}
	server := exec.Command(c.program, "serve", filepath.Join(shared.sandbox.Folder, "tls"), c.folder)
	server.Stderr = os.Stderr
	stdin, err := server.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	stdout, err := server.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		stdin.Close()
		if err := server.Wait(); err != nil {
			b.Error(err)
		}
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		b.Fatal(fmt.Errorf("the server of the bare copy did not start: %w", err))
	}
	c.url = strings.TrimSpace(line)
	return c
}

// client copies between a file here and a file of that name at the server.
func (c *bareCopy) client(direction, name, file string) *exec.Cmd {
	ca := filepath.Join(shared.sandbox.Folder, "tls", "ca.pem")
	return exec.Command(c.program, direction, ca, c.url+"/"+direction+"/"+name, file)
}
