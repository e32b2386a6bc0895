package ascp_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
)

// protect runs a transfer by password with a passphrase for files.
func (w *world) protect(passphrase string, args ...string) result {
	w.t.Helper()
	env := map[string]string{"ASPERA_SCP_PASS": password, "ASPERA_SCP_FILEPASS": passphrase}
	return w.run(context.Background(), nil, env, append([]string{"--user", "node_user", "-d"}, args...)...)
}

func TestContentProtection(t *testing.T) {
	w := newWorld(t, 0)
	files := tree{}
	for _, size := range []int{0, 1, 32 << 10, 64<<10 - 1, 64 << 10, 64<<10 + 1, 3 << 20} {
		files[fmt.Sprintf("d/%d", size)] = noise(size)
	}
	files.write(t, w.local)
	w.protect("secret", "--mode", "send", "--file-crypt", "encrypt", filepath.Join(w.local, "d"), "/up").mustPass(t)

	for name, content := range files {
		sealed, err := os.ReadFile(filepath.Join(w.root, "up", name+".aspera-env"))
		check(t, err)
		if content != "" && bytes.Contains(sealed, []byte(content)[:min(len(content), 100)]) && len(content) > 10 {
			t.Errorf("%s can be read on the server", name)
		}
		// The format is that of age.
		identity, err := age.NewScryptIdentity("secret")
		check(t, err)
		opened, err := age.Decrypt(bytes.NewReader(sealed), identity)
		check(t, err)
		if got, err := io.ReadAll(opened); err != nil || string(got) != content {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	tree{"up/d/plain": "not encrypted"}.write(t, w.root)
	w.protect("secret", "--mode", "recv", "--file-crypt", "decrypt", "/up/d", filepath.Join(w.local, "in")).mustPass(t)
	files["d/plain"] = "not encrypted"
	readTree(t, filepath.Join(w.local, "in")).compare(t, files)
	w.protect("", "--mode", "recv", "/up/d/1.aspera-env", filepath.Join(w.local, "as it is")).mustPass(t)
	if _, err := os.Stat(filepath.Join(w.local, "as it is", "1.aspera-env")); err != nil {
		t.Error(err)
	}
}

func TestContentProtectionFails(t *testing.T) {
	w := newWorld(t, 0)
	tree{"f": noise(200_000)}.write(t, w.local)
	w.protect("secret", "--mode", "send", "--file-crypt", "encrypt", filepath.Join(w.local, "f"), "/up").mustPass(t)
	sealed := filepath.Join(w.root, "up", "f.aspera-env")
	receive := func(passphrase string) result {
		return w.protect(passphrase, "--mode", "recv", "--file-crypt", "decrypt", "/up/f.aspera-env", filepath.Join(w.local, "in"))
	}
	r := receive("other")
	r.mustFail(t, 49)
	if strings.Contains(r.stderr, "other") {
		t.Errorf("the passphrase is shown: %s", r.stderr)
	}
	content, err := os.ReadFile(sealed)
	check(t, err)
	content[150_000] ^= 1
	check(t, os.WriteFile(sealed, content, 0o600))
	receive("secret").mustFail(t, 48)
	check(t, os.WriteFile(sealed, content[:100_000], 0o600))
	receive("secret").mustFail(t, 48)
	check(t, os.WriteFile(sealed, []byte("no age file"), 0o600))
	receive("secret").mustFail(t, 48)
	readTree(t, filepath.Join(w.local, "in")).compare(t, tree{})
}
