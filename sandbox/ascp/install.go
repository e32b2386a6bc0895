package ascp

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/ascli-go/ascli/sandbox/world/atomicfile"
)

// productInfo is where an Aspera product tells its name and version (spec
// transfer.md section 15).
const productInfo = `<?xml version="1.0" encoding="UTF-8"?>
<product>
<name>ascli sandbox stand-in for ascp</name>
<version>` + standInVersion + `</version>
</product>
`

// Install makes a folder an SDK folder: the executable as ascp and ascp4, the key that
// lets transfers by token in, and a description of the product. What is there
// is replaced at once, so that a program that starts ascp meanwhile finds it.
func Install(folder, executable string, bypassKeyPEM []byte) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("create the SDK folder: %w", err)
	}
	program, key := Installed(folder)
	for _, target := range []string{program, filepath.Join(folder, programName("ascp4"))} {
		if err := installExecutable(target, executable); err != nil {
			return fmt.Errorf("install the stand-in ascp: %w", err)
		}
	}
	if err := atomicfile.Write(key, bypassKeyPEM); err != nil {
		return fmt.Errorf("install the bypass key: %w", err)
	}
	if err := atomicfile.Write(filepath.Join(folder, "product-info.mf"), []byte(productInfo)); err != nil {
		return fmt.Errorf("describe the stand-in ascp: %w", err)
	}
	return nil
}

// InstallDaemon adds the stand-in for the transfer daemon to an SDK folder, by the
// name that daemons have there (spec transfer.md section 9.2).
func InstallDaemon(folder, executable string) error {
	if err := installExecutable(filepath.Join(folder, programName("asperatransferd")), executable); err != nil {
		return fmt.Errorf("install the stand-in transfer daemon: %w", err)
	}
	return nil
}

// Installed gives the paths of the program and of the key in an SDK folder.
func Installed(folder string) (program, key string) {
	return filepath.Join(folder, programName("ascp")), filepath.Join(folder, "aspera_bypass_rsa.pem")
}

// programName is the file name of a program.
func programName(name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return name
}

// installExecutable makes a hard link, or a copy where that is not possible.
func installExecutable(target, executable string) error {
	executable, err := filepath.EvalSymlinks(executable)
	if err != nil {
		return err
	}
	reserved, err := os.CreateTemp(filepath.Dir(target), filepath.Base(target)+".*")
	if err != nil {
		return err
	}
	temporary := reserved.Name()
	defer os.Remove(temporary)
	if err := errors.Join(reserved.Close(), os.Remove(temporary)); err != nil {
		return err
	}
	if os.Link(executable, temporary) != nil {
		if err := copyExecutable(temporary, executable); err != nil {
			return err
		}
	}
	return os.Rename(temporary, target)
}

func copyExecutable(target, executable string) error {
	from, err := os.Open(executable)
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.OpenFile(target, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	return errors.Join(err, to.Close())
}
