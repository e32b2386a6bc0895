package async

import (
	"strings"

	"github.com/ascli-go/ascli/plugins/transfer/mapping"
	"github.com/ascli-go/ascli/plugins/transfer/product"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/syncinfo"
	"github.com/ascli-go/ascli/sdk/transfer"
)

const (
	parameterKeys = "private_key_paths"
	parameterWS   = "ws_connect"
)

func option(name string, t transfer.Type) transfer.Field {
	f := transfer.Field{Name: name, Types: []transfer.Type{t}, Ascp: transfer.Mapping{Option: "--" + dashed(name)}}
	f.Ascp.Switch = t == transfer.TypeBool
	return f
}

func environment(name, variable string) transfer.Field {
	return transfer.Field{Name: name, Types: []transfer.Type{transfer.TypeString}, Secret: true, Ascp: transfer.Mapping{Env: variable}}
}

func dashed(name string) string { return strings.ReplaceAll(name, "_", "-") }

// instanceFields are the parameters of all sessions, in the order of async
// (spec/sync.md 3.1).
func instanceFields() []transfer.Field {
	return []transfer.Field{
		option("alt_logdir", transfer.TypeString), option("watchd", transfer.TypeString),
		option("apply_local_docroot", transfer.TypeBool), option("quiet", transfer.TypeBool),
		option(parameterWS, transfer.TypeBool),
	}
}

// sessionFields are the parameters of one session, in the order of async.
func sessionFields() []transfer.Field {
	keys := option(parameterKeys, transfer.TypeArray)
	keys.Ascp.Option = "--private-key-path"
	tags := option("tags", transfer.TypeObject)
	tags.Ascp = transfer.Mapping{Option: "--tags64", Convert: transfer.ConvertJSON64}
	cipher := option("cipher", transfer.TypeString)
	cipher.Ascp.Convert = transfer.ConvertDashless
	return []transfer.Field{
		option("name", transfer.TypeString), option("local_dir", transfer.TypeString), option("remote_dir", transfer.TypeString),
		option("local_db_dir", transfer.TypeString), option("remote_db_dir", transfer.TypeString),
		option("host", transfer.TypeString), option("user", transfer.TypeString), keys,
		option("direction", transfer.TypeString), option("checksum", transfer.TypeString), tags,
		option("tcp_port", transfer.TypeInt), option("rate_policy", transfer.TypeString), option("target_rate", transfer.TypeString),
		option("cooloff", transfer.TypeInt), option("pending_max", transfer.TypeInt), option("scan_intensity", transfer.TypeString),
		cipher, option("transfer_threads", transfer.TypeInt),
		option("preserve_time", transfer.TypeBool), option("preserve_access_time", transfer.TypeBool),
		option("preserve_modification_time", transfer.TypeBool), option("preserve_uid", transfer.TypeBool),
		option("preserve_gid", transfer.TypeBool), option("create_dir", transfer.TypeBool), option("reset", transfer.TypeBool),
		environment("remote_password", "ASPERA_SCP_PASS"), environment("cookie", "ASPERA_SCP_COOKIE"),
		environment("token", "ASPERA_SCP_TOKEN"), environment("license", "ASPERA_SCP_LICENSE"),
	}
}

// specOf are the fields of a transfer spec that give the parameters which a
// session does not have.
func specOf() map[string]string {
	return map[string]string{
		"host": transfer.FieldRemoteHost, "user": transfer.FieldRemoteUser, "tags": transfer.FieldTags, "tcp_port": transfer.FieldSSHPort,
		"cipher": "cipher", "preserve_time": "preserve_times", "preserve_uid": "preserve_file_owner_uid",
		"preserve_gid": "preserve_file_owner_gid", "create_dir": transfer.FieldCreateDir,
		"remote_password": transfer.FieldRemotePassword, "cookie": "cookie", "token": transfer.FieldToken,
	}
}

// argsOf is the command line of sessions of form args. The environment is one for
// all sessions: the last one's counts.
func argsOf(job Job, sessions []syncinfo.Session, ascp product.Executable) (mapping.Command, error) {
	instance, err := syncinfo.Instance(job.Description)
	if err != nil {
		return mapping.Command{}, err
	}
	command, err := mapping.Map(instance, instanceFields())
	if err != nil {
		return command, err
	}
	for i, s := range sessions {
		values := s.Fields.Clone()
		if err := complete(values, job.Specs[i], instance, ascp); err != nil {
			return command, err
		}
		values.Set(s.Key(syncinfo.RemotePath), remoteFolder(job.Specs[i], s.Text(syncinfo.RemotePath), job.Additive))
		part, err := mapping.Map(values, sessionFields())
		if err != nil {
			return command, err
		}
		command.Args = append(command.Args, part.Args...)
		command.Env = append(command.Env, part.Env...)
		command.Warnings = append(command.Warnings, part.Warnings...)
	}
	return command, nil
}

// complete adds to a session what it does not have and the transfer spec knows,
// and the key that servers accept with a token.
func complete(values, spec, instance *record.Object, ascp product.Executable) error {
	sources := specOf()
	for _, f := range sessionFields() {
		if described, _ := values.Get(f.Name); described != nil {
			continue
		}
		if value, _ := spec.Get(sources[f.Name]); value != nil {
			values.Set(f.Name, value)
		}
	}
	if !spec.Has(transfer.FieldToken) || values.Has("remote_password") || instance.Bool(parameterWS) {
		return nil
	}
	key, err := ascp.Key(product.KeyRSA)
	if err == nil {
		values.Set(parameterKeys, []any{key})
		return nil
	}
	if len(values.List(parameterKeys)) > 0 {
		return nil
	}
	return err
}
