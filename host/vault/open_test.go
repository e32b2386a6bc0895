package vault

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

func TestOpenRefuses(t *testing.T) {
	for _, c := range []struct {
		name, password string
		description    *record.Object
		want           string
	}{
		{"no password", "", nil, "Missing mandatory option: vault_password"},
		{"other type", "pw", record.New("type", "foo"), "Unknown vault type: foo"},
		{"other format", "pw", record.New("format", "zip"), "Unknown vault format: zip"},
		{"number", "pw", record.New("type", "file", "name", 1), "vault info shall have only string values"},
		{"other key", "pw", record.New("type", "file", "foo", "x"), "vault info shall have exactly keys 'type' and 'name'"},
		{"key of another type", "pw", record.New("type", "system", "url", "x"),
			"vault info shall have exactly keys 'type' and 'name'"},
		{"no address", "pw", record.New("type", "vault"), "missing keyword: :url"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Open(c.description, c.password, Surroundings{Home: t.TempDir()})
			if found := failure.As(err); found == nil || found.Label != failure.Argument || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestOpenWithoutPassword(t *testing.T) {
	for _, description := range []*record.Object{
		record.New("type", "system"), record.New("type", "vault", "url", "https://localhost:8200"),
	} {
		if _, err := Open(description, "", Surroundings{}); err != nil {
			t.Errorf("%s: %v", record.JSON(description), err)
		}
	}
}

func TestFileName(t *testing.T) {
	elsewhere := filepath.Join(t.TempDir(), "v")
	for _, c := range []struct {
		name   string
		exist  []string
		option []any
		want   string
	}{
		{"default", nil, nil, "vault.bin"},
		{"of 4.22", []string{"ascli"}, nil, "ascli"},
		{"both", []string{"ascli", "vault.bin"}, nil, "vault.bin"},
		{"name", []string{"ascli"}, []any{"name", "mine"}, "mine"},
		{"file", nil, []any{"file", "mine"}, "mine"},
		{"name before file", nil, []any{"file", "other", "name", "mine"}, "mine"},
		{"absolute", nil, []any{"name", elsewhere}, elsewhere},
	} {
		t.Run(c.name, func(t *testing.T) {
			home := t.TempDir()
			for _, name := range c.exist {
				if err := os.WriteFile(filepath.Join(home, name), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			info := open(t, home, "pw", c.option...).Info()
			want := c.want
			if !filepath.IsAbs(want) {
				want = filepath.Join(home, want)
			}
			if info.Text("file") != want || info.Text("name") != c.want || info.Text("password") != "pw" {
				t.Errorf("info %s, want file %s", record.JSON(info), want)
			}
		})
	}
}
