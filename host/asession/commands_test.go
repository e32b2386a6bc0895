package asession

import (
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
)

func FuzzCommands(f *testing.F) {
	f.Add(`{"type":"RATE","rate":300000}` + "\n\n" + `{"type":"DONE"}`)
	f.Add("[]\n")
	f.Add("\xff{}\r\n{")
	f.Fuzz(func(t *testing.T, text string) {
		queue := make(chan *record.Object, strings.Count(text, "\n")+1)
		if err := (commands{in: strings.NewReader(text)}).read(t.Context(), queue); err == nil {
			t.Fatal("the end of the input is no end")
		}
		close(queue)
		for command := range queue {
			if command == nil {
				t.Fatalf("%q has a command that is none", text)
			}
		}
	})
}
