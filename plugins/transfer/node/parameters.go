package node

import (
	"net/url"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/node"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// remoteRetry is the time in seconds for which the node tries to reach the
// other server, unless the spec says it.
const remoteRetry = 150

// loopback is how a node is told that it is the other server itself.
const loopback = "127.0.0.1"

// parameters is transfer_info.
type parameters struct {
	address, username, password, rootID string
	host                                string
}

func parseParameters(info *record.Object) (parameters, error) {
	var p parameters
	err := agent.Parameters{
		transfer.InfoURL:      agent.Text(&p.address),
		transfer.InfoUsername: agent.Text(&p.username),
		transfer.InfoPassword: agent.Text(&p.password),
		transfer.InfoRootID:   agent.Text(&p.rootID),
	}.Decode(info)
	if err != nil {
		return p, err
	}
	for _, mandatory := range []struct{ key, value string }{{transfer.InfoURL, p.address}, {transfer.InfoPassword, p.password}} {
		if mandatory.value == "" {
			return p, missing(mandatory.key)
		}
	}
	if p.address, err = rest.NormalizeURL(p.address); err != nil {
		return p, err
	}
	if u, err := url.Parse(p.address); err == nil {
		p.host = u.Hostname()
	}
	if !node.IsBearer(p.password) {
		if p.username == "" {
			return p, missing(transfer.InfoUsername)
		}
		return p, nil
	}
	if p.rootID == "" {
		return p, failure.Argumentf("missing mandatory parameter of agent node: %s: a bearer token needs the file id of a folder", transfer.InfoRootID)
	}
	if p.username == "" {
		p.username, err = node.BearerAccessKey(p.password)
	}
	return p, err
}

func missing(key string) error {
	return failure.Argumentf("missing mandatory parameter of agent node: %s", key).
		Hint(`Give it with --transfer-info=@json:'{"url":"https://<address of the node>","username":"<user>","password":"<password>"}'`)
}

// client makes the client of the node: user and password, or an access key
// with its bearer token.
func (p parameters) client(session *rest.Session) (*rest.Client, error) {
	if node.IsBearer(p.password) {
		api, err := session.Client(p.address, rest.Verbatim(p.password))
		if err != nil {
			return nil, err
		}
		return api.WithHeader(node.AccessKeyHeader, p.username), nil
	}
	return session.Client(p.address, rest.Basic(p.username, p.password))
}

// adapt returns a copy of a transfer spec as the node gets it: where the files
// of the node are, and which address the other server has as seen from there.
func (p parameters) adapt(spec *record.Object) (*record.Object, error) {
	spec = spec.Clone()
	switch direction := spec.Text(transfer.FieldDirection); direction {
	case string(transfer.Send):
		if p.rootID != "" {
			spec.Set(transfer.FieldSourceRootID, p.rootID)
		}
	case string(transfer.Receive):
		if p.rootID != "" {
			spec.Set(transfer.FieldDestinationRootID, p.rootID)
		}
	default:
		return nil, failure.Argumentf("Enum value %s is not allowed for direction", direction)
	}
	if aspera := spec.Object(transfer.FieldTags).Object(transfer.TagAspera); aspera != nil && !aspera.Has(transfer.TagRetry) {
		aspera.Set(transfer.TagRetry, remoteRetry)
	}
	if !spec.Bool(transfer.FieldWSSEnabled) && spec.Text(transfer.FieldRemoteHost) == p.host {
		spec.Set(transfer.FieldRemoteHost, loopback)
	}
	return spec, nil
}
