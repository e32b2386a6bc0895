package server_test

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/plugins/server"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sshclient/sshdtest"
)

func TestDetect(t *testing.T) {
	real := sshdtest.Start(t, sshdtest.Options{})
	says := func(text string) string {
		return listen(t, func(conn net.Conn) {
			defer conn.Close()
			if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || line != "SSH-2.0-Ascli_0.0\r\n" {
				t.Errorf("the client says %q, %v", line, err)
			}
			_, _ = io.WriteString(conn, text)
		})
	}
	for _, tt := range []struct{ name, address, version, err string }{
		{name: "OpenSSH", address: "ssh://" + real.Address(), version: "OpenSSH_"},
		{name: "transfer server", address: says("SSH-2.0-Aspera_4.4.5\r\nmore"), version: "Aspera_4.4.5"},
		{name: "something else", address: says("220 mail.example.com\r\n"), err: "is no SSH server"},
		{name: "says nothing", address: says(""), err: "does not say what it is"},
		{name: "an endless line", address: says(strings.Repeat("x", 5000)), err: "does not say what it is"},
		{name: "another scheme", address: "https://" + real.Address(), err: "is not ssh://<host>:<port>"},
		{name: "no port", address: "ssh://127.0.0.1", err: "is not ssh://<host>:<port>"},
		{name: "no scheme, nobody there", address: "no-such-host.invalid", err: "no-such-host.invalid"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			found, err := server.Plugin().Detect(t.Context(), tt.address, &sdk.Invocation{})
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error is %v", err)
				}
				return
			}
			if err != nil || found.Application != "HSTS Fasp/SSH" || found.URL != tt.address || !strings.HasPrefix(found.Version, tt.version) {
				t.Errorf("found %+v, %v", found, err)
			}
		})
	}
}

func TestWizard(t *testing.T) {
	inv := &sdk.Invocation{Options: map[string]any{"username": "u", "password": "p"}}
	preset, err := server.Plugin().Wizard(t.Context(), "ssh://h:33001", inv)
	if err != nil {
		t.Fatal(err)
	}
	options := record.New()
	for _, o := range preset.Options {
		options.Set(o.Name, o.Value)
	}
	if got := string(record.JSON(options)); got != `{"url":"ssh://h:33001","username":"u","password":"p"}` || preset.TestCommand != "browse /" {
		t.Errorf("preset %s, test %q", got, preset.TestCommand)
	}
}
