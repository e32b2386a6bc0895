// Package install puts a transfer SDK in its folder: it reads the list of
// archives, unpacks one with distrust, tries what it holds and only then
// replaces the former installation (spec/plugins/config.md 10.5).
package install

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/fetch"
	"github.com/ascli-go/ascli/plugins/transfer/product"
	"github.com/ascli-go/ascli/sdk/failure"
)

// Order says what to install, and where.
type Order struct {
	// URL of the archive: http, https or file.
	URL string
	// SHA256 that the archive must have, hexadecimal; "" for any.
	SHA256 string
	// Folder becomes the SDK folder.
	Folder string
	// TempFolder takes the archive while it is needed.
	TempFolder string
	// Warn is told what the user should know of.
	Warn func(text string)
}

// unknownVersion is that of a product that does not tell.
const unknownVersion = "unknown"

// Run installs an SDK and returns its name and version. After an error the
// former installation is as it was.
func Run(ctx context.Context, fetcher *fetch.Fetcher, o Order) (product.Info, error) {
	archive, err := obtain(ctx, fetcher, o)
	if err != nil {
		return product.Info{}, err
	}
	defer archive.close()
	folder, err := filepath.Abs(o.Folder)
	if err != nil {
		return product.Info{}, err
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return product.Info{}, fmt.Errorf("cannot make the parent of the SDK folder: %w", err)
	}
	// On the same file system as the target, so that it can be renamed.
	fresh, err := os.MkdirTemp(filepath.Dir(folder), "."+filepath.Base(folder)+".new-")
	if err != nil {
		return product.Info{}, fmt.Errorf("cannot make a folder beside the SDK folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(fresh) }()
	if err := extract(archive.file, archive.name, fresh, generous(), o.Warn); err != nil {
		return product.Info{}, err
	}
	info, err := complete(ctx, fresh, folder)
	if err != nil {
		return product.Info{}, err
	}
	return info, replace(folder, fresh, o.Warn)
}

// complete makes an SDK of unpacked files, and tries its programs.
func complete(ctx context.Context, fresh, former string) (product.Info, error) {
	if err := os.Chmod(fresh, 0o755); err != nil {
		return product.Info{}, err
	}
	ascp := executable(fresh, product.Ascp)
	if ascp == "" {
		return product.Info{}, failure.Otherf("RuntimeError", "No ascp found in SDK archive")
	}
	for _, name := range []string{product.Ascp, product.Ascp4, product.Async, product.Asyncadmin, product.Transferd, product.FormerTransferd} {
		if path := executable(fresh, name); path != "" {
			if err := os.Chmod(path, 0o755); err != nil {
				return product.Info{}, err
			}
		}
	}
	if err := keepResources(fresh, former); err != nil {
		return product.Info{}, err
	}
	if _, err := product.EnsureConf(fresh); err != nil {
		return product.Info{}, err
	}
	version, err := product.Version(ctx, ascp, product.AscpVersion)
	if err != nil {
		return product.Info{}, err
	}
	for _, name := range []string{product.FormerTransferd, product.Transferd} {
		if daemon := executable(fresh, name); daemon != "" {
			if version, err = product.Version(ctx, daemon, product.DaemonVersion); err != nil {
				return product.Info{}, err
			}
			break
		}
	}
	return describe(fresh, version)
}

// executable returns the path of a program, "" when the folder lacks it.
func executable(folder, name string) string {
	path := filepath.Join(folder, product.Here().Program(name))
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	return path
}

// keepResources copies from the former installation the keys, the licence and
// the configuration that the archive does not bring.
func keepResources(fresh, former string) error {
	for _, name := range product.ResourceFiles() {
		info, err := os.Stat(filepath.Join(former, name))
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		content, err := os.ReadFile(filepath.Join(former, name))
		if err != nil {
			return fmt.Errorf("cannot keep a file of the former installation: %w", err)
		}
		file, err := os.OpenFile(filepath.Join(fresh, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, info.Mode().Perm())
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return err
		}
		_, err = file.Write(content)
		if err = errors.Join(err, file.Close()); err != nil {
			return err
		}
	}
	return nil
}

// describe returns what the SDK says of itself, or else writes what we know.
func describe(folder, version string) (product.Info, error) {
	const name = "IBM Aspera Transfer SDK"
	info, err := product.ReadInfo(folder)
	if err == nil {
		if info.Name == "" {
			info.Name = name
		}
		if info.Version == "" {
			info.Version = unknownVersion
		}
		return info, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return product.Info{}, err
	}
	info = product.Info{Name: name, Version: version}
	text, err := xml.Marshal(info)
	if err != nil {
		return product.Info{}, err
	}
	return info, os.WriteFile(filepath.Join(folder, product.InfoFile), text, 0o644)
}

// replace makes the fresh folder the SDK folder. The former one is kept under
// another name unless it is empty.
func replace(folder, fresh string, warn func(string)) error {
	former := ""
	switch items, err := os.ReadDir(folder); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("cannot replace the SDK folder: %w", err)
	case len(items) == 0:
		if err := os.Remove(folder); err != nil {
			return fmt.Errorf("cannot replace the SDK folder: %w", err)
		}
	default:
		warn("Previous install exists, renaming folder.")
		if former, err = setAside(folder, time.Now()); err != nil {
			return fmt.Errorf("cannot rename the previous installation: %w", err)
		}
	}
	err := os.Rename(fresh, folder)
	if err == nil {
		return nil
	}
	err = fmt.Errorf("cannot put the SDK in its folder: %w", err)
	if former != "" {
		err = errors.Join(err, os.Rename(former, folder))
	}
	return err
}

// setAside gives a folder a name that tells the time, and returns it. When
// another one got that name within the same second, a number makes the difference.
func setAside(folder string, at time.Time) (string, error) {
	stamped := folder + "." + at.Format("20060102150405")
	name := stamped
	for n := 2; ; n++ {
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			return name, os.Rename(folder, name)
		} else if err != nil {
			return "", err
		}
		name = fmt.Sprintf("%s-%d", stamped, n)
	}
}
