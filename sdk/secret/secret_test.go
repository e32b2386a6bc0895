package secret_test

import (
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/secret"
)

func TestIsName(t *testing.T) {
	for name, want := range map[string]bool{
		"password": true, "token_type": true, "secretary": true, "api_key": true, "client_secret": true,
		"key": false, "Password": false, "authorization": false, "access_key": false, "fallback_private_key": false,
	} {
		if secret.IsName(name) != want {
			t.Errorf("%s: %t", name, !want)
		}
	}
}

func TestMask(t *testing.T) {
	m := secret.NewMasker("s3cr3t", "abc")
	for _, text := range []string{
		"login with s3cr3t failed",
		`{"password":"other","url":"u"}`,
		"Authorization: Basic Zm9vOmJhcg==",
		"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
		"token Basic bm9kZTpwYXNz sent",
	} {
		got := m.Mask(text)
		for _, hidden := range []string{"s3cr3t", "other", "Zm9v", "MIIE", "bm9k"} {
			if strings.Contains(got, hidden) {
				t.Errorf("%q still shows %s", got, hidden)
			}
		}
		if !strings.Contains(got, secret.Hidden) {
			t.Errorf("%q: nothing was hidden", got)
		}
	}
	if got := m.Mask("abc stays"); got != "abc stays" {
		t.Errorf("%q", got)
	}
}
