package install

import (
	"strings"
	"testing"
)

const list = `
- url: https://a/1.1.9/linux.tar.gz
  version: 1.1.9
  platform: linux-x86_64
- {url: https://a/1.1.10/linux.tar.gz, version: 1.1.10, platform: linux-x86_64, sha256: ABCD, comment: newest}
- url: https://a/1.1.10/other.tar.gz
  version: 1.1.10
  platform: linux-x86_64
- url: https://a/mac.zip
  version: 1.2
  platform: osx-universal
`

func TestChoose(t *testing.T) {
	locations, err := ParseLocations([]byte(list))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, platform, version, url, err string }{
		{"highest", "linux-x86_64", "", "https://a/1.1.10/linux.tar.gz", ""},
		{"latest", "linux-x86_64", "LATEST", "https://a/1.1.10/linux.tar.gz", ""},
		{"asked for", "linux-x86_64", "1.1.9", "https://a/1.1.9/linux.tar.gz", ""},
		{"for every processor", "osx-arm64", "", "https://a/mac.zip", ""},
		{"no such version", "linux-x86_64", "2.0", "", "No such version: 2.0 for linux-x86_64"},
		{"no such platform", "plan9-x86_64", "", "", "No SDK for platform: plan9-x86_64, available: [linux-x86_64, osx-universal]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Choose(locations, tt.platform, tt.version)
			if got.URL != tt.url || tt.err == "" && err != nil || tt.err != "" && (err == nil || err.Error() != tt.err) {
				t.Errorf("got %s, %v", got.URL, err)
			}
		})
	}
}

func TestParseLocations(t *testing.T) {
	locations, err := ParseLocations([]byte(list))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(locations[1].Fields.Keys(), " "); got != "url version platform sha256 comment" || locations[1].SHA256 != "ABCD" {
		t.Errorf("fields %s, checksum %s", got, locations[1].SHA256)
	}
	for _, wrong := range []string{"", "a: b", "- a\n- b", "- [", "just text"} {
		if got, err := ParseLocations([]byte(wrong)); err == nil {
			t.Errorf("%q gives %v", wrong, got)
		}
	}
}

func TestPlatform(t *testing.T) {
	for _, tt := range []struct{ system, processor, want string }{
		{"linux", "amd64", "linux-x86_64"}, {"linux", "ppc64le", "linux-ppc64le"}, {"linux", "s390x", "linux-s390"},
		{"darwin", "arm64", "osx-arm64"}, {"windows", "amd64", "windows-x86_64"}, {"aix", "ppc64", "aix-ppc64"},
	} {
		if got := platformOf(tt.system, tt.processor); got != tt.want {
			t.Errorf("%s/%s is %s, want %s", tt.system, tt.processor, got, tt.want)
		}
	}
}

func FuzzParseLocations(f *testing.F) {
	f.Add(list)
	f.Add("- &a [*a]")
	f.Add("- url: !!binary x")
	f.Fuzz(func(t *testing.T, text string) {
		locations, err := ParseLocations([]byte(text))
		if err != nil {
			return
		}
		for _, l := range locations {
			if l.URL != l.Fields.Text("url") {
				t.Errorf("URL %q of %v", l.URL, l.Fields.Keys())
			}
		}
	})
}
