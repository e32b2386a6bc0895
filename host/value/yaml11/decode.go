// Package yaml11 converts between YAML 1.1 text and record values by the rules
// of spec/cli.md 4.2 (`@yaml:`): yes and on are booleans, 012 is octal,
// 12:30:00 a number of seconds, :name a text; dates and aliases are refused.
// The configuration file follows the same rules (spec/cli.md 5.2).
//
// It stands on go.yaml.in/yaml/v4 rather than v3 because only v4 tells the
// column of a syntax error.
package yaml11

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
)

// Decode returns the value of the first document of data; null when there is
// none. Of duplicate keys the last value wins. The error is an [*Error].
func Decode(data []byte) (any, error) {
	document, _, err := parse(data)
	if err != nil {
		return nil, err
	}
	return Value(document)
}

// Parse returns the node tree of the only document of data, comments
// included. Empty text gives a document whose value is null; more than one
// document is a syntax error. The error is an [*Error].
func Parse(data []byte) (*yaml.Node, error) {
	document, loader, err := parse(data)
	if err != nil {
		return nil, err
	}
	var second yaml.Node
	switch err := loader.Load(&second); {
	case errors.Is(err, io.EOF):
		return document, nil
	case err != nil:
		return nil, fromParser(err, data)
	}
	return nil, refuse(&second, Syntax, "expecting a single YAML document, another one starts")
}

func parse(data []byte) (*yaml.Node, *yaml.Loader, error) {
	loader, err := yaml.NewLoader(bytes.NewReader(data), yaml.WithUniqueKeys(false))
	if err != nil {
		return nil, nil, fmt.Errorf("YAML loader: %w", err)
	}
	document := &yaml.Node{}
	err = loader.Load(document)
	if errors.Is(err, io.EOF) {
		return newDocument(), loader, nil
	}
	if err != nil {
		return nil, nil, fromParser(err, data)
	}
	return document, loader, nil
}

func newDocument() *yaml.Node {
	return &yaml.Node{Kind: yaml.DocumentNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Tag: "!!null"}}}
}

// Value returns the record value of a node. The error is an [*Error].
func Value(node *yaml.Node) (any, error) {
	switch node.Kind {
	case yaml.DocumentNode:
		if len(node.Content) == 0 {
			return nil, nil
		}
		return Value(node.Content[0])
	case yaml.MappingNode:
		return mappingValue(node)
	case yaml.SequenceNode:
		list := make([]any, 0, len(node.Content))
		for _, item := range node.Content {
			v, err := Value(item)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case yaml.ScalarNode:
		return scalarValue(node)
	case yaml.AliasNode:
		return nil, refuse(node, Alias, "Unknown alias: %s", node.Value)
	}
	return nil, refuse(node, Syntax, "unknown sort of YAML node")
}

func mappingValue(node *yaml.Node) (any, error) {
	object := record.New()
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, err := keyText(node.Content[i])
		if err != nil {
			return nil, err
		}
		v, err := Value(node.Content[i+1])
		if err != nil {
			return nil, err
		}
		if !isMerge(node.Content[i]) || !merge(object, v) {
			object.Set(key, v)
		}
	}
	return object, nil
}

// isMerge tells whether a key is the merge key of YAML 1.1.
func isMerge(key *yaml.Node) bool {
	return key.Kind == yaml.ScalarNode && key.Value == "<<" && isPlain(key)
}

// merge adds the keys of a mapping, or of a list of mappings of which the
// first wins. It returns false for any other value.
func merge(into *record.Object, v any) bool {
	switch v := v.(type) {
	case *record.Object:
		for k, x := range v.All() {
			into.Set(k, x)
		}
		return true
	case []any:
		for _, item := range v {
			if _, ok := item.(*record.Object); !ok {
				return false
			}
		}
		for i := len(v) - 1; i >= 0; i-- {
			merge(into, v[i])
		}
		return true
	}
	return false
}

// keyText is the text that a key has in JSON: null is "", true is "true".
func keyText(node *yaml.Node) (string, error) {
	v, err := Value(node)
	if err != nil {
		return "", err
	}
	return inspect.Plain(v), nil
}

// isPlain tells whether a scalar stands without quotes.
func isPlain(node *yaml.Node) bool {
	return node.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
}

// unspecifiedClass is the message about a type that a record cannot hold
// (spec/cli.md 4.2, `@yaml:`).
const unspecifiedClass = "Tried to load unspecified class: %v"

func scalarValue(node *yaml.Node) (any, error) {
	switch {
	case isBinary(node):
		return decodeBinary(node)
	case node.Style&yaml.TaggedStyle != 0:
		return taggedValue(node)
	case !isPlain(node):
		return node.Value, nil
	}
	v, err := resolve(node.Value)
	if err != nil {
		return nil, refuse(node, Class, unspecifiedClass, err)
	}
	return v, nil
}

// taggedValue reads a scalar with an explicit tag. Tags other than those of
// YAML itself name objects of a program, which nothing here can make.
func taggedValue(node *yaml.Node) (any, error) {
	switch tag := node.ShortTag(); {
	case tag == "!!str" || tag == "!str":
		return node.Value, nil
	case tag == "!!null" && node.Value == "":
		return nil, nil
	case strings.HasPrefix(tag, "!!"):
		v, err := resolve(node.Value)
		if err != nil {
			return nil, refuse(node, Class, unspecifiedClass, err)
		}
		return v, nil
	case strings.HasPrefix(tag, "!ruby/sym"):
		return node.Value, nil
	default:
		return nil, refuse(node, Class, unspecifiedClass, tag)
	}
}

func isBinary(node *yaml.Node) bool {
	return node.ShortTag() == binaryTag || node.Tag == "!binary"
}

const binaryTag = "!!binary"

func decodeBinary(node *yaml.Node) (any, error) {
	text := strings.Join(strings.Fields(node.Value), "")
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, refuse(node, Syntax, "invalid base64 of !binary: %v", err)
	}
	return string(data), nil
}
