package value

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/ascli-go/ascli/host/value/number"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// maxIndex bounds the arrays that a dot path may make.
const maxIndex = 9999

// Insert stores a value at a dot path, e.g. "a.b.0", of a container and
// returns the container. Missing containers are made on the way: an array for
// a segment that is an integer, else an object; missing cells of an array are
// null (spec/cli.md 1.9). A nil container becomes the first of these. The
// containers are changed in place, arrays may be replaced.
func Insert(container any, path string, v any) (any, error) {
	segments := strings.Split(strings.TrimRight(path, "."), ".")
	if segments[0] == "" && len(segments) == 1 {
		return nil, failure.Argumentf("Missing path in front of the value: expecting <name>.<name>=<value>")
	}
	return insert(container, segments, v)
}

func insert(container any, segments []string, v any) (any, error) {
	if len(segments) == 0 {
		return v, nil
	}
	segment, rest := segments[0], segments[1:]
	index, isIndex := number.ParseInteger(segment)
	switch c := container.(type) {
	case nil:
		if isIndex {
			return insertItem(nil, index, rest, v)
		}
		return insertKey(record.New(), segment, rest, v)
	case []any:
		if !isIndex {
			return nil, failure.Argumentf("Using String index when Integer index used previously")
		}
		return insertItem(c, index, rest, v)
	case *record.Object:
		if isIndex {
			segment = index.String()
		}
		return insertKey(c, segment, rest, v)
	}
	return nil, failure.Argumentf("cannot use index %s: expecting Hash or Array, but have %s", segment, TypeOf(container))
}

func insertKey(object *record.Object, key string, rest []string, v any) (any, error) {
	old, _ := object.Get(key)
	inner, err := insert(old, rest, v)
	if err != nil {
		return nil, err
	}
	object.Set(key, inner)
	return object, nil
}

func insertItem(list []any, index json.Number, rest []string, v any) (any, error) {
	i, err := strconv.Atoi(index.String())
	if err != nil || i < 0 || i > maxIndex {
		return nil, failure.Argumentf("index %s is out of range: expecting 0 to %d", index, maxIndex)
	}
	for len(list) <= i {
		list = append(list, nil)
	}
	inner, err := insert(list[i], rest, v)
	if err != nil {
		return nil, err
	}
	list[i] = inner
	return list, nil
}

// EvaluateDotted converts the value of a dotted option: true and false, whole
// numbers and floats become what they look like, the rest is an extended value
// (spec/cli.md 1.9).
func (e *Evaluator) EvaluateDotted(ctx context.Context, text string) (any, error) {
	switch text {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	if n, ok := number.ParseInteger(text); ok {
		return n, nil
	}
	if n, ok := number.ParseFloat(text); ok {
		return n, nil
	}
	return e.Evaluate(ctx, text)
}

// CollectMarker tells whether a positional argument is "@:", which collects
// the words after it, and returns the word that ends them: "END", or what
// stands behind the colon.
func CollectMarker(text string) (end string, ok bool) {
	end, ok = strings.CutPrefix(text, "@:")
	if ok && end == "" {
		end = "END"
	}
	return end, ok
}

// Collect makes an object or array of the words "path=value" up to the word
// end, which is dropped, and returns it with the words that remain (spec/cli.md
// 1.9). target says what the value is for, e.g. "argument: value".
func (e *Evaluator) Collect(ctx context.Context, target, end string, words []string) (v any, rest []string, err error) {
	defer func() {
		if err != nil {
			err = prefixed(fmt.Sprintf("Evaluation of  for %s: ", target), err)
		}
	}()
	if len(words) == 0 {
		return nil, nil, failure.Argumentf("Missing argument: args")
	}
	for len(words) > 0 {
		word := words[0]
		words = words[1:]
		if word == end {
			break
		}
		if v, err = e.collectWord(ctx, v, word); err != nil {
			return nil, nil, err
		}
	}
	if v == nil {
		v = record.New()
	}
	return v, words, nil
}

func (e *Evaluator) collectWord(ctx context.Context, container any, word string) (any, error) {
	path, text, ok := strings.Cut(word, "=")
	if !ok {
		return nil, failure.Argumentf("Positional argument: %s does not include =", word)
	}
	v, err := e.EvaluateDotted(ctx, text)
	if err != nil {
		return nil, err
	}
	return Insert(container, path, v)
}

// prefixed puts a text in front of the message of an error, which becomes one
// about an argument.
func prefixed(text string, err error) error {
	e := &failure.Error{Label: failure.Argument, Message: text + err.Error(), Cause: err}
	if inner := failure.As(err); inner != nil {
		e.Hints = inner.Hints
	}
	return e
}
