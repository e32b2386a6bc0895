package sshclient_test

import (
	"errors"
	"net"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/ascli-go/ascli/sdk/sshclient"
	"github.com/ascli-go/ascli/sdk/sshclient/sshdtest"
)

const password = "correct horse"

func TestPassword(t *testing.T) {
	for _, tt := range []struct {
		name   string
		server *ssh.ServerConfig
	}{
		{"password", &ssh.ServerConfig{PasswordCallback: func(_ ssh.ConnMetadata, given []byte) (*ssh.Permissions, error) {
			return nil, same(string(given))
		}}},
		{"keyboard-interactive", &ssh.ServerConfig{KeyboardInteractiveCallback: func(_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
			answers, err := ask("", "", []string{"Password: "}, []bool{false})
			if err != nil || len(answers) != 1 {
				return nil, errors.New("no answer")
			}
			return nil, same(answers[0])
		}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			address := serve(t, tt.server, ssh.DiscardRequests)
			c := sshclient.Config{
				Host: "127.0.0.1", Port: address.Port, User: "u", Password: password,
				HostKeys: sshclient.HostKeys{Policy: sshclient.AcceptAny},
			}
			client, err := sshclient.Dial(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			if err := client.Close(); err != nil {
				t.Error(err)
			}
			c.Password = "wrong"
			fails(t, c, sshclient.Authentication, "does not accept user u")
		})
	}
}

func same(given string) error {
	if given != password {
		return errors.New("wrong password")
	}
	return nil
}

func TestAgent(t *testing.T) {
	server := sshdtest.Start(t, sshdtest.Options{})
	key, err := ssh.ParseRawPrivateKey([]byte(server.Key))
	if err != nil {
		t.Fatal(err)
	}
	keyring := agent.NewKeyring()
	if err := keyring.Add(agent.AddedKey{PrivateKey: key}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "agent")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { _ = agent.ServeAgent(keyring, conn) }()
		}
	}()
	c := config(server)
	c.Keys, c.Agent = nil, true
	t.Setenv("SSH_AUTH_SOCK", path)
	talk(t, c)
	t.Setenv("SSH_AUTH_SOCK", "")
	fails(t, c, sshclient.Authentication, "Authentication failure")
}

// A server is asked when it is silent. One that does not answer any more is given
// up, and so is what waits for it.
func TestSilentServer(t *testing.T) {
	asked, silence := make(chan struct{}), make(chan struct{})
	address := serve(t, &ssh.ServerConfig{NoClientAuth: true}, func(requests <-chan *ssh.Request) {
		for request := range requests {
			select {
			case asked <- struct{}{}:
				_ = request.Reply(false, nil)
			case <-silence:
			}
		}
	})
	client, err := sshclient.Dial(t.Context(), sshclient.Config{
		Host: "127.0.0.1", Port: address.Port, User: "u", HostKeys: sshclient.HostKeys{Policy: sshclient.AcceptAny},
		KeepAlive: 100 * time.Millisecond, Misses: 3,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	// More questions than may be missed: a refusal is an answer.
	for range 5 {
		<-asked
	}
	close(silence)
	if err := client.Wait(); err == nil {
		t.Error("the connection ended in order")
	}
	var lost *sshclient.Error
	if !errors.As(client.Lost(), &lost) || lost.Kind != sshclient.Timeout {
		t.Errorf("the reason is %v", client.Lost())
	}
}
