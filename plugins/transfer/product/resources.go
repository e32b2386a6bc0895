package product

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Key is an SSH key that Aspera servers accept for a transfer with a token.
type Key string

// The bypass keys.
const (
	KeyRSA Key = "rsa"
	KeyDSA Key = "dsa"
)

// Files that a transfer needs besides ascp (spec/plugins/config.md 10.2). The
// keys and the licence come with the SDK or an installed product: none is
// shipped with this program.
const (
	licenseFile      = "aspera-license"
	confFile         = "aspera.conf"
	fallbackCertFile = "aspera_fallback_cert.pem"
	fallbackKeyFile  = "aspera_fallback_cert_private_key.pem"
)

func (k Key) files() []string {
	return []string{"aspera_bypass_" + string(k) + ".pem", "aspera_tokenauth_id_" + string(k)}
}

// ResourceFiles returns the names of the files that a user may have put in an
// SDK folder, or that were made there: a new installation keeps them.
func ResourceFiles() []string {
	files := []string{licenseFile, confFile, fallbackCertFile, fallbackKeyFile}
	return append(append(files, KeyRSA.files()...), KeyDSA.files()...)
}

// Key returns the path of a bypass key.
func (e Executable) Key(kind Key) (string, error) {
	if path := e.find(kind.files()...); path != "" {
		return path, nil
	}
	return "", failure.Otherf("Errno::ENOENT", "no SSH bypass key (%s) found: it is needed for a transfer with token", kind.files()[0]).
		Hint("It comes with the SDK, ascli config ascp install, and with the Aspera products; put it in option sdk_folder").
		Hint("Or use the WebSocket session of the server, if it has one, or --transfer=%s", transfer.AgentHTTPGW)
}

// License returns the path of the licence of ascp, "" when there is none.
func (e Executable) License() string { return e.find(licenseFile) }

// find returns the first of the files in the folders where products keep them.
func (e Executable) find(names ...string) string {
	for _, p := range e.Products {
		for _, folder := range []string{p.Bin, filepath.Join(p.Bin, "etc"), filepath.Join(p.Folder, "etc"),
			filepath.Join(filepath.Dir(p.Bin), "etc"), filepath.Join(p.Folder, "var")} {
			for _, name := range names {
				if path := filepath.Join(folder, name); isFile(path) {
					return path
				}
			}
		}
	}
	return ""
}

// conf is the aspera.conf of a client.
const conf = `<?xml version='1.0' encoding='UTF-8'?>
<CONF version="2">
<default>
    <file_system>
        <resume_suffix>.aspera-ckpt</resume_suffix>
        <partial_file_suffix>.partial</partial_file_suffix>
    </file_system>
</default>
</CONF>
`

// EnsureConf returns the path of the aspera.conf of an SDK folder, which is
// made when it is missing.
func EnsureConf(folder string) (string, error) {
	path := filepath.Join(folder, confFile)
	if isFile(path) {
		return path, nil
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", fmt.Errorf("cannot make the SDK folder: %w", err)
	}
	if err := replace(path, 0o644, []byte(conf)); err != nil {
		return "", fmt.Errorf("cannot make %s: %w", path, err)
	}
	return path, nil
}

// replace writes a file such that nobody ever sees half of it.
func replace(path string, mode fs.FileMode, content []byte) error {
	temporary, err := writeBeside(path, mode, content)
	if err != nil {
		return err
	}
	if err := os.Rename(temporary, path); err != nil {
		return errors.Join(err, os.Remove(temporary))
	}
	return nil
}

// writeBeside writes a file of another name in the folder of path.
func writeBeside(path string, mode fs.FileMode, content []byte) (temporary string, err error) {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return "", err
	}
	_, err = file.Write(content)
	if err = errors.Join(err, file.Close()); err == nil {
		err = os.Chmod(file.Name(), mode)
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}
