package testscripts

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/ascli-go/ascli/testscripts/world"
)

// sshServer is a running sshd of OpenSSH.
type sshServer struct {
	Host       string
	Port       int
	User       string
	KeyPath    string
	KnownHosts string

	process *exec.Cmd
	stdin   io.Closer
}

// startSSHServer runs sshd on loopback; its program is built below folder.
func startSSHServer(folder string) (*sshServer, error) {
	program := world.Program(folder, "loopback-sshd")
	if err := buildGo(filepath.FromSlash("../sdk/sshclient/sshdtest/cmd/loopback-sshd"), program); err != nil {
		return nil, err
	}
	s := &sshServer{process: exec.Command(program)}
	s.process.Stderr = os.Stderr
	stdin, err := s.process.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := s.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.process.Start(); err != nil {
		return nil, err
	}
	s.stdin = stdin
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, s)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("sshd did not start: %w", err), s.stop())
	}
	return s, nil
}

func (s *sshServer) stop() error {
	return errors.Join(s.stdin.Close(), s.process.Wait())
}

// spec are the fields of a transfer spec that lead to the server, as JSON members.
func (s *sshServer) spec() string {
	return fmt.Sprintf(`"remote_host":%q,"ssh_port":%d,"remote_user":%q,"ssh_private_key_path":%q`, s.Host, s.Port, s.User, s.KeyPath)
}
