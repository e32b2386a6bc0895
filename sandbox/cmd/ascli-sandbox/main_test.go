package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/smtp"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"golang.org/x/crypto/ssh"

	"github.com/ascli-go/ascli/sandbox/ascp/faults"
	"github.com/ascli-go/ascli/sandbox/fault"
)

// sandbox is the program running in the test.
type sandbox struct {
	testing.TB
	config  ascliConfig
	stdin   *io.PipeWriter
	printed []string
	stderr  *bytes.Buffer
	exit    chan int
}

// start runs the program and waits until it is ready.
func start(t *testing.T, args ...string) *sandbox {
	t.Helper()
	// Any program will do as a stand-in for ascp: it is installed, not run.
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	in, stdin := io.Pipe()
	out, stdout := io.Pipe()
	s := &sandbox{TB: t, stdin: stdin, stderr: &bytes.Buffer{}, exit: make(chan int, 1)}
	go func() {
		code := run(context.Background(), append([]string{"--stop-with-stdin", "--ascp=" + self}, args...), in, stdout, s.stderr)
		stdout.Close()
		s.exit <- code
	}()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		s.printed = append(s.printed, lines.Text())
		if lines.Text() == "ready" {
			t.Cleanup(func() { s.stop() })
			s.readConfig()
			return s
		}
	}
	t.Fatalf("the sandbox ended with %d before it was ready: %s", <-s.exit, s.stderr)
	return nil
}

// stop ends the program and returns its exit code.
func (s *sandbox) stop() int {
	s.stdin.Close()
	code := <-s.exit
	s.exit <- code
	return code
}

// told returns what the program printed beside a label.
func (s *sandbox) told(label string) string {
	s.Helper()
	for _, line := range s.printed {
		if value, found := strings.CutPrefix(line, "  "+label); found {
			return strings.TrimSpace(value)
		}
	}
	s.Fatalf("no %s in %q", label, s.printed)
	return ""
}

func (s *sandbox) configFile() string {
	s.Helper()
	return s.told("Configuration")
}

func (s *sandbox) readConfig() {
	s.Helper()
	text, err := os.ReadFile(s.configFile())
	if err != nil {
		s.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &s.config); err != nil {
		s.Fatal(err)
	}
}

// trusted are the certificates that the configuration tells clients to trust.
func (s *sandbox) trusted() *x509.CertPool {
	s.Helper()
	caPEM, err := os.ReadFile(s.config.Common.CertStores)
	if err != nil {
		s.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(caPEM)
	return pool
}

// get makes a request with what the configuration gives alone.
func (s *sandbox) get(url string, as *nodePreset) int {
	s.Helper()
	return s.send(http.MethodGet, url, "", as)
}

func (s *sandbox) send(method, url, body string, as *nodePreset) int {
	s.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: s.trusted()}}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		s.Fatal(err)
	}
	if as != nil {
		request.SetBasicAuth(as.Username, as.Password)
	}
	answer, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		s.Fatal(err)
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode
}

func TestPresetsReachTheServers(t *testing.T) {
	s := start(t)
	c := s.config
	if c.Default.Config != "sandbox_common" || c.Default.Node != "sandbox_node" || c.Config.Version != configVersion {
		t.Errorf("config = %+v", c)
	}
	if status := s.get(c.Node.URL+"/info", &c.Node); status != 200 {
		t.Errorf("node user: status %d", status)
	}
	if status := s.get(c.Key.URL+"/files/1", c.Key); status != 200 {
		t.Errorf("access key: status %d", status)
	}
	if status := s.get(c.Node.URL+"/info", nil); status != 401 {
		t.Errorf("nobody: status %d", status)
	}
	if status := s.get(c.Gateway.TransferInfo.URL+"/v1/info", nil); status != 200 || c.Gateway.Transfer != "httpgw" {
		t.Errorf("gateway: status %d, preset %+v", status, c.Gateway)
	}
}

