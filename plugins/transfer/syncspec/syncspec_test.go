package syncspec_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/plugins/transfer/syncspec"
	"github.com/ascli-go/ascli/sdk/record"
)

func TestTranslate(t *testing.T) {
	for _, tt := range []struct {
		name, args string
		windows    bool
		want       string
	}{
		{"the example of the specification", "-N name --local-dir=/a -r u@h:/b -K pull -t -q", false,
			`{"name":"name","local":{"path":"/a"},"remote":{"path":"/b","user":"u","host":"h"},"direction":"pull",` +
				`"preserve_modification_time":true,"quiet":true}`},
		{"times on Windows", "--preserve-time", true, `{"preserve_modification_time":true,"preserve_creation_time":true}`},
		{"a remote path alone", "--remote-dir /a:b", false, `{"remote":{"path":"/a:b"}}`},
		{"a remote path with host", "-r h:/b", false, `{"remote":{"path":"/b","host":"h"}}`},
		{"numbers stay texts", "-P 33001 --target-rate=5", false, `{"remote":{"port":"33001"},"transport":{"target_rate":"5"}}`},
		{"a value with =", "--cookie=a=b", false, `{"cookie":"a=b"}`},
		{"short switches", "-C -D -x -j -u", false, `{"mode":true,"log":{"level":true},"reset":true,"preserve_gid":true,"preserve_uid":true}`},
		{"renamed options", "--ws-connect -W tok --tags64 e30= --support-resume 1 -i key", false,
			`{"remote":{"connect_mode":true,"token":"tok","private_key_paths":"key"},"tags":"e30=","resume":{"min_size":"1"}}`},
		{"nothing", "", false, `{}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			conf, err := syncspec.Translate(strings.Fields(tt.args), tt.windows)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(record.JSON(conf)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestTranslateFails(t *testing.T) {
	for args, want := range map[string]string{
		"--remote x": "Option not found: --remote",
		"-q word":    "Option not found: word",
		"--name":     "option --name of async lacks its value",
	} {
		if conf, err := syncspec.Translate(strings.Fields(args), false); err == nil || err.Error() != want {
			t.Errorf("%s gives %v, %v", args, conf, err)
		}
	}
}

func TestParametersAreConsistent(t *testing.T) {
	parameters := syncspec.Parameters()
	if !slices.IsSortedFunc(parameters, func(a, b syncspec.Parameter) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("not sorted by name")
	}
	owner := map[string]string{}
	for _, p := range parameters {
		if p.Help == "" || p.Switch && len(p.Options) == 0 {
			t.Errorf("%s: help %q, options %v", p.Name, p.Help, p.Options)
		}
		if len(p.Values) > 0 && p.Default != "" && !slices.Contains(p.Values, p.Default) {
			t.Errorf("%s: default %s is none of %v", p.Name, p.Default, p.Values)
		}
		for _, o := range p.Options {
			if owner[o] != "" {
				t.Errorf("%s belongs to %s and %s", o, owner[o], p.Name)
			}
			owner[o] = p.Name
		}
	}
}

func FuzzTranslate(f *testing.F) {
	f.Add("-r u@h:/b -t")
	f.Add("--name= -N")
	f.Add("-r \n")
	f.Fuzz(func(t *testing.T, line string) {
		conf, err := syncspec.Translate(strings.Split(line, " "), true)
		if (conf == nil) == (err == nil) {
			t.Errorf("conf %v, error %v", conf, err)
		}
	})
}
