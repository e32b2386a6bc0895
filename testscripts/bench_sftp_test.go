package testscripts

import (
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

const (
	smallFiles    = 10_000
	smallFileSize = 10 << 10
)

// BenchmarkSFTP pairs agent sftp with the programs of OpenSSH and with rclone, on
// one file of 1 GB and on 10,000 of 10 KB, to the same sshd on loopback. ascli is
// measured whole: with the command that asks a node, and its plugins.
func BenchmarkSFTP(b *testing.B) {
	root := memoryFolder(b)
	// The node must know what is downloaded: it gets the same folders, empty.
	remote := remoteFolder(b)
	for _, kind := range []string{"big", "small"} {
		if err := os.Mkdir(filepath.Join(shared.sandbox.Files, remote, kind), 0o700); err != nil {
			b.Fatal(err)
		}
	}
	sources := filepath.Join(root, remote)
	makeRandom(b, filepath.Join(sources, "big", "big.bin"), transferSize)
	for i := range smallFiles {
		makeRandom(b, filepath.Join(sources, "small", fmt.Sprintf("f%05d", i)), smallFileSize)
	}
	home := b.TempDir()
	for _, kind := range []string{"big", "small"} {
		source := filepath.Join(sources, kind)
		size := int64(transferSize)
		if kind == "small" {
			size = smallFiles * smallFileSize
		}
		for _, direction := range []string{"upload", "download"} {
			b.Run(direction+"/"+kind, func(b *testing.B) {
				compareCopies(b, root, size, sftpPrograms(b, home, direction, source))
			})
		}
	}
}

// copier copies the folder of the sources below another one.
type copier struct {
	name    string
	command func(to string) *exec.Cmd
}

// sftpPrograms are the ways to copy a folder, ours first.
func sftpPrograms(b *testing.B, home, direction, source string) []copier {
	s := shared.sshd
	options := []string{"-q", "-i", s.KeyPath, "-P", strconv.Itoa(s.Port), "-o", "UserKnownHostsFile=" + s.KnownHosts, "-o", "IdentitiesOnly=yes"}
	at := s.User + "@" + s.Host
	there := fmt.Sprintf(":sftp,host=%s,port=%d,user=%s,key_file=%s,known_hosts_file=%s:", s.Host, s.Port, s.User, s.KeyPath, s.KnownHosts)
	return []copier{
		{"ascli", func(to string) *exec.Cmd { return ascliSFTP(b, home, direction, source, to) }},
		{"sftp", func(to string) *exec.Cmd {
			verb := map[string]string{"upload": "put", "download": "get"}[direction]
			batch := filepath.Join(b.TempDir(), "batch")
			if err := os.WriteFile(batch, fmt.Appendf(nil, "%s -r %s %s\n", verb, source, to), 0o600); err != nil {
				b.Fatal(err)
			}
			return exec.Command("sftp", append(slices.Clone(options), "-b", batch, at)...)
		}},
		{"scp", func(to string) *exec.Cmd {
			from := source
			if direction == "upload" {
				to = at + ":" + to
			} else {
				from = at + ":" + from
			}
			return exec.Command("scp", append(slices.Clone(options), "-r", from, to)...)
		}},
		{"rclone", func(to string) *exec.Cmd {
			from, to := source, filepath.Join(to, filepath.Base(source))
			if direction == "upload" {
				to = there + to
			} else {
				from = there + from
			}
			return exec.Command("rclone", "--config", os.DevNull, "copy", from, to)
		}},
	}
}

func ascliSFTP(b *testing.B, home, direction, source, to string) *exec.Cmd {
	info := fmt.Sprintf(`--transfer-info=@json:{"known_hosts":[%q]}`, shared.sshd.KnownHosts)
	if direction == "upload" {
		spec := fmt.Sprintf(`--ts=@json:{%s,"destination_root":%q}`, shared.sshd.spec(), to)
		return ascli(b, home, "node", "-Psandbox_ak", "access_keys", "do", "self", "upload", source, "--to-folder=/", "--transfer=sftp", info, spec)
	}
	spec := fmt.Sprintf(`--ts=@json:{%s,"source_root":%q}`, shared.sshd.spec(), filepath.Dir(filepath.Dir(source)))
	path := "/" + filepath.Base(filepath.Dir(source)) + "/" + filepath.Base(source)
	return ascli(b, home, "node", "download", path, "--to-folder="+to, "--transfer=sftp", info, spec)
}

// compareCopies runs the programs by turns, and reports how much longer than ours
// the others take: the median of the rounds.
func compareCopies(b *testing.B, root string, size int64, programs []copier) {
	for _, p := range programs[1:] {
		if _, err := exec.LookPath(p.name); err != nil {
			b.Fatalf("%s is not installed: %v", p.name, err)
		}
	}
	times := make([]measurement, len(programs))
	for b.Loop() {
		round := len(times[0].wall)
		for i := range programs {
			// Each is the first of a round now and then.
			p := (i + round) % len(programs)
			folder, err := os.MkdirTemp(root, "copy-")
			if err != nil {
				b.Fatal(err)
			}
			times[p].run(b, programs[p].command(folder))
			if got := sizeBelow(b, folder); got != size {
				b.Fatalf("%s copied %d bytes, want %d", programs[p].name, got, size)
			}
			if err := os.RemoveAll(folder); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(milliseconds(times[0].median()), "ms-ascli")
	b.ReportMetric(milliseconds(times[0].processor)/float64(len(times[0].wall)), "ms-cpu-ascli")
	for i, p := range programs[1:] {
		var ratios []float64
		for round, ours := range times[0].wall {
			ratios = append(ratios, times[i+1].wall[round].Seconds()/ours.Seconds())
		}
		slices.Sort(ratios)
		b.ReportMetric(ratios[(len(ratios)-1)/2], "x-"+p.name)
		b.ReportMetric(milliseconds(times[i+1].processor)/float64(len(ratios)), "ms-cpu-"+p.name)
	}
}

// memoryFolder is a folder in memory where the system has one: disks are no part
// of what is measured.
func memoryFolder(b *testing.B) string {
	b.Helper()
	parent := "/dev/shm"
	if info, err := os.Stat(parent); err != nil || !info.IsDir() {
		parent = ""
	}
	folder, err := os.MkdirTemp(parent, "bench-sftp-")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			b.Error(err)
		}
	})
	return folder
}

func makeRandom(b *testing.B, path string, size int64) {
	b.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		b.Fatal(err)
	}
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	if _, err := io.CopyN(file, rand.Reader, size); err != nil {
		b.Fatal(err)
	}
}

// sizeBelow sums the sizes of the files below a folder.
func sizeBelow(b *testing.B, folder string) int64 {
	b.Helper()
	var sum int64
	err := filepath.WalkDir(folder, func(_ string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		sum += info.Size()
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return sum
}
