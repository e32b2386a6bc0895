package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/ascli-go/ascli/sandbox/world"
	"github.com/ascli-go/ascli/sandbox/world/atomicfile"
)

// site is where a running sandbox is found.
type site struct {
	folder     string // data folder
	caFile     string
	nodeURL    string
	gatewayURL string
	sshAddress string
	wss        string // URL, or that there is none
	smtpPort   int
	connectURL string
	desktopURL string
	configFile string
}

func newSite(folder, caFile string, l *listeners) site {
	return site{
		folder:     folder,
		caFile:     caFile,
		nodeURL:    "https://" + l.node.Addr().String(),
		gatewayURL: "https://" + l.gateway.Addr().String() + gatewayPath,
		sshAddress: l.ssh.Addr().String(),
		wss:        wssURL(l),
		smtpPort:   port(l.mail),
		connectURL: "http://" + l.connect.Addr().String(),
		desktopURL: "http://" + l.desktop.Addr().String(),
		configFile: filepath.Join(folder, "config.yaml"),
	}
}

func wssURL(l *listeners) string {
	if l.wss == nil {
		return "none: see --wss-port"
	}
	return "wss://" + l.wss.Addr().String()
}

func sdkFolder(folder string) string { return filepath.Join(folder, "sdk") }

// mailFolder receives a file for each mail.
func mailFolder(folder string) string { return filepath.Join(folder, "mail") }

// configVersion is the version of ascli whose configuration file format is
// written.
const configVersion = "4.21.0"

// ascliConfig is a configuration file of ascli: presets by name.
type ascliConfig struct {
	Config struct {
		Version string `yaml:"version"`
	} `yaml:"config"`
	Default struct {
		Config string `yaml:"config"`
		Node   string `yaml:"node"`
		Server string `yaml:"server"`
	} `yaml:"default"`
	Common  commonPreset  `yaml:"sandbox_common"`
	Node    nodePreset    `yaml:"sandbox_node"`
	Key     *nodePreset   `yaml:"sandbox_ak,omitempty"`
	Server  serverPreset  `yaml:"sandbox_server"`
	Gateway gatewayPreset `yaml:"sandbox_gateway"`
	Mail    mailPreset    `yaml:"sandbox_mail"`
}

type commonPreset struct {
	CertStores       string `yaml:"cert_stores"`
	SDKFolder        string `yaml:"sdk_folder"`
	VersionCheckDays int    `yaml:"version_check_days"`
}

type nodePreset struct {
	URL      string `yaml:"url"`
	Username string `yaml:"username"`
	Password string `yaml:"password"`
	// DefaultPorts no: the client asks the server for the SSH port, which is
	// not the usual one here.
	DefaultPorts *bool `yaml:"default_ports,omitempty"`
}

type serverPreset struct {
	URL      string `yaml:"url"`
	Username string `yaml:"username"`
	Password string `yaml:"password"`
}

type gatewayPreset struct {
	Transfer     string `yaml:"transfer"`
	TransferInfo struct {
		URL string `yaml:"url"`
	} `yaml:"transfer_info"`
}

type mailPreset struct {
	SMTP struct {
		Server    string `yaml:"server"`
		Port      int    `yaml:"port"`
		TLS       bool   `yaml:"tls"`
		Domain    string `yaml:"domain"`
		Username  string `yaml:"username"`
		Password  string `yaml:"password"`
		FromName  string `yaml:"from_name"`
		FromEmail string `yaml:"from_email"`
	} `yaml:"smtp"`
	NotifyTo string `yaml:"notify_to"`
}

// mailDomain is a name that no real mail goes to (RFC 6761 section 6.4).
const mailDomain = "sandbox.invalid"

// writeConfig writes a configuration file with which ascli uses the sandbox.
func (s site) writeConfig(w *world.World) error {
	var c ascliConfig
	c.Config.Version = configVersion
	c.Default.Config, c.Default.Node, c.Default.Server = "sandbox_common", "sandbox_node", "sandbox_server"
	c.Common = commonPreset{CertStores: s.caFile, SDKFolder: sdkFolder(s.folder)}
	c.Node = nodePreset{URL: s.nodeURL}
	c.Node.Username, c.Node.Password = w.NodeUser()
	if id, secret, exists := w.DefaultAccessKey(); exists {
		c.Key = &nodePreset{URL: s.nodeURL, Username: id, Password: secret, DefaultPorts: new(bool)}
	}
	c.Server = serverPreset{URL: "ssh://" + s.sshAddress, Username: c.Node.Username, Password: c.Node.Password}
	c.Gateway.Transfer = "httpgw"
	c.Gateway.TransferInfo.URL = s.gatewayURL
	smtp := &c.Mail.SMTP
	smtp.Server, smtp.Port, smtp.TLS, smtp.Domain = loopback, s.smtpPort, true, mailDomain
	smtp.Username, smtp.Password = c.Node.Username, c.Node.Password
	smtp.FromName, smtp.FromEmail = "ascli sandbox", "ascli@"+mailDomain
	c.Mail.NotifyTo = "you@" + mailDomain

	var text bytes.Buffer
	out := yaml.NewEncoder(&text)
	out.SetIndent(2)
	if err := out.Encode(c); err != nil {
		return fmt.Errorf("make the configuration file: %w", err)
	}
	return atomicfile.Write(s.configFile, text.Bytes())
}

// announce tells what is served and how to use it. The last line is "ready":
// whoever started the sandbox can wait for it.
func (s site) announce(out io.Writer) error {
	ascli := "ascli --config-file=" + shellWord(s.configFile)
	_, err := fmt.Fprintf(out, `ascli sandbox, on loopback only. Its transfers are not FASP.
  Node API       %s
  SSH            %s
  WebSocket      %s
  HTTP gateway   %s
  Mail (SMTP)    %s
  Mail folder    %s
  Connect        %s (link %s to ~/.aspera/connect)
  Desktop        %s (link %s to ~/Library/Logs/com.ibm.software.aspera.desktop)
  Data folder    %s
  CA certificate %s
  Configuration  %s
Presets, with their passwords, are in the configuration:
  sandbox_node     Node API by path, as a node user (default of "node")
  sandbox_ak       Node API by path and by file id, as an access key
  sandbox_server   files and transfers by SSH (default of "server")
  sandbox_gateway  transfers through the HTTP gateway
  sandbox_mail     a mail about each transfer, to the mail folder
Try:
  %s node browse /
  %s node --preset=sandbox_ak access_keys do self browse /
ready
`, s.nodeURL, s.sshAddress, s.wss, s.gatewayURL,
		net.JoinHostPort(loopback, strconv.Itoa(s.smtpPort)), mailFolder(s.folder),
		s.connectURL, connectFolder(s.folder), s.desktopURL, desktopFolder(s.folder), s.folder, s.caFile, s.configFile, ascli, ascli)
	return err
}

// shellWord quotes a path that a shell would take for several words.
func shellWord(path string) string {
	if strings.ContainsAny(path, " \t'\"&();$`*?<>|") {
		return strconv.Quote(path)
	}
	return path
}
