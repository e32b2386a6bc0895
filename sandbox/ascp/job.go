package ascp

import (
	"bufio"
	"encoding/base64"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sandbox/grant"
	"github.com/ascli-go/ascli/sandbox/quota"
)

// job is a checked command line.
type job struct {
	direction   grant.Direction
	sources     []source
	destination string
	// mayRename: the destination can be the new name of the one source (spec
	// transfer.md section 4).
	mayRename                bool
	sourcePrefix, sourceBase string

	login     login
	resume    resumePolicy
	overwrite string
	links     string
	createDir bool
	keepalive bool
	precalc   bool

	targetRate, minRate rateKbps
	policy              string
	share, shares       int // this session moves file i when i%shares == share
	// splitAbove is the size of files above which each session moves a part; 0
	// is none.
	splitAbove int64

	keepModified, keepAccessed bool
	keepSourceAccess           bool
	skipSpecial                bool
	removeSources              bool
	removeSkipped              bool
	removeEmpty, removeArg     bool
	// moveAfter is the folder of the source side that takes what has arrived.
	moveAfter      string
	saveExisting   bool
	deleteExtra    bool
	checksum       string // name of the algorithm
	protection     protection
	newest, oldest time.Time // zero = no limit

	cookie string
	// localRoot is the folder that no local path leaves; "" for the whole disk.
	localRoot string
	// disk bounds what is written below localRoot; nil is no bound.
	disk *quota.Disk
}

// source is one source argument. Destination, if set, is relative to the
// destination folder and gives the new name.
type source struct {
	path        string
	destination string
	// prefixed is path as the source side knows it.
	prefixed string
	// bytes is the range of the file to transfer; nil is all.
	bytes *fileBytes
}

// Environment variables of ascp (spec transfer.md section 8.3).
const (
	envPassword = "ASPERA_SCP_PASS"
	envToken    = "ASPERA_SCP_TOKEN"
	envKey      = "ASPERA_SCP_KEY"
	envFilePass = "ASPERA_SCP_FILEPASS"
	envCookie   = "ASPERA_SCP_COOKIE"
	// EnvLocalRoot names the folder for --apply-local-docroot. The real ascp
	// takes it from the configuration of its server.
	EnvLocalRoot = "ASCLI_SANDBOX_DOCROOT"
	// EnvDisk bounds what is written there: the text of a quota.Disk.
	EnvDisk = "ASCLI_SANDBOX_DISK"
)

// newJob checks the arguments; its errors have the code of a wrong usage.
func newJob(args *arguments, getenv func(string) string, now time.Time) (*job, error) {
	j := &job{
		destination: ".", resume: resumePolicy(args.Resume), overwrite: args.Overwrite, links: args.SymbolicLinks,
		createDir: args.CreateDir, keepalive: args.Keepalive, precalc: !args.PrecalculateDisable,
		policy: args.Policy, targetRate: args.TargetRate, minRate: args.MinRate, cookie: getenv(envCookie),
		keepModified:  args.PreserveTimes || args.PreserveModificationTime,
		keepAccessed:  args.PreserveTimes || args.PreserveAccessTime,
		skipSpecial:   args.SkipSpecialFiles,
		removeSources: args.RemoveAfterTransfer,
		removeSkipped: args.RemoveSkipped,
		removeEmpty:   args.RemoveEmptyDirectories || args.RemoveEmptySourceDirectory,
		removeArg:     args.RemoveEmptySourceDirectory,
		newest:        limit(args.ExcludeNewerThan, now),
		oldest:        limit(args.ExcludeOlderThan, now),
		moveAfter:     args.MoveAfterTransfer, saveExisting: args.SaveBefore, deleteExtra: args.DeleteBefore,
		checksum: args.FileChecksum, splitAbove: args.Threshold, keepSourceAccess: args.PreserveSourceAccessTime,
	}
	j.protection = protection{mode: args.FileCrypt, passphrase: getenv(envFilePass)}
	var err error
	if args.LocalRoot {
		j.localRoot = getenv(EnvLocalRoot)
		if j.disk, err = quota.Parse(getenv(EnvDisk)); err != nil {
			return nil, failf(codeBadSetup, "%s: %v", EnvDisk, err)
		}
	}
	if j.resume < resumeNone || j.resume > resumeFull {
		return nil, failf(codeUsage, "-k %d: expect 0 to 3", args.Resume)
	}
	if j.direction, err = directionOf(args.Mode); err != nil {
		return nil, err
	}
	if j.share, j.shares, err = shareOf(args.Cluster); err != nil {
		return nil, err
	}
	if j.login, err = newLogin(args, getenv); err != nil {
		return nil, err
	}
	if err := j.readPaths(args); err != nil {
		return nil, err
	}
	return j, j.check()
}

// check refuses options that exclude each other, as ascp does.
func (j *job) check() error {
	switch {
	case j.moveAfter != "" && j.removeSources:
		return failf(codeUsage, "--move-after-transfer and --remove-after-transfer exclude each other")
	case j.removeSkipped && !j.removeSources:
		return failf(codeUsage, "--remove-skipped needs --remove-after-transfer")
	case j.protection.mode != "" && j.protection.passphrase == "":
		return failf(codeUsage, "--file-crypt needs a passphrase in %s", envFilePass)
	case (j.protection.mode == "encrypt") != (j.direction == grant.Send) && j.protection.mode != "":
		return failf(codeUsage, "--file-crypt %s is for the other direction", j.protection.mode)
	case j.splitAbove < 0:
		return failf(codeUsage, "--multi-session-threshold %d: expect a number of bytes, or 0", j.splitAbove)
	case j.deleteExtra && (len(j.sources) != 1 || j.keepalive):
		return failf(codeUsage, "--delete-before-transfer takes one source, a folder")
	}
	return nil
}

