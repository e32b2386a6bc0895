package direct

import (
	"runtime"
	"time"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/plugins/transfer/process"
	"github.com/ascli-go/ascli/plugins/transfer/resume"
	"github.com/ascli-go/ascli/sdk/failure"
)

// Values of parameter client_ssh_key.
const (
	keysRSA       = "rsa"
	keysDSARSA    = "dsa_rsa"
	keysPerClient = "per_client"
)

// parameters is transfer_info (spec/transfer.md 8.1).
type parameters struct {
	ascpArgs     []string
	wss          bool
	quiet        bool
	trustedCerts []string
	clientSSHKey string
	spawnTimeout time.Duration
	spawnDelay   time.Duration
	multiIncrUDP bool
	resume       resume.Policy
	monitor      bool
	fileList     bool
}

func parseParameters(job agent.Job) (parameters, error) {
	p := parameters{
		wss:          true,
		quiet:        true,
		trustedCerts: job.Env.TrustedCerts,
		clientSSHKey: keysRSA,
		spawnTimeout: process.SpawnTimeout,
		spawnDelay:   2 * time.Second,
		multiIncrUDP: runtime.GOOS == "windows",
		resume:       resume.Default(),
		monitor:      true,
		fileList:     true,
	}
	err := agent.Parameters{
		"ascp_args":         agent.Texts(&p.ascpArgs, "all ascp arguments must be String"),
		"wss":               agent.Bool(&p.wss),
		"quiet":             agent.Bool(&p.quiet),
		"trusted_certs":     agent.Texts(&p.trustedCerts, "trusted_certs must be a Array of String"),
		"client_ssh_key":    agent.Text(&p.clientSSHKey, keysRSA, keysDSARSA, keysPerClient),
		"spawn_timeout_sec": agent.Seconds(&p.spawnTimeout),
		"spawn_delay_sec":   agent.Seconds(&p.spawnDelay),
		"multi_incr_udp":    agent.Bool(&p.multiIncrUDP),
		"resume": agent.Group(agent.Parameters{
			"iter_max":      agent.Count(&p.resume.MaxRetries),
			"sleep_initial": agent.Count(&p.resume.SleepInitial),
			"sleep_factor":  agent.Count(&p.resume.SleepFactor),
			"sleep_max":     agent.Count(&p.resume.SleepMax),
		}),
		"monitor":   agent.Bool(&p.monitor),
		"file_list": agent.Bool(&p.fileList),
	}.Decode(job.Info)
	if err == nil && p.clientSSHKey == keysPerClient {
		err = failure.Argumentf("Not yet implemented")
	}
	return p, err
}
