package product

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/failure"
)

func touch(t *testing.T, path ...string) string {
	t.Helper()
	return write(t, "", path...)
}

func write(t *testing.T, content string, path ...string) string {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o700); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestLocate(t *testing.T) {
	home, elsewhere := t.TempDir(), t.TempDir()
	system := System{OS: "linux", Home: home}
	inSDK := touch(t, home, ".aspera", "sdk", "ascp")
	connect := touch(t, home, ".aspera", "connect", "bin", "ascp")
	cli := touch(t, home, ".aspera", "cli", "bin", "ascp")
	write(t, "<product><name>My CLI</name><version>3.9</version></product>", home, ".aspera", "cli", InfoFile)
	other := touch(t, elsewhere, "bin", "my-ascp")
	for _, tt := range []struct {
		name   string
		search Search
		want   string
	}{
		{"the SDK is first", Search{}, inSDK},
		{"a path wins", Search{AscpPath: other, UseProduct: "IBM Aspera Connect"}, other},
		{"a product by name", Search{UseProduct: "IBM Aspera Connect"}, connect},
		{"a product by the name it gives itself", Search{UseProduct: "My CLI"}, cli},
		{"a product by the name of its place", Search{UseProduct: "Aspera CLI (deprecated)"}, cli},
		{"the first product", Search{UseProduct: "FIRST"}, inSDK},
		{"a product as path", Search{AscpPath: "product:IBM Aspera Connect"}, connect},
		{"a product as SDK folder", Search{SDKFolder: "product:My CLI"}, cli},
		{"a folder without ascp", Search{SDKFolder: elsewhere}, connect},
		{"ascp as SDK folder", Search{SDKFolder: cli}, cli},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.search.System = system
			got, err := tt.search.Locate()
			if err != nil || got.Path != tt.want {
				t.Errorf("got %q, %v", got.Path, err)
			}
		})
	}
}

func TestLocateDaemon(t *testing.T) {
	home, both, later := t.TempDir(), t.TempDir(), t.TempDir()
	former := touch(t, both, "asperatransferd")
	touch(t, both, "transferd")
	current := touch(t, later, "transferd")
	installed := touch(t, home, ".aspera", "connect", "bin", "transferd")
	for _, tt := range []struct{ name, folder, home, want string }{
		{"the former name first", both, home, former},
		{"the name since 1.1.3", later, home, current},
		{"in a product", t.TempDir(), home, installed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Search{System: System{OS: "linux", Home: tt.home}, SDKFolder: tt.folder}.LocateDaemon()
			if err != nil || got.Path != tt.want {
				t.Errorf("got %q, %v", got.Path, err)
			}
		})
	}
	_, err := Search{System: System{OS: "linux"}, SDKFolder: home}.LocateDaemon()
	if e := failure.As(err); e == nil || !strings.Contains(e.Message, "neither asperatransferd nor transferd is in "+home) || len(e.Hints) != 3 {
		t.Errorf("error is %v", err)
	}
}

