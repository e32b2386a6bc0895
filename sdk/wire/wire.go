// Package wire is what both ends of the plugin protocol share: the handshake
// and the translation between Go values and messages of proto/ascli/v1.
package wire

import (
	"context"
	"slices"

	"github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// Handshake values of hashicorp/go-plugin. The cookie keeps a person who starts
// a plugin by hand from waiting for a prompt; it is no secret.
const (
	CookieKey   = "ASCLI_PLUGIN_COOKIE"
	CookieValue = "b1d4c8e2-6f4e-4a57-9a6b-ascli-plugin"
	// Service is the name under which a plugin process is dispensed.
	Service = "ascli"
	// MaxMessage bounds one gRPC message, bytes. A record is one message at most.
	MaxMessage = 64 << 20
)

// ProtocolVersions returns the versions of proto/ascli/v* that this build speaks.
func ProtocolVersions() []uint32 { return []uint32{1} }

// Handshake returns the go-plugin configuration of both sides.
func Handshake() plugin.HandshakeConfig {
	return plugin.HandshakeConfig{MagicCookieKey: CookieKey, MagicCookieValue: CookieValue}
}

// Sets returns the plugin sets by protocol version, for ClientConfig and ServeConfig.
// register is nil on the host's side.
func Sets(register func(*plugin.GRPCBroker, *grpc.Server)) map[int]plugin.PluginSet {
	sets := map[int]plugin.PluginSet{}
	for _, v := range ProtocolVersions() {
		sets[int(v)] = plugin.PluginSet{Service: &endpoint{register: register}}
	}
	return sets
}

// Supports tells whether one of a plugin's protocol versions is spoken here.
func Supports(versions []uint32) bool {
	return slices.ContainsFunc(versions, func(v uint32) bool { return slices.Contains(ProtocolVersions(), v) })
}

// Connection is what the host gets of a started plugin.
type Connection struct {
	Conn   *grpc.ClientConn
	Broker *plugin.GRPCBroker
}

type endpoint struct {
	plugin.NetRPCUnsupportedPlugin
	register func(*plugin.GRPCBroker, *grpc.Server)
}

func (e *endpoint) GRPCServer(broker *plugin.GRPCBroker, server *grpc.Server) error {
	e.register(broker, server)
	return nil
}

func (e *endpoint) GRPCClient(_ context.Context, broker *plugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return &Connection{Conn: conn, Broker: broker}, nil
}
