package world_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sandbox/nodetoken/tokentest"
	"github.com/ascli-go/ascli/sandbox/world"
)

func userPrincipal(t *testing.T, w *world.World) world.Principal {
	t.Helper()
	p, err := w.Authenticate(w.NodeUser())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func local(path string) *world.Storage { return &world.Storage{Type: "local", Path: path} }

func TestCreatedAccessKeyHasItsFolderAndSecret(t *testing.T) {
	folder := t.TempDir()
	w := openWorld(t, folder)
	secret := "chosen"
	key, err := w.CreateAccessKey(userPrincipal(t, w), world.KeySettings{
		ID: "k", Secret: &secret, Storage: local("/data/d"),
		Configuration: &world.Configuration{Transfer: map[string]json.RawMessage{"cipher": json.RawMessage(`"aes-128"`)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if key.Secret != secret || key.Storage.Path != "/data/d" || key.RootFileID == "" {
		t.Errorf("key = %+v", key)
	}
	if info, err := os.Stat(filepath.Join(folder, "files", "data", "d")); err != nil || !info.IsDir() {
		t.Errorf("root folder: %v", err)
	}
	shown, err := w.AccessKey(userPrincipal(t, w), "k")
	if err != nil || shown.Secret != "" {
		t.Errorf("the secret is shown again: %+v, %v", shown, err)
	}
	if _, err := w.Authenticate("k", secret); err != nil {
		t.Error(err)
	}
}

func TestGeneratedIDAndSecret(t *testing.T) {
	w := openWorld(t, t.TempDir())
	key, err := w.CreateAccessKey(userPrincipal(t, w), world.KeySettings{Storage: local("/")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Authenticate(key.ID, key.Secret); err != nil {
		t.Error(err)
	}
}

func TestRefusedAccessKeys(t *testing.T) {
	w := openWorld(t, t.TempDir())
	empty, text := "", "PEM"
	tests := map[string]struct {
		set  world.KeySettings
		want error
	}{
		"id taken":            {world.KeySettings{ID: "ak1", Storage: local("/")}, world.ErrKeyExists},
		"id of a node user":   {world.KeySettings{ID: "node_user", Storage: local("/")}, world.ErrKeyExists},
		"id with colon":       {world.KeySettings{ID: "a:b", Storage: local("/")}, world.ErrKeyInvalid},
		"id self":             {world.KeySettings{ID: "self", Storage: local("/")}, world.ErrKeyInvalid},
		"no storage":          {world.KeySettings{ID: "k"}, world.ErrKeyInvalid},
		"storage in a cloud":  {world.KeySettings{ID: "k", Storage: &world.Storage{Type: "aws_s3"}}, world.ErrKeyInvalid},
		"storage outside":     {world.KeySettings{ID: "k", Storage: local("/../..")}, world.ErrKeyInvalid},
		"empty secret":        {world.KeySettings{ID: "k", Storage: local("/"), Secret: &empty}, world.ErrKeyInvalid},
		"verification key":    {world.KeySettings{ID: "k", Storage: local("/"), TokenVerificationKey: &text}, world.ErrKeyInvalid},
		"storage with NUL":    {world.KeySettings{ID: "k", Storage: local("/a\x00")}, world.ErrKeyInvalid},
		"id with line feed":   {world.KeySettings{ID: "a\nb", Storage: local("/")}, world.ErrKeyInvalid},
		"id with slash":       {world.KeySettings{ID: "a/b", Storage: local("/")}, world.ErrKeyInvalid},
		"storage type absent": {world.KeySettings{ID: "k", Storage: &world.Storage{Path: "/"}}, world.ErrKeyInvalid},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := w.CreateAccessKey(userPrincipal(t, w), test.set); !errors.Is(err, test.want) {
				t.Errorf("error = %v, want %v", err, test.want)
			}
		})
	}
	if keys := w.AccessKeys(userPrincipal(t, w)); len(keys) != 1 {
		t.Errorf("keys = %+v, want ak1 alone", keys)
	}
}

func TestModifyChangesWhatIsGivenOnly(t *testing.T) {
	folder := t.TempDir()
	w := openWorld(t, folder)
	p := keyPrincipal(t, w)
	pem := tokentest.VerificationKey(t)
	raw := func(s string) json.RawMessage { return json.RawMessage(s) }
	for _, set := range []world.KeySettings{
		{TokenVerificationKey: &pem},
		{Configuration: &world.Configuration{Server: map[string]json.RawMessage{"aej_logging": raw("true")}}},
		{Configuration: &world.Configuration{Server: map[string]json.RawMessage{"recursive_counts": raw("true")}}},
	} {
		if err := w.ModifyAccessKey(p, "self", set); err != nil {
			t.Fatal(err)
		}
	}
	w.Close()
	w = openWorld(t, folder)
	key, err := w.AccessKey(p, "self")
	if err != nil {
		t.Fatal(err)
	}
	if key.TokenVerificationKey != pem || len(key.Configuration.Server) != 2 || key.Storage.Path != "/" {
		t.Errorf("key = %+v", key)
	}
	if _, secret, _ := w.DefaultAccessKey(); secret == "" {
		t.Error("the secret is gone")
	}
}

func TestAccessKeysOfOthersAreUnknown(t *testing.T) {
	w := openWorld(t, t.TempDir())
	user, ak1 := userPrincipal(t, w), keyPrincipal(t, w)
	if _, err := w.CreateAccessKey(user, world.KeySettings{ID: "sibling", Storage: local("/")}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.CreateAccessKey(ak1, world.KeySettings{ID: "child", Storage: local("/c")}); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		asker world.Principal
		id    string
		known bool
	}{
		{user, "sibling", true}, {user, "ak1", true}, {user, "child", true}, {user, "self", false},
		{ak1, "child", true}, {ak1, "self", true}, {ak1, "ak1", true}, {ak1, "sibling", false}, {ak1, "none", false},
	}
	for _, test := range tests {
		t.Run(strings.Join([]string{test.asker.Name, "asks for", test.id}, " "), func(t *testing.T) {
			_, err := w.AccessKey(test.asker, test.id)
			if test.known && err != nil || !test.known && !errors.Is(err, world.ErrKeyUnknown) {
				t.Errorf("error = %v", err)
			}
		})
	}
	if keys := w.AccessKeys(ak1); len(keys) != 1 || keys[0].ID != "child" {
		t.Errorf("ak1 lists %+v, want child alone", keys)
	}
	if err := w.DeleteAccessKey(user, "ak1"); err != nil {
		t.Fatal(err)
	}
	if keys := w.AccessKeys(user); len(keys) != 2 {
		t.Errorf("node user lists %+v, want sibling and the key left by ak1", keys)
	}
}