func directionOf(mode string) (grant.Direction, error) {
	switch mode {
	case "send":
		return grant.Send, nil
	case "recv":
		return grant.Receive, nil
	}
	return "", failf(codeUsage, "--mode is missing: expect send or recv")
}

// shareOf reads -C i:n, i from 1 to n, into a share counted from 0.
func shareOf(cluster string) (share, shares int, err error) {
	if cluster == "" {
		return 0, 1, nil
	}
	index, count, _ := strings.Cut(cluster, ":")
	share, err1 := strconv.Atoi(index)
	shares, err2 := strconv.Atoi(count)
	if err1 != nil || err2 != nil || share < 1 || share > shares {
		return 0, 0, failf(codeUsage, "-C %s: expect session:count, such as 1:2", cluster)
	}
	return share - 1, shares, nil
}

func limit(seconds int64, now time.Time) time.Time {
	switch {
	case seconds == 0:
		return time.Time{}
	case seconds < 0:
		return now.Add(time.Duration(seconds) * time.Second)
	}
	return time.Unix(seconds, 0)
}

func (j *job) readPaths(args *arguments) error {
	paths := args.Paths
	if len(paths) == 0 {
		return failf(codeUsage, "the destination is missing")
	}
	given, err := plainOr64("destination", paths[len(paths)-1], args.Destination)
	if err != nil {
		return err
	}
	if given != "" {
		j.destination = given
	}
	if j.sources, err = readSources(args, paths[:len(paths)-1]); err != nil {
		return err
	}
	j.mayRename = len(paths) == 2 && len(j.sources) == 1 && !j.createDir && args.FileList == "" && args.FilePairList == ""
	if j.sourcePrefix, err = eitherForm("source prefix", args.SourcePrefix, args.SourcePrefix64); err != nil {
		return err
	}
	if j.sourceBase, err = eitherForm("source base", args.SrcBase, args.SrcBase64); err != nil {
		return err
	}
	for i := range j.sources {
		if err := j.complete(&j.sources[i]); err != nil {
			return err
		}
	}
	return nil
}

func readSources(args *arguments, onLine []string) ([]source, error) {
	var sources []source
	for _, name := range onLine {
		sources = append(sources, source{path: name})
	}
	switch {
	case args.FileList != "":
		lines, err := readLines(args.FileList)
		if err != nil {
			return nil, err
		}
		for _, name := range lines {
			sources = append(sources, source{path: name})
		}
	case args.FilePairList != "":
		lines, err := readLines(args.FilePairList)
		if err != nil {
			return nil, err
		}
		if len(lines)%2 != 0 {
			return nil, failf(codeUsage, "%s: a source has no destination line", args.FilePairList)
		}
		for i := 0; i < len(lines); i += 2 {
			sources = append(sources, source{path: lines[i], destination: lines[i+1]})
		}
	}
	if len(sources) == 0 && !args.Keepalive {
		return nil, failf(codeNothing, "no source: nothing to transfer")
	}
	return sources, nil
}

func readLines(name string) ([]string, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, failf(codeUsage, "file list: %v", err)
	}
	defer file.Close()
	var lines []string
	scanner := bufio.NewScanner(file)
	for scanner.Scan() {
		if line := scanner.Text(); line != "" {
			lines = append(lines, line)
		}
	}
	if err := scanner.Err(); err != nil {
		return nil, failf(codeUsage, "file list %s: %v", name, err)
	}
	return lines, nil
}

// complete applies source prefix and source base (spec transfer.md sections 4
// and 6.3): with a base, the list is like a list of pairs.
func (j *job) complete(s *source) error {
	s.prefixed = joinPrefix(j.sourcePrefix, s.path)
	if j.direction == grant.Send && j.localRoot == "" {
		s.prefixed = withoutFilePrefix(s.prefixed)
	}
	if j.sourceBase == "" || s.destination != "" {
		return nil
	}
	rest, below := cutBase(filepath.ToSlash(s.path), filepath.ToSlash(j.sourceBase))
	if !below {
		return failf(codeUsage, "source %s is not below the source base %s", s.path, j.sourceBase)
	}
	s.destination = rest
	return nil
}

func joinPrefix(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return strings.TrimSuffix(prefix, "/") + "/" + strings.TrimPrefix(name, "/")
}

// cutBase gives the part of name below base, "." for the base itself.
func cutBase(name, base string) (string, bool) {
	name, base = path.Clean(name), path.Clean(base)
	if name == base {
		return ".", true
	}
	return strings.CutPrefix(name, strings.TrimSuffix(base, "/")+"/")
}

func eitherForm(option, plain, encoded string) (string, error) {
	if encoded == "" {
		return plain, nil
	}
	return plainOr64(option, encoded, true)
}

func plainOr64(what, text string, encoded bool) (string, error) {
	if !encoded {
		return text, nil
	}
	decoded, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return "", failf(codeUsage, "%s is not base64: %v", what, err)
	}
	return string(decoded), nil
}
