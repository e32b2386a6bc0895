package product

import (
	"cmp"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// System is the machine on which products are looked for.
type System struct {
	// OS is a value of runtime.GOOS.
	OS string
	// Home is the user's home folder, LocalAppData the one of a user's programs
	// on Windows. Products in an unknown one are not looked for.
	Home, LocalAppData string
}

// Here is this machine, for its user.
func Here() System {
	s := System{OS: runtime.GOOS, LocalAppData: os.Getenv("LOCALAPPDATA")}
	// Relative folders are nobody's: whoever owns the current one could put
	// programs there.
	if home, err := os.UserHomeDir(); err == nil && filepath.IsAbs(home) {
		s.Home = home
	}
	if !filepath.IsAbs(s.LocalAppData) {
		s.LocalAppData = ""
	}
	return s
}

const (
	windows = "windows"
	darwin  = "darwin"
	// others are all systems but those two.
	others = ""
)

// location is a place where a product installs itself. Places begin with the
// user's home folder "~", with "%LOCALAPPDATA%", or with ".", the product's own
// main folder.
type location struct {
	name, system string
	// folder is the main folder, bin that of the executables within it.
	folder, bin string
	// logs and run, when known, are the folder of log files and the one with the
	// port of a running product.
	logs, run string
}

const (
	connectName = "IBM Aspera Connect"
	// desktopLogs is where Aspera for Desktop tells its address.
	desktopLogs = "~/Library/Logs/com.ibm.software.aspera.desktop"
)

// ConnectRun returns the folder with the address of a running Connect, "" when it
// cannot be known. Of several places where Connect may be, it is the first that
// exists.
func (s System) ConnectRun() string {
	first := ""
	for _, p := range s.products() {
		if p.Name != connectName {
			continue
		}
		if isFolder(p.Run) {
			return p.Run
		}
		first = cmp.Or(first, p.Run)
	}
	return first
}

// DesktopLogs returns the folder of the log files of Aspera for Desktop, "" when it
// cannot be known. It is where macOS has logs, on each system: no other is known
// (spec/transfer.md 10.2).
func (s System) DesktopLogs() string { return s.expand(desktopLogs, "") }

// locations is the table of spec/plugins/config.md 10.1, in the order of search.
func locations() []location {
	const (
		desktop   = "IBM Aspera for Desktop"
		connect   = connectName
		cli       = "Aspera CLI (deprecated)"
		server    = "IBM Aspera High-Speed Transfer Server"
		drive     = "Aspera Drive (deprecated)"
		resources = "Contents/Resources"

		connectLogs = "~/Library/Logs/Aspera_Connect"
		connectRun  = "~/Library/Application Support/Aspera/Aspera Connect"
		asperaLogs  = "~/Library/Logs/Aspera"
		localData   = "%LOCALAPPDATA%/Aspera/Aspera Connect"
	)
	return []location{
		{desktop, darwin, "/Applications/IBM Aspera.app", resources + "/transferd/bin", desktopLogs, ""},
		{connect, windows, "%LOCALAPPDATA%/Programs/Aspera/Aspera Connect", "bin", localData + "/var/log", localData},
		{connect, darwin, "~/Applications/Aspera Connect.app", resources, connectLogs, connectRun},
		{connect, darwin, "~/Applications/IBM Aspera Connect.app", resources, connectLogs, connectRun},
		{connect, darwin, "/Applications/Aspera Connect.app", resources, connectLogs, connectRun},
		{connect, darwin, "/Applications/IBM Aspera Connect.app", resources, connectLogs, connectRun},
		{connect, others, "~/.aspera/connect", "bin", "", "."},
		{cli, windows, "C:/Program Files/Aspera/cli", "bin", "./var/log", ""},
		{cli, darwin, "~/Applications/Aspera CLI", "bin", asperaLogs, ""},
		{cli, others, "~/.aspera/cli", "bin", "", ""},
		{server, windows, "C:/Program Files/Aspera/Enterprise Server", "bin", "./var/log", ""},
		{server, darwin, "/Library/Aspera", "bin", asperaLogs, ""},
		{server, others, "/opt/aspera", "bin", "", ""},
		{drive, darwin, "/Applications/Aspera Drive.app", resources, "~/Library/Logs/Aspera_Drive", ""},
	}
}

// products returns those that exist for the system, in the order of search,
// installed or not.
func (s System) products() []Product {
	system := s.OS
	if system != windows && system != darwin {
		system = others
	}
	var products []Product
	for _, l := range locations() {
		folder := s.expand(l.folder, "")
		if l.system != system || folder == "" {
			continue
		}
		products = append(products, Product{
			Name: l.name, Folder: folder, Bin: filepath.Join(folder, filepath.FromSlash(l.bin)),
			Logs: s.expand(l.logs, folder), Run: s.expand(l.run, folder),
		})
	}
	return products
}

// expand returns the folder of a place; "" when its base is not known.
func (s System) expand(place, main string) string {
	for base, folder := range map[string]string{"~": s.Home, "%LOCALAPPDATA%": s.LocalAppData, ".": main} {
		rest, found := strings.CutPrefix(place, base)
		if !found || rest != "" && rest[0] != '/' {
			continue
		}
		if folder == "" {
			return ""
		}
		return filepath.Join(folder, filepath.FromSlash(rest))
	}
	return filepath.FromSlash(place)
}

// Program returns the file name of a program.
func (s System) Program(name string) string {
	if s.OS == windows {
		return name + ".exe"
	}
	return name
}
