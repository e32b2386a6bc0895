package async

import (
	"encoding/base64"
	"fmt"
	"io"
	"regexp"
	"runtime"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/ascli-go/ascli/sandbox/ascp"
)

// arguments are those of async (spec/sync.md 3.5), for the program or for one
// session. What is hidden is taken without effect.
type arguments struct {
	Help       bool   `short:"h" help:"Show this help."`
	Version    bool   `short:"A" help:"Show the version."`
	Conf64     string `name:"conf64" placeholder:"BASE64" help:"Description of a session: base64 of JSON."`
	Management string `name:"exclusive-mgmt-port" placeholder:"PORT" help:"Connect to a management port on this computer."`

	Name       string   `short:"N" help:"Name of the session."`
	LocalDir   string   `short:"d" help:"Local folder."`
	RemoteDir  string   `short:"r" placeholder:"[[USER@]HOST:]PATH" help:"Remote folder."`
	Direction  string   `short:"K" help:"push, pull or bidi."`
	Continuous bool     `short:"C" help:"Go on until stopped."`
	Host       string   `help:"Server: this computer only."`
	User       string   `help:"User on the server."`
	Pass       string   `short:"w" help:"Password; better in the environment: ${env_pass}."`
	TCPPort    int      `short:"P" name:"tcp-port" help:"SSH port."`
	PrivateKey []string `short:"i" name:"private-key-path" sep:"none" help:"SSH private key, may be repeated."`
	Token      string   `short:"W" help:"Token; better in the environment: ${env_token}."`
	Tags64     string   `name:"tags64" help:"Tags: base64 of JSON."`
	Cookie     string   `help:"Text that goes with the session."`
	WSConnect  bool     `name:"ws-connect" help:"Refused: there is no WebSocket session."`
	TargetRate rateBps  `short:"l" placeholder:"BPS" help:"Target rate, with k, m or g for other units."`

	Checksum       string `short:"k" help:"sha1, md5, sha1_sparse or md5_sparse: compare the content of files (by SHA-256, of the whole file); none: size and time only."`
	Overwrite      string `short:"o" help:"always, older or conflict."`
	SymbolicLinks  string `short:"n" help:"copy, skip or follow."`
	CreateDir      bool   `help:"Create missing folders."`
	Reset          bool   `short:"x" help:"Forget the snapshot."`
	Mirror         bool   `help:"Delete at the destination what the source does not have."`
	IgnoreDelete   bool   `help:"Do not propagate deletions."`
	DeleteBefore   bool   `help:"Delete first."`
	DeleteDelay    bool   `help:"Delete last."`
	CleanExcluded  bool   `help:"Drop excluded paths from the snapshot."`
	RemoveSources  bool   `name:"remove-after-transfer" help:"Remove files of the source once transferred."`
	KeepModified   bool   `name:"preserve-modification-time" help:"Keep modification times."`
	KeepTimes      bool   `short:"t" name:"preserve-time" help:"Same."`
	ScanFileRename bool   `help:"Rename files at the destination rather than transfer them again."`
	ScanDirRename  bool   `help:"Same, file by file."`
	LocalDBDir     string `short:"b" name:"local-db-dir" help:"Folder of the snapshot."`
	KeepLocal      string `name:"keep-dir-local" help:"Where to move what is deleted here."`
	KeepRemote     string `name:"keep-dir-remote" help:"Where to move what is deleted there."`
	LocalMount     string `name:"local-mount-signature" help:"File that must be there."`
	RemoteMount    string `name:"remote-mount-signature" help:"File that must be there."`
	LocalInterval  int64  `name:"scan-interval" help:"Milliseconds between looks at the local folder."`
	RemoteInterval int64  `name:"remote-scan-interval" help:"Milliseconds between looks at the remote folder."`
	Cooloff        *int64 `help:"Seconds for which a folder must be still."`
	SupportResume  *int64 `help:"Resume files of that many bytes or more."`
	Quiet          bool   `short:"q" help:"Print nothing."`

	NoEffect argumentsNoEffect `embed:""`
}

