package initiator

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/grant"
)

const (
	// defaultUser is the account of transfers by token.
	defaultUser = "xfer"
	// defaultSSHPort is the usual one of Aspera servers.
	defaultSSHPort = 33001
	// maxKbps keeps the arithmetic of rates far from overflow.
	maxKbps = 1e12
	// maxShares is how many sessions may move a transfer at once (spec transfer.md
	// section 6.3).
	maxShares = 128
	// maxRetries and maxRetrySeconds are what a server allows at most.
	maxRetries      = 100
	maxRetrySeconds = 24 * 3600
)

// ErrSpec is wrapped by the errors about a transfer spec that cannot be run.
var ErrSpec = errors.New("transfer spec refused")

// Spec is a transfer spec as POST /ops/transfers takes it (OpenAPI). Fields that
// concern FASP alone are not here. It holds secrets.
type Spec struct {
	Direction       grant.Direction `json:"direction"`
	RemoteHost      string          `json:"remote_host"`
	RemoteUser      string          `json:"remote_user"`
	RemotePassword  string          `json:"remote_password"`
	PrivateKey      string          `json:"ssh_private_key"`
	KeyPassphrase   string          `json:"ssh_private_key_passphrase"`
	RemoteAccessKey string          `json:"remote_access_key"`
	Token           string          `json:"token"`
	SSHPort         *int            `json:"ssh_port"`
	FASPPort        int             `json:"fasp_port"`
	Paths           []Path          `json:"paths"`
	SourceRoot      string          `json:"source_root"`
	DestinationRoot string          `json:"destination_root"`
	SourceRootID    string          `json:"source_root_id"`
	DestRootID      string          `json:"destination_root_id"`
	Title           string          `json:"title"`
	Tags            json.RawMessage `json:"tags"`
	Cookie          string          `json:"cookie"`
	Cipher          string          `json:"cipher"`
	RatePolicy      string          `json:"rate_policy"`
	TargetRate      kbps            `json:"target_rate_kbps"`
	MinRate         kbps            `json:"min_rate_kbps"`
	MultiSession    number          `json:"multi_session"`
	MaxRetries      *number         `json:"xfer_max_retries"`

	CreateDir     bool   `json:"create_dir"`
	Overwrite     string `json:"overwrite"`
	Resume        string `json:"resume_policy"`
	Symlinks      string `json:"symlink_policy"`
	Precalculate  *bool  `json:"precalculate_job_size"`
	SourceBase    string `json:"src_base"`
	Newer         number `json:"exclude_newer_than"`
	Older         number `json:"exclude_older_than"`
	FileChecksum  string `json:"file_checksum"`
	PreserveTimes bool   `json:"preserve_times"`
	PreserveMtime bool   `json:"preserve_modification_time"`
	PreserveAtime bool   `json:"preserve_access_time"`
	DeleteSource  bool   `json:"delete_source"`
	RemoveAfter   bool   `json:"remove_after_transfer"`
	RemoveEmpty   bool   `json:"remove_empty_directories"`
	// Keepalive: paths are given while the session runs, with [Initiator.Tell].
	Keepalive bool `json:"-"`

	// What the stand-in for ascp refuses: the transfer fails and says so.
	DeleteBefore      bool   `json:"delete_before_transfer"`
	MoveAfter         string `json:"move_after_transfer"`
	RemoveSkipped     bool   `json:"remove_skipped"`
	ContentProtection string `json:"content_protection"`
	ContentPassword   string `json:"content_protection_password"`
}

// ShortResumePolicy returns the value of resume_policy here for its name at the
// transfer daemon and at Aspera for Desktop (spec transfer.md section 6.3).
func ShortResumePolicy(long string) (short string, known bool) {
	switch long {
	case "none":
		return "none", true
	case "attributes":
		return "attrs", true
	case "sparse_checksum":
		return "sparse_csum", true
	case "full_checksum":
		return "full_csum", true
	}
	return "", false
}

