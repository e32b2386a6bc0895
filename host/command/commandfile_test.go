package command

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
)

func TestCommandFile(t *testing.T) {
	const rate = `{"type":"RATE","rate":300000,"min_rate":100}`
	for _, tt := range []struct{ name, text, want, err string }{
		{"a command", rate + "\n", rate, ""},
		{"no JSON", "zz", "", "a command is one JSON object"},
		{"no object", "[1]", "", "a command is one JSON object"},
		{"two objects", rate + rate, "", "a command is one JSON object"},
		{"a large file", strings.Repeat(" ", maxCommandFile) + rate, "", "is no file of at most 1048576 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "send_1")
			if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			var f commandFile
			command, err := f.take(path)
			if tt.want != "" && string(record.JSON(command)) != tt.want || tt.want == "" && command != nil {
				t.Errorf("got %s", record.JSON(command))
			}
			if tt.err == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("error is %v", err)
			}
			if _, err := os.Stat(path); !os.IsNotExist(err) {
				t.Errorf("the file is still there: %v", err)
			}
			if command, err := f.take(path); command != nil || err != nil {
				t.Errorf("again %s, %v", record.JSON(command), err)
			}
		})
	}
}

// TestCommandFileBeingWritten: an empty file may get its text yet.
func TestCommandFileBeingWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "send_1")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var f commandFile
	write("")
	if command, err := f.take(path); command != nil || err != nil {
		t.Fatalf("got %s, %v", record.JSON(command), err)
	}
	write(`{"type":"CANCEL"}`)
	if command, err := f.take(path); command.Text("type") != "CANCEL" || err != nil {
		t.Errorf("got %s, %v", record.JSON(command), err)
	}
	write("")
	if command, err := f.take(path); command != nil || err != nil {
		t.Fatalf("got %s, %v", record.JSON(command), err)
	}
	if command, err := f.take(path); command != nil || err == nil {
		t.Errorf("empty twice: got %s, %v", record.JSON(command), err)
	}
}

// TestCommandFileThatStays: it is not sent again and again, nor told.
func TestCommandFileThatStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "send_1")
	if err := os.MkdirAll(filepath.Join(path, "full"), 0o700); err != nil {
		t.Fatal(err)
	}
	var f commandFile
	if command, err := f.take(path); command != nil || err == nil {
		t.Errorf("got %s, %v", record.JSON(command), err)
	}
	if command, err := f.take(path); command != nil || err != nil {
		t.Errorf("again %s, %v", record.JSON(command), err)
	}
}
