package world_test

import (
	"crypto/ed25519"
	"errors"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/sandbox/world"
)

func newPublicKey(t *testing.T) ssh.PublicKey {
	t.Helper()
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestPublicKeysEnd(t *testing.T) {
	now := time.Now()
	w, err := world.Open(t.TempDir(), world.WithClock(func() time.Time { return now }))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	user, ak1 := userPrincipal(t, w), keyPrincipal(t, w)
	short, long, others := newPublicKey(t), newPublicKey(t), newPublicKey(t)
	for _, key := range []struct {
		ssh.PublicKey
		by   world.Principal
		life time.Duration
	}{{short, ak1, time.Minute}, {long, ak1, time.Hour}, {others, user, time.Hour}} {
		line := string(ssh.MarshalAuthorizedKey(key.PublicKey))
		got, err := w.RegisterPublicKey(key.by, line[:len(line)-1]+" me@here\n", key.life)
		if err != nil || got+"\n" != line {
			t.Fatalf("registered %q, %v; want %q", got, err, line)
		}
	}
	expect := func(when string, want ...bool) {
		t.Helper()
		for i, key := range []ssh.PublicKey{short, long, others} {
			if got := w.AcceptsPublicKey(key); got != want[i] {
				t.Errorf("%s, key %d: accepted = %v", when, i, got)
			}
		}
	}
	expect("at first", true, true, true)
	now = now.Add(time.Minute)
	expect("after a minute", false, true, true)
	if err := w.DeleteAccessKey(ak1, "self"); err != nil {
		t.Fatal(err)
	}
	expect("without the access key", false, false, true)
}

func TestRefusedPublicKeys(t *testing.T) {
	w := openWorld(t, t.TempDir())
	line := string(ssh.MarshalAuthorizedKey(newPublicKey(t)))
	for name, text := range map[string]string{"empty": "", "no key": "hello", "base64 of nothing": "ssh-rsa AAAA", "two": line + line} {
		if got, err := w.RegisterPublicKey(userPrincipal(t, w), text, time.Hour); !errors.Is(err, world.ErrPublicKey) {
			t.Errorf("%s: registered %q, %v", name, got, err)
		}
	}
}
