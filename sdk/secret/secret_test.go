package secret_test

import (
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/secret"
)

func TestIsName(t *testing.T) {
	for name, want := range map[string]bool{
		"password": true, "token_type": true, "secretary": true, "api_key": true, "client_secret": true,
		"ASPERA_SCP_PASS": true, "Authorization": true,
		"key": false, "Password": false, "authorization": false, "access_key": false, "fallback_private_key": false,
	} {
		if secret.IsName(name) != want {
			t.Errorf("%s: %t", name, !want)
		}
	}
}

func TestRedact(t *testing.T) {
	for _, c := range []struct{ name, value, want string }{
		{"field", `{"api_key":"c","key":"d"}`, `{"api_key":"🔑","key":"d"}`},
		{"only texts", `{"my_password":12,"tokens":["g"],"secret":null}`, `{"my_password":12,"tokens":["g"],"secret":null}`},
		{"deep, in arrays too", `[{"deep":{"list":[{"apikey":"h"}]}}]`, `[{"deep":{"list":[{"apikey":"🔑"}]}}]`},
		{"object at a secret key", `{"token":{"id":"x","secret":"y"}}`, `{"token":{"id":"x","secret":"🔑"}}`},
		{"nothing secret", `["a",1]`, `["a",1]`},
		{"no container", `"password"`, `"password"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := record.Parse([]byte(c.value))
			if err != nil {
				t.Fatal(err)
			}
			if got := string(record.JSON(secret.Redact(v))); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if got := string(record.JSON(v)); got != c.value {
				t.Errorf("the value itself changed: %s", got)
			}
		})
	}
}

func TestRedactWithOtherNames(t *testing.T) {
	v := secret.RedactWith(record.New("pin", "1", "password", "2"), func(name string) bool { return name == "pin" })
	if got, want := string(record.JSON(v)), `{"pin":"🔑","password":"2"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestMaskKeys(t *testing.T) {
	const public = "-----BEGIN PUBLIC KEY-----\nabc\n-----END PUBLIC KEY-----"
	const private = "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----"
	const want = "-----BEGIN RSA PRIVATE KEY-----🔑-----END RSA PRIVATE KEY-----"
	if got := secret.MaskKeys(private + public + private); got != want+public+want {
		t.Errorf("got %s", got)
	}
}

func TestMask(t *testing.T) {
	m := secret.NewMasker("s3cr3t", "s3cr3t-and-more", "abc")
	for _, c := range []struct{ name, text, want string }{
		{"known value", "login with s3cr3t failed", "login with 🔑 failed"},
		{"known value that begins with another", "s3cr3t-and-more", "🔑"},
		{"short value stays", "abc", "abc"},
		{"JSON", `{"password":"other","url":"u"}`, `{"password":"🔑","url":"u"}`},
		{"inspected", `{"client_secret"=>"other", "a"=>1}`, `{"client_secret"=>"🔑", "a"=>1}`},
		{"inspected, with symbols", `{:token=>"other", :a=>1}`, `{:token=>"🔑", :a=>1}`},
		{"assignment", "set --password=other --url=u", "set --password=🔑 --url=u"},
		{"query of a URL", "https://h/?grant_token=other&b=c", "https://h/?grant_token=🔑&b=c"},
		{"environment of ascp", "env ASPERA_SCP_PASS=other ascp", "env ASPERA_SCP_PASS=🔑 ascp"},
		{"header", "Authorization: Basic Zm9vOmJhcg==\r\nAccept: */*", "Authorization: 🔑\r\nAccept: */*"},
		{"credentials", "token Basic bm9kZTpwYXNz sent", "token Basic 🔑 sent"},
		{"private key", "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----🔑-----END PRIVATE KEY-----"},
		{"name without value", "Missing mandatory option: password", "Missing mandatory option: password"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := m.Mask(c.text); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzMask(f *testing.F) {
	f.Add("the s3cr3t", `"token":"`)
	f.Add("Authorization: s3cr3t", "=>")
	f.Fuzz(func(t *testing.T, before, after string) {
		const value = "s3cr3t\x00value"
		if got := secret.NewMasker(value).Mask(before + value + after); strings.Contains(got, value) {
			t.Errorf("%q still shows the value", got)
		}
	})
}
