//go:build unix

package testscripts

import (
	"encoding/json"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/Shopify/toxiproxy/v2/toxics"
	"github.com/rs/zerolog"
)

// flow is the direction of a transfer, as the user sees it.
type flow string

const (
	upload   flow = "upload"
	download flow = "download"
)

// stream is what toxiproxy calls the direction of a flow.
func (f flow) stream() string {
	if f == download {
		return "downstream"
	}
	return "upstream"
}

// network is the way to a server. It counts the bytes that it carries, and has
// the faults that a test asks for.
type network struct {
	t      *testing.T
	proxy  *toxiproxy.Proxy
	meters map[flow]*meter
}

// newNetwork makes a way to the server at an address, host:port.
func newNetwork(t *testing.T, server string) *network {
	t.Helper()
	zerolog.SetGlobalLevel(zerolog.Disabled) // toxics write to a logger of their own
	toxics.Register(meterType, new(meter))
	hub := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	n := &network{t: t, proxy: toxiproxy.NewProxy(hub, t.Name(), "127.0.0.1:0", server), meters: map[flow]*meter{}}
	if err := n.proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(n.proxy.Stop)
	for _, f := range []flow{upload, download} {
		n.meters[f] = n.spoil(f, meterType, 1, nil).Toxic.(*meter)
	}
	return n
}

// address is where agents find the way.
func (n *network) address() (host, port string) {
	host, port, err := net.SplitHostPort(n.proxy.Listen)
	if err != nil {
		n.t.Fatal(err)
	}
	return host, port
}

// carried is the number of bytes that all connections have carried in a
// direction, with what the protocols add to the content of the files.
func (n *network) carried(f flow) int64 {
	m := n.meters[f]
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.carried
}

// cut breaks the connection that carries the byte of each of these numbers,
// counted over all connections in a direction.
func (n *network) cut(f flow, at ...int64) {
	m := n.meters[f]
	m.mu.Lock()
	defer m.mu.Unlock()
	m.cuts = at
}

// cutsLeft is the number of cuts that have not happened yet.
func (n *network) cutsLeft(f flow) int {
	m := n.meters[f]
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.cuts)
}

// slow limits the rate of a direction, in kilobytes per second.
func (n *network) slow(f flow, rate int) {
	n.spoil(f, "bandwidth", 1, map[string]any{"rate": rate})
}

// delay holds all data back for a time, in milliseconds, in both directions.
func (n *network) delay(ms int) {
	for _, f := range []flow{upload, download} {
		n.spoil(f, "latency", 1, map[string]any{"latency": ms})
	}
}

// resetAtEnd has all connections end by a reset instead of an orderly close:
// what is still under way is lost. Toxicity 0 leaves the data alone.
func (n *network) resetAtEnd() {
	for _, f := range []flow{upload, download} {
		n.spoil(f, "reset_peer", 0, nil)
	}
}

func (n *network) spoil(f flow, kind string, toxicity float32, attributes map[string]any) *toxics.ToxicWrapper {
	n.t.Helper()
	text, err := json.Marshal(map[string]any{"type": kind, "stream": f.stream(), "toxicity": toxicity, "attributes": attributes})
	if err != nil {
		n.t.Fatal(err)
	}
	toxic, err := n.proxy.Toxics.AddToxicJson(strings.NewReader(string(text)))
	if err != nil {
		n.t.Fatal(err)
	}
	return toxic
}

// meterType is what toxiproxy knows a meter by.
const meterType = "meter"

// meter is a toxic that counts, over all connections, and cuts: toxiproxy's own
// limit is one for each connection, and so also hits the retry.
type meter struct {
	mu      sync.Mutex
	carried int64
	cuts    []int64
}

// Pipe implements [toxics.Toxic].
func (m *meter) Pipe(stub *toxics.ToxicStub) {
	for {
		select {
		case <-stub.Interrupt:
			return
		case chunk := <-stub.Input:
			if chunk == nil {
				stub.Close()
				return
			}
			pass, over := m.take(int64(len(chunk.Data)))
			if chunk.Data = chunk.Data[:pass]; pass > 0 {
				stub.Output <- chunk
			}
			if over {
				stub.Close()
				// Who still sends is not to block.
				for range stub.Input {
				}
				return
			}
		}
	}
}

// take counts n bytes. Those that pass may be fewer: then the connection is over.
func (m *meter) take(n int64) (pass int64, over bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.cuts) > 0 && m.carried+n >= m.cuts[0] {
		pass = max(0, m.cuts[0]-m.carried)
		m.cuts, over = m.cuts[1:], true
	} else {
		pass = n
	}
	m.carried += pass
	return pass, over
}
