package management_test

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sandbox/ascp/management"
)

func TestRead(t *testing.T) {
	tests := []struct {
		name   string
		input  string
		want   string // type and fields of the messages read
		syntax bool
	}{
		{"one command", "FASPMGR 2\nType: RATE\nRate: 300000\nMinRate: 100\n\n", "RATE Rate=300000 MinRate=100", false},
		{"two commands", "FASPMGR 2\nType: NOP\n\nFASPMGR 2\nType: CANCEL\n\n", "NOP;CANCEL", false},
		{"CRLF", "FASPMGR 2\r\nType: CANCEL\r\n\r\n", "CANCEL", false},
		{"value with colons", "FASPMGR 2\nType: START\nSource: C:/a: b\n\n", "START Source=C:/a: b", false},
		{"no space after the colon", "FASPMGR 2\nType:DONE\nOperation:\n\n", "DONE Operation=", false},
		{"line breaks in a name", "FASPMGR 2\nType: START\nSource: a\x1bnb\x1brc\x1b\x1bd\x1bx\x1b\n\n", "START Source=a\nb\rc\x1bd\x1bx\x1b", false},
		{"a new header drops the message in progress", "FASPMGR 2\nType: A\nFASPMGR 2\nType: B\n\n", "B", false},
		{"unfinished message", "FASPMGR 2\nType: CANCEL\n", "", false},
		{"data without header", "Type: CANCEL\n\n", "", true},
		{"end without header", "\n", "", true},
		{"not a field", "FASPMGR 2\nhello\n\n", "", true},
		{"line too long", "FASPMGR 2\nType: " + strings.Repeat("x", 1<<20) + "\n\n", "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			reader := management.NewReader(strings.NewReader(tt.input))
			var got []string
			var err error
			for {
				var message *management.Message
				if message, err = reader.Read(); err != nil {
					break
				}
				got = append(got, describe(message))
			}
			if joined := strings.Join(got, ";"); joined != tt.want {
				t.Errorf("got %q, want %q", joined, tt.want)
			}
			if errors.Is(err, management.ErrSyntax) != tt.syntax || (!tt.syntax && !errors.Is(err, io.EOF)) {
				t.Errorf("ended with %v", err)
			}
		})
	}
}

func TestPortSendsWhatReadersUnderstand(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, number, _ := net.SplitHostPort(listener.Addr().String())
	port, err := management.Connect(context.Background(), number)
	if err != nil {
		t.Fatal(err)
	}
	defer port.Close()
	supervisor, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer supervisor.Close()
	event := management.New(management.Stats).Text("File", "a\nb\x1bc").Int("Written", 12)
	if wire, want := string(event.Encode()), "FASPMGR 2\nType: STATS\nFile: a\x1bnb\x1b\x1bc\nWritten: 12\n\n"; wire != want {
		t.Errorf("on the wire: %q, want %q", wire, want)
	}
	if err := port.Send(event); err != nil {
		t.Fatal(err)
	}
	message, err := management.NewReader(supervisor).Read()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := describe(message), "STATS File=a\nb\x1bc Written=12"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestConnectRefusesOtherHosts(t *testing.T) {
	if port, err := management.Connect(context.Background(), "192.0.2.1:9"); err == nil {
		port.Close()
		t.Fatal("connected to another computer")
	}
}

// FuzzReader checks that the reader ends on any input, and that a message that
// was read has a place in the stream.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		"FASPMGR 2\nType: RATE\nRate: 1\n\n", "FASPMGR 2\n\n", "\n", "Type: x", "FASPMGR 2\nType: a\nFASPMGR 2\n\n", ": \n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, input string) {
		reader := management.NewReader(strings.NewReader(input))
		for read := 0; ; read++ {
			message, err := reader.Read()
			if err != nil {
				return
			}
			if message == nil || read > strings.Count(input, "FASPMGR 2") {
				t.Fatalf("message %d of %q", read, input)
			}
		}
	})
}

func describe(message *management.Message) string {
	text := string(message.Type)
	for _, field := range message.Fields {
		text += " " + field.Name + "=" + field.Value
	}
	return text
}