// argumentsNoEffect are as noEffect.
type argumentsNoEffect struct {
	AssumeNoMods       bool   `hidden:""`
	StoreMetadata      bool   `name:"store-metadata-records" hidden:""`
	CooloffMax         int64  `hidden:""`
	Dedup              string `enum:"copy,inode,hardlink,none," default:"" hidden:""`
	IgnoreMode         bool   `hidden:""`
	ApplyLocalDocroot  bool   `hidden:""`
	LocalChecksums     int    `name:"local-checksum-threads" hidden:""`
	LocalDBStore       string `name:"local-db-store-dir" hidden:""`
	LocalForceStat     bool   `hidden:""`
	LocalFSThreads     int    `name:"local-fs-threads" hidden:""`
	LocalMoveCache     int64  `name:"local-move-cache-timeout" hidden:""`
	PreserveACLs       string `name:"preserve-acls" hidden:""`
	PreserveXattrs     string `name:"preserve-xattrs" hidden:""`
	ScanThreads        int    `hidden:""`
	LogLevel           int    `short:"D" type:"counter" hidden:""`
	LogFolder          string `short:"L" name:"alt-logdir" hidden:""`
	RemoteLogFolder    string `short:"R" name:"remote-logdir" hidden:""`
	NoLog              string `hidden:""`
	NoRootAttrs        bool   `name:"no-preserve-root-attrs" hidden:""`
	NoScan             bool   `hidden:""`
	PendingMax         int64  `hidden:""`
	PreserveAccessTime bool   `hidden:""`
	PreserveCreation   bool   `name:"preserve-creation-time" hidden:""`
	PreserveGID        bool   `short:"j" name:"preserve-gid" hidden:""`
	PreserveUID        bool   `short:"u" name:"preserve-uid" hidden:""`
	LegalHold          bool   `name:"preserve-object-lock-legal-hold" hidden:""`
	Retention          bool   `name:"preserve-object-lock-retention" hidden:""`
	ObjectMetadata     bool   `name:"preserve-object-metadata" hidden:""`
	Proxy              string `hidden:""`
	RemoteChecksums    int    `name:"remote-checksum-threads" hidden:""`
	RemoteDBDir        string `short:"B" name:"remote-db-dir" hidden:""`
	RemoteDBStore      string `name:"remote-db-store-dir" hidden:""`
	RemoteForceStat    bool   `hidden:""`
	RemoteFSThreads    int    `name:"remote-fs-threads" hidden:""`
	RemoteMoveCache    int64  `name:"remote-move-cache-timeout" hidden:""`
	RemoteACLs         string `name:"remote-preserve-acls" hidden:""`
	RemoteXattrs       string `name:"remote-preserve-xattrs" hidden:""`
	RemoteScanThreads  int    `hidden:""`
	ResumeAge          int64  `name:"resume-age-days" hidden:""`
	ResumeScan         bool   `hidden:""`
	ScanIntensity      string `short:"H" hidden:""`
	SharingRetryMax    int64  `hidden:""`
	TransferThreads    string `hidden:""`
	Cipher             string `short:"c" hidden:""`
	Compression        string `hidden:""`
	DatagramSize       int64  `short:"Z" hidden:""`
	MinRate            string `short:"m" hidden:""`
	RatePolicy         string `short:"a" hidden:""`
	RawOptions         string `hidden:""`
	ReadBlockSize      int64  `short:"g" hidden:""`
	RexmsgSize         int64  `short:"X" hidden:""`
	WriteBlockSize     int64  `short:"G" hidden:""`
	UDPPort            int    `short:"O" name:"udp-port" hidden:""`
	Watchd             string `hidden:""`
	WriteGID           string `name:"write-gid" hidden:""`
	WriteUID           string `name:"write-uid" hidden:""`
}

// rateBps is a rate in bits per second.
type rateBps int64

// UnmarshalText reads a number with an optional unit k, m or g.
func (r *rateBps) UnmarshalText(text []byte) error {
	digits, unit := strings.ToLower(string(text)), 1.0
	for suffix, factor := range map[string]float64{"k": 1e3, "m": 1e6, "g": 1e9} {
		if number, found := strings.CutSuffix(digits, suffix); found {
			digits, unit = number, factor
		}
	}
	value, err := strconv.ParseFloat(digits, 64)
	if err != nil || value < 0 || value*unit > 1e15 {
		return fmt.Errorf("%q is not a rate: expect a number of bit/s, or a number with k, m or g", text)
	}
	*r = rateBps(value * unit)
	return nil
}

func newParser(into *arguments) (*kong.Kong, error) {
	return kong.New(into, kong.Name("async"), kong.Description(description), kong.NoDefaultHelp(),
		kong.Vars{"env_pass": envPassword, "env_token": envToken},
		kong.WithHyphenPrefixedParameters(true), kong.Exit(func(int) {}))
}

