package ascp

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sandbox/grant"
)

func TestArguments(t *testing.T) {
	common := []string{"--mode", "send", "--host", "127.0.0.1", "--user", "u"}
	tests := []struct {
		name string
		args []string
		get  func(*job) any
		want any
	}{
		{"direction", []string{"a", "/d"}, func(j *job) any { return j.direction }, grant.Send},
		{"sources and destination", []string{"a", "b", "/d"},
			func(j *job) any { return []string{j.sources[0].path, j.sources[1].path, j.destination} }, []string{"a", "b", "/d"}},
		{"destination in base64", []string{"--dest64", "a", "L2RzdA=="}, func(j *job) any { return j.destination }, "/dst"},
		{"empty destination", []string{"--dest64", "a", ""}, func(j *job) any { return j.destination }, "."},
		{"session of several, attached", []string{"-C2:3", "a", "/d"}, func(j *job) any { return [2]int{j.share, j.shares} }, [2]int{1, 3}},
		{"session of several, apart", []string{"-C", "1:2", "a", "/d"}, func(j *job) any { return [2]int{j.share, j.shares} }, [2]int{0, 2}},
		{"rate in kbps", []string{"-l", "1500", "a", "/d"}, func(j *job) any { return j.targetRate }, rateKbps(1500)},
		{"rate with a unit", []string{"-l", "1.5m", "a", "/d"}, func(j *job) any { return j.targetRate }, rateKbps(1500)},
		{"rate in gigabits", []string{"-l10G", "a", "/d"}, func(j *job) any { return j.targetRate }, rateKbps(10_000_000)},
		{"resume policy", []string{"-k", "2", "a", "/d"}, func(j *job) any { return j.resume }, resumeSparse},
		{"negative number as a value", []string{"--exclude-newer-than", "-8", "a", "/d"}, func(j *job) any { return j.newest }, now.Add(-8 * time.Second)},
		{"absolute time", []string{"--exclude-older-than", "1000", "a", "/d"}, func(j *job) any { return j.oldest }, time.Unix(1000, 0)},
		{"source prefix", []string{"--source-prefix64", "L3A=", "a", "/d"}, func(j *job) any { return j.sources[0].prefixed }, "/p/a"},
		{"source base", []string{"--src-base64", "L2I=", "/b/c/a", "/d"}, func(j *job) any { return j.sources[0].destination }, "c/a"},
		{"source base itself", []string{"--src-base", "/b/", "/b", "/d"}, func(j *job) any { return j.sources[0].destination }, "."},
		{"one source may be renamed", []string{"a", "/d"}, func(j *job) any { return j.mayRename }, true},
		{"not with -d", []string{"-d", "a", "/d"}, func(j *job) any { return j.mayRename }, false},
		{"no precalculation", []string{"--precalculate-disable", "a", "/d"}, func(j *job) any { return j.precalc }, false},
		{"times", []string{"-p", "a", "/d"}, func(j *job) any { return [2]bool{j.keepModified, j.keepAccessed} }, [2]bool{true, true}},
		{"what FASP needs has no effect", []string{"-O", "33001", "-Z", "1492", "-c", "aes128gcm", "--policy", "fair", "-m", "10", "-y", "1",
			"-t", "443", "-t", "8443", "-I", "c", "-Y", "k", "--preserve-acls", "native", "-L", "/tmp", "-T", "-SSH", "a", "/d"},
			func(j *job) any { return j.destination }, "/d"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			parsed, _, err := parse(append(append([]string{}, common...), tt.args...))
			if err != nil {
				t.Fatal(err)
			}
			j, err := newJob(parsed, func(string) string { return "" }, now)
			if err != nil {
				t.Fatal(err)
			}
			if got := tt.get(j); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

var now = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)

func TestWrongArguments(t *testing.T) {
	common := []string{"--mode", "send", "--host", "localhost", "--user", "u"}
	tests := []struct {
		name string
		args []string
		code Code
	}{
		{"unknown option", append(common, "--what", "a", "/d"), codeUsage},
		{"mode", []string{"--mode", "sent", "--host", "localhost", "--user", "u", "a", "/d"}, codeUsage},
		{"no mode", []string{"--host", "localhost", "--user", "u", "a", "/d"}, codeUsage},
		{"no host", []string{"--mode", "send", "--user", "u", "a", "/d"}, codeUsage},
		{"no destination", common, codeUsage},
		{"no source", append(common, "/d"), codeNothing},
		{"base64", append(common, "--dest64", "a", "%"), codeUsage},
		{"resume policy", append(common, "-k", "4", "a", "/d"), codeUsage},
		{"share", append(common, "-C3:2", "a", "/d"), codeUsage},
		{"rate", append(common, "-l", "fast", "a", "/d"), codeUsage},
		{"file list", append(common, "--file-list=/no/such/list", "/d"), codeUsage},
		{"outside of the base", append(common, "--src-base", "/b", "/c/a", "/d"), codeUsage},
		{"certificates", append(common, "--ws-connect", "-i", "/no/such/file", "a", "/d"), codeUsage},
		{"deletes for one source only", append(common, "--delete-before-transfer", "a", "b", "/d"), codeUsage},
		{"moved and removed", append(common, "--move-after-transfer", "x", "--remove-after-transfer", "a", "/d"), codeUsage},
		{"skipped are removed alone", append(common, "--remove-skipped", "a", "/d"), codeUsage},
		{"threshold", append(common, "--multi-session-threshold=-1", "a", "/d"), codeUsage},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			parsed, _, err := parse(tt.args)
			if err == nil {
				_, err = newJob(parsed, func(string) string { return "" }, now)
			}
			if failure, ok := errors.AsType[*Error](err); !ok || failure.Code != tt.code {
				t.Fatalf("got %v, want code %d", err, tt.code)
			}
		})
	}
}

