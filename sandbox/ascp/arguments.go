package ascp

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/alecthomas/kong"
)

// arguments are those of ascp that `ascli` uses (spec transfer.md 6.3 and 8.3).
// What has no sense without FASP is taken and has no effect.
type arguments struct {
	Help    bool `short:"h" help:"Show this help."`
	Version bool `short:"A" help:"Show the version."`

	Management string `short:"M" placeholder:"[HOST:]PORT" help:"Connect to a management port on this computer."`
	Quiet      bool   `short:"q" help:"Print nothing."`
	Cluster    string `short:"C" placeholder:"I:N" help:"Session I of N: moves one of N shares of the files."`
	Keepalive  bool   `help:"Take the sources from START commands of the management port."`

	Mode        string   `enum:"send,recv," default:"" help:"Direction: send or recv."`
	Host        string   `help:"Server: this computer only."`
	User        string   `help:"User on the server."`
	Port        int      `short:"P" default:"22" help:"SSH port."`
	Identity    []string `short:"i" sep:"none" placeholder:"FILE" help:"SSH private key, may be repeated. With --ws-connect: trusted certificates, the first file counts."`
	CheckSSHFP  string   `name:"check-sshfp" placeholder:"SHA1" help:"Expected fingerprint of the server's key."`
	Tags64      string   `name:"tags64" help:"Tags: base64 of JSON."`
	WSConnect   bool     `name:"ws-connect" help:"Connect to -P by a WebSocket over TLS; -i is a file of trusted certificates then."`
	LocalRoot   bool     `name:"apply-local-docroot" help:"Local paths are below the folder that the environment names."`
	Destination bool     `name:"dest64" help:"The destination is given in base64."`

	FileList       string `placeholder:"FILE" help:"Sources, one per line."`
	FilePairList   string `placeholder:"FILE" help:"Source and destination on alternate lines."`
	SourcePrefix   string `help:"Put before each source."`
	SourcePrefix64 string `name:"source-prefix64" help:"Put before each source, in base64."`
	SrcBase        string `help:"Removed from each source, what remains is kept."`
	SrcBase64      string `name:"src-base64" help:"Removed from each source, in base64."`
	CreateDir      bool   `short:"d" help:"Create the destination folder."`
	SymbolicLinks  string `enum:"follow,copy,copy+force,skip" default:"follow" help:"What to do with symbolic links."`

	Resume       int    `short:"k" default:"0" help:"Resume: 0 no, 1 attributes, 2 sparse checksum, 3 full checksum."`
	Overwrite    string `enum:"never,always,diff,older,diff+older" default:"diff" help:"When to replace a file."`
	SaveBefore   bool   `name:"save-before-overwrite" help:"Keep what is replaced, under another name."`
	DeleteBefore bool   `name:"delete-before-transfer" help:"Remove from the destination folder what the source folder does not have."`
	FileChecksum string `enum:"sha-512,sha-384,sha-256,sha1,md5,none" default:"none" help:"Report a checksum of each file."`
	FileCrypt    string `enum:"encrypt,decrypt," default:"" help:"Encrypt what is sent, or decrypt what is received, with the passphrase of ASPERA_SCP_FILEPASS."`
	Threshold    int64  `name:"multi-session-threshold" placeholder:"BYTES" help:"With -C: split files that are larger among the sessions; 0 for none."`

	TargetRate rateKbps `short:"l" placeholder:"KBPS" help:"Target rate, with k, m or g for other units."`
	Policy     string   `enum:"low,fair,high,fixed," default:"" help:"Rate policy: only reported."`
	MinRate    rateKbps `short:"m" placeholder:"KBPS" help:"Minimum rate: only reported."`

	PreserveTimes            bool `short:"p" help:"Keep access and modification times."`
	PreserveModificationTime bool `help:"Keep the modification time."`
	PreserveAccessTime       bool `help:"Keep the access time."`
	PreserveSourceAccessTime bool `help:"Give sources back the access time that they had."`
	PrecalculateJobSize      bool `help:"Report the size of the job first (default)."`
	PrecalculateDisable      bool `help:"Do not report the size of the job first."`

	ExcludeNewerThan int64 `placeholder:"SECONDS" help:"Skip newer files: seconds since 1970, or before now if negative."`
	ExcludeOlderThan int64 `placeholder:"SECONDS" help:"Skip older files."`
	SkipSpecialFiles bool  `help:"Say nothing of what is neither file, folder nor link."`

	RemoveAfterTransfer        bool   `help:"Remove each source file once transferred."`
	RemoveSkipped              bool   `help:"With --remove-after-transfer: remove also what was at the destination already."`
	MoveAfterTransfer          string `placeholder:"FOLDER" help:"Move each source file once transferred."`
	RemoveEmptyDirectories     bool   `help:"Remove source folders that are left empty."`
	RemoveEmptySourceDirectory bool   `help:"Same, also for the folders given as source."`

	NoEffect noEffect `embed:""`

	Paths []string `arg:"" optional:"" name:"path" help:"Sources, then the destination."`
}

