package httpgw

import (
	"bytes"
	"errors"
	"net"
	"strings"
	"testing"
)

// calls is a connection that keeps what each call writes.
type calls struct {
	net.Conn
	written []string
	err     error
}

func (c *calls) Write(b []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	c.written = append(c.written, string(b))
	return len(b), nil
}

func TestWire(t *testing.T) {
	c := &calls{}
	w := &wire{Conn: c}
	write := func(text string) {
		t.Helper()
		if n, err := w.Write([]byte(text)); n != len(text) || err != nil {
			t.Fatalf("wrote %d bytes, %v", n, err)
		}
	}
	release := func() {
		t.Helper()
		if err := w.release(); err != nil {
			t.Fatal(err)
		}
	}
	write("at once")
	w.hold()
	write("a")
	write("b")
	if got := strings.Join(c.written, " "); got != "at once" {
		t.Fatalf("held, and yet %q was written", got)
	}
	release()
	release() // nothing is left
	write("at once again")
	if got := strings.Join(c.written, ", "); got != "at once, ab, at once again" {
		t.Errorf("written: %s", got)
	}
}

// However much is held, it needs no more memory than the bound.
func TestWireHoldsNoMoreThanItsBound(t *testing.T) {
	c := &calls{}
	w := &wire{Conn: c}
	w.hold()
	const parts, size = 100, 16 << 10
	for i := range parts {
		if _, err := w.Write(bytes.Repeat([]byte{byte(i)}, size)); err != nil {
			t.Fatal(err)
		}
		if len(w.held) > maxHeld {
			t.Fatalf("%d bytes are held", len(w.held))
		}
	}
	if err := w.release(); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(c.written, "")
	for i := range parts {
		if part := got[i*size : (i+1)*size]; strings.Count(part, string([]byte{byte(i)})) != size {
			t.Fatalf("part %d is not what was written", i)
		}
	}
	if len(got) != parts*size || len(c.written) > parts*size/maxHeld+1 {
		t.Errorf("%d bytes in %d calls", len(got), len(c.written))
	}
}

func TestWireTellsErrorsOfWhatItHeld(t *testing.T) {
	broken := errors.New("broken")
	w := &wire{Conn: &calls{err: broken}}
	w.hold()
	if _, err := w.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := w.release(); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if err := w.release(); err != nil {
		t.Errorf("again: %v", err)
	}
}
