package async

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sandbox/ascp"
)

// Values of parameters (spec/sync.md 3.5).
const (
	push = "push"
	pull = "pull"
	bidi = "bidi"

	continuous = "continuous"
	overSSH    = "ssh"
	noChecksum = "none"

	always     = "always"
	older      = "older"
	onConflict = "conflict"

	copyLinks   = "copy"
	skipLinks   = "skip"
	followLinks = "follow"
)

// config is the description of one session, with the names of `--conf64`
// (spec/sync.md 3.5). What is in it without a place here is in noEffect.
type config struct {
	Name      string `json:"name"`
	Direction string `json:"direction"`
	Mode      string `json:"mode"`
	Local     struct {
		Path string `json:"path"`
		Pass string `json:"pass"`
	} `json:"local"`
	Remote struct {
		Path        string          `json:"path"`
		Host        string          `json:"host"`
		User        string          `json:"user"`
		Pass        string          `json:"pass"`
		Port        int             `json:"port"`
		WSPort      int             `json:"ws_port"`
		Token       string          `json:"token"`
		NodeUser    string          `json:"token_node_user"`
		ConnectMode string          `json:"connect_mode"`
		Fingerprint string          `json:"fingerprint"`
		Keys        []string        `json:"private_key_paths"`
		Proxy       json.RawMessage `json:"proxy"`
	} `json:"remote"`
	Tags      json.RawMessage `json:"tags"`
	Cookie    string          `json:"cookie"`
	Transport struct {
		TargetRate int64 `json:"target_rate"` // bit/s
		transportNoEffect
	} `json:"transport"`

	Checksum           string       `json:"checksum"`
	Overwrite          string       `json:"overwrite"`
	SymbolicLinks      string       `json:"symbolic_links"`
	Filters            []filterRule `json:"filters"`
	CreateDir          bool         `json:"create_dir"`
	Reset              bool         `json:"reset"`
	Mirror             bool         `json:"mirror"`
	IgnoreDelete       bool         `json:"ignore_delete"`
	DeleteBefore       bool         `json:"delete_before"`
	DeleteDelay        bool         `json:"delete_delay"`
	CleanExcluded      bool         `json:"clean_excluded"`
	RemoveSources      bool         `json:"remove_after_transfer"`
	KeepModified       bool         `json:"preserve_modification_time"`
	ScanFileRename     bool         `json:"scan_file_rename"`
	ScanDirRename      bool         `json:"scan_dir_rename"`
	LocalDBFolder      string       `json:"local_db_dir"`
	LocalKeepFolder    string       `json:"local_keep_dir"`
	RemoteKeepFolder   string       `json:"remote_keep_dir"`
	LocalSignature     string       `json:"local_mount_signature"`
	RemoteSignature    string       `json:"remote_mount_signature"`
	LocalScanInterval  int64        `json:"local_scan_interval_milliseconds"`
	RemoteScanInterval int64        `json:"remote_scan_interval_milliseconds"`
	Cooloff            *int64       `json:"cooloff_seconds"`
	Quiet              *bool        `json:"quiet"`
	Resume             struct {
		Enabled bool   `json:"enabled"`
		MinSize *int64 `json:"min_size"`
		MaxAge  int64  `json:"max_age"`
	} `json:"resume"`

	noEffect
}

type filterRule struct {
	Rule  string `json:"rule"`
	Value string `json:"value"`
}

// transportNoEffect is about FASP.
type transportNoEffect struct {
	Cipher         string   `json:"cipher"`
	Compression    string   `json:"compression"`
	DatagramSize   int64    `json:"datagram_size"`
	MinRate        int64    `json:"min_rate"`
	RatePolicy     string   `json:"rate_policy"`
	RawOptions     []string `json:"raw_options"`
	ReadBlockSize  int64    `json:"read_block_size"`
	RexmsgSize     int64    `json:"rexmsg_size"`
	WriteBlockSize int64    `json:"write_block_size"`
	UDPPort        int      `json:"udp_port"`
}