// Path is a source and, if not empty, its name at the destination.
type Path struct {
	Source      string `json:"source"`
	Destination string `json:"destination,omitempty"`
}

// kbps is a rate; clients give a number, or the number as text.
type kbps int64

// UnmarshalJSON reads a rate.
func (k *kbps) UnmarshalJSON(text []byte) error {
	var n number
	if err := n.UnmarshalJSON(text); err != nil {
		return err
	}
	if n < 0 || n > maxKbps {
		return fmt.Errorf("%s is no rate in kbps", text)
	}
	*k = kbps(n)
	return nil
}

// number is a whole number, or one as text.
type number int64

// UnmarshalJSON reads a number; null leaves it.
func (n *number) UnmarshalJSON(text []byte) error {
	plain := string(text)
	if plain == "null" {
		return nil
	}
	if strings.HasPrefix(plain, `"`) {
		if err := json.Unmarshal(text, &plain); err != nil {
			return err
		}
	}
	value, err := strconv.ParseFloat(plain, 64)
	if err != nil || value != math.Trunc(value) || math.Abs(value) > 1<<53 {
		return fmt.Errorf("%s is no whole number", text)
	}
	*n = number(value)
	return nil
}

// Check completes the spec with default values, or says what is wrong with it.
// Values that only ascp can judge are left to it.
func (s *Spec) Check() error {
	switch {
	case s.Direction != grant.Send && s.Direction != grant.Receive:
		return fmt.Errorf("%w: direction is %q, not send or receive", ErrSpec, s.Direction)
	case s.RemoteHost == "":
		return fmt.Errorf("%w: remote_host is missing", ErrSpec)
	case len(s.Paths) == 0 && !s.Keepalive:
		return fmt.Errorf("%w: paths is missing", ErrSpec)
	case s.SSHPort != nil && (*s.SSHPort < 1 || *s.SSHPort > math.MaxUint16):
		return fmt.Errorf("%w: ssh_port %d is no port", ErrSpec, *s.SSHPort)
	case s.MultiSession < 0 || s.MultiSession > maxShares:
		return fmt.Errorf("%w: multi_session is %d, not 0 to %d", ErrSpec, s.MultiSession, maxShares)
	case s.MaxRetries != nil && *s.MaxRetries < 0:
		return fmt.Errorf("%w: xfer_max_retries is negative", ErrSpec)
	case s.RatePolicy != "" && !activity.RatePolicies[s.RatePolicy]:
		return fmt.Errorf("%w: rate_policy is %q, not fixed, high, fair or low", ErrSpec, s.RatePolicy)
	case s.Resume != "" && resumeLevels[s.Resume] == "":
		return fmt.Errorf("%w: resume_policy is %q, not none, attrs, sparse_csum or full_csum", ErrSpec, s.Resume)
	}
	if err := s.checkPaths(); err != nil {
		return err
	}
	if _, err := s.taggedWith(""); err != nil {
		return err
	}
	if _, err := s.retries(); err != nil {
		return err
	}
	if s.RemoteUser == "" {
		s.RemoteUser = defaultUser
	}
	if s.RatePolicy == "" {
		s.RatePolicy = "fair"
	}
	if s.SSHPort == nil {
		port := defaultSSHPort
		s.SSHPort = &port
	}
	return nil
}

func (s *Spec) checkPaths() error {
	pairs := 0
	for i, p := range s.Paths {
		if p.Source == "" {
			return fmt.Errorf("%w: the source of path %d is missing", ErrSpec, i+1)
		}
		// Sources go to ascp in a file, one a line.
		if strings.ContainsAny(p.Source+p.Destination, "\r\n\x00") {
			return fmt.Errorf("%w: path %d holds a line break or NUL", ErrSpec, i+1)
		}
		if p.Destination != "" {
			pairs++
		}
	}
	if pairs != 0 && pairs != len(s.Paths) {
		return fmt.Errorf("%w: give a destination for all paths, or for none", ErrSpec)
	}
	for name, text := range map[string]string{
		"remote_host": s.RemoteHost, "remote_user": s.RemoteUser, "source_root": s.SourceRoot, "destination_root": s.DestinationRoot,
		"remote_password": s.RemotePassword, "token": s.Token, "cookie": s.Cookie, "ssh_private_key": s.PrivateKey, "src_base": s.SourceBase,
	} {
		if strings.ContainsRune(text, 0) {
			return fmt.Errorf("%w: %s holds a NUL", ErrSpec, name)
		}
	}
	return nil
}

