package contract

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	faults "github.com/pb33f/libopenapi-validator/errors"
)

// Side tells who broke the contract.
type Side string

const (
	Request Side = "request"
	Answer  Side = "answer"
)

// undocumented is the rule of requests that the document does not list at all.
const undocumented = "undocumented"

// Violation is one breach of the contract.
type Violation struct {
	Side   Side
	Method string
	// Path is that of the document, or that of the request if the document has none.
	Path string
	// Rule says what is broken, in few words that do not depend on the data:
	// "query include[] undeclared", "body.items[].id type", "status 401".
	Rule string
	// Line is the first line of the request, without secrets.
	Line string
	// Detail is what the validator says; Value what was found, without secrets.
	Detail, Value string
}

func (v Violation) String() string {
	text := fmt.Sprintf("%s of %s\n  against:  %s %s: %s\n  because:  %s", v.Side, v.Line, v.Method, v.Path, v.Rule, v.Detail)
	if v.Value != "" {
		text += "\n  found:    " + v.Value
	}
	return text
}

// inMessage finds where in the body an undeclared property is: the validator
// says that in its message only.
var inMessage = regexp.MustCompile(`at '\$\.(body[^']*)'`)

// index is the position in an array of a path: no part of a rule.
var index = regexp.MustCompile(`\[\d+\]`)

// rulesOf returns the rule that is broken, and the place in the body if it is
// there. A fault of a schema breaks several.
func rulesOf(fault *faults.ValidationError) (rules, places []string) {
	add := func(rule, place string) {
		rules = append(rules, index.ReplaceAllString(rule, "[]"))
		places = append(places, place)
	}
	if at := inMessage.FindStringSubmatch(fault.Message); at != nil {
		add(at[1]+" undeclared", at[1])
		return rules, places
	}
	switch {
	case fault.ValidationType == "strict":
		kind := strings.TrimSuffix(strings.TrimPrefix(fault.ValidationSubType, "undeclared-"), "-param")
		add(kind+" "+fault.ParameterName+" undeclared", "")
	case fault.ParameterName != "":
		add(fault.ValidationSubType+" "+fault.ParameterName, "")
	case len(fault.SchemaValidationErrors) > 0:
		for _, s := range fault.SchemaValidationErrors {
			place := "body" + strings.TrimPrefix(s.FieldPath, "$")
			keyword := s.KeywordLocation[strings.LastIndex(s.KeywordLocation, "/")+1:]
			add(strings.TrimSpace(place+" "+keyword), place)
		}
	default:
		add(strings.TrimSpace(fault.ValidationType+" "+fault.ValidationSubType), "")
	}
	return rules, places
}

// secret names what is not shown.
var secret = regexp.MustCompile(`(?i)secret|password|passphrase|token|cookie|key|authorization|contents`)

// valueAt shows the value at a place of a JSON body, such as body.items[0].id.
func valueAt(body []byte, place string) string {
	var value any
	if place == "" || json.Unmarshal(body, &value) != nil {
		return ""
	}
	if secret.MatchString(place) {
		return "(not shown)"
	}
	for step := range strings.FieldsFuncSeq(strings.TrimPrefix(place, "body"), func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		switch holder := value.(type) {
		case map[string]any:
			value = holder[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(holder) {
				return ""
			}
			value = holder[i]
		}
	}
	text, err := json.Marshal(hidden(value))
	if err != nil {
		return ""
	}
	const most = 200
	if len(text) > most {
		return string(text[:most]) + "..."
	}
	return string(text)
}

// hidden is a JSON value without its secrets.
func hidden(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			if v[name] = hidden(inner); secret.MatchString(name) {
				v[name] = "(not shown)"
			}
		}
	case []any:
		for i := range v {
			v[i] = hidden(v[i])
		}
	}
	return value
}
