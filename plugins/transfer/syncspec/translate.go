package syncspec

import (
	"regexp"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// remotePath is the form [[user@]host:]path.
var remotePath = regexp.MustCompile(`(?s)^(?:(?:([^@:/]+)@)?([^:/]+):)?(.*)$`)

// Translate returns the conf of a session described by arguments of async
// (spec/plugins/config.md 19): switches give true, all else texts. On Windows
// preserving times includes that of creation.
func Translate(args []string, onWindows bool) (*record.Object, error) {
	t := translation{conf: record.New()}
	for rest := split(args); len(rest) > 0; {
		taken, err := t.take(rest, onWindows)
		if err != nil {
			return nil, err
		}
		rest = rest[taken:]
	}
	return t.conf, nil
}

// split cuts --option=value in two.
func split(args []string) []string {
	var words []string
	for _, arg := range args {
		if option, value, cut := strings.Cut(arg, "="); cut && strings.HasPrefix(arg, "--") {
			words = append(words, option, value)
			continue
		}
		words = append(words, arg)
	}
	return words
}

// translation is the conf as far as it is known.
type translation struct{ conf *record.Object }

// take translates the first option and returns how many words it has.
func (t translation) take(words []string, onWindows bool) (int, error) {
	option := words[0]
	if slices.Contains([]string{"-t", "--preserve-time"}, option) {
		t.set("preserve_modification_time", true)
		if onWindows {
			t.set("preserve_creation_time", true)
		}
		return 1, nil
	}
	p, known := byOption(option)
	if !known {
		return 0, failure.Otherf("RuntimeError", "Option not found: %s", option).
			Hint("List the options with: ascli config sync spec")
	}
	if p.Switch {
		t.set(p.Name, true)
		return 1, nil
	}
	if len(words) < 2 {
		return 0, failure.Argumentf("option %s of async lacks its value", option)
	}
	if p.Name == "remote.path" {
		t.setRemote(words[1])
	} else {
		t.set(p.Name, words[1])
	}
	return 2, nil
}

func (t translation) setRemote(place string) {
	parts := remotePath.FindStringSubmatch(place)
	t.set("remote.path", parts[3])
	if parts[1] != "" {
		t.set("remote.user", parts[1])
	}
	if parts[2] != "" {
		t.set("remote.host", parts[2])
	}
}

// set stores a value under a dotted name.
func (t translation) set(name string, value any) { t.conf.SetAt(value, strings.Split(name, ".")...) }