// parse reads a command line: options of all sessions, then those of each, which
// begin with its name (spec/sync.md 3.1).
func parse(args []string) (program arguments, sessions []arguments, err error) {
	parts := split(args)
	for i, part := range parts {
		var one arguments
		parser, err := newParser(&one)
		if err != nil {
			return program, nil, fmt.Errorf("internal: arguments: %w", err)
		}
		if _, err := parser.Parse(part); err != nil {
			program.Management = managementArgument(args)
			return program, nil, ascp.Failf(ascp.CodeUsage, "%v (run async --help)", err)
		}
		if i == 0 {
			program = one
			continue
		}
		sessions = append(sessions, one)
	}
	return program, sessions, nil
}

// split cuts a command line before each name of a session.
func split(args []string) [][]string {
	parts := [][]string{nil}
	for _, a := range args {
		if strings.HasPrefix(a, "-N") || a == "--name" || strings.HasPrefix(a, "--name=") {
			parts = append(parts, nil)
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], a)
	}
	return parts
}

// managementArgument finds the management port in a command line that cannot be
// parsed, so that the supervisor is told.
func managementArgument(args []string) string {
	for i, a := range args {
		if value, found := strings.CutPrefix(a, "--exclusive-mgmt-port="); found {
			return value
		}
		if a == "--exclusive-mgmt-port" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

// remotePlace is [[user@]host:]path.
var remotePlace = regexp.MustCompile(`(?s)^(?:(?:([^@:/]+)@)?([^:/]+):)?(.*)$`)

// config gives the description of a session. program has what is for all.
func (a arguments) config(program arguments, getenv func(string) string) (config, error) {
	c := config{
		Name: a.Name, Direction: a.Direction, Checksum: a.Checksum, Overwrite: a.Overwrite, SymbolicLinks: a.SymbolicLinks,
		Cookie: or(a.Cookie, getenv(envCookie)), CreateDir: a.CreateDir, Reset: a.Reset, Mirror: a.Mirror, IgnoreDelete: a.IgnoreDelete,
		DeleteBefore: a.DeleteBefore, DeleteDelay: a.DeleteDelay, CleanExcluded: a.CleanExcluded, RemoveSources: a.RemoveSources,
		KeepModified: a.KeepModified || a.KeepTimes, ScanFileRename: a.ScanFileRename, ScanDirRename: a.ScanDirRename,
		LocalDBFolder: a.LocalDBDir, LocalKeepFolder: a.KeepLocal, RemoteKeepFolder: a.KeepRemote,
		LocalSignature: a.LocalMount, RemoteSignature: a.RemoteMount,
		LocalScanInterval: a.LocalInterval, RemoteScanInterval: a.RemoteInterval, Cooloff: a.Cooloff,
	}
	quiet := a.Quiet || program.Quiet
	c.Quiet = &quiet
	if a.Continuous {
		c.Mode = continuous
	}
	if a.SupportResume != nil {
		c.Resume.Enabled, c.Resume.MinSize = true, a.SupportResume
	}
	if a.WSConnect || program.WSConnect {
		c.Remote.ConnectMode = "ws"
	}
	c.Local.Path = a.LocalDir
	place := remotePlace.FindStringSubmatch(a.RemoteDir)
	c.Remote.Path, c.Remote.Host, c.Remote.User = place[3], or(a.Host, place[2]), or(a.User, place[1])
	c.Remote.Port, c.Remote.Keys = a.TCPPort, a.PrivateKey
	c.Remote.Pass, c.Remote.Token = or(a.Pass, getenv(envPassword)), or(a.Token, getenv(envToken))
	c.Transport.TargetRate = int64(a.TargetRate)
	tags, err := base64.StdEncoding.DecodeString(a.Tags64)
	if err != nil {
		return c, ascp.Failf(ascp.CodeUsage, "--tags64: not base64: %v", err)
	}
	c.Tags = tags
	return c, nil
}

func or(value, fallback string) string {
	if value != "" {
		return value
	}
	return fallback
}

func printHelp(out io.Writer) error {
	parser, err := newParser(&arguments{})
	if err != nil {
		return err
	}
	parser.Stdout = out
	trace, err := kong.Trace(parser, nil)
	if err != nil {
		return err
	}
	return trace.PrintUsage(false)
}

// programName is that of a program on this system.
func programName(name string) string {
	if runtime.GOOS == "windows" {
		return name + ".exe"
	}
	return name
}
