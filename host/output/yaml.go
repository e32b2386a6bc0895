package output

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/ascli-go/ascli/host/value/yaml11"
	"github.com/ascli-go/ascli/sdk/record"
)

// yamlDocument is a value as a YAML document, in the layout of spec/cli.md 6.4:
// a scalar or an empty container stands on the first line.
func yamlDocument(v any) (string, error) {
	text, err := yamlText(v)
	if err != nil {
		return "", err
	}
	switch v := v.(type) {
	case nil:
		return "---\n", nil
	case []any:
		if len(v) > 0 {
			return "---\n" + text, nil
		}
	case *record.Object:
		if v.Len() > 0 {
			return "---\n" + text, nil
		}
	}
	return "--- " + text, nil
}

// yamlItem is an item of a list at the top of a document.
func yamlItem(v any) (string, error) { return yamlText([]any{v}) }

func yamlText(v any) (string, error) {
	text, err := yaml.Dump(yamlNode(v), yaml.WithIndent(2), yaml.WithCompactSeqIndent(), yaml.WithLineWidth(-1))
	if err != nil {
		return "", fmt.Errorf("write result as yaml: %w", err)
	}
	return string(text), nil
}

func yamlNode(v any) *yaml.Node {
	switch v := v.(type) {
	case nil:
		// The empty text, not the word null.
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}
	case string:
		return yamlString(v)
	case []any:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		for _, x := range v {
			n.Content = append(n.Content, yamlNode(x))
		}
		return n
	case *record.Object:
		n := &yaml.Node{Kind: yaml.MappingNode}
		for key, x := range v.All() {
			n.Content = append(n.Content, yamlString(key), yamlNode(x))
		}
		return n
	case json.Number:
		// Without a tag, digits are written as they are.
		return &yaml.Node{Kind: yaml.ScalarNode, Value: v.String()}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Value: scalarText(v)}
}

// yamlString quotes a string as the original's YAML library does, so that
// readers of YAML 1.1 and 1.2 read a string.
func yamlString(s string) *yaml.Node {
	s = strings.ToValidUTF8(s, "\uFFFD")
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	switch {
	case s == "y" || s == "Y" || s == "n" || s == "N":
		n.Style = yaml.DoubleQuotedStyle
	case strings.Contains(s, "\n"):
		n.Style = yaml.LiteralStyle
	case yamlMarked(s) && !strings.Contains(s, `"`):
		n.Style = yaml.DoubleQuotedStyle
	case yamlTyped(s):
		n.Style = yaml.SingleQuotedStyle
	}
	return n
}

// yamlMarked finds strings that begin with neither letter, digit nor underscore.
func yamlMarked(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	return s != "" && !unicode.In(first, unicode.L, unicode.M, unicode.N, unicode.Pc)
}

// yamlTyped tells whether a string without quotes would read as another type.
func yamlTyped(s string) bool {
	plain := &yaml.Node{Kind: yaml.ScalarNode, Value: s}
	v, err := yaml11.Value(plain)
	return err != nil || v != s || plain.ShortTag() != "!!str"
}
