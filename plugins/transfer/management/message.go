// Package management speaks the protocol of ascp's management port, FASPMGR 2
// (spec/management.md): messages of text lines, events from ascp and commands
// to it on the same connection.
package management

import (
	"fmt"
	"strconv"
	"strings"
)

// Types of messages that the code speaks of (spec/management.md 4). Others
// exist and pass.
const (
	Init         = "INIT"
	Notification = "NOTIFICATION"
	Stats        = "STATS"
	Stop         = "STOP"
	FileError    = "FILEERROR"
	Done         = "DONE"
	Failed       = "ERROR"
	Cancel       = "CANCEL"
	Rate         = "RATE"
)

// Fields of messages that the code speaks of (spec/management.md 5).
const (
	FieldType             = "Type"
	FieldAdaptive         = "Adaptive"
	FieldCode             = "Code"
	FieldDescription      = "Description"
	FieldDestination      = "Destination"
	FieldFile             = "File"
	FieldMinRate          = "MinRate"
	FieldPreTransferBytes = "PreTransferBytes"
	FieldRate             = "Rate"
	FieldSessionID        = "SessionId"
	FieldSize             = "Size"
	FieldSource           = "Source"
	FieldStartByte        = "StartByte"
	FieldTransferBytes    = "TransferBytes"
)

const header = "FASPMGR 2"

// Field is one line of a message.
type Field struct {
	Name, Value string
}

// Message is an event or a command. Its fields keep their order; of two fields
// of the same name the last counts.
type Message []Field

// Get returns the value of a field and whether the message has it.
func (m Message) Get(name string) (string, bool) {
	for i := len(m) - 1; i >= 0; i-- {
		if m[i].Name == name {
			return m[i].Value, true
		}
	}
	return "", false
}

// Text returns the value of a field, "" when it is absent.
func (m Message) Text(name string) string {
	v, _ := m.Get(name)
	return v
}

// Type returns the type of the message, "" when it has none.
func (m Message) Type() string { return m.Text(FieldType) }

// Int returns the leading digits of a field as a number, 0 when there are none
// (spec/management.md 3). Digits beyond 63 bits give the largest number.
func (m Message) Int(name string) int64 {
	// ParseInt gives the nearest number when it is out of range.
	n, _ := strconv.ParseInt(leadingInteger(m.Text(name)), 10, 64)
	return n
}

// Append appends the message as it goes on the wire. A name or value with a
// line feed would end its line early and is an error.
func (m Message) Append(b []byte) ([]byte, error) {
	b = append(b, header+"\n"...)
	for _, f := range m {
		if f.Name == "" || strings.ContainsAny(f.Name, ":\r\n") || strings.ContainsAny(f.Value, "\r\n") {
			return nil, fmt.Errorf("mgt port: field %q cannot be sent: a name has no colon and nothing has a line feed", f.Name)
		}
		b = append(b, f.Name...)
		b = append(b, ": "...)
		b = append(b, f.Value...)
		b = append(b, '\n')
	}
	return append(b, '\n'), nil
}
