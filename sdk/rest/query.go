package rest

import (
	"net/url"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
)

// EncodeQuery encodes a query string as spec/cli.md 10.5 says: query is an
// object, an array of [name, value] pairs, or nil. An array as value repeats
// the name, null gives the bare name.
func EncodeQuery(query any) (string, error) {
	var pairs []string
	switch q := query.(type) {
	case nil:
	case *record.Object:
		return encodeForm(q), nil
	case []any:
		for _, item := range q {
			pair, ok := item.([]any)
			if !ok || len(pair) != 2 {
				return "", failure.Argumentf("Query must be array of arrays or 2 elements")
			}
			pairs = appendPairs(pairs, inspect.Plain(pair[0]), pair[1])
		}
	default:
		return "", failure.Argumentf("Query must be an extended value (Hash, Array) which can be encoded with "+
			"URI.encode_www_form. Refer to manual. (%s)", record.TypeName(query))
	}
	return strings.Join(pairs, "&"), nil
}

func encodeForm(fields *record.Object) string {
	if fields == nil {
		return ""
	}
	var pairs []string
	for name, value := range fields.All() {
		pairs = appendPairs(pairs, name, value)
	}
	return strings.Join(pairs, "&")
}

func appendPairs(pairs []string, name string, value any) []string {
	list, ok := value.([]any)
	if !ok {
		return append(pairs, encodePair(name, value))
	}
	// ["[]",1,2] is the way of 4.21 to say that the name takes brackets.
	if len(list) > 0 && list[0] == "[]" {
		name += "[]"
		list = list[1:]
	}
	for _, item := range list {
		pairs = append(pairs, encodePair(name, item))
	}
	return pairs
}

func encodePair(name string, value any) string {
	if value == nil {
		return formEscape(name)
	}
	if base, ok := strings.CutSuffix(name, "[]"); ok {
		return formEscape(base) + "[]=" + formEscape(inspect.Plain(value))
	}
	return formEscape(name) + "=" + formEscape(inspect.Plain(value))
}

// formEscape differs from [url.QueryEscape] in "*" and "~".
func formEscape(s string) string {
	return strings.NewReplacer("%2A", "*", "~", "%7E").Replace(url.QueryEscape(s))
}