// taggedWith returns the tags with the id of the transfer, by which the far end
// knows the sessions that belong together.
func (s *Spec) taggedWith(id string) (json.RawMessage, error) {
	tags := map[string]json.RawMessage{}
	if len(s.Tags) > 0 {
		if err := json.Unmarshal(s.Tags, &tags); err != nil {
			return nil, fmt.Errorf("%w: tags is no object", ErrSpec)
		}
	}
	if tags == nil {
		tags = map[string]json.RawMessage{}
	}
	aspera := map[string]json.RawMessage{}
	if given, known := tags["aspera"]; known {
		if err := json.Unmarshal(given, &aspera); err != nil || aspera == nil {
			return nil, fmt.Errorf("%w: tags.aspera is no object", ErrSpec)
		}
	}
	var err error
	if aspera["xfer_id"], err = json.Marshal(id); err != nil {
		return nil, err
	}
	if tags["aspera"], err = json.Marshal(aspera); err != nil {
		return nil, err
	}
	return json.Marshal(tags)
}

// retries reads how often and how long a transfer is tried again: field
// xfer_max_retries, and xfer_retry of the tags, in seconds. Without either it is
// not.
func (s *Spec) retries() (retries, error) {
	var tags struct {
		Aspera struct {
			Retry number `json:"xfer_retry"`
		} `json:"aspera"`
	}
	if len(s.Tags) > 0 {
		if err := json.Unmarshal(s.Tags, &tags); err != nil {
			return retries{}, fmt.Errorf("%w: tags.aspera.xfer_retry is no number of seconds", ErrSpec)
		}
	}
	allowed := retries{seconds: min(max(0, int(tags.Aspera.Retry)), maxRetrySeconds)}
	switch {
	case s.MaxRetries != nil:
		allowed.count = int(min(*s.MaxRetries, maxRetries))
		if allowed.seconds == 0 {
			allowed.seconds = maxRetrySeconds
		}
	case allowed.seconds > 0:
		allowed.count = maxRetries
	}
	return allowed, nil
}

// record is the part of the spec that the journal keeps: no secret.
func (s *Spec) record(tags json.RawMessage) activity.StartSpec {
	kept := activity.StartSpec{
		SourcePaths: []string{}, DestinationPath: s.DestinationRoot, Direction: string(s.Direction), RemoteHost: s.RemoteHost,
		RemoteUser: s.RemoteUser, Tags: tags, Cookie: s.Cookie, TokenType: activity.TokenType(s.Token), SSHPort: *s.SSHPort,
		FASPPort: s.FASPPort, RatePolicy: s.RatePolicy, TargetRateKbps: int64(s.TargetRate), MinRateKbps: int64(s.MinRate),
		Cipher: "none", CreateDir: s.CreateDir, OverwritePolicy: s.Overwrite, ResumePolicy: s.Resume,
		PrecalcEnabled: s.precalculates(), SourceRootID: s.SourceRootID, DestRootID: s.DestRootID,
		ServerAccessKey: s.RemoteAccessKey,
	}
	for _, p := range s.Paths {
		kept.SourcePaths = append(kept.SourcePaths, path.Join(s.SourceRoot, p.Source))
	}
	return kept
}

// precalculates: without the size of the job its progress means little, so it
// is left out only when the client says so.
func (s *Spec) precalculates() bool { return s.Precalculate == nil || *s.Precalculate }
