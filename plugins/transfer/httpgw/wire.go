package httpgw

import (
	"net"
	"sync"
)

// maxHeld is the most that is kept back to be sent at once, bytes.
const maxHeld = 256 << 10

// wire is the connection below TLS, which writes records of at most 16 kB. It gives
// the system more than one at a time: each call costs as much as to encrypt its
// bytes, and small files have three small messages each.
type wire struct {
	net.Conn
	mutex sync.Mutex
	// holding keeps back what is written until release, or until it is maxHeld.
	holding bool
	held    []byte
}

func (w *wire) Write(b []byte) (int, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if !w.holding {
		return w.Conn.Write(b)
	}
	if len(w.held)+len(b) > maxHeld {
		if err := w.flush(); err != nil {
			return 0, err
		}
	}
	w.held = append(w.held, b...)
	return len(b), nil
}

// flush is for who has the mutex.
func (w *wire) flush() error {
	if len(w.held) == 0 {
		return nil
	}
	_, err := w.Conn.Write(w.held)
	w.held = w.held[:0]
	return err
}

// hold begins to keep back what is written.
func (w *wire) hold() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.holding = true
}

// release sends what was kept back; what is written then goes out at once.
func (w *wire) release() error {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.holding = false
	return w.flush()
}