// noEffect parameters are about FASP, threads, logs and caches, about metadata
// that SFTP does not show, or about a database of the remote side, which the
// stand-in does not keep.
type noEffect struct {
	AscpDir              string          `json:"ascp_dir"`
	AssumeNoMods         bool            `json:"assume_no_mods"`
	StoreMetadata        bool            `json:"store_metadata_records"`
	CooloffMax           int64           `json:"cooloff_max_seconds"`
	DBCacheSize          int64           `json:"db_cache_size"`
	DBJournalOff         bool            `json:"db_journal_off"`
	DBSyncOn             bool            `json:"db_sync_on"`
	Dedup                string          `json:"dedup"`
	ExcludeOldFolders    json.RawMessage `json:"exclude_dirs_older_than"`
	IgnoreMode           bool            `json:"ignore_mode"`
	IgnoreRemoteHost     bool            `json:"ignore_remote_host_sync_name"`
	ApplyDocroot         bool            `json:"local_apply_docroot"`
	LocalChecksumThreads int             `json:"local_checksum_threads"`
	LocalDBStore         string          `json:"local_db_store_dir"`
	LocalForceStat       bool            `json:"local_force_stat"`
	LocalFSThreads       int             `json:"local_fs_threads"`
	LocalMoveCache       int64           `json:"local_move_cache_timeout_seconds"`
	LocalACLs            string          `json:"local_preserve_acls"`
	LocalXattrs          string          `json:"local_preserve_xattrs"`
	LocalScanThreads     int             `json:"local_scan_threads"`
	LocalStatCache       int64           `json:"local_stat_cache_size"`
	Log                  json.RawMessage `json:"log"`
	ManifestPath         string          `json:"manifest_path"`
	MonitorBuffer        int64           `json:"monitor_buffer_size"`
	NoLog                string          `json:"no_log"`
	NoRootAttrs          bool            `json:"no_preserve_root_attrs"`
	NoScan               bool            `json:"no_scan"`
	SharingRetry         int64           `json:"notifications_sharing_retry_max"`
	PendingMax           int64           `json:"pending_max"`
	KeepAccessed         bool            `json:"preserve_access_time"`
	KeepCreated          bool            `json:"preserve_creation_time"`
	KeepGID              bool            `json:"preserve_gid"`
	KeepLegalHold        bool            `json:"preserve_object_lock_legal_hold"`
	KeepRetention        bool            `json:"preserve_object_lock_retention"`
	KeepObjectMetadata   bool            `json:"preserve_object_metadata"`
	KeepUID              bool            `json:"preserve_uid"`
	RemoteChecksums      int             `json:"remote_checksum_threads"`
	RemoteDBFolder       string          `json:"remote_db_dir"`
	RemoteDBStore        string          `json:"remote_db_store_dir"`
	RemoteForceStat      bool            `json:"remote_force_stat"`
	RemoteFSThreads      int             `json:"remote_fs_threads"`
	RemoteMoveCache      int64           `json:"remote_move_cache_timeout_seconds"`
	RemoteACLs           string          `json:"remote_preserve_acls"`
	RemoteXattrs         string          `json:"remote_preserve_xattrs"`
	RemoteScanThreads    int             `json:"remote_scan_threads"`
	RemoteStatCache      int64           `json:"remote_stat_cache_size"`
	ResumeScan           bool            `json:"resume_scan"`
	ScanIntensity        string          `json:"scan_intensity"`
	SharingRetryMax      int64           `json:"sharing_retry_max"`
	TransferThreads      json.RawMessage `json:"transfer_threads"`
	Watchd               json.RawMessage `json:"watchd"`
	WriteGID             string          `json:"write_gid"`
	WriteUID             string          `json:"write_uid"`
}

