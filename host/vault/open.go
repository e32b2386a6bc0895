package vault

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// Surroundings are what a store needs to know of the program and its user.
type Surroundings struct {
	// Home is the main folder (option `home`): a relative file name starts there.
	Home string
	// UserHome is the home folder of the user, for `~/.vault-token`. Empty: none.
	UserHome string
	// LookupEnv reads an environment variable. Nil: none is set.
	LookupEnv func(name string) (string, bool)
	// HTTP holds the global HTTP options by name, as rest.NewSession takes them.
	HTTP map[string]any
	// Log takes the trace of HTTP requests. Nil: none.
	Log *slog.Logger

	// work is the scrypt work factor of new files; 0 means workFactor. Tests lower it.
	work int
}

const (
	// defaultFile is the file of 4.21.0, laterFile that of 4.22 to 4.27.
	defaultFile, laterFile = "vault.bin", "ascli"
	// defaultKeychain is the name under which a keyring holds the secrets.
	defaultKeychain = "ascli"
)

// The values of key `type`.
const (
	typeFile   = "file"
	typeSystem = "system"
	typeVault  = "vault"
)

// Open returns the store that option `vault` describes. Nothing is read or
// written yet. description has texts only; nil or empty means the default file:
//
//	type    file, system or vault; default file
//	name    of the file, default vault.bin (ascli when only that exists), also
//	        accepted as key file; or of the keychain, default ascli
//	format  of a new file: age (default) or aspera, see [Format]
//	url     of the HashiCorp Vault
//	token   for it; default: the password, then what its own tools use
func Open(description *record.Object, password string, around Surroundings) (Store, error) {
	settings, err := texts(description)
	if err != nil {
		return nil, err
	}
	kind := settings["type"]
	if kind == "" {
		kind = typeFile
	}
	switch kind {
	case typeFile:
		if err := onlyKeys(kind, settings, "type", "name", "file", "format"); err != nil {
			return nil, err
		}
		return openFile(settings, password, around)
	case typeSystem:
		if err := onlyKeys(kind, settings, "type", "name"); err != nil {
			return nil, err
		}
		name := settings["name"]
		if name == "" {
			name = defaultKeychain
		}
		return openSystem(name, password), nil
	case typeVault:
		if err := onlyKeys(kind, settings, "type", "name", "url", "token"); err != nil {
			return nil, err
		}
		return openHashiCorp(settings, password, around)
	}
	return nil, failure.Argumentf("Unknown vault type: %s", kind).
		Hint("types are: %s, %s, %s", typeFile, typeSystem, typeVault)
}

func texts(description *record.Object) (map[string]string, error) {
	settings := map[string]string{}
	if description == nil {
		return settings, nil
	}
	for key, value := range description.All() {
		text, ok := value.(string)
		if !ok {
			return nil, failure.Argumentf("vault info shall have only string values").
				Hint("key %s is a %s", key, record.TypeName(value))
		}
		settings[key] = text
	}
	return settings, nil
}

func onlyKeys(kind string, settings map[string]string, allowed ...string) error {
	left := len(settings)
	for _, key := range allowed {
		if _, given := settings[key]; given {
			left--
		}
	}
	if left == 0 {
		return nil
	}
	return failure.Argumentf("vault info shall have exactly keys 'type' and 'name'").
		Hint("type %s takes these keys: %s", kind, strings.Join(allowed, ", "))
}

func openFile(settings map[string]string, password string, around Surroundings) (Store, error) {
	if password == "" {
		return nil, failure.Argumentf("Missing mandatory option: vault_password")
	}
	work := around.work
	if work == 0 {
		work = workFactor
	}
	fresh, err := newForm(Format(settings["format"]), work)
	if err != nil {
		return nil, err
	}
	name := settings["name"]
	if name == "" {
		name = settings["file"]
	}
	if name == "" {
		name = existingName(around.Home)
	}
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(around.Home, name)
	}
	return &fileStore{name: name, path: path, fresh: fresh, work: work, password: password}, nil
}

// existingName is the default file name: a vault of 4.22 to 4.27 is used when
// there is none of 4.21.0.
func existingName(home string) string {
	if _, err := os.Lstat(filepath.Join(home, defaultFile)); !errors.Is(err, fs.ErrNotExist) {
		return defaultFile
	}
	if info, err := os.Stat(filepath.Join(home, laterFile)); err == nil && info.Mode().IsRegular() {
		return laterFile
	}
	return defaultFile
}