func TestFaultsByFlag(t *testing.T) {
	s := start(t, `--fault={"method":"GET","path":"/info","times":1,"status":503}`, `--fault={"path":"/files/**","after":1,"status":500}`)
	for at, step := range []struct {
		path   string
		as     *nodePreset
		status int
	}{
		{"/info", &s.config.Node, 503}, {"/info", &s.config.Node, 200},
		{"/files/1", s.config.Key, 200}, {"/files/1", s.config.Key, 500}, {"/files/1/files", s.config.Key, 500},
		{fault.ControlPath, &s.config.Node, 200}, {fault.ControlPath, s.config.Key, 401},
	} {
		if status := s.get(s.config.Node.URL+step.path, step.as); status != step.status {
			t.Errorf("request %d of %s: status = %d, want %d", at, step.path, status, step.status)
		}
	}
}

func TestAscpFaultsByFlag(t *testing.T) {
	s := start(t, `--ascp-fault={"times":2,"code":15}`, `--ascp-fault={"kind":"kill","after_bytes":10}`)
	name := filepath.Join(s.config.Common.SDKFolder, faults.FileName)
	for _, want := range []faults.Kind{faults.Error, faults.Error, faults.Kill} {
		if rule, err := faults.Take(t.Context(), name); err != nil || rule.Kind != want {
			t.Errorf("rule %+v, %v, want kind %s", rule, err, want)
		}
	}
}

func TestGatewayByFlags(t *testing.T) {
	s := start(t, "--gateway-api=v1", `--gateway-fault={"path":"/aspera/http-gwy/v1/info","times":1,"status":503}`)
	root := s.config.Gateway.TransferInfo.URL
	origin := strings.TrimSuffix(root, "/aspera/http-gwy")
	for at, step := range []struct {
		url    string
		as     *nodePreset
		status int
	}{
		{root + "/v1/info", nil, 503}, {root + "/v1/info", nil, 200}, {root + "/v2/upload", nil, 404},
		{root + "/v1/upload", nil, 400}, // no handshake
		{origin + fault.ControlPath, &s.config.Node, 200}, {origin + fault.ControlPath, s.config.Key, 401}, {origin + fault.ControlPath, nil, 401},
	} {
		if status := s.get(step.url, step.as); status != step.status {
			t.Errorf("request %d of %s: status = %d, want %d", at, step.url, status, step.status)
		}
	}
}

func TestSSHServerKnowsTheInstalledBypassKey(t *testing.T) {
	s := start(t)
	text, err := os.ReadFile(filepath.Join(s.config.Common.SDKFolder, "aspera_bypass_rsa.pem"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.ParsePrivateKey(text)
	if err != nil {
		t.Fatal(err)
	}
	client, err := ssh.Dial("tcp", s.told("SSH"), &ssh.ClientConfig{
		User:            "xfer",
		Auth:            []ssh.AuthMethod{ssh.PublicKeys(key)},
		HostKeyCallback: ssh.InsecureIgnoreHostKey(),
	})
	if err != nil {
		t.Fatal(err)
	}
	client.Close()
}

func TestRegisteredKeyLogsInForTransfers(t *testing.T) {
	s := start(t)
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	login := func() error {
		client, err := ssh.Dial("tcp", s.told("SSH"), &ssh.ClientConfig{
			User: "xfer", Auth: []ssh.AuthMethod{ssh.PublicKeys(key)}, HostKeyCallback: ssh.InsecureIgnoreHostKey(),
		})
		if err == nil {
			client.Close()
		}
		return err
	}
	if login() == nil {
		t.Error("an unknown key logs in")
	}
	line := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key.PublicKey())))
	if status := s.send(http.MethodPost, s.config.Node.URL+"/public_keys", `{"public_key":"`+line+`"}`, &s.config.Node); status != 201 {
		t.Fatalf("status = %d", status)
	}
	if err := login(); err != nil {
		t.Error(err)
	}
}

