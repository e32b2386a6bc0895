package transferd

import (
	"net"
	"strconv"
	"strings"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

const (
	loopback = "127.0.0.1"
	// anyPort is the address of a daemon that is started on a free port.
	anyPort = ":0"
)

// parameters is transfer_info (spec/transfer.md 9.1).
type parameters struct {
	host string
	// port is 0 for a free one.
	port int
	// start: a daemon is started when none is there. stop: that one ends with us.
	start, stop bool
}

func (p parameters) address() string { return net.JoinHostPort(p.host, strconv.Itoa(p.port)) }

// isLocal tells whether the files of the daemon are those of this machine.
func (p parameters) isLocal() bool {
	ip := net.ParseIP(p.host)
	return p.host == "localhost" || ip != nil && ip.IsLoopback()
}

func parseParameters(info *record.Object) (parameters, error) {
	p := parameters{start: true, stop: true}
	url := anyPort
	err := agent.Parameters{
		transfer.InfoURL: agent.Text(&url),
		"start":          agent.Bool(&p.start),
		"stop":           agent.Bool(&p.stop),
		"external":       opposite(&p.start),
		"keep":           opposite(&p.stop),
	}.Decode(info)
	if err != nil {
		return p, err
	}
	if err := p.setAddress(url); err != nil {
		return p, err
	}
	if p.port == 0 && !(p.start && p.stop) {
		return p, failure.Argumentf("%s", zeroPortProblem(info)).
			Hint("Name the port of the daemon: --transfer-info.url=:<port>")
	}
	return p, nil
}

// opposite binds a boolean that says the contrary.
func opposite(target *bool) agent.Setter {
	return func(path string, value any) error {
		contrary := !*target
		err := agent.Bool(&contrary)(path, value)
		*target = !contrary
		return err
	}
}

// zeroPortProblem speaks of the parameters as the user does.
func zeroPortProblem(info *record.Object) string {
	if info.Has("external") || info.Has("keep") {
		return "Cannot use options `keep` or `external` with port zero"
	}
	return "Cannot set options `stop` or `start` to false with port zero"
}

func (p *parameters) setAddress(url string) error {
	host, port, err := net.SplitHostPort(strings.TrimSpace(url))
	if err == nil {
		p.port, err = strconv.Atoi(port)
	}
	if err != nil || p.port < 0 || p.port > 65535 {
		return failure.Argumentf("transfer_info.url: expecting <address>:<port> of a transfer daemon, got %s", url)
	}
	if p.host = host; host == "" {
		p.host = loopback
	}
	return nil
}
