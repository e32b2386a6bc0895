package testscripts

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// samplesFile holds all sample commands of the manual; it is not part of the project.
var samplesFile = filepath.Join("..", "..", "shared", "spec", "samples.txt")

// words are those of a command line: its positional arguments, and the names of
// its options.
type words struct {
	positional []string
	options    []string
}

// TestSamples finds for each sample of the manual under a plugin a script that
// runs it: the same command words, decoders and options, with the values of the
// test world.
func TestSamples(t *testing.T) {
	text, err := os.ReadFile(samplesFile)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the samples of the manual are not here: %s", samplesFile)
	} else if err != nil {
		t.Fatal(err)
	}
	for _, plugin := range []string{"node", "server"} {
		t.Run(plugin, func(t *testing.T) {
			ran := scriptedCommands(t, plugin)
			for line := range strings.Lines(string(text)) {
				sample, found := strings.CutPrefix(strings.TrimSpace(line), "ascli "+plugin+" ")
				if !found {
					continue
				}
				want := parseWords(sample, `'"`)
				if !slices.ContainsFunc(ran, want.runAs) {
					t.Errorf("no script runs this sample of the manual:\nascli %s %s", plugin, sample)
				}
			}
		})
	}
}

// scriptedCommands returns the commands of a plugin that scripts expect to succeed.
func scriptedCommands(t *testing.T, plugin string) []words {
	t.Helper()
	scripts, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	run := regexp.MustCompile(`(?m)^(?:\[\w+\] )?exec ascli ` + plugin + ` (.*?)(?: &\w*&?)?$`)
	var found []words
	for _, script := range scripts {
		text, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range run.FindAllStringSubmatch(string(text), -1) {
			found = append(found, parseWords(line[1], `'`))
		}
	}
	return found
}

// parseWords splits a command line at blanks outside of quotes.
func parseWords(line, quotes string) words {
	var list []string
	var word strings.Builder
	quote, inside := rune(0), false
	for _, r := range line + " " {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && strings.ContainsRune(quotes, r):
			quote, inside = r, true
		case quote == 0 && r == ' ':
			if inside || word.Len() > 0 {
				list = append(list, word.String())
			}
			word.Reset()
			inside = false
		default:
			word.WriteRune(r)
		}
	}
	var w words
	for _, s := range list {
		if name, isOption := strings.CutPrefix(s, "--"); isOption {
			name, _, _ = strings.Cut(name, "=")
			w.options = append(w.options, name)
		} else if !strings.HasPrefix(s, "-") {
			w.positional = append(w.positional, s)
		}
	}
	return w
}

// runAs tells whether a command of a script is this sample. It may have more
// options.
func (w words) runAs(script words) bool {
	for _, option := range w.options {
		if !slices.Contains(script.options, option) {
			return false
		}
	}
	return slices.EqualFunc(w.positional, script.positional, sameWord)
}

var (
	// placeholder is a value that a sample leaves to its reader.
	placeholder = regexp.MustCompile(`^(my|test|tst)_|^root_id$`)
	// commandWord is a word that is taken as it is.
	commandWord = regexp.MustCompile(`^[a-z_]+$`)
	// decoder begins an extended value or a selector.
	decoder = regexp.MustCompile(`^[@%]\w+:`)
)

func sameWord(sample, script string) bool {
	if commandWord.MatchString(sample) && !placeholder.MatchString(sample) {
		return sample == script
	}
	return decoder.FindString(sample) == decoder.FindString(script)
}
