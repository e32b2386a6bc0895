package async

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/ascli-go/ascli/plugins/transfer/product"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Values of remote.connect_mode.
const (
	overWebSocket = "ws"
	overSSH       = "ssh"
)

// mode tells under which rules a value of a transfer spec is taken.
type mode int

const (
	always mode = iota
	// only421 and only424 values are those of one version (spec/sync.md 3.3).
	only421
	only424
)

// fromSpec is the table of spec/sync.md 3.3.
func fromSpec() []struct {
	field, parameter string
	mode             mode
} {
	return []struct {
		field, parameter string
		mode             mode
	}{
		{transfer.FieldRemoteHost, "remote.host", always},
		{transfer.FieldRemoteUser, "remote.user", always},
		{transfer.FieldRemotePassword, "remote.pass", always},
		{transfer.FieldSSHFingerprint, "remote.fingerprint", always},
		{transfer.FieldTags, "tags", always},
		{transfer.FieldSSHPort, "remote.port", always},
		{transfer.FieldWSSPort, "remote.ws_port", always},
		{transfer.FieldProxy, "remote.proxy", only421},
		{transfer.FieldToken, "remote.token", always},
		{"target_rate_kbps", "transport.target_rate", only424},
	}
}

// confOf completes the description of a session of form conf (spec/sync.md 3.2).
func confOf(job Job, ascp product.Executable) (*record.Object, error) {
	conf, spec := job.Description.Clone(), job.Specs[0]
	for _, row := range fromSpec() {
		value, given := spec.Get(row.field)
		if !given || row.mode == only421 && job.Additive || row.mode == only424 && !job.Additive {
			continue
		}
		path := strings.Split(row.parameter, ".")
		if described, _ := conf.At(path...); described != nil && job.Additive {
			continue
		}
		if row.mode == only424 {
			kbps, ok := spec.Int(row.field)
			if !ok {
				continue
			}
			value = kbps * 1000
		}
		conf.SetAt(value, path...)
	}
	remote := conf.Object("remote")
	remote.Set("path", remoteFolder(spec, remote.Text("path"), job.Additive))
	if err := connect(remote, spec, ascp); err != nil {
		return nil, err
	}
	if job.Additive && job.Watched && !conf.Has("quiet") {
		conf.Set("quiet", false)
	}
	return conf, nil
}

// connect settles how async reaches the server.
func connect(remote, spec *record.Object, ascp product.Executable) error {
	if remote.Text("connect_mode") == "" {
		way := overSSH
		if spec.Bool(transfer.FieldWSSEnabled) {
			way = overWebSocket
		}
		remote.Set("connect_mode", way)
	}
	if remote.Text("connect_mode") == overWebSocket {
		remote.Delete("port")
		remote.Delete("fingerprint")
		return nil
	}
	remote.Delete("ws_port")
	if !remote.Has("token") || remote.Has("pass") {
		return nil
	}
	keys := remote.List("private_key_paths")
	key, err := ascp.Key(product.KeyRSA)
	switch {
	case err == nil:
		remote.Set("private_key_paths", append(keys, key))
	case len(keys) == 0:
		return err
	}
	return nil
}

// sharesCookie begins the cookies of Shares.
const sharesCookie = "aspera.shares2"

// remoteFolder is the folder that async is told (spec/sync.md 3.4): the top for a
// server that knows the folder by its id, the one that Shares has set up.
func remoteFolder(spec *record.Object, described string, additive bool) string {
	if _, byID := spec.At(transfer.FieldTags, transfer.TagAspera, "node", "file_id"); byID {
		return "/"
	}
	if !strings.HasPrefix(spec.Text("cookie"), sharesCookie) {
		return described
	}
	paths := spec.List(transfer.FieldPaths)
	if len(paths) == 0 {
		return described
	}
	key := transfer.FieldSource
	if additive && spec.Text(transfer.FieldDirection) == string(transfer.Send) {
		key = transfer.FieldDestination
	}
	if first, ok := paths[0].(*record.Object); ok && first.Text(key) != "" {
		return first.Text(key)
	}
	return described
}

// confArgs gives async a description as argument: it takes no other. Base64 keeps
// its secrets from the eyes of passers-by only (spec/sync.md 6).
func confArgs(conf *record.Object) func(port int) []string {
	described := base64.StdEncoding.EncodeToString(record.JSON(conf))
	return func(port int) []string {
		return []string{"--exclusive-mgmt-port=" + strconv.Itoa(port), "--conf64=" + described}
	}
}
