//go:build unix

package testscripts

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/ascli-go/ascli/testscripts/world"
)

// movingAgent is a transfer agent: how it is called and what it cannot do.
type movingAgent struct {
	name string
	// join readies the world of a test for the agent, and sets how it is called.
	join func(*mover)
	// server is the address that its bytes go to, via are the options that lead
	// them through another one.
	server func(*world.Sandbox) string
	via    func(host, port string) []string
	// retry are options with which it tries again at once, as far as it does.
	retry []string
	// wrong are options with credentials that are not accepted, refusal is what is said then.
	wrong   []string
	refusal string
	// warns is what it says in every transfer; "" is nothing.
	warns string
	// selection is the file in which the application finds what its user selects,
	// "" when it takes what it is told.
	selection string
	// unpack, when set, makes the files of what arrived in a folder by a download.
	unpack func(t *testing.T, folder string)
	// likeDirect: its bytes are moved by the ascp that is tested with agent direct,
	// so that heavy cases are done by uploads only.
	likeDirect bool
	// uploads: only these differ from another entry of the table.
	uploads bool
	// underWay is how many bytes may be lost when its connection breaks, where that
	// is more than sftpRequests.
	underWay int64
	// withoutAscp: it moves the bytes itself.
	withoutAscp bool
	// writer is whose process writes downloads.
	writer writer
	// filesOnly: folders arrive only with files in them, for this reason.
	filesOnly string
	// cannot names cases, "case" or "case/flow", that the agent does not pass, and
	// tells why that is right.
	cannot map[string]string
}

// writer is a process that writes: ascli and what it starts, unless it is one of
// these.
type writer int

const (
	// aNode is a sandbox whose files are the near ones.
	aNode writer = iota + 1
	// anApplication is a sandbox in the place of an application of the user.
	anApplication
)

func (a movingAgent) exempt(name string, f flow) (reason string, ok bool) {
	if reason, ok = a.cannot[name]; !ok {
		reason, ok = a.cannot[name+"/"+string(f)]
	}
	return reason, ok
}

func movingAgents() []movingAgent {
	return []movingAgent{
		directAgent(), daemonAgent(), connectAgent(), desktopAgent(), nodeAgent(), sftpAgent(),
		gatewayAgent("httpgw", "v2"), oldGatewayAgent(),
	}
}

func sshAddress(s *world.Sandbox) string { return s.SSH }

// viaSSH is for agents that take the address of the server from the transfer spec.
func viaSSH(host, port string) []string {
	return []string{"--ts.remote_host=" + host, "--ts.ssh_port=" + port}
}

func directAgent() movingAgent {
	return movingAgent{
		name: "direct", server: sshAddress, via: viaSSH,
		join:    func(m *mover) { m.call("--transfer=direct") },
		retry:   []string{"--ts.resume_policy=sparse_csum", "--transfer-info.resume.sleep_initial=0"},
		wrong:   []string{"--ts.token=invalid", "--transfer-info.resume.sleep_initial=0"},
		refusal: "ERROR: Transfer: Authentication failure",
	}
}

// daemonAgent starts a transfer daemon for each command.
func daemonAgent() movingAgent {
	return movingAgent{
		name: "transferd", likeDirect: true, server: sshAddress, via: viaSSH,
		join:    func(m *mover) { m.call("--transfer=transferd") },
		retry:   []string{"--ts.resume_policy=sparse_csum"},
		wrong:   []string{"--ts.token=invalid"},
		refusal: "ERROR: Transfer: Authentication failure",
	}
}

// connectAgent has the user select in a dialog what is sent: the sandbox takes it
// from a file.
func connectAgent() movingAgent {
	a := applicationAgent("connect", ".aspera/connect", "connect")
	a.selection = "selection"
	a.warns = "Connect requires upload selection using GUI, ignoring "
	a.cannot = map[string]string{
		"pair list/upload":              "the paths are those that the user selects",
		"pair list with folders/upload": "the paths are those that the user selects",
	}
	return a
}

func desktopAgent() movingAgent {
	return applicationAgent("desktop", "Library/Logs/com.ibm.software.aspera.desktop", "desktop")
}

