package completion

import (
	"context"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/host/options"
	"github.com/ascli-go/ascli/host/value"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
)

// expected is what a manifest says of a value.
type expected struct {
	types []sdk.Type
	// words are all that an Enum takes.
	words []string
	// preset: the value is the name of a preset; file: a path of this machine.
	preset, file bool
}

func expectedOf(d options.Definition) expected {
	return expected{types: d.Types, words: d.Values, preset: d.Name == "preset", file: optionIsPath(d.Name)}
}

func expectedBy(a *ascliv1.Argument) expected {
	return expected{types: a.GetTypes(), words: a.GetValues(), preset: a.GetName() == "preset", file: argumentIsPath(a)}
}

// optionIsPath tells by its name whether an option holds a path: manifests have
// no type for it.
func optionIsPath(name string) bool {
	switch lastWord(name) {
	case "file", "folder", "path":
		return true
	}
	return name == "home" || name == "output" || name == "cert_stores"
}

// argumentIsPath is stricter: the `path` of most commands is one of a server.
func argumentIsPath(a *ascliv1.Argument) bool {
	last := lastWord(a.GetName())
	return a.GetSources() || last == "file" || last == "folder"
}

func lastWord(name string) string { return name[strings.LastIndexByte(name, '_')+1:] }

// value offers values. before is the part of the word that stands before typed.
func (c *completer) value(ctx context.Context, e expected, before, typed string) error {
	switch {
	case slices.Contains(e.types, sdk.Enum):
		c.offerAll(before, typed, e.words)
	case slices.Contains(e.types, sdk.Boolean):
		c.offerAll(before, typed, []string{"no", "yes"})
	case strings.HasPrefix(typed, "@"):
		return c.extended(ctx, before, typed)
	case e.preset:
		return c.presets(ctx, before, typed)
	case e.file:
		c.files(before)
	}
	return nil
}

func (c *completer) offerAll(before, typed string, texts []string) {
	for _, text := range texts {
		c.offer(before, typed, text, "")
	}
}

func (c *completer) files(before string) {
	c.answer.Files, c.answer.BeforePath = true, before
}

func (c *completer) presets(ctx context.Context, before, typed string) error {
	names, err := c.source.Presets(ctx)
	c.offerAll(before, typed, names)
	return err
}

// extended completes an extended value (spec/cli.md 4.1): decoders, and what
// those take that read something.
func (c *completer) extended(ctx context.Context, before, typed string) error {
	for strings.HasPrefix(typed, "@") {
		if !value.HasDecoder(typed) {
			for _, name := range value.DecoderNames() {
				c.offer(before, typed, "@"+name+":", "")
			}
			return nil
		}
		colon := strings.IndexByte(typed, ':')
		name := typed[1:colon]
		before, typed = before+typed[:colon+1], typed[colon+1:]
		switch {
		case name == "val" || name == "extend":
			// What follows is text, whatever it looks like.
			return nil
		case strings.HasPrefix(typed, "@"):
			continue
		case name == "file" || name == "path" || name == "uri":
			c.files(before)
		case name == "preset":
			return c.presets(ctx, before, typed)
		}
	}
	return nil
}
