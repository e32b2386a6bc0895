package sshd

import (
	"io"
	"sync/atomic"

	"golang.org/x/crypto/ssh"
)

// fault cuts the first connection that moves file data.
type fault struct {
	after int64 // bytes; 0 = no fault
	first atomic.Pointer[payload]
}

// payload counts the file data of one session.
type payload struct {
	fault *fault
	moved atomic.Int64
	cut   atomic.Bool
}

// add counts n bytes.
func (p *payload) add(n int) {
	f := p.fault
	if f.after <= 0 || n == 0 {
		return
	}
	if !f.first.CompareAndSwap(nil, p) && f.first.Load() != p {
		return
	}
	if p.moved.Add(int64(n)) >= f.after {
		p.cut.Store(true)
	}
}

// cuttable is a channel that ends when its payload is cut. What came before is
// then written and its files are closed before the connection is: a client
// that comes back finds a settled state.
type cuttable struct {
	ssh.Channel
	payload *payload
	// gone is set at the end.
	gone *atomic.Bool
}

func (c cuttable) Read(into []byte) (int, error) {
	n, err := c.Channel.Read(into)
	if err != nil || c.payload.cut.Load() {
		c.gone.Store(true)
	}
	if c.payload.cut.Load() {
		return 0, io.EOF
	}
	return n, err
}
