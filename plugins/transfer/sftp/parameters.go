package sftp

import (
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/plugins/transfer/resume"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sshclient"
)

const (
	maxConnections = 16
	maxFiles       = 256
)

// parameters is transfer_info. docs/sftp.md describes it.
type parameters struct {
	connections    int64
	files          int64
	hostCheck      string
	knownHosts     []string
	sshAgent       *bool
	connectTimeout time.Duration
	keepAlive      time.Duration
	resume         resume.Policy
}

func parseParameters(info *record.Object) (parameters, error) {
	p := parameters{connections: 2, files: 32, hostCheck: string(sshclient.Strict), resume: resume.Default()}
	err := agent.Parameters{
		"connections":     agent.Count(&p.connections),
		"files":           agent.Count(&p.files),
		"host_check":      agent.Text(&p.hostCheck, sshclient.Policies()...),
		"known_hosts":     agent.Texts(&p.knownHosts, "known_hosts must be a Array of String"),
		"ssh_agent":       optionalBool(&p.sshAgent),
		"connect_timeout": agent.Seconds(&p.connectTimeout),
		"keepalive":       agent.Seconds(&p.keepAlive),
		"resume": agent.Group(agent.Parameters{
			"iter_max":      agent.Count(&p.resume.MaxRetries),
			"sleep_initial": agent.Count(&p.resume.SleepInitial),
			"sleep_factor":  agent.Count(&p.resume.SleepFactor),
			"sleep_max":     agent.Count(&p.resume.SleepMax),
		}),
	}.Decode(info)
	switch {
	case err != nil:
		return p, err
	case p.connections < 1 || p.connections > maxConnections:
		return p, failure.Argumentf("connections shall be from 1 to %d", maxConnections)
	case p.files < 1 || p.files > maxFiles:
		return p, failure.Argumentf("files shall be from 1 to %d", maxFiles)
	}
	return p, nil
}

// optionalBool binds a boolean whose default depends on the transfer.
func optionalBool(target **bool) agent.Setter {
	return func(path string, value any) error {
		var set bool
		if err := agent.Bool(&set)(path, value); err != nil || value == nil {
			return err
		}
		*target = &set
		return nil
	}
}
