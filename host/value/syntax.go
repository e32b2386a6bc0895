package value

import (
	"context"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk/record/inspect"
)

// DecoderNames returns the decoders in the order of the help banner
// (spec/cli.md 4.2).
func DecoderNames() []string {
	return []string{"val", "base64", "csvt", "env", "file", "uri", "json", "lines", "list", "none", "path", "re",
		"ruby", "expr", "s", "secret", "stdin", "stdbin", "yaml", "zlib", "extend", "preset", "vault"}
}

// stopsPeeling tells whether what follows a decoder is its text even when it
// looks like decoders (spec/cli.md 4.1).
func stopsPeeling(name string) bool { return name == "val" || name == "extend" }

// peel takes the decoders off the front of a value, outermost first.
func peel(text string) (names []string, rest string) {
	for {
		name, after, ok := cutDecoder(text)
		if !ok {
			return names, text
		}
		names, text = append(names, name), after
		if stopsPeeling(name) {
			return names, text
		}
	}
}

// cutDecoder splits "@name:rest"; ok is false when name is no decoder.
func cutDecoder(text string) (name, rest string, ok bool) {
	if !strings.HasPrefix(text, "@") {
		return "", text, false
	}
	name, rest, ok = strings.Cut(text[1:], ":")
	return name, rest, ok && slices.Contains(DecoderNames(), name)
}

// HasDecoder tells whether a value begins with a decoder.
func HasDecoder(text string) bool {
	_, _, ok := cutDecoder(text)
	return ok
}

// withParser puts the decoder of option `parser` in front of a value that has
// none, when only structures are accepted (spec/cli.md 4.4). parser is "",
// "none" or the name of a decoder.
func withParser(text, parser string, accepted []Type) string {
	if parser == "" || parser == "none" || len(accepted) == 0 || HasDecoder(text) {
		return text
	}
	if _, collects := CollectMarker(text); collects {
		return text
	}
	for _, t := range accepted {
		if t != Hash && t != Array {
			return text
		}
	}
	return "@" + parser + ":" + text
}

// extend replaces every `@decoder:text@` within text, the last one first, so
// that an inner one becomes part of the text of an outer one (spec/cli.md
// 4.3). What a replacement brings in is not searched for further ones.
func (v *evaluation) extend(ctx context.Context, text string) (any, error) {
	for limit := len(text); ; {
		start, end := lastEmbedded(text, limit)
		if start < 0 {
			return text, nil
		}
		result, err := v.value(ctx, text[start:end])
		if err != nil {
			return nil, err
		}
		text = text[:start] + inspect.Plain(result) + text[end+1:]
		limit = start
	}
}

// lastEmbedded finds the last `@decoder:text@` that begins before limit: text
// from start to end, which is the index of the closing "@". start is -1 when
// there is none.
func lastEmbedded(text string, limit int) (start, end int) {
	for start = strings.LastIndexByte(text[:limit], '@'); start >= 0; start = strings.LastIndexByte(text[:start], '@') {
		if _, rest, ok := cutDecoder(text[start:]); ok {
			if n := strings.IndexByte(rest, '@'); n >= 0 {
				return start, len(text) - len(rest) + n
			}
		}
	}
	return -1, -1
}
