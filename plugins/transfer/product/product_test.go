package product

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/failure"
)

func touch(t *testing.T, path ...string) string {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o700); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestLocate(t *testing.T) {
	sdk, other := t.TempDir(), t.TempDir()
	inSDK := touch(t, sdk, "ascp"+exeSuffix())
	elsewhere := touch(t, other, "bin", "my-ascp")
	for _, tt := range []struct{ name, folder, path, want, err string }{
		{"in the SDK", sdk, "", inSDK, ""},
		{"a path wins", sdk, elsewhere, elsewhere, ""},
		{"a wrong path", sdk, filepath.Join(other, "no"), "", "no such file: " + filepath.Join(other, "no")},
		{"nowhere", filepath.Join(other, "empty"), "", "", "no Aspera transfer module or SDK found."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := locate([]Product{in("SDK", tt.folder, ".")}, tt.path)
			if tt.err == "" != (err == nil) || err != nil && err.Error() != tt.err {
				t.Fatalf("error is %v", err)
			}
			if got.Path != tt.want {
				t.Errorf("got %q", got.Path)
			}
		})
	}
}

func TestNotFoundTellsTheWayOut(t *testing.T) {
	_, err := locate(nil, "")
	hints := strings.Join(failure.As(err).Hints, "\n")
	for _, want := range []string{"ascli config ascp install", "--transfer=httpgw"} {
		if !strings.Contains(hints, want) {
			t.Errorf("hints are %q, without %q", hints, want)
		}
	}
}

func TestKey(t *testing.T) {
	root := t.TempDir()
	ascp := touch(t, root, "bin", "ascp")
	key := touch(t, root, "etc", "aspera_tokenauth_id_rsa")
	found, err := locate(nil, ascp)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := found.Key(KeyRSA); err != nil || got != key {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := found.Key(KeyDSA); err == nil {
		t.Errorf("got %q for a key that is not there", got)
	}
	if _, err := found.Sibling("ascp4"); err == nil {
		t.Error("found an ascp4 that is not there")
	}
	sibling := touch(t, root, "bin", "ascp4"+exeSuffix())
	if got, err := found.Sibling("ascp4"); err != nil || got != sibling {
		t.Errorf("got %q, %v", got, err)
	}
}
