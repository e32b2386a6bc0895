package sftp

import (
	"context"
	"sync"

	"github.com/ascli-go/ascli/plugins/transfer/sftp/protocol"
)

const (
	// splitSize is from which size on the only file of an attempt goes over all
	// connections.
	splitSize = 2 * bytesPerConnection
	// splitWindow is how many chunks of such a file are under way at most, by all
	// connections together. So much at the end of its part may have holes.
	splitWindow = 128
)

func splits(size int64) bool { return size >= splitSize }

// alone moves the only file of an attempt. Further connections join as soon as
// they stand; the file does not wait for them.
func (m *mover) alone(first *line, e *entry) error {
	dialing, stopDialing := context.WithCancel(m.ctx)
	defer stopDialing()
	m.spare = make(chan *line, m.params.connections)
	var running sync.WaitGroup
	for range min(m.params.connections-1, e.size/bytesPerConnection) {
		running.Go(func() { m.further(dialing, func(l *line) { m.spare <- l }) })
	}
	err := m.one(first, e)
	stopDialing()
	running.Wait()
	if err != nil {
		m.cancel(err)
	}
	return context.Cause(m.ctx)
}

// paths are the ways of one file, one a connection, taken by turns.
type paths struct {
	handles []*protocol.Handle
	next    int
}

// handle is that of the next request.
func (p *paths) handle() *protocol.Handle {
	p.next = (p.next + 1) % len(p.handles)
	return p.handles[p.next]
}

// split tells whether there is more than one: then requests are not served in
// their order.
func (p *paths) split() bool { return len(p.handles) > 1 }

// window is how many requests shall be under way.
func (p *paths) window() int { return min(window*len(p.handles), splitWindow) }

// join adds a connection that stands meanwhile. One on which the file cannot be
// opened, or is not the same, is not used.
func (m *mover) join(p *paths, path string, flags uint32, fits func(protocol.Attributes) bool) {
	select {
	case l := <-m.spare:
		h, err := l.session.OpenFile(path, flags)
		if err != nil {
			m.log.Debug("a further connection cannot open the file", "error", err)
			return
		}
		if a, err := h.StartStat().Attributes(); err != nil || !fits(a) {
			h.StartClose()
			return
		}
		p.handles = append(p.handles, h)
	default:
	}
}

// closeExtra closes the file on all connections but the first.
func (p *paths) closeExtra() []*protocol.Call {
	var calls []*protocol.Call
	for _, h := range p.handles[1:] {
		calls = append(calls, h.StartClose())
	}
	p.handles = p.handles[:1]
	return calls
}
