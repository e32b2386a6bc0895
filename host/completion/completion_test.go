package completion

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/host/options"
)

// completed completes a line whose words are parted by single blanks.
func completed(t testing.TB, source Source, line string) *Answer {
	t.Helper()
	answer, err := Complete(t.Context(), Request{Words: strings.Split(line, " "), Globals: options.Globals()}, source)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func texts(a *Answer) string {
	var list []string
	for _, c := range a.Candidates {
		list = append(list, c.Text)
	}
	return strings.Join(list, " ")
}

func TestCandidates(t *testing.T) {
	tests := []struct{ name, line, want string }{
		{"first level", "", "config console help node"},
		{"begun plugin", "con", "config console"},
		{"nothing after help", "help ", ""},
		{"commands", "node ", "access_keys ak info inspect upload"},
		{"begun command", "node in", "info inspect"},
		{"alias", "node ak ", "do list"},
		{"prefixes on the way", "n acc l", "list"},
		{"ambiguous prefix on the way", "con ec", ""},
		{"unknown word on the way", "node nothing ", ""},
		{"argument between commands", "node access_keys do self ", "browse delete"},
		{"value of such an argument", "node access_keys do ", ""},
		{"mounted command", "config a", "ascp"},
		{"below a mounted command", "config ascp ", "show"},
		{"superfluous word", "node info ", ""},
		{"list of an argument", "node inspect ", "high low"},
		{"boolean argument", "node inspect low ", "no yes"},
		{"options between the words", "-Pdemo node --url=x in", "info inspect"},
		{"preset argument", "config preset show ", "demo my server prod"},
		{"collected values", "config echo @: a", ""},

		{"options before a plugin", "--forma", "--format="},
		{"switch", "--show-c", "--show-config"},
		{"options of the plugin", "node --mod", "--mode="},
		{"options of a mounting plugin", "config ascp --spec", "--spec-level="},
		{"underscores as typed", "--log_lev", "--log_level="},
		{"short options", "-v", "-v"},
		{"declared twice", "node --format", "--format="},
		{"no options after --", "node -- -", ""},
		{"commands after --", "node -- in", "info inspect"},

		{"enum", "--format=jsonp", "--format=jsonpp"},
		{"enum of the plugin", "node --mode=", "--mode=fast --mode=safe"},
		{"name shortened", "--log-l=wa", "--log-l=warn"},
		{"boolean", "node info --bulk=", "--bulk=no --bulk=yes"},
		{"transfer agent", "--transfer=dir", "--transfer=direct"},
		{"value of a switch", "--version=", ""},
		{"value of an unknown option", "node --nothing=", ""},
		{"preset", "--preset=p", "--preset=prod"},
		{"preset by letter", "-P", "-Pdemo -Pmy server -Pprod"},
		{"preset in a bundle", "-NPd", "-NPdemo"},
		{"part of a hash", "node --tuning.", "--tuning.rate="},
		{"value of a part", "node --tuning.rate=", ""},

		{"decoder", "config echo @js", "@json:"},
		{"decoder of an option", "node --url=@b", "--url=@base64:"},
		{"decoder after decoder", "config echo @json:@fi", "@json:@file:"},
		{"text after @val:", "config echo @val:@fi", ""},
		{"unknown decoder", "config echo @foo:@fi", ""},
		{"preset after its decoder", "config echo @json:@preset:pr", "@json:@preset:prod"},
		{"lists take no decoders", "--format=@j", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := texts(completed(t, newWorld(), tt.line)); got != tt.want {
				t.Errorf("%q gives %q, want %q", tt.line, got, tt.want)
			}
		})
	}
}

func TestFiles(t *testing.T) {
	tests := []struct {
		name, line, before string
		files              bool
	}{
		{"sources", "node upload a ", "", true},
		{"value by @file:", "config echo @json:@file:/e", "@json:@file:", true},
		{"option by @path:", "node --url=@path:x", "--url=@path:", true},
		{"option that is a path", "--config-file=x", "--config-file=", true},
		{"option that is a path by its last word", "node --token-path=", "--token-path=", true},
		{"output", "--output=", "--output=", true},
		{"path on a server", "node access_keys do self browse /", "", false},
		{"other text", "node --url=x", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := completed(t, newWorld(), tt.line)
			if a.Files != tt.files || a.BeforePath != tt.before {
				t.Errorf("%q gives files %v before %q", tt.line, a.Files, a.BeforePath)
			}
		})
	}
}

func TestDescriptions(t *testing.T) {
	want := []Candidate{{"info", "About the node"}, {"inspect", ""}}
	if got := completed(t, newWorld(), "node in").Candidates; !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if got := completed(t, newWorld(), "node --url").Candidates; len(got) != 1 || got[0].Description != "URL of the server" {
		t.Errorf("got %v", got)
	}
}

func TestReadsOnlyTheManifestsNamed(t *testing.T) {
	tests := []struct{ name, line, read string }{
		{"first level", "con", ""},
		{"global option", "--format=", ""},
		{"one plugin", "node in", "node"},
		{"with what is mounted", "config ", "config transfer"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld()
			completed(t, w, tt.line)
			if got := strings.Join(w.read, " "); got != tt.read {
				t.Errorf("%q reads the manifests of %q, want %q", tt.line, got, tt.read)
			}
		})
	}
}

func TestSourceFails(t *testing.T) {
	w := newWorld()
	w.err = errBroken
	_, err := Complete(t.Context(), Request{Words: []string{"node", ""}}, w)
	if !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
}

func TestNoWords(t *testing.T) {
	answer, err := Complete(t.Context(), Request{}, newWorld())
	if err != nil || texts(answer) != "config console help node" {
		t.Errorf("got %q, %v", texts(answer), err)
	}
}

func TestFolderOptions(t *testing.T) {
	request := Request{Globals: options.Globals(), Words: []string{
		"--home=/h", "node", "--config-f=/c", "--plugin_folder=@stdin:", "--format=json", "--", "--home=/no", "--home=/under-cursor"}}
	want := []string{"--home=/h", "--config-f=/c"}
	if got := FolderOptions(request); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzComplete(f *testing.F) {
	for _, line := range []string{"", "node\nak\ndo\nx\nbro", "-NP", "--format=j", "config\necho\n@json:@fi", "--\n-", "--ts.a=@", "-\n=", "--=\n@:"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		words := strings.Split(line, "\n")
		request := Request{Words: words, Globals: options.Globals()}
		answer, err := Complete(t.Context(), request, newWorld())
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range answer.Candidates {
			if !strings.HasPrefix(c.Text, words[len(words)-1]) {
				t.Errorf("%q is offered for %q", c.Text, words[len(words)-1])
			}
		}
		if answer.Files && !strings.HasPrefix(words[len(words)-1], answer.BeforePath) {
			t.Errorf("%q is not the start of %q", answer.BeforePath, words[len(words)-1])
		}
		FolderOptions(request)
	})
}
