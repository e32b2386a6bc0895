package secret_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/ascli-go/ascli/sdk/secret"
)

func TestMaskLog(t *testing.T) {
	const pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----"
	const hidden = "-----BEGIN RSA PRIVATE KEY-----🔑-----END RSA PRIVATE KEY-----"
	for _, c := range []struct{ name, text, want string }{
		{"option is set", "set password=two words\nnext", "set password=🔑\nnext"},
		{"option is read", "get passphrase=x", "get passphrase=🔑"},
		{"environment of ascp", "run ASPERA_SCP_PASS=a'b ASPERA_SCP_TOKEN=c ascp -x", "run ASPERA_SCP_PASS=🔑 ASPERA_SCP_TOKEN=🔑 ascp -x"},
		{"environment at the begin", "ASPERA_PROXY_PASS=a", "ASPERA_PROXY_PASS=🔑"},
		{"JSON", `{"client_secret": "a b","id":1}`, `{"client_secret": "🔑","id":1}`},
		{"escaped quote in JSON", `{"password":"a\"b","id":1}`, `{"password":"🔑","id":1}`},
		{"inspected", `{"my_token"=>"a", :apikey=>"b", :id=>"c"}`, `{"my_token"=>"🔑", :apikey=>"🔑", :id=>"c"}`},
		{"single quotes around the key", `{'crn' => "a"}`, `{'crn' => "🔑"}`},
		{"JSON in a text that is shown in quotes", `<- "{\"password\":\"a\",\"id\":1}"`, `<- "{\"password\":\"🔑\",\"id\":1}"`},
		{"value without quotes", `{:token=>12, :id=>1}`, `{:token=🔑`},
		{"rest of the line", "the token: a b c\nnext", "the token: 🔑\nnext"},
		{"assignment", "access_key=a b", "access_key=🔑"},
		{"blanks", "password  is = a", "password  🔑"},
		{"name at the end of the line", "no password\nnext", "no password\nnext"},
		{"header", "Authorization: Basic Zm9v", "Authorization: 🔑"},
		{"header in a text that is shown in quotes", `<- "GET /\r\nauthorization: Bearer abc\r\nHost: h\r\n"`, `<- "GET /\r\nauthorization: 🔑\r\nHost: h\r\n"`},
		{"header of any case without its colon", "authorization failed", "authorization failed"},
		{"private key", "x\n" + pem + "\ny", "x\n" + hidden + "\ny"},
		{"public key", "--BEGIN PUBLIC KEY--abc--END PUBLIC KEY--", "--BEGIN PUBLIC KEY--🔑--END PUBLIC KEY--"},
		{"two private keys", pem + "and" + pem, hidden + "and" + hidden},
		{"credentials anywhere", "sent Bearer abcdefgh", "sent Bearer 🔑"},
		{"nothing secret", "GET https://h/files?key=1", "GET https://h/files?key=1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := secret.MaskLog(c.text); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// FuzzRedact puts a secret on a line of its own between any texts, in each form.
// The text before opens no quotes: a value in quotes may have several lines.
func FuzzRedact(f *testing.F) {
	f.Add("the request", "the answer")
	f.Add(`{'token':`, `"}`)
	f.Add("--BEGIN KEY--", "--END KEY--")
	f.Add("Authorization: Basic x\\r", `\"password\":\"`)
	f.Fuzz(func(t *testing.T, before, after string) {
		const value = "s3cr3t-v4lue"
		before = strings.ReplaceAll(before, `"`, "")
		for _, line := range []string{
			"set password=" + value, "password: " + value, "x ASPERA_SCP_KEY=" + value + " y", `"my_token": "` + value + `"`, `:secret=>"` + value + `"`,
			`\"apikey\":\"` + value + `\"`, "authorization: Basic " + value, "-----BEGIN EC PRIVATE KEY-----" + value + "-----END EC PRIVATE KEY-----",
		} {
			got := secret.MaskLog(before + "\n" + line + "\n" + after)
			if strings.Contains(got, value) && !strings.Contains(before+after, value) {
				t.Errorf("%q shows its secret in %q", line, got)
			}
			if utf8.ValidString(before) && utf8.ValidString(after) && !utf8.ValidString(got) {
				t.Errorf("%q is no text", got)
			}
		}
	})
}

// BenchmarkMaskLog masks texts of one kind and growing size: the time for a byte
// stays the same.
func BenchmarkMaskLog(b *testing.B) {
	for _, size := range []struct {
		name   string
		repeat int
	}{{"1kB", 64}, {"64kB", 4096}} {
		for name, unit := range map[string]string{"quotes": `"token":"a\"`, "blocks": "--BEGIN KEY--\n--", "plain": "nothing to hide."} {
			b.Run(name+"/"+size.name, func(b *testing.B) {
				text := strings.Repeat(unit, size.repeat)
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					secret.MaskLog(text)
				}
			})
		}
	}
}
