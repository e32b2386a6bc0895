// Package world runs the built programs as users do: the sandbox as a server
// beside them, and ascli as a process with a home folder of its own.
package world

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// startTimeout bounds the start of the sandbox.
const startTimeout = 20 * time.Second

// Bin returns the folder of the built programs: $ASCLI_BIN, which make sets.
func Bin() (string, error) {
	bin := os.Getenv("ASCLI_BIN")
	if bin == "" {
		return "", errors.New("ASCLI_BIN is not set: run the tests with `make test`, which builds the programs first")
	}
	return filepath.Abs(bin)
}

// Program returns the path of a built program.
func Program(bin, name string) string {
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	return filepath.Join(bin, name)
}

// Sandbox is a running ascli-sandbox.
type Sandbox struct {
	// Folder is its data folder; Config the configuration file with presets;
	// Files the folder that its users see as "/"; Mail the folder with the mails
	// that it got.
	Folder, Config, Files, Mail string
	// SSH is the address of its SSH server, host:port.
	SSH string

	cmd   *exec.Cmd
	stdin io.Closer
	// served are the addresses that it announced, by what is there.
	served map[string]string
}

// Options say how a sandbox is started.
type Options struct {
	// Flags are those of ascli-sandbox.
	Flags []string
	// Environ is added to the environment.
	Environ []string
	// Within is a command that runs the one that follows it, as sudo does.
	Within []string
}

// Start runs the sandbox on a data folder and returns when it is ready. It ends
// with Stop, and with this process.
func Start(ctx context.Context, bin, folder string, flags ...string) (*Sandbox, error) {
	return StartWith(ctx, bin, folder, Options{Flags: flags})
}

// StartWith is Start with options.
func StartWith(ctx context.Context, bin, folder string, o Options) (*Sandbox, error) {
	line := slices.Concat(o.Within, []string{Program(bin, "ascli-sandbox"), "--folder=" + folder, "--stop-with-stdin"}, o.Flags)
	s := &Sandbox{
		Folder: folder, Config: filepath.Join(folder, "config.yaml"),
		Files: filepath.Join(folder, "files"), Mail: filepath.Join(folder, "mail"),
		cmd: exec.Command(line[0], line[1:]...), served: map[string]string{},
	}
	s.cmd.Env = append(os.Environ(), o.Environ...)
	s.cmd.Stderr = os.Stderr
	stdin, err := s.cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	s.stdin = stdin
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	ready := make(chan error, 1)
	go func() { ready <- s.awaitReady(stdout) }()
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	select {
	case err = <-ready:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		s.Stop()
		return nil, fmt.Errorf("the sandbox did not start: %w", err)
	}
	return s, nil
}

// awaitReady reads where the sandbox is, up to the line that says that it is ready.
func (s *Sandbox) awaitReady(stdout io.Reader) error {
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if name, address, ok := announced(lines.Text()); ok {
			s.served[name] = address
		}
		if lines.Text() == "ready" {
			s.SSH = s.served["SSH"]
			go io.Copy(io.Discard, stdout)
			return nil
		}
	}
	return errors.New("it ended before it was ready")
}

// announced reads a line with a name and an address, such as
// "  HTTP gateway   https://127.0.0.1:4711/aspera/http-gwy".
func announced(line string) (name, address string, ok bool) {
	line, indented := strings.CutPrefix(line, "  ")
	at := strings.LastIndexByte(line, ' ')
	if !indented || at < 0 {
		return "", "", false
	}
	name, address = strings.TrimSpace(line[:at]), line[at+1:]
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return name, u.Host, true
	}
	_, _, err := net.SplitHostPort(address)
	return name, address, err == nil
}

// Gateway is the address of its HTTP gateway, host:port.
func (s *Sandbox) Gateway() string { return s.served["HTTP gateway"] }

// PID is the id of its process.
func (s *Sandbox) PID() int { return s.cmd.Process.Pid }

// SamePorts returns the flags with which another sandbox serves on the ports of
// this one.
func (s *Sandbox) SamePorts() ([]string, error) {
	var flags []string
	for name, flag := range map[string]string{
		"Node API": "--node-port", "SSH": "--ssh-port", "HTTP gateway": "--gateway-port", "Mail (SMTP)": "--smtp-port",
	} {
		_, port, err := net.SplitHostPort(s.served[name])
		if err != nil {
			return nil, fmt.Errorf("the sandbox did not say where its %s is: %w", name, err)
		}
		flags = append(flags, flag+"="+port)
	}
	return flags, nil
}

// Kill ends the sandbox as a crash of its machine does.
func (s *Sandbox) Kill() error {
	if err := s.cmd.Process.Kill(); err != nil {
		return err
	}
	// It was killed: how it ended is known.
	_ = s.cmd.Wait()
	s.stdin.Close()
	return nil
}

// Stop ends the sandbox.
func (s *Sandbox) Stop() error {
	s.stdin.Close()
	force := time.AfterFunc(10*time.Second, func() { s.cmd.Process.Kill() })
	defer force.Stop()
	return s.cmd.Wait()
}

// Environ returns an environment in which ascli finds the sandbox's presets and
// nothing of the person who runs the tests.
func Environ(bin, home, config string) []string {
	env := []string{
		"HOME=" + home, "USERPROFILE=" + home, "ASCLI_VERSION_CHECK_DAYS=0", "ASCLI_HOME=" + filepath.Join(home, ".aspera", "ascli"),
		"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"),
		"TMPDIR=" + os.TempDir(), "LANG=C.UTF-8",
	}
	for _, name := range []string{"SYSTEMROOT", "TEMP", "TMP"} {
		if v := os.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	if config != "" {
		env = append(env, "ASCLI_CONFIG_FILE="+config)
	}
	return env
}

// Ascli returns a command that runs ascli.
func Ascli(ctx context.Context, bin, home, config string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, Program(bin, "ascli"), args...)
	cmd.Env = Environ(bin, home, config)
	return cmd
}

// Preset reads a value of the sandbox's configuration file, which has one
// "key: value" a line below the name of each preset.
func (s *Sandbox) Preset(preset, key string) (string, error) {
	text, err := os.ReadFile(s.Config)
	if err != nil {
		return "", err
	}
	inside := false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimRight(line, "\n")
		if !strings.HasPrefix(line, " ") {
			inside = line == preset+":"
			continue
		}
		if v, ok := strings.CutPrefix(strings.TrimSpace(line), key+": "); ok && inside {
			return v, nil
		}
	}
	return "", fmt.Errorf("%s has no %s in preset %s", s.Config, key, preset)
}
