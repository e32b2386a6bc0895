package output_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/host/output"
	"github.com/ascli-go/ascli/sdk/record"
)

// inPieces is the rows of a content result.
func inPieces(texts ...string) []string {
	rows := make([]string, len(texts))
	for i, text := range texts {
		rows[i] = string(record.JSON(base64.StdEncoding.EncodeToString([]byte(text))))
	}
	return rows
}

func TestContent(t *testing.T) {
	onTerminal := func(s *output.Settings) { s.Terminal = true }
	binary := "\x00\xff\x1b[2J\r\n\xe2\x82"
	play(t, []scene{
		{"bytes as they are", one(output.Content), nil, inPieces("a\n", binary), "a\n" + binary},
		{"also in csv", one(output.Content), format("csv"), inPieces(binary), binary},
		{"and as text", one(output.Content), format("text"), inPieces("a"), "a"},
		{"nothing", one(output.Content), nil, nil, ""},
		{"a String in json", one(output.Content), format("json"), inPieces("a\n", "b"), `"a\nb"` + "\n"},
		{"harmless on a terminal", one(output.Content), onTerminal, inPieces("a\x1b[2J"), `a\u001b[2J` + "\n"},
		{"a character in two pieces", one(output.Content), onTerminal, inPieces("1 \xe2", "\x82", "\xac\n"), "1 \u20ac\n"},
		{"a line of its own", one(output.Content), onTerminal, inPieces("a\n"), "a\n"},
		{"display=data", one(output.Content), func(s *output.Settings) { s.Display = "data" }, inPieces("a"), "a"},
		{"display=error", one(output.Content), func(s *output.Settings) { s.Display = "error" }, inPieces("a"), ""},
	})
}

func TestContentIsBase64(t *testing.T) {
	for _, row := range []string{`"%"`, `1`} {
		if _, err := show(settings(nil), one(output.Content), row); err == nil || !strings.Contains(err.Error(), "piece of content") {
			t.Errorf("%s: %v", row, err)
		}
	}
}
