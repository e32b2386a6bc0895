package value

import (
	"compress/zlib"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/ascli-go/ascli/host/value/yaml11"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/lambda"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
)

// decode applies one decoder to what the decoders on its right gave.
func (v *evaluation) decode(ctx context.Context, name string, input any) (any, error) {
	if name == "s" {
		return inspect.Plain(input), nil
	}
	text, ok := input.(string)
	if !ok {
		return nil, failure.Otherf("TypeError", "decoder @%s: expects a String, not %s", name, TypeOf(input))
	}
	switch name {
	case "val":
		return text, nil
	case "base64":
		return decodeBase64(text), nil
	case "csvt":
		return v.decodeCSV(text)
	case "json":
		return decodeJSON(text)
	case "lines":
		return toList(text, "\n"), nil
	case "list":
		return decodeList(text)
	case "none":
		return nil, noText(name, text)
	case "re":
		return compileRegexp(text)
	case "yaml":
		return decodeYAML(text)
	case "zlib":
		return v.inflate(text)
	case "extend":
		return v.extend(ctx, text)
	case "expr":
		if v.wantsProc {
			return lambda.Compile(ctx, lambda.Expr, text)
		}
		return lambda.Evaluate(ctx, text)
	}
	return v.read(ctx, name, text)
}

// noText refuses text after a decoder that takes none.
func noText(name, text string) error {
	if text == "" {
		return nil
	}
	return failure.Otherf("RuntimeError", "no value allowed for extended value type: %s", name)
}

// decodeBase64 skips what is not of the alphabet and stops at the padding.
func decodeBase64(text string) string {
	digits := make([]byte, 0, len(text))
	for _, c := range []byte(text) {
		if c == '=' && len(digits)%4 >= 2 {
			break
		}
		if strings.IndexByte(base64Alphabet, c) >= 0 {
			digits = append(digits, c)
		}
	}
	if len(digits)%4 == 1 {
		digits = digits[:len(digits)-1]
	}
	// What is left is of the alphabet and of a possible length: no error.
	data, _ := base64.RawStdEncoding.DecodeString(string(digits))
	return string(data)
}

const base64Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

func toList(text, separator string) []any {
	items := strings.Split(text, separator)
	for len(items) > 0 && items[len(items)-1] == "" {
		items = items[:len(items)-1]
	}
	return record.Of(items).([]any)
}

func decodeList(text string) (any, error) {
	_, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return nil, failure.Otherf("ArgumentError", "decoder @list: expects a separator as first character: @list:,a,b")
	}
	return toList(text[size:], text[:size]), nil
}

func decodeJSON(text string) (any, error) {
	v, err := record.Parse([]byte(text))
	if err == nil {
		return v, nil
	}
	// The streaming parser does not tell the position, the whole-text one does.
	var syntax *json.SyntaxError
	if !errors.As(json.Unmarshal([]byte(text), new(json.RawMessage)), &syntax) {
		return nil, failure.Otherf("JSON::ParserError", "%w", err)
	}
	at := int(syntax.Offset) - 1
	if strings.HasPrefix(syntax.Error(), "unexpected end") {
		at = len(text)
	}
	return nil, failure.Otherf("JSON::ParserError", "%s", pointAt(text, at, syntax.Error()))
}

// pointAt adds to a message the position in text, 10 characters of the line on
// each side of it, and a "^" below (spec/cli.md 4.2, `@json:`).
func pointAt(text string, at int, message string) string {
	at = min(max(at, 0), len(text))
	start := 1 + strings.LastIndexByte(text[:at], '\n')
	line := 1 + strings.Count(text[:start], "\n")
	rest, _, _ := strings.Cut(text[at:], "\n")
	left, right := []rune(text[start:at]), []rune(rest)
	column := 1 + len(left)
	left, right = left[max(0, len(left)-10):], right[:min(10, len(right))]
	return fmt.Sprintf("%s at line %d column %d\n%s%s\n%s^",
		message, line, column, string(left), string(right), strings.Repeat(" ", len(left)))
}

func decodeYAML(text string) (any, error) {
	v, err := yaml11.Decode([]byte(text))
	var bad *yaml11.Error
	switch {
	case err == nil:
		return v, nil
	case !errors.As(err, &bad):
		return nil, err
	case bad.Problem == yaml11.Syntax:
		return nil, failure.Otherf(string(bad.Problem), "(<unknown>): %w", err)
	}
	return nil, failure.Otherf(string(bad.Problem), "%w", err)
}

// inflate wants a zlib header. Its messages are those of the zlib library.
func (v *evaluation) inflate(text string) (any, error) {
	stream, err := zlib.NewReader(strings.NewReader(text))
	var data []byte
	if err == nil {
		data, err = v.readAll(stream)
	}
	switch {
	case err == nil:
		return string(data), nil
	case errors.Is(err, zlib.ErrHeader):
		return nil, failure.Otherf("Zlib::DataError", "incorrect header check")
	case errors.Is(err, zlib.ErrChecksum):
		return nil, failure.Otherf("Zlib::DataError", "incorrect data check")
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return nil, failure.Otherf("Zlib::BufError", "buffer error: the compressed data is cut short")
	}
	return nil, failure.Otherf("Zlib::DataError", "%w", err)
}