func TestManagementPortIsFoundInWrongArguments(t *testing.T) {
	for _, args := range [][]string{{"-M", "1234", "--what"}, {"--what", "-M1234"}} {
		if parsed, _, err := parse(args); err == nil || parsed.Management != "1234" {
			t.Errorf("%q: port %q, %v", args, parsed.Management, err)
		}
	}
}

func TestFaux(t *testing.T) {
	for source, size := range map[string]int64{
		"faux:///a?10": 10, "faux:///a?2k": 2048, "faux:///a?1G": 1 << 30, "faux:///d/a?0": 0,
		"faux:///a": -1, "faux:///?1": -1, "faux:///a?": -1, "faux:///a?k": -1, "faux:///a?9e": -1, "faux:///a?-1": -1, "a?1": -1,
	} {
		file, ok := parseFaux(source)
		if ok != (size >= 0) || (ok && (file.size != size || file.name != "a")) {
			t.Errorf("%s: %+v, %v", source, file, ok)
		}
	}
}

func TestFauxFolder(t *testing.T) {
	names := func(source string) (all []string) {
		folder, ok := parseFauxFolder(source)
		if !ok {
			return nil
		}
		for _, info := range folder.files() {
			all = append(all, info.Name())
		}
		return all
	}
	for source, want := range map[string][]string{
		"faux:///d?count=3":                                 {"file_00000_0", "file_00001_0", "file_00002_0"},
		"faux:///d/e?file=f&count=2&size=1k&inc=2":          {"f_00000_1024", "f_00001_1026"},
		"faux:///d?count=1&size=7&inc=9&seq=sequential":     {"file_00000_7"},
		"faux:///d?count=2&size=9223372036854775807&inc=10": {"file_00000_9223372036854775807", "file_00001_9223372036854775807"},
		"faux:///d?size=3":                                  nil,
		"faux:///d?count=x":                                 nil,
		"faux:///d?count=1e":                                nil,
		"faux:///../d?count=1":                              nil,
		"faux:///d?count=1&file=a/b":                        nil,
		"faux:///d?count=1&seq=other":                       nil,
		"faux:///d?count=1&unknown=1":                       nil,
		"faux:///d?10":                                      nil,
		"/d?count=1":                                        nil,
	} {
		if got := names(source); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q, want %q", source, got, want)
		}
	}
	folder, _ := parseFauxFolder("faux:///d?count=50&size=100&inc=1000&seq=random")
	for _, info := range folder.files() {
		if info.Size() < 0 || info.Size() > 200 {
			t.Errorf("%s", info.Name())
		}
	}
}

// FuzzArguments checks that no command line stops the program.
func FuzzArguments(f *testing.F) {
	f.Add("--mode", "send", "-C1:2")
	f.Add("-l", "-5", "--dest64")
	f.Add("-M", "-k", "9")
	f.Add("faux:///x?9e", "--", "-")
	f.Add("faux:///x/y?count=3&size=1k&inc=7&seq=random&file=f&buf_init=none", "file:///a?grow=3&wait_start=null_read", "5:7")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		parsed, _, err := parse([]string{"--host", "127.0.0.1", "--user", "u", a, b, c})
		if err != nil {
			return
		}
		// File lists and keys are read from disk: not here.
		parsed.FileList, parsed.FilePairList, parsed.Identity = "", "", nil
		if j, err := newJob(parsed, func(string) string { return "" }, now); err == nil && j.shares < 1 {
			t.Fatalf("%d shares", j.shares)
		}
		parseFaux(a)
		parseGrowing(b)
		if bytes, err := parseFileBytes(c); err == nil && (bytes.first < 0 || bytes.last >= 0 && bytes.last < bytes.first) {
			t.Fatalf("%q: %+v", c, bytes)
		}
		if folder, ok := parseFauxFolder(a); ok && folder.count < 1000 {
			for _, info := range folder.files() {
				if again, ok := parseFaux(folder.source(info.Name())); !ok || again.size != info.Size() {
					t.Fatalf("%s: file %s has another size: %+v", a, info.Name(), again)
				}
			}
		}
	})
}
