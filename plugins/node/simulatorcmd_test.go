package node_test

import (
	"net"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/plugins/node"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/sdktest"
)

func TestSimulatorThatCannotServe(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, c := range []struct {
		name       string
		parameters *record.Object
		want       string
	}{
		{"unknown parameter", record.New("port", 80), "unexpected parameters: [:port]"},
		{"unknown part of the certificate", record.New("certificate", record.New("ca", "x")), "unexpected key in certificate config: only: key, cert, chain, pkcs12"},
		{"everywhere by mistake", record.New("url", "http://:8080"), "url has no host: "},
		{"port in use", record.New("url", "http://"+taken.Addr().String()), "cannot serve at http://" + taken.Addr().String() + ": "},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := sdktest.Run(t, node.Plugin(), "simulator", values{"parameters": c.parameters}, values{"url": "http://h"}, sdktest.Host{})
			if out.Err == nil || !strings.HasPrefix(out.Err.Error(), c.want) || len(out.Messages) > 0 {
				t.Errorf("got %v, said %v", out.Err, out.Messages)
			}
		})
	}
}
