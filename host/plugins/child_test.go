package plugins

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestLastWords(t *testing.T) {
	trace := "panic: boom\n\ngoroutine 7 [running]:\nmain.run()\n"
	for i := range 200 {
		trace += fmt.Sprintf("frame %d\n", i)
	}
	for _, test := range []struct{ name, stderr, want string }{
		{"none", "", ""},
		{"one line", "gone\n", "\ngone"},
		{"the last lines", strings.Repeat("old\n", 50) + strings.Repeat("new\n", stderrLines), strings.Repeat("\nnew", stderrLines)},
		{"a panic with a long trace", "before\n" + trace, "\npanic: boom\ngoroutine 7 [running]:\nmain.run()"},
		{"no log records", `{"@level":"info","@message":"hello"}` + "\nwords\n", "\nwords"},
		{"JSON that is no record", `{"a":1}` + "\n", "\n" + `{"a":1}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			var log bytes.Buffer
			c := &child{log: slog.New(slog.NewTextHandler(&log, nil))}
			// However the lines are cut.
			for rest := test.stderr; rest != ""; {
				n := min(7, len(rest))
				if _, err := c.Write([]byte(rest[:n])); err != nil {
					t.Fatal(err)
				}
				rest = rest[n:]
			}
			if got := c.lastWords(); got != test.want {
				t.Errorf("last words %q\nwant %q", got, test.want)
			}
			if logged := strings.Contains(log.String(), "msg=hello"); logged != strings.Contains(test.stderr, "@message") {
				t.Errorf("log: %s", log.String())
			}
		})
	}
}

func TestMismatchSaysWhatToUpgrade(t *testing.T) {
	for _, test := range []struct {
		theirs []uint32
		want   string
	}{
		{[]uint32{99}, "plugin a speaks protocol version 99, ascli speaks 1: upgrade ascli"},
		{[]uint32{0}, "plugin a speaks protocol version 0, ascli speaks 1: upgrade plugin a"},
		{nil, "plugin a speaks protocol version none, ascli speaks 1: upgrade plugin a"},
	} {
		if got := mismatch("a", test.theirs).Error(); got != test.want {
			t.Errorf("%v: %s\nwant %s", test.theirs, got, test.want)
		}
	}
}

// FuzzStderr: whatever a plugin writes, little of it is kept.
func FuzzStderr(f *testing.F) {
	f.Add([]byte("{\"@level\":\"warn\",\"@message\":\"m\",\"k\":1}\nwords\n"), 3)
	f.Add([]byte("panic: x\n\ngoroutine 1\n{\n"), 1)
	f.Add([]byte{0xff, '\n', 0}, 2)
	f.Fuzz(func(t *testing.T, stderr []byte, cut int) {
		c := &child{log: slog.New(slog.DiscardHandler)}
		cut = max(0, min(cut, len(stderr)))
		for _, part := range [][]byte{stderr[:cut], stderr[cut:]} {
			if n, err := c.Write(part); n != len(part) || err != nil {
				t.Fatalf("wrote %d of %d bytes: %v", n, len(part), err)
			}
		}
		if n := strings.Count(c.lastWords(), "\n"); n > stderrLines {
			t.Errorf("%d lines are kept", n)
		}
	})
}
