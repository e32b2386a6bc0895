// Package product finds ascp and the keys that come with it in the Aspera
// products installed on the machine (spec/transfer.md 15).
package product

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Product is a place where an Aspera product may be installed.
type Product struct {
	Name string
	// Folder is its main folder, Bin that of its executables.
	Folder, Bin string
}

// Known returns the products that exist for this system, in the order of
// search, installed or not. sdkFolder, when set, comes first.
func Known(sdkFolder string) []Product {
	var products []Product
	if sdkFolder != "" {
		products = append(products, Product{Name: "IBM Aspera SDK", Folder: sdkFolder, Bin: sdkFolder})
	}
	home, _ := os.UserHomeDir()
	// Without a home its products have relative paths: anybody could own those.
	usable := slices.DeleteFunc(locations(home), func(p Product) bool { return !filepath.IsAbs(p.Folder) })
	return append(products, usable...)
}

// in returns a product of folder whose executables are in the sub-folder bin.
func in(name, folder, bin string) Product {
	return Product{Name: name, Folder: folder, Bin: filepath.Join(folder, filepath.FromSlash(bin))}
}

// Executable is a program found in a product.
type Executable struct {
	Path string
	// Products are where its keys may be: its own folder first.
	Products []Product
}

// Locate finds ascp: the given path if there is one, else that of the first
// product that has it.
func Locate(sdkFolder, ascpPath string) (Executable, error) {
	return locate(Known(sdkFolder), ascpPath)
}

func locate(products []Product, ascpPath string) (Executable, error) {
	if ascpPath != "" {
		if !isFile(ascpPath) {
			return Executable{}, failure.Otherf("Errno::ENOENT", "no such file: %s", ascpPath).
				Hint("option ascp_path shall be the path of an ascp executable")
		}
		bin := filepath.Dir(ascpPath)
		own := Product{Name: "ascp", Folder: filepath.Dir(bin), Bin: bin}
		return Executable{Path: ascpPath, Products: append([]Product{own}, products...)}, nil
	}
	for i, p := range products {
		if path := filepath.Join(p.Bin, "ascp"+exeSuffix()); isFile(path) {
			return Executable{Path: path, Products: products[i:]}, nil
		}
	}
	return Executable{}, notFound()
}

func notFound() error {
	err := failure.Otherf("RuntimeError", "no Aspera transfer module or SDK found.").
		Hint("Install it with: ascli config ascp install").
		Hint("Or name the folder of one that is installed: --sdk-folder=<folder>")
	var others []string
	for _, a := range transfer.Agents() {
		if a.Name != transfer.AgentDirect {
			others = append(others, "--transfer="+a.Name)
		}
	}
	return err.Hint("Or transfer without it: %s", strings.Join(others, ", "))
}

// Sibling returns another program of the product, e.g. ascp4.
func (e Executable) Sibling(name string) (string, error) {
	path := filepath.Join(filepath.Dir(e.Path), name+exeSuffix())
	if !isFile(path) {
		return "", failure.Otherf("Errno::ENOENT", "no %s beside %s", name, e.Path).
			Hint("Install a product that has it, or leave out what asks for it in the transfer spec")
	}
	return path, nil
}

// Key is an SSH key that Aspera servers accept for a transfer with a token.
type Key string

// The bypass keys.
const (
	KeyRSA Key = "rsa"
	KeyDSA Key = "dsa"
)

// Key returns the path of a bypass key. None is shipped with this program: it
// comes with the SDK or with an installed product.
func (e Executable) Key(kind Key) (string, error) {
	names := []string{"aspera_bypass_" + string(kind) + ".pem", "aspera_tokenauth_id_" + string(kind)}
	for _, p := range e.Products {
		for _, folder := range []string{p.Bin, filepath.Join(p.Bin, "etc"), filepath.Join(p.Folder, "etc"),
			filepath.Join(filepath.Dir(p.Bin), "etc"), filepath.Join(p.Folder, "var")} {
			for _, name := range names {
				if path := filepath.Join(folder, name); isFile(path) {
					return path, nil
				}
			}
		}
	}
	return "", failure.Otherf("Errno::ENOENT", "no SSH bypass key (%s) found: it is needed for a transfer with token", names[0]).
		Hint("It comes with the SDK, ascli config ascp install, and with the Aspera products; put it in option sdk_folder").
		Hint("Or use the WebSocket session of the server, if it has one, or --transfer=%s", transfer.AgentHTTPGW)
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func exeSuffix() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}
