package yaml11

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/ascli-go/ascli/host/value/number"
	"github.com/ascli-go/ascli/sdk/record"
)

// Encode writes a document in the layout of the original's files: a first line
// "---", two blanks of indent, lists at the indent of their key. What it
// returns reads back as the same value; comments are given up rather than that.
func Encode(document *yaml.Node) ([]byte, error) {
	want, err := Value(document)
	if err != nil {
		return nil, err
	}
	text, err := dump(document, want)
	if err == nil {
		return text, nil
	}
	bare, err := newNode(want)
	if err != nil {
		return nil, err
	}
	return dump(bare, want)
}

func dump(node *yaml.Node, want any) ([]byte, error) {
	text, err := yaml.Dump(node, yaml.WithExplicitStart(), yaml.WithIndent(2),
		yaml.WithCompactSeqIndent(), yaml.WithLineWidth(-1))
	if err != nil {
		return nil, fmt.Errorf("writing YAML: %w", err)
	}
	document, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("reading back the YAML written: %w", err)
	}
	if got, err := Value(document); err != nil || !record.Equal(got, want) {
		return nil, errors.New("the YAML written does not read back as the same value")
	}
	return text, nil
}

// Assign makes a node hold value and tells whether that changed it. Mappings
// keep the nodes of the keys whose value stays, with their comments, quotes
// and layout; keys get the order of value.
func Assign(node *yaml.Node, value any) (changed bool, err error) {
	if node.Kind == yaml.DocumentNode && len(node.Content) > 0 {
		return Assign(node.Content[0], value)
	}
	if old, err := Value(node); err == nil && record.Equal(old, value) {
		return false, nil
	}
	if object, ok := value.(*record.Object); ok && node.Kind == yaml.MappingNode {
		return true, assignKeys(node, object)
	}
	fresh, err := newNode(value)
	if err != nil {
		return false, err
	}
	fresh.HeadComment, fresh.LineComment, fresh.FootComment = node.HeadComment, node.LineComment, node.FootComment
	*node = *fresh
	return true, nil
}

func assignKeys(mapping *yaml.Node, object *record.Object) error {
	if len(mapping.Content) == 0 {
		// An empty mapping is written {}, which says nothing about how its owner
		// likes others.
		mapping.Style &^= yaml.FlowStyle
	}
	keys, values := map[string]*yaml.Node{}, map[string]*yaml.Node{}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		key := mapping.Content[i]
		if text, err := keyText(key); err == nil && !isMerge(key) {
			keys[text], values[text] = key, mapping.Content[i+1]
		}
	}
	content := make([]*yaml.Node, 0, 2*object.Len())
	for text, v := range object.All() {
		if keys[text] == nil {
			keys[text], values[text] = newString(text), &yaml.Node{}
		}
		if _, err := Assign(values[text], v); err != nil {
			return fmt.Errorf("%s: %w", text, err)
		}
		content = append(content, keys[text], values[text])
	}
	mapping.Content = content
	return nil
}

func newNode(value any) (*yaml.Node, error) {
	switch v := value.(type) {
	case nil:
		return newScalar("!!null", "null"), nil
	case bool:
		return newScalar("!!bool", fmt.Sprint(v)), nil
	case json.Number:
		return newNumber(v)
	case string:
		return newString(v), nil
	case []any:
		list := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for _, item := range v {
			node, err := newNode(item)
			if err != nil {
				return nil, err
			}
			list.Content = append(list.Content, node)
		}
		return list, nil
	case *record.Object:
		mapping := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		return mapping, assignKeys(mapping, v)
	}
	return nil, fmt.Errorf("%T cannot be written as YAML", value)
}

func newScalar(tag, text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: text}
}

// newNumber writes 1e3 as 1000.0: the former is a text in YAML 1.1.
func newNumber(n json.Number) (*yaml.Node, error) {
	if i, ok := number.ParseInteger(n.String()); ok {
		return newScalar("!!int", i.String()), nil
	}
	f, err := n.Float64()
	if err != nil || math.IsInf(f, 0) {
		return nil, fmt.Errorf("number %s is out of range for YAML", n)
	}
	return newScalar("!!float", number.FormatFloat(f).String()), nil
}

// newString quotes what a YAML 1.1 reader would take for another type.
func newString(text string) *yaml.Node {
	if !utf8.ValidString(text) {
		node := newScalar(binaryTag, base64.StdEncoding.EncodeToString([]byte(text)))
		node.Style = yaml.TaggedStyle
		return node
	}
	node := newScalar("!!str", text)
	if looksTyped(text) {
		node.Style = yaml.SingleQuotedStyle
	} else if strings.Contains(text, "\n") {
		node.Style = yaml.LiteralStyle
	}
	return node
}

func looksTyped(text string) bool {
	switch text {
	case "y", "Y", "n", "N", "=", "<<":
		return true
	}
	v, err := resolve(text)
	return err != nil || v != text
}

// Text reads and writes YAML text as a whole, for programs that users write.
type Text struct{}

// Marshal writes a document that begins with "---".
func (Text) Marshal(value any) ([]byte, error) {
	node, err := newNode(value)
	if err != nil {
		return nil, err
	}
	return Encode(&yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{node}})
}

// Unmarshal reads a document.
func (Text) Unmarshal(text []byte) (any, error) { return Decode(text) }
