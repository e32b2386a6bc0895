package oauth_test

import (
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/oauth"
)

func TestParsePrivateKey(t *testing.T) {
	const passphrase = "opensesame"
	plain := readKey(t, "pkcs1.pem")
	reference, err := oauth.ParsePrivateKey(plain, "")
	if err != nil {
		t.Fatal(err)
	}
	const neither = "Neither PUB key nor PRIV key"
	for _, c := range []struct{ name, text, passphrase, err string }{
		{"PKCS#1", plain, "", ""},
		{"passphrase that is not needed", plain, passphrase, ""},
		{"blanks around", "\n  " + plain + " ", "", ""},
		{"Windows line ends", strings.ReplaceAll(plain, "\n", "\r\n"), "", ""},
		{"text before", "my key:\n" + plain, "", ""},
		{"PKCS#8", readKey(t, "pkcs8.pem"), "", ""},
		{"PKCS#1 with AES", readKey(t, "pkcs1_protected.pem"), passphrase, ""},
		{"PKCS#1 with 3DES", readKey(t, "pkcs1_des3.pem"), passphrase, ""},
		{"PKCS#8 protected", readKey(t, "pkcs8_protected.pem"), passphrase, ""},
		{"OpenSSH protected", readKey(t, "openssh_protected.pem"), passphrase, ""},
		{"PKCS#1 without passphrase", readKey(t, "pkcs1_protected.pem"), "", "protected by a passphrase"},
		{"PKCS#8 without passphrase", readKey(t, "pkcs8_protected.pem"), "", "protected by a passphrase"},
		{"PKCS#1 with a wrong passphrase", readKey(t, "pkcs1_protected.pem"), "x", "passphrase does not open"},
		{"PKCS#8 with a wrong passphrase", readKey(t, "pkcs8_protected.pem"), "x", "passphrase does not open"},
		{"public key", readKey(t, "public.pem"), "", "private key is needed"},
		{"elliptic curve", readKey(t, "ec.pem"), "", "must be an RSA key"},
		{"path", "/home/me/key.pem", "", neither},
		{"damaged", strings.Replace(plain, "MII", "AAA", 1), "", neither},
		{"empty", "", "", neither},
	} {
		t.Run(c.name, func(t *testing.T) {
			key, err := oauth.ParsePrivateKey(c.text, c.passphrase)
			if c.err == "" {
				if err != nil || !key.Equal(reference) {
					t.Errorf("got another key, or %v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("got %v, want %s", err, c.err)
			}
		})
	}
}

// FuzzParsePrivateKey has no passphrase: with one, a file may ask for any number
// of rounds of its key derivation, which is time and no fault.
func FuzzParsePrivateKey(f *testing.F) {
	for _, name := range []string{"pkcs1.pem", "pkcs8.pem", "pkcs1_protected.pem", "pkcs8_protected.pem", "openssh_protected.pem", "public.pem"} {
		f.Add(readKey(f, name))
	}
	f.Add("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----")
	f.Fuzz(func(t *testing.T, text string) {
		key, err := oauth.ParsePrivateKey(text, "")
		if (key == nil) == (err == nil) {
			t.Errorf("key %v, error %v", key, err)
		}
	})
}