// parseConf reads the value of --conf64.
func parseConf(encoded string) (config, error) {
	var c config
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return c, ascp.Failf(ascp.CodeUsage, "--conf64: not base64: %v", err)
	}
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&c); err != nil {
		// The text of a JSON error may quote a value, which may be a secret.
		if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			return c, ascp.Failf(ascp.CodeUsage, "--conf64: %s cannot be a %s", wrong.Field, strings.SplitN(wrong.Value, " ", 2)[0])
		}
		if wrong, ok := errors.AsType[*json.SyntaxError](err); ok {
			return c, ascp.Failf(ascp.CodeUsage, "--conf64: not JSON, at byte %d", wrong.Offset)
		}
		return c, ascp.Failf(ascp.CodeUsage, "--conf64: %v", err)
	}
	if _, err := in.Token(); !errors.Is(err, io.EOF) {
		return c, ascp.Failf(ascp.CodeUsage, "--conf64: more than one JSON value")
	}
	return c, nil
}

var sessionName = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// complete checks the values and gives the defaults.
func (c *config) complete(links string) error {
	if !sessionName.MatchString(c.Name) {
		return ascp.Failf(ascp.CodeUsage, "name %q: letters, digits, - and _ are expected", c.Name)
	}
	for _, text := range []struct{ name, value string }{
		{"local.path", c.Local.Path}, {"remote.path", c.Remote.Path}, {"remote.host", c.Remote.Host}, {"remote.user", c.Remote.User},
	} {
		if text.value == "" {
			return ascp.Failf(ascp.CodeUsage, "%s is missing", text.name)
		}
	}
	for _, choice := range []struct {
		name     string
		value    *string
		fallback string
		others   []string
	}{
		{"direction", &c.Direction, push, []string{pull, bidi}},
		{"mode", &c.Mode, "one_time", []string{continuous}},
		{"checksum", &c.Checksum, "sha1_sparse", []string{"sha1", "md5", "md5_sparse", noChecksum}},
		{"symbolic_links", &c.SymbolicLinks, links, []string{copyLinks, skipLinks, followLinks}},
		{"overwrite", &c.Overwrite, c.overwriteDefault(), []string{always, older, onConflict}},
		{"remote.connect_mode", &c.Remote.ConnectMode, overSSH, nil},
	} {
		if *choice.value == "" {
			*choice.value = choice.fallback
		}
		if *choice.value != choice.fallback && !slices.Contains(choice.others, *choice.value) {
			known := append([]string{choice.fallback}, choice.others...)
			slices.Sort(known)
			return ascp.Failf(ascp.CodeUsage, "%s cannot be %q for this stand-in, use one of: %s", choice.name, *choice.value,
				strings.Join(slices.Compact(known), ", "))
		}
	}
	if c.Remote.Port == 0 {
		c.Remote.Port = 22
	}
	return c.conflicts()
}

func (c *config) overwriteDefault() string {
	if c.Direction == bidi {
		return onConflict
	}
	return always
}

// conflicts refuses what does not go together.
func (c *config) conflicts() error {
	for _, wrong := range []struct {
		is   bool
		text string
	}{
		{c.Direction == bidi && c.Mirror, "mirror is not for direction bidi"},
		{c.Direction == bidi && c.RemoveSources, "remove_after_transfer is not for direction bidi"},
		{c.DeleteBefore && c.DeleteDelay, "delete_before and delete_delay exclude each other"},
		{c.Transport.TargetRate < 0, "transport.target_rate is less than 0"},
		{c.Cooloff != nil && (*c.Cooloff < 0 || *c.Cooloff > 60), "cooloff_seconds is not from 0 to 60"},
	} {
		if wrong.is {
			return ascp.Failf(ascp.CodeUsage, "%s", wrong.text)
		}
	}
	return nil
}

func (c *config) quiet() bool { return c.Quiet == nil || *c.Quiet }

// databaseFolder is where the database lies.
func (c *config) databaseFolder() string {
	if c.LocalDBFolder != "" {
		return c.LocalDBFolder
	}
	return c.Local.Path
}

// tags64 is what the server is told with a token.
func (c *config) tags64() string {
	if len(c.Tags) == 0 {
		return ""
	}
	return base64.StdEncoding.EncodeToString(c.Tags)
}

func (r filterRule) String() string { return fmt.Sprintf("%s %s", r.Rule, r.Value) }
