// Package management speaks the protocol of ascp's management port ("FASPMGR")
// as ascp does: it connects to the supervising program, sends events and takes
// commands (spec management.md sections 1 to 4).
package management

import (
	"strconv"
	"strings"
)

// Type is the kind of a message (spec management.md section 4).
type Type string

// The events that the stand-in sends and the commands that it obeys. STOP is
// both.
const (
	Init         Type = "INIT"
	Session      Type = "SESSION"
	Notification Type = "NOTIFICATION"
	Stats        Type = "STATS"
	Stop         Type = "STOP"
	Skip         Type = "SKIP"
	FileError    Type = "FILEERROR"
	ArgStop      Type = "ARGSTOP"
	Done         Type = "DONE"
	Error        Type = "ERROR"

	Rate   Type = "RATE"
	Start  Type = "START"
	Cancel Type = "CANCEL"
)

// Message is an event or a command. Fields has no "Type".
type Message struct {
	Type   Type
	Fields []Field
}

// Field is one line of a message (spec management.md section 5).
type Field struct{ Name, Value string }

// New starts a message.
func New(kind Type) *Message { return &Message{Type: kind} }

// Text adds a field and returns the message.
func (m *Message) Text(name, value string) *Message {
	m.Fields = append(m.Fields, Field{name, value})
	return m
}

// Int adds a number.
func (m *Message) Int(name string, value int64) *Message {
	return m.Text(name, strconv.FormatInt(value, 10))
}

// Get gives the value of a field; the last one wins, as in the original.
func (m *Message) Get(name string) (string, bool) {
	for i := len(m.Fields) - 1; i >= 0; i-- {
		if m.Fields[i].Name == name {
			return m.Fields[i].Value, true
		}
	}
	return "", false
}

// lineBreaks are what ascp writes for the characters that would break the
// framing (spec management.md section 2).
var lineBreaks = strings.NewReplacer("\x1b", "\x1b\x1b", "\n", "\x1bn", "\r", "\x1br")

// Encode gives the message in wire form.
func (m *Message) Encode() []byte { return m.appendTo(nil) }

// appendTo writes the message in wire form.
func (m *Message) appendTo(buffer []byte) []byte {
	buffer = append(buffer, header...)
	buffer = append(buffer, "\nType: "...)
	buffer = append(buffer, m.Type...)
	for _, field := range m.Fields {
		buffer = append(buffer, '\n')
		buffer = append(buffer, field.Name...)
		buffer = append(buffer, ": "...)
		buffer = append(buffer, lineBreaks.Replace(field.Value)...)
	}
	return append(buffer, "\n\n"...)
}
