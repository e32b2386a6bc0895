// Package product finds ascp and what comes with it in the Aspera products
// installed on the machine (spec/transfer.md 15, spec/plugins/config.md 10.1).
package product

import (
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
)

// Names of programs, without the suffix that Windows wants.
const (
	Ascp       = "ascp"
	Ascp4      = "ascp4"
	Async      = "async"
	Asyncadmin = "asyncadmin"
	// Transferd is the transfer daemon, FormerTransferd its name before 1.1.3.
	Transferd       = "transferd"
	FormerTransferd = "asperatransferd"
)

// InfoFile, in the main folder of a product, tells its name and version.
const InfoFile = "product-info.mf"

// maxInfo bounds what is read of an InfoFile, bytes.
const maxInfo = 64 << 10

// Product is a place where an Aspera product may be installed.
type Product struct {
	// Name is the one that the place is known for, or that the product gives
	// itself.
	Name    string
	Version string
	// Folder is its main folder, Bin that of its executables.
	Folder, Bin string
	// Logs and Run, "" when not known, are the folder of its log files and the
	// one with the port of the running product.
	Logs, Run string
	// Expected is the name that the place is known for.
	Expected string
}

// Info is what a product says of itself.
type Info struct {
	XMLName xml.Name `xml:"product"`
	Name    string   `xml:"name"`
	Version string   `xml:"version"`
}

// ReadInfo reads the InfoFile of a folder.
func ReadInfo(folder string) (Info, error) {
	file, err := os.Open(filepath.Join(folder, InfoFile))
	if err != nil {
		return Info{}, err
	}
	defer func() { _ = file.Close() }()
	var info Info
	if err := xml.NewDecoder(io.LimitReader(file, maxInfo)).Decode(&info); err != nil {
		return Info{}, failure.Otherf("RuntimeError", "%s is no description of a product: %w", file.Name(), err)
	}
	info.Name, info.Version = strings.TrimSpace(info.Name), strings.TrimSpace(info.Version)
	return info, nil
}

// described completes a product by what it says of itself.
func (p Product) described() Product {
	p.Expected = p.Name
	// Most products have no such file; one that cannot be read tells nothing.
	if info, err := ReadInfo(p.Folder); err == nil {
		p.Version = info.Version
		if info.Name != "" {
			p.Name = info.Name
		}
	}
	return p
}

// Executable is a program found in a product.
type Executable struct {
	Path string
	// Products are where its keys may be: its own folder first.
	Products []Product
	system   System
}

// Sibling returns another program of the product, e.g. ascp4.
func (e Executable) Sibling(name string) (string, error) {
	path := filepath.Join(filepath.Dir(e.Path), e.system.Program(name))
	if !isFile(path) {
		return "", failure.Otherf("Errno::ENOENT", "no %s beside %s", name, e.Path).
			Hint("Install a product that has it, or leave out what asks for it in the transfer spec")
	}
	return path, nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
