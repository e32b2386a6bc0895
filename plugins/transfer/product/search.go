package product

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/transfer"
)

const (
	// prefix of a value that names a product in place of a path.
	prefix = "product:"
	// first stands for the first product that is installed.
	first = "FIRST"

	daemonName = "IBM Aspera Transfer Daemon"
)

// Search says where ascp is to be found: the values of the global options of
// the same names, "" for those not given.
type Search struct {
	System System
	// SDKFolder is a folder, the path of an ascp in it, or product:<name>.
	SDKFolder string
	// AscpPath is the path of ascp itself, or product:<name>.
	AscpPath string
	// UseProduct is the name of a product.
	UseProduct string
}

// SearchWith returns the search that the global options say, by name as in an
// invocation.
func SearchWith(options map[string]any) Search {
	text := func(name string) string {
		s, _ := options[name].(string)
		return s
	}
	return Search{System: Here(), SDKFolder: text("sdk_folder"), AscpPath: text("ascp_path"), UseProduct: text("use_product")}
}

// Locate finds ascp for the values of options sdk_folder and ascp_path.
func Locate(sdkFolder, ascpPath string) (Executable, error) {
	return Search{System: Here(), SDKFolder: sdkFolder, AscpPath: ascpPath}.Locate()
}

// Folder returns the SDK folder, whether or not it exists: the default one when
// none was named, or the one of older versions if only that exists.
func (s Search) Folder() (string, error) {
	if name, ok := strings.CutPrefix(s.SDKFolder, prefix); ok {
		p, err := s.choose(name)
		return p.Bin, err
	}
	if s.SDKFolder == "" {
		return s.System.defaultFolder(), nil
	}
	if filepath.Base(s.SDKFolder) == s.System.Program(Ascp) {
		return filepath.Dir(s.SDKFolder), nil
	}
	return s.SDKFolder, nil
}

// InstallFolder returns the SDK folder for a new installation: never the one of
// older versions, never that of an installed product.
func (s Search) InstallFolder() (string, error) {
	if strings.HasPrefix(s.SDKFolder, prefix) {
		return "", failure.Argumentf("sdk_folder is %s: an SDK is not installed over a product", s.SDKFolder).
			Hint("Name a folder: --sdk-folder=<folder>")
	}
	folder, err := s.Folder()
	if folder == s.System.formerFolder() {
		folder = s.System.newFolder()
	}
	if err == nil && folder == "" {
		err = failure.Toolf("the home folder of the user is not known").Hint("Name the folder to install in: --sdk-folder=<folder>")
	}
	return folder, err
}

func (s System) newFolder() string    { return s.expand("~/.aspera/sdk", "") }
func (s System) formerFolder() string { return s.expand("~/.aspera/ascli/sdk", "") }

func (s System) defaultFolder() string {
	if folder := s.newFolder(); isFolder(folder) || !isFolder(s.formerFolder()) {
		return folder
	}
	return s.formerFolder()
}

// known returns the products in the order of search, installed or not.
func (s Search) known() []Product {
	// The SDK folder is named by a product here: it is found at its own place.
	folder := s.System.defaultFolder()
	if !strings.HasPrefix(s.SDKFolder, prefix) {
		folder, _ = s.Folder()
	}
	var products []Product
	if folder != "" {
		products = append(products, Product{Name: daemonName, Folder: folder, Bin: folder})
	}
	return append(products, s.System.products()...)
}

// Installed returns the products that are there with an ascp, in the order of
// search.
func (s Search) Installed() []Product {
	var found []Product
	for _, p := range s.known() {
		if isFile(s.AscpOf(p)) {
			found = append(found, p.described())
		}
	}
	return found
}

// AscpOf returns the path that a product's ascp has when it is installed.
func (s Search) AscpOf(p Product) string {
	return filepath.Join(p.Bin, s.System.Program(Ascp))
}

// choose returns the installed product of a name; FIRST and no name mean the
// first one.
func (s Search) choose(name string) (Product, error) {
	installed := s.Installed()
	if name == first || name == "" {
		if len(installed) == 0 {
			return Product{}, notFound()
		}
		return installed[0], nil
	}
	at := slices.IndexFunc(installed, func(p Product) bool { return p.Name == name || p.Expected == name })
	if at >= 0 {
		return installed[at], nil
	}
	err := failure.Otherf("RuntimeError", "no such product installed: %s", name)
	for _, p := range installed {
		err.Hint("Installed: %s", p.Name)
	}
	return Product{}, err
}

// Locate finds ascp: at AscpPath, else in the product of UseProduct, else in the
// first product that is installed, the SDK folder before all others.
func (s Search) Locate() (Executable, error) {
	name, byName := strings.CutPrefix(s.AscpPath, prefix)
	if s.AscpPath != "" && !byName {
		return s.at(s.AscpPath)
	}
	if !byName {
		name = s.UseProduct
	}
	if sdkProduct, ok := strings.CutPrefix(s.SDKFolder, prefix); ok && name == "" {
		name = sdkProduct
	}
	p, err := s.choose(name)
	if err != nil {
		return Executable{}, err
	}
	return Executable{Path: s.AscpOf(p), Products: append([]Product{p}, s.known()...), system: s.System}, nil
}

// at returns the ascp of a path.
func (s Search) at(path string) (Executable, error) {
	if !isFile(path) {
		return Executable{}, failure.Otherf("Errno::ENOENT", "no such file: %s", path).
			Hint("option ascp_path shall be the path of an ascp executable")
	}
	bin := filepath.Dir(path)
	own := Product{Name: Ascp, Folder: filepath.Dir(bin), Bin: bin}
	return Executable{Path: path, Products: append([]Product{own}, s.known()...), system: s.System}, nil
}

// LocateDaemon finds the transfer daemon: in the SDK folder, else in the first
// installed product that has one.
func (s Search) LocateDaemon() (Executable, error) {
	folder, err := s.Folder()
	if err != nil {
		return Executable{}, err
	}
	products := append([]Product{{Name: daemonName, Folder: folder, Bin: folder}}, s.known()...)
	for i, p := range products {
		for _, name := range []string{FormerTransferd, Transferd} {
			if path := filepath.Join(p.Bin, s.System.Program(name)); isFile(path) {
				return Executable{Path: path, Products: slices.Concat(products[i:i+1], products), system: s.System}, nil
			}
		}
	}
	return Executable{}, failure.Otherf("RuntimeError", "no transfer daemon found: neither %s nor %s is in %s", FormerTransferd, Transferd, folder).
		Hint("Install it with: ascli config transferd install").
		Hint("Or name the folder of one that is installed: --sdk-folder=<folder>").
		Hint("Or use one that runs: --transfer-info=@json:'{\"url\":\"<address>:<port>\",\"start\":false}'")
}

func notFound() error {
	err := failure.Otherf("RuntimeError", "no Aspera transfer module or SDK found.").
		Hint("Install it with: ascli config ascp install").
		Hint("Or name the folder of one that is installed: --sdk-folder=<folder>")
	var other []string
	for _, a := range transfer.Agents() {
		if a.Name != transfer.AgentDirect {
			other = append(other, "--transfer="+a.Name)
		}
	}
	return err.Hint("Or transfer without it: %s", strings.Join(other, ", "))
}
