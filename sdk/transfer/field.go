package transfer

import "slices"

// Type is a JSON type that a field accepts, named as in error messages.
type Type string

// The types of fields.
const (
	TypeString Type = "string"
	TypeInt    Type = "int"
	TypeBool   Type = "bool"
	TypeArray  Type = "array"
	TypeObject Type = "hash"
	// TypeNumber is an integer or a fraction; no field of a transfer spec has it.
	TypeNumber Type = "number"
)

// AgentSet holds the letters of the agents that support a field: D direct,
// N node, C connect, T transfer daemon, H httpgw, K desktop.
type AgentSet string

// Field describes one field of a transfer spec (spec/transfer.md 6.3).
type Field struct {
	Name  string
	Types []Type
	// Values are those of an enumeration.
	Values []string
	// Default is what servers and ascp assume, for documentation: it is never
	// added to a transfer.
	Default string
	Agents  AgentSet
	// Required fields must be there for a transfer with ascp.
	Required bool
	// Secret values may not be shown.
	Secret bool
	// Since is the version of the original that introduced the field, empty for
	// those of 4.21.0.
	Since string
	Ascp  Mapping
	Help  string
}

// Mapping says how ascp is told the value of a field. The zero Mapping is that
// of a field that ascp does not get.
type Mapping struct {
	// Option takes the value as the next argument, or is a switch: given when
	// the value is true, else left out.
	Option string
	Switch bool
	// Env is the environment variable that takes the value instead.
	Env string
	// Convert changes the value first; Table is that of ConvertTable.
	Convert Conversion
	Table   []Entry
}

// Conversion is a change of a value on its way to ascp.
type Conversion int

// The conversions of spec/transfer.md 6.2, step 4.
const (
	ConvertNone Conversion = iota
	// ConvertTable looks the value up.
	ConvertTable
	// ConvertDashless removes each "-".
	ConvertDashless
	// ConvertBase64 is base64 of the text, with padding, on one line.
	ConvertBase64
	// ConvertJSON64 is base64 of the compact JSON text.
	ConvertJSON64
)

// Entry is a line of a conversion table.
type Entry struct {
	// Value is the text of the JSON value.
	Value string
	Ascp  string
}

// Fields returns all known fields, by name.
func Fields() []Field { return slices.Clone(fields) }

// LookupField returns the field of a name.
func LookupField(name string) (Field, bool) {
	i, found := slices.BinarySearchFunc(fields, name, func(f Field, name string) int {
		switch {
		case f.Name < name:
			return -1
		case f.Name > name:
			return 1
		}
		return 0
	})
	if !found {
		return Field{}, false
	}
	return fields[i], true
}

// AscpOrder returns the names of the fields in the order in which they appear
// on the command line of ascp.
func AscpOrder() []string { return slices.Clone(ascpOrder) }

// ascpOrder is the order of 4.21.0 with the fields that came later beside
// their relatives (spec/transfer.md 6.4).
var ascpOrder = []string{
	"cipher", "content_protection", "content_protection_password", "cookie", "create_dir",
	"delete_before_transfer", "delete_source", "direction", "exclude_newer_than", "exclude_older_than",
	"fail_bad_filepass", "fasp_port", "file_checksum", "http_fallback", "http_fallback_port", "https_fallback_port",
	"move_after_transfer", "multi_session_threshold", "overwrite", "precalculate_job_size",
	"preserve_access_time", "preserve_creation_time", "preserve_modification_time", "preserve_times",
	"rate_policy", "remote_host", "remote_user", "remote_password", "remove_after_transfer",
	"remove_empty_directories", "remove_skipped", "proxy", "resume_policy", "save_before_overwrite",
	"skip_duplicate_check", "skip_special_files", "ssh_port", "ssh_private_key",
	"ssh_private_key_passphrase", "ssh_private_key_path", "symlink_policy", "tags", "tags64", "target_rate_kbps",
	"token", "use_system_ssh", "source_root", "apply_local_docroot", "src_base", "src_base64", "preserve_acls",
	"preserve_remote_acls", "preserve_file_owner_uid", "preserve_file_owner_gid", "preserve_extended_attrs",
	"preserve_remote_extended_attrs", "preserve_source_access_time", "remove_empty_source_directory",
	"keepalive", "dgram_size", "min_rate_kbps", "sshfp",
}
