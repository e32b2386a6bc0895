package sftp

import (
	"fmt"
	"log/slog"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// checkFields refuses what would give other files, or other secrecy, than the
// spec asks for, and warns of what gives less than it asks for. All other fields
// that this agent does not use are about FASP or for information.
func checkFields(spec *record.Object, log *slog.Logger) error {
	for _, field := range []struct{ name, reason string }{
		{"content_protection", "files would arrive without encryption at rest"},
		{"keepalive", "a session ends with its list of files"},
		{"proxy", "it is a proxy of FASP"},
		{"fasp_proxy", "it is a proxy of FASP"},
		{"source_root_id", "file ids are those of a node"},
		{"destination_root_id", "file ids are those of a node"},
		{"remote_access_key", "access keys are those of a node"},
		{"icos", "it is an object storage of the transfer daemon"},
	} {
		if asks(spec, field.name) {
			return failure.Argumentf("agent sftp cannot honour %s: %s", field.name, field.reason).
				Hint("Remove it with --ts=@json:'{\"%s\":null}', or use another agent", field.name)
		}
	}
	for _, name := range []string{
		"preserve_acls", "preserve_remote_acls", "preserve_extended_attrs", "preserve_remote_extended_attrs", "preserve_creation_time",
		"preserve_file_owner_uid", "preserve_file_owner_gid", "preserve_source_access_time", "apply_local_docroot", "file_checksum",
		"min_rate_kbps", "use_system_ssh", "ssh_args",
	} {
		if asks(spec, name) {
			log.Warn(fmt.Sprintf("agent sftp ignores %s", name))
		}
	}
	if spec.Bool(transfer.FieldUseAscp4) {
		log.Warn("agent sftp uses no ascp: it ignores " + transfer.FieldUseAscp4)
	}
	return nil
}

// asks tells whether a field is there with a value that asks for something.
func asks(spec *record.Object, name string) bool {
	value, ok := spec.Get(name)
	if n, isNumber := spec.Int(name); isNumber && n == 0 {
		return false
	}
	return ok && value != false && value != "" && value != "none"
}
