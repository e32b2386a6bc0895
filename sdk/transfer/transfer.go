// Package transfer holds what every process of ascli shares about transfers:
// the fields of a transfer spec, the rules that build a job from what a product
// and a user say, progress events and the errors of ascp.
//
// A transfer spec is a [*record.Object]: it has fields that only a server or a
// later version knows, and they must pass through as they came.
package transfer

// Direction is the way of a transfer as the client sees it; its values are
// those of the field "direction".
type Direction string

// The directions: Send is an upload, Receive a download.
const (
	Send    Direction = "send"
	Receive Direction = "receive"
)

// What the products expect of a server unless they say otherwise
// (spec/transfer.md 6.1).
const (
	DefaultUser    = "xfer"
	DefaultSSHPort = 33001
	DefaultUDPPort = 33001
)

// Source is one item to transfer. Destination is relative to the destination
// folder and may rename; without it the item keeps its base name.
type Source struct {
	Source, Destination string
}

// Fields of a transfer spec that the code speaks of. [Fields] has all of them.
const (
	FieldAuthentication          = "authentication"
	FieldContentProtection       = "content_protection"
	FieldContentPassword         = "content_protection_password"
	FieldCreateDir               = "create_dir"
	FieldDestination             = "destination"
	FieldDestinationRoot         = "destination_root"
	FieldDestinationRootID       = "destination_root_id"
	FieldDirection               = "direction"
	FieldFaspPort                = "fasp_port"
	FieldHTTPFallback            = "http_fallback"
	FieldKeepalive               = "keepalive"
	FieldMultiSession            = "multi_session"
	FieldOverwrite               = "overwrite"
	FieldPaths                   = "paths"
	FieldProxy                   = "proxy"
	FieldRemoteHost              = "remote_host"
	FieldRemotePassword          = "remote_password"
	FieldRemoteUser              = "remote_user"
	FieldResumePolicy            = "resume_policy"
	FieldSource                  = "source"
	FieldSourceRoot              = "source_root"
	FieldSourceRootID            = "source_root_id"
	FieldSSHFingerprint          = "sshfp"
	FieldSSHPort                 = "ssh_port"
	FieldSSHPrivateKey           = "ssh_private_key"
	FieldSSHPrivateKeyPassphrase = "ssh_private_key_passphrase"
	FieldSSHPrivateKeyPath       = "ssh_private_key_path"
	FieldTags                    = "tags"
	FieldToken                   = "token"
	FieldUseAscp4                = "use_ascp4"
	FieldWSSEnabled              = "wss_enabled"
	FieldWSSPort                 = "wss_port"

	// TagAspera is the key of field "tags" that is reserved to the products.
	TagAspera = "aspera"
	// TagRetry, in that tag, is for how many seconds a transfer is tried again.
	TagRetry = "xfer_retry"
)