// noEffect options are about FASP, its fallback, or metadata that SFTP on
// loopback cannot show.
type noEffect struct {
	UDPPort               int    `short:"O" hidden:""`
	DatagramSize          int    `short:"Z" hidden:""`
	Cipher                string `short:"c" hidden:""`
	NoEncryption          bool   `short:"T" hidden:""`
	HTTPFallback          string `short:"y" hidden:""`
	HTTPPort              []int  `short:"t" hidden:""`
	HTTPCertificate       string `short:"I" hidden:""`
	HTTPKey               string `short:"Y" hidden:""`
	LogFolder             string `short:"L" hidden:""`
	SystemSSH             string `short:"S" hidden:""`
	Proxy                 string `hidden:""`
	SkipDirTraversalDupes bool   `hidden:""`
	FailBadFilepass       bool   `hidden:""`
	PreserveCreationTime  bool   `hidden:""`
	PreserveFileOwnerUID  bool   `name:"preserve-file-owner-uid" hidden:""`
	PreserveFileOwnerGID  bool   `name:"preserve-file-owner-gid" hidden:""`
	PreserveAcls          string `hidden:""`
	PreserveXattrs        string `hidden:""`
	RemotePreserveAcls    string `hidden:""`
	RemotePreserveXattrs  string `hidden:""`
}

// rateKbps is a rate in kilobits per second.
type rateKbps int64

// UnmarshalText reads a number with an optional unit k, m or g (bits per
// second).
func (r *rateKbps) UnmarshalText(text []byte) error {
	digits, unit := strings.ToLower(string(text)), int64(1)
	for suffix, kbps := range map[string]int64{"k": 1, "m": 1000, "g": 1000 * 1000} {
		if number, found := strings.CutSuffix(digits, suffix); found {
			digits, unit = number, kbps
		}
	}
	value, err := strconv.ParseFloat(digits, 64)
	if err != nil || value < 0 {
		return fmt.Errorf("%q is not a rate: expect a number of kbps, or a number with k, m or g", text)
	}
	*r = rateKbps(value * float64(unit))
	return nil
}

// parse reads the command line. After an error the management port is still
// valid, if it was given.
func parse(args []string) (*arguments, *kong.Kong, error) {
	into := &arguments{}
	parser, err := kong.New(into, kong.Name("ascp"), kong.Description(description), kong.NoDefaultHelp(),
		kong.WithHyphenPrefixedParameters(true), kong.Exit(func(int) {}))
	if err != nil {
		return into, nil, fmt.Errorf("internal: arguments: %w", err)
	}
	if _, err := parser.Parse(args); err != nil {
		into.Management = managementArgument(args)
		return into, parser, failf(codeUsage, "%v (run ascp --help)", err)
	}
	return into, parser, nil
}

// managementArgument finds the management port in a command line that cannot
// be parsed, so that the supervisor is told.
func managementArgument(args []string) string {
	for i, argument := range args {
		value, found := strings.CutPrefix(argument, "-M")
		if found && value == "" && i+1 < len(args) {
			return args[i+1]
		}
		if found {
			return value
		}
	}
	return ""
}

func printHelp(parser *kong.Kong, out io.Writer) error {
	parser.Stdout = out
	trace, err := kong.Trace(parser, nil)
	if err != nil {
		return err
	}
	return trace.PrintUsage(false)
}