func TestLocateFails(t *testing.T) {
	home := t.TempDir()
	system := System{OS: "windows", Home: home, LocalAppData: filepath.Join(home, "local")}
	touch(t, home, "local", "Programs", "Aspera", "Aspera Connect", "bin", "ascp.exe")
	for _, tt := range []struct {
		name   string
		search Search
		err    string
	}{
		{"a wrong path", Search{System: system, AscpPath: "none"}, "no such file: none"},
		{"a product that is not there", Search{System: system, UseProduct: "Drive"}, "no such product installed: Drive"},
		{"nothing installed", Search{System: System{OS: "windows"}, UseProduct: "FIRST"}, "no Aspera transfer module or SDK found."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := tt.search.Locate(); err == nil || err.Error() != tt.err {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestInstalled(t *testing.T) {
	home := t.TempDir()
	for _, tt := range []struct{ os, folder, bin, name, logs, run string }{
		{"linux", ".aspera/connect", "bin", "IBM Aspera Connect", "", ".aspera/connect"},
		{"freebsd", ".aspera/cli", "bin", "Aspera CLI (deprecated)", "", ""},
		{"darwin", "Applications/IBM Aspera Connect.app", "Contents/Resources", "IBM Aspera Connect",
			"Library/Logs/Aspera_Connect", "Library/Application Support/Aspera/Aspera Connect"},
		{"darwin", "Applications/Aspera CLI", "bin", "Aspera CLI (deprecated)", "Library/Logs/Aspera", ""},
		{"windows", "Programs/Aspera/Aspera Connect", "bin", "IBM Aspera Connect", "Aspera/Aspera Connect/var/log", "Aspera/Aspera Connect"},
		{"linux", ".aspera/sdk", "", "IBM Aspera Transfer Daemon", "", ""},
	} {
		t.Run(tt.os+" "+tt.name, func(t *testing.T) {
			base := filepath.Join(home, tt.os, strings.ReplaceAll(tt.folder, "/", "_"))
			s := Search{System: System{OS: tt.os, Home: base, LocalAppData: base}}
			touch(t, base, tt.folder, tt.bin, s.System.Program("ascp"))
			found := s.Installed()
			if len(found) == 0 {
				t.Fatal("nothing found")
			}
			want := Product{
				Name: tt.name, Expected: tt.name, Folder: filepath.Join(base, tt.folder), Bin: filepath.Join(base, tt.folder, tt.bin),
				Logs: below(base, tt.logs), Run: below(base, tt.run),
			}
			if found[0] != want {
				t.Errorf("got %+v\nwant %+v", found[0], want)
			}
		})
	}
}

// below is a folder in base; "" for none.
func below(base, path string) string {
	if path == "" {
		return ""
	}
	return filepath.Join(base, path)
}

func TestNothingIsSoughtInUnknownFolders(t *testing.T) {
	for _, system := range []string{"linux", "darwin", "windows"} {
		for _, p := range (Search{System: System{OS: system}}).known() {
			if !filepath.IsAbs(p.Folder) && !strings.HasPrefix(filepath.ToSlash(p.Folder), "C:/") {
				t.Errorf("%s: %s would be sought in %q", system, p.Name, p.Folder)
			}
		}
	}
}

func TestFolder(t *testing.T) {
	home := t.TempDir()
	system := System{OS: runtime.GOOS, Home: home}
	fresh, former := filepath.Join(home, ".aspera", "sdk"), filepath.Join(home, ".aspera", "ascli", "sdk")
	check := func(when string, search Search, folder, install string) {
		t.Helper()
		search.System = system
		if got, err := search.Folder(); err != nil || got != folder {
			t.Errorf("%s: SDK folder %q, %v", when, got, err)
		}
		if got, err := search.InstallFolder(); err != nil || got != install {
			t.Errorf("%s: installs in %q, %v", when, got, err)
		}
	}
	check("no folder yet", Search{}, fresh, fresh)
	touch(t, former, system.Program("ascp"))
	check("only that of older versions", Search{}, former, fresh)
	check("named", Search{SDKFolder: "my"}, "my", "my")
	check("named by its ascp", Search{SDKFolder: filepath.Join("my", system.Program("ascp"))}, "my", "my")
	touch(t, fresh, system.Program("ascp"))
	check("both", Search{}, fresh, fresh)
	overProduct := Search{System: system, SDKFolder: "product:FIRST"}
	if got, err := overProduct.InstallFolder(); err == nil {
		t.Errorf("would install in %q", got)
	}
}

func TestNotFoundTellsTheWayOut(t *testing.T) {
	hints := strings.Join(failure.As(notFound()).Hints, "\n")
	for _, want := range []string{"ascli config ascp install", "--transfer=httpgw"} {
		if !strings.Contains(hints, want) {
			t.Errorf("hints are %q, without %q", hints, want)
		}
	}
}

func FuzzReadInfo(f *testing.F) {
	f.Add("<product><name> a </name><version>1</version></product>")
	f.Add("<product><name>")
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		folder := t.TempDir()
		write(t, text, folder, InfoFile)
		info, err := ReadInfo(folder)
		if err == nil && info.Name != strings.TrimSpace(info.Name) {
			t.Errorf("name %q", info.Name)
		}
	})
}

func TestConnectRun(t *testing.T) {
	home, data := t.TempDir(), t.TempDir()
	for _, tt := range []struct {
		name   string
		system System
		want   string
	}{
		{"Linux", System{OS: "linux", Home: home}, filepath.Join(home, ".aspera", "connect")},
		{"macOS", System{OS: "darwin", Home: home}, filepath.Join(home, "Library", "Application Support", "Aspera", "Aspera Connect")},
		{"Windows", System{OS: "windows", LocalAppData: data}, filepath.Join(data, "Aspera", "Aspera Connect")},
		{"nobody's home", System{OS: "linux"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.system.ConnectRun(); got != tt.want {
				t.Errorf("got %q", got)
			}
		})
	}
}