func TestMailIsKeptInTheMailFolder(t *testing.T) {
	s := start(t)
	settings := s.config.Mail.SMTP
	client, err := smtp.Dial(s.told("Mail (SMTP)"))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for _, step := range []func() error{
		func() error { return client.Hello(settings.Domain) },
		func() error { return client.StartTLS(&tls.Config{RootCAs: s.trusted(), ServerName: settings.Server}) },
		func() error {
			return client.Auth(smtp.PlainAuth("", settings.Username, settings.Password, settings.Server))
		},
		func() error { return client.Mail(settings.FromEmail) },
		func() error { return client.Rcpt(s.config.Mail.NotifyTo) },
		func() error {
			message, err := client.Data()
			if err != nil {
				return err
			}
			if _, err := io.WriteString(message, "Subject: hello\r\n\r\nit is done\r\n"); err != nil {
				return err
			}
			return message.Close()
		},
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := filepath.Glob(filepath.Join(s.told("Mail folder"), "*.eml"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("kept %q, %v", kept, err)
	}
	text, err := os.ReadFile(kept[0])
	if err != nil || !strings.Contains(string(text), "it is done") {
		t.Errorf("kept %q, %v", text, err)
	}
}

func TestConfigurationIsTheOwnersOnlyAndNotPrinted(t *testing.T) {
	s := start(t)
	if info, err := os.Stat(s.configFile()); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode = %v, %v", info.Mode(), err)
	}
	printed := strings.Join(s.printed, "\n")
	for _, secret := range []string{s.config.Node.Password, s.config.Key.Password, s.config.Mail.SMTP.Password} {
		if secret == "" || strings.Contains(printed, secret) {
			t.Error("a password is missing or printed")
		}
	}
}

func TestTemporaryFolderIsRemovedAtTheEnd(t *testing.T) {
	s := start(t)
	if code := s.stop(); code != 0 {
		t.Errorf("exit code = %d: %s", code, s.stderr)
	}
	if _, err := os.Stat(s.configFile()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the configuration is still there: %v", err)
	}
}

func TestGivenFolderIsKeptAndUsedAgain(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "with space", "data")
	first := start(t, "--folder="+folder)
	if line := first.printed[len(first.printed)-2]; !strings.Contains(line, `--config-file="`) {
		t.Errorf("the path is not quoted in %s", line)
	}
	if code := first.stop(); code != 0 {
		t.Fatalf("exit code = %d: %s", code, first.stderr)
	}
	second := start(t, "--folder="+folder)
	if first.config.Node.Password != second.config.Node.Password || first.config.Key.Password != second.config.Key.Password {
		t.Error("passwords changed")
	}
	if status := second.get(second.config.Node.URL+"/info", &first.config.Node); status != 200 {
		t.Errorf("status %d", status)
	}
}

func TestContextEndsTheSandbox(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	out, stdout := io.Pipe()
	exit := make(chan int, 1)
	go func() {
		exit <- run(ctx, []string{"--ascp=" + self}, strings.NewReader(""), stdout, io.Discard)
	}()
	for lines := bufio.NewScanner(out); lines.Scan() && lines.Text() != "ready"; {
	}
	cancel()
	if code := <-exit; code != 0 {
		t.Errorf("exit code = %d", code)
	}
}

func TestStartErrorsSayWhatToDo(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, takenPort, _ := net.SplitHostPort(taken.Addr().String())
	used := t.TempDir()
	start(t, "--folder="+used)

	tests := map[string]struct {
		args []string
		want string
	}{
		"no ascp":        {[]string{"--ascp=" + filepath.Join(used, "nothing")}, "name it with --ascp"},
		"port taken":     {[]string{"--ascp=" + self, "--ssh-port=" + takenPort}, "choose another port with --ssh-port"},
		"folder in use":  {[]string{"--ascp=" + self, "--folder=" + used}, "another sandbox uses it"},
		"unknown option": {[]string{"--colour"}, "see --help"},
		"gateway fault":  {[]string{"--ascp=" + self, `--gateway-fault={"websocket":{"do":"zoo"}}`}, `do of websocket cannot be "zoo"`},
		"gateway API":    {[]string{"--ascp=" + self, "--gateway-api=v3"}, "gateway-api"},
		"bad fault":      {[]string{"--ascp=" + self, `--fault={"status":1}`}, "not from 200 to 599"},
		"bad log level":  {[]string{"--log-level=loud"}, "see --help"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			code := run(t.Context(), test.args, strings.NewReader(""), &stdout, &stderr)
			if code != 1 || !strings.Contains(stderr.String(), test.want) || stdout.Len() > 0 {
				t.Errorf("exit code %d, error %q, output %q", code, stderr.String(), stdout.String())
			}
		})
	}
}

func TestHelp(t *testing.T) {
	var stdout bytes.Buffer
	if code := run(t.Context(), []string{"--help"}, nil, &stdout, io.Discard); code != 0 {
		t.Errorf("exit code = %d", code)
	}
	if !strings.Contains(stdout.String(), "--cut-first-transfer=BYTES") {
		t.Errorf("help = %s", stdout.String())
	}
}
