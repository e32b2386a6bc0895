package management

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// upload is the sequence of spec/management.md 6.1, shortened.
const upload = `FASPMGR 2
Type: INIT
Direction: Send
Operation: Transfer
SessionId: f8fdea60-e416-4a17-a488-9abe093290a9
UserStr: job1

FASPMGR 2
Type: NOTIFICATION
PreTransferBytes: 1536000
PreTransferFiles: 2

FASPMGR 2
Type: STATS
File: /data/a: b.bin
StartByte: 0
TransferBytes: 262144

FASPMGR 2
Type: DONE
TransferBytes: 1536000

`

func readAll(r io.Reader) ([]Message, error) {
	reader := NewReader(r)
	var all []Message
	for {
		m, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return all, err
		}
		all = append(all, m)
	}
}

func TestReadSequence(t *testing.T) {
	all, err := readAll(iotest.OneByteReader(strings.NewReader(upload)))
	if err != nil {
		t.Fatal(err)
	}
	var types []string
	for _, m := range all {
		types = append(types, m.Type())
	}
	if got := strings.Join(types, " "); got != "INIT NOTIFICATION STATS DONE" {
		t.Fatalf("types are %s", got)
	}
	if got := all[0].Text(FieldSessionID); got != "f8fdea60-e416-4a17-a488-9abe093290a9" {
		t.Errorf("session is %q", got)
	}
	if got := all[2].Text(FieldFile); got != "/data/a: b.bin" {
		t.Errorf("file is %q", got)
	}
	if got := all[3].Int(FieldTransferBytes); got != 1536000 {
		t.Errorf("bytes are %d", got)
	}
}

func TestReadLine(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     []Message
		err      string
	}{
		{"unknown type passes", "FASPMGR 2\nType: NEWTYPE\nNew: x\n\n", []Message{{{"Type", "NEWTYPE"}, {"New", "x"}}}, ""},
		{"carriage returns", "FASPMGR 2\r\nType: NOP\r\n\r\n", []Message{{{"Type", "NOP"}}}, ""},
		{"no blank after the colon", "FASPMGR 2\nDescription:\nA:b\n\n", []Message{{{"Description", ""}, {"A", "b"}}}, ""},
		{"a header drops the message in progress", "FASPMGR 2\nType: A\nFASPMGR 2\nType: B\n\n", []Message{{{"Type", "B"}}}, ""},
		{"cut in the middle", "FASPMGR 2\nType: A\n\nFASPMGR 2\nType: B\n", []Message{{{"Type", "A"}}}, ""},
		{"not a line", "FASPMGR 2\nhello\n", nil, `mgt port: unexpected value: "hello"`},
		{"data without header", "Type: INIT\n", nil, "mgt port: unexpected line: data without header"},
		{"end without header", "\n", nil, "mgt port: unexpected line: end frame without header"},
		{"endless line", "FASPMGR 2\nA: " + strings.Repeat("x", maxLine), nil, "mgt port: line longer than 1048576 bytes"},
		{"endless message", "FASPMGR 2\n" + strings.Repeat("A: "+strings.Repeat("x", 1<<19)+"\n", 9), nil, "mgt port: message longer than 4194304 bytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := readAll(strings.NewReader(tt.in))
			if tt.err == "" != (err == nil) || err != nil && err.Error() != tt.err {
				t.Fatalf("error is %v", err)
			}
			if len(got) != len(tt.want) {
				t.Fatalf("got %v", got)
			}
			for i := range got {
				for j := range got[i] {
					if got[i][j] != tt.want[i][j] {
						t.Errorf("got %v, want %v", got[i], tt.want[i])
					}
				}
			}
		})
	}
}

func TestLastFieldWins(t *testing.T) {
	m := Message{{"Code", "1"}, {"Code", "2"}}
	if got := m.Int(FieldCode); got != 2 {
		t.Errorf("got %d", got)
	}
}

func TestInt(t *testing.T) {
	for text, want := range map[string]int64{
		"12": 12, "12kB": 12, "": 0, "x": 0, "-3": -3, "-": 0, "99999999999999999999": 1<<63 - 1,
	} {
		if got := (Message{{"N", text}}).Int("N"); got != want {
			t.Errorf("%q gives %d, want %d", text, got, want)
		}
	}
}

func TestAppend(t *testing.T) {
	got, err := Message{{"Type", "RATE"}, {"Rate", "300000"}, {"MinRate", "100"}}.Append(nil)
	if err != nil || string(got) != "FASPMGR 2\nType: RATE\nRate: 300000\nMinRate: 100\n\n" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := (Message{{"Source", "a\nType: CANCEL"}}).Append(nil); err == nil {
		t.Error("a value with a line feed was accepted: it could bring a message of its own")
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte(upload))
	f.Add([]byte("FASPMGR 2\nhello\n"))
	f.Add([]byte("FASPMGR 2\r\nA:\r\n\r\n\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := readAll(strings.NewReader(string(data)))
		var protocol *ProtocolError
		if err != nil && !errors.As(err, &protocol) {
			t.Fatalf("reading memory cannot fail: %v", err)
		}
		// What was read can be written, and reads the same.
		for _, m := range all {
			wire, err := m.Append(nil)
			if err != nil {
				continue
			}
			again, err := NewReader(strings.NewReader(string(wire))).Next()
			if err != nil || len(again) != len(m) {
				t.Fatalf("%v became %v, %v", m, again, err)
			}
			for i := range m {
				if again[i] != m[i] {
					t.Fatalf("%v became %v", m[i], again[i])
				}
			}
		}
	})
}
