package vault

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/ascli-go/ascli/host/value/yaml11"
	"github.com/ascli-go/ascli/sdk/record"
)

// keyStyle is how the names of fields stand in the text of a file.
type keyStyle int

const (
	// plainKeys: username.
	plainKeys keyStyle = iota
	// symbolKeys: :username. Without the colon, the original does not find the
	// field for @vault: (spec/plugins/config.md 6.2).
	symbolKeys
)

// emptyVault is the text without entries.
const emptyVault = "--- {}\n"

// errContent does not tell what is wrong: the text would hold secrets.
var errContent = errors.New("the decrypted content is not a YAML mapping of labels to fields")

// parseEntries reads the decrypted text of a file, in either style.
func parseEntries(text []byte) ([]Entry, error) {
	value, err := yaml11.Decode(text)
	if err != nil {
		return nil, errContent
	}
	labels, ok := value.(*record.Object)
	if !ok {
		return nil, errContent
	}
	entries := make([]Entry, 0, labels.Len())
	for label, value := range labels.All() {
		fields, ok := value.(*record.Object)
		if !ok {
			return nil, errContent
		}
		entries = append(entries, entryOf(label, fields))
	}
	return entries, nil
}

// renderEntries writes the text of a file. It makes sure that the text reads
// back as the same entries before a file with secrets is replaced by it.
func renderEntries(entries []Entry, style keyStyle) ([]byte, error) {
	if len(entries) == 0 {
		return []byte(emptyVault), nil
	}
	labels := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, entry := range entries {
		label, err := valueNode(entry.Label)
		if err != nil {
			return nil, err
		}
		fields, err := fieldsNode(entry.secrets(), style)
		if err != nil {
			return nil, err
		}
		labels.Content = append(labels.Content, label, fields)
	}
	document := &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{labels}}
	text, err := yaml.Dump(document, yaml.WithExplicitStart(), yaml.WithIndent(2), yaml.WithLineWidth(-1))
	if err != nil {
		return nil, errors.New("the entries cannot be written as YAML")
	}
	if read, err := parseEntries(text); err != nil || !sameEntries(read, entries) {
		return nil, errors.New("the entries do not read back from YAML as they are: check for control characters")
	}
	return text, nil
}

func fieldsNode(fields *record.Object, style keyStyle) (*yaml.Node, error) {
	mapping := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for name, value := range fields.All() {
		content, err := valueNode(value)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", name, err)
		}
		mapping.Content = append(mapping.Content, nameNode(name, style), content)
	}
	return mapping, nil
}

func nameNode(name string, style keyStyle) *yaml.Node {
	node := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name, Style: yaml.DoubleQuotedStyle}
	if style == symbolKeys && isWord(name) {
		node.Value, node.Style = ":"+name, 0
	}
	return node
}

// isWord tells whether a symbol of that name needs no quotes.
func isWord(name string) bool {
	other := func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') }
	return name != "" && strings.IndexFunc(name, other) < 0
}

// valueNode quotes every text: to the original an unquoted one may be a
// symbol, a number or a date.
func valueNode(value any) (*yaml.Node, error) {
	node := &yaml.Node{}
	if _, err := yaml11.Assign(node, value); err != nil {
		return nil, err
	}
	if node.Kind == yaml.ScalarNode && node.Tag == "!!str" {
		node.Style = yaml.DoubleQuotedStyle
	}
	return node, nil
}

func sameEntries(a, b []Entry) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !record.Equal(a[i].Object(), b[i].Object()) {
			return false
		}
	}
	return true
}