// applicationAgent has an application of the user make the transfer: a sandbox,
// which is found by a folder in the home of the user.
func applicationAgent(name, inHome, inSandbox string) movingAgent {
	return movingAgent{
		name: name, likeDirect: true, writer: anApplication, server: sshAddress, via: viaSSH,
		join: func(m *mover) {
			m.application = m.startApplication()
			link := filepath.Join(m.home, inHome)
			mkdirAll(m.t, filepath.Dir(link))
			if err := os.Symlink(filepath.Join(m.application.Folder, inSandbox), link); err != nil {
				m.t.Fatal(err)
			}
			m.environ = []string{"DISPLAY=:0"}
			m.call("--transfer=" + name)
		},
		retry:   []string{"--ts.resume_policy=sparse_csum"},
		wrong:   []string{"--ts.token=invalid"},
		refusal: "ERROR: Transfer: ",
	}
}

// nodeAgent has another sandbox make the transfer: its files are the near ones.
func nodeAgent() movingAgent {
	return movingAgent{
		name: "node", likeDirect: true, writer: aNode, server: sshAddress, via: viaSSH,
		join: func(m *mover) {
			node := m.startSandbox("node", m.diskFlags(download)...)
			m.near = newRemote(m.t, node)
			info := fmt.Sprintf(`--transfer-info=@json:{"url":%q,"username":%q,"password":%q}`,
				preset(m.t, node, "sandbox_node", "url"), preset(m.t, node, "sandbox_node", "username"), preset(m.t, node, "sandbox_node", "password"))
			authorities := fmt.Sprintf("--cert-stores=@json:[%q,%q]",
				preset(m.t, m.server, "sandbox_common", "cert_stores"), preset(m.t, node, "sandbox_common", "cert_stores"))
			m.call("--transfer=node", authorities, info)
		},
		retry:   []string{"--ts.resume_policy=sparse_csum"},
		wrong:   []string{"--transfer-info.password=wrong"},
		refusal: "401 Unauthorized",
		cannot: map[string]string{
			"disk full/download": "the quota of a sandbox does not bind the ascp that it runs; that one is tested with agent direct",
		},
	}
}

// sftpAgent logs in at the sandbox's SSH server as its node user.
func sftpAgent() movingAgent {
	return movingAgent{
		name: "sftp", withoutAscp: true, underWay: sftpRequests * 7 / 4, server: sshAddress, via: viaSSH,
		join: func(m *mover) {
			user, password := preset(m.t, m.server, "sandbox_node", "username"), preset(m.t, m.server, "sandbox_node", "password")
			m.call("--transfer=sftp", "--transfer-info.host_check=any", "--ts.remote_user="+user, "--ts.remote_password="+password)
		},
		retry:   []string{"--ts.resume_policy=sparse_csum", "--transfer-info.resume.sleep_initial=0"},
		wrong:   []string{"--ts.remote_password=wrong", "--transfer-info.resume.sleep_initial=0"},
		refusal: "ERROR: Transfer: Authentication failure",
	}
}

// oldGatewayAgent is another protocol for uploads, through the same pipes.
func oldGatewayAgent() movingAgent {
	a := gatewayAgent("httpgw v1", "v1")
	a.uploads = true
	a.cannot["five gigabytes"] = "not tested for its time: sizes are counted as with version 2"
	return a
}

// gatewayAgent speaks one of the versions of the gateway's upload protocol.
func gatewayAgent(name, version string) movingAgent {
	return movingAgent{
		name: name, withoutAscp: true, server: (*world.Sandbox).Gateway,
		via: func(host, port string) []string {
			return []string{"--transfer-info.url=https://" + net.JoinHostPort(host, port) + "/aspera/http-gwy"}
		},
		join: func(m *mover) {
			// The gateway is told the names of files in folders as they are walked.
			m.near.name = ""
			m.call("--transfer=httpgw", "--transfer-info.api_version="+version, "--transfer-info.url=https://"+m.server.Gateway()+"/aspera/http-gwy")
		},
		wrong: []string{"--ts.token=invalid"}, refusal: "ERROR: ",
		warns:     "kept, as overwrite is never",
		unpack:    unzipAll,
		filesOnly: "an upload names files only (spec/transfer.md 12.2)",
		cannot: map[string]string{
			"pair list/download":      "the gateway makes one archive of several files, with names of its own (spec/transfer.md 12.6)",
			"pair list with folders":  "the name sent is the base name of the destination (spec/transfer.md 12.2)",
			resumes:                   "the protocol of the gateway begins each file anew",
			"source changed/download": "a client cannot know that the gateway's file changed while it was sent",
			"overwrite older":         "the protocol tells no times of files",
			"overwrite diff+older":    "the protocol tells no times of files",
		},
	}
}
