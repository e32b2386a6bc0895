package transfer_test

import (
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

func TestFromFaspe(t *testing.T) {
	for _, tt := range []struct{ name, link, want, warning, err string }{
		{
			name: "a package",
			link: "faspe://faspex@f.example.com:33001/a%20b+c/d e?cookie=c&token=ATM_x==&sshfp=aa&policy=fair&httpport=8080&targetrate=100&minrate=0" +
				"&port=33002&bwcap=1000&enc=aes128cfb&tags64=eyJhIjoxfQ==&createpath=yes&fallback=no&lockpolicy=no&lockminrate=yes&auth=no&v=2&protect=no",
			want: `{"remote_host":"f.example.com","remote_user":"faspex","ssh_port":33001,"paths":[{"source":"a b c/d e"}],"cookie":"c","token":"ATM_x==",` +
				`"sshfp":"aa","rate_policy":"fair","http_fallback_port":8080,"target_rate_kbps":100,"min_rate_kbps":0,"fasp_port":33002,` +
				`"target_rate_cap_kbps":1000,"cipher":"aes-128-cfb","tags":{"a":1},"create_dir":true,"http_fallback":false,` +
				`"lock_rate_policy":false,"lock_min_rate":true}`,
		},
		{name: "least", link: "faspe://h/x", want: `{"remote_host":"h","remote_user":"","paths":[{"source":"x"}]}`},
		{name: "a cipher with its hyphens", link: "faspe://h/x?enc=aes-256-gcm", want: `{"remote_host":"h","remote_user":"","paths":[{"source":"x"}],"cipher":"aes-256-gcm"}`},
		{name: "an unknown key", link: "faspe://h/x?new=s3same", want: `{"remote_host":"h","remote_user":"","paths":[{"source":"x"}]}`, warning: "URI parameter ignored: new"},
		{name: "another scheme", link: "https://h/x", err: "Invalid scheme: https"},
		{name: "no host", link: "faspe:///x", err: "faspe link without a host"},
		{name: "neither yes nor no", link: "faspe://h/x?createpath=true", err: `createpath in faspe link: expecting yes or no, got "true"`},
		{name: "no number", link: "faspe://h/x?port=fast", err: `port in faspe link: expecting a whole number, got "fast"`},
		{name: "tags that are none", link: "faspe://h/x?tags64=AAAA", err: "tags64 in faspe link: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			spec, warnings, err := transfer.FromFaspe(tt.link)
			if tt.err != "" {
				if err == nil || !strings.HasPrefix(err.Error(), tt.err) {
					t.Errorf("error is %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := string(record.JSON(spec)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if got := strings.Join(warnings, "\n"); got != tt.warning {
				t.Errorf("warnings are %s", got)
			}
		})
	}
}

// Whatever a link is, it makes a spec that is JSON, or an error.
func FuzzFromFaspe(f *testing.F) {
	f.Add("faspe://u@h:33001/a?tags64=e30=&enc=aes128")
	f.Add("faspe://[::1]:1/%zz?port=")
	f.Fuzz(func(t *testing.T, link string) {
		spec, _, err := transfer.FromFaspe(link)
		if err != nil {
			return
		}
		if _, err := record.ParseObject(record.JSON(spec)); err != nil {
			t.Errorf("%s: %v", record.JSON(spec), err)
		}
	})
}
