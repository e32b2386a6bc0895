package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
)

const (
	// clientBanner and serverBanner begin an SSH connection (RFC 4253 section 4.2).
	clientBanner = "SSH-2.0-Ascli_0.0\r\n"
	serverBanner = "SSH-2.0-"
	// bannerTimeout bounds the wait for a server to say what it is.
	bannerTimeout = 10 * time.Second
	// maxBanner is the longest line that a server may send before it is known for one.
	maxBanner = 4 << 10
)

// detect finds an SSH server by the line that it begins with.
func detect(ctx context.Context, address string, _ *sdk.Invocation) (*sdk.Detection, error) {
	candidates := []string{address}
	if !strings.Contains(address, "://") {
		candidates = []string{"ssh://" + address + ":33001", "ssh://" + address + ":22"}
	}
	var err error
	for _, candidate := range candidates {
		var found *sdk.Detection
		if found, err = greet(ctx, candidate); err == nil {
			return found, nil
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil, err
}

func greet(ctx context.Context, address string) (*sdk.Detection, error) {
	target, err := url.Parse(address)
	if err != nil || target.Scheme != schemeSSH || target.Port() == "" {
		return nil, failure.Argumentf("%s is not ssh://<host>:<port>", address)
	}
	ctx, cancel := context.WithTimeout(ctx, bannerTimeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", target.Host)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	if _, err := conn.Write([]byte(clientBanner)); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(io.LimitReader(conn, maxBanner)).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("%s does not say what it is: %w", target.Host, err)
	}
	version, ok := strings.CutPrefix(strings.TrimRight(line, "\r\n"), serverBanner)
	if !ok {
		return nil, failure.Otherf("RuntimeError", "%s is no SSH server", target.Host)
	}
	return &sdk.Detection{Application: "HSTS Fasp/SSH", URL: address, Version: version}, nil
}

// wizard proposes the options that every command needs.
func wizard(ctx context.Context, address string, inv *sdk.Invocation) (*sdk.Preset, error) {
	username, err := inv.Require(ctx, optionUsername)
	if err != nil {
		return nil, err
	}
	password, err := inv.Require(ctx, optionPassword)
	if err != nil {
		return nil, err
	}
	return &sdk.Preset{
		Options: []sdk.PresetOption{
			{Name: optionURL, Value: address}, {Name: optionUsername, Value: username}, {Name: optionPassword, Value: password},
		},
		TestCommand: "browse /",
	}, nil
}
