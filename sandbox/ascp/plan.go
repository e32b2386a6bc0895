package ascp

import (
	"context"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/sync/errgroup"

	"github.com/ascli-go/ascli/sandbox/filetime"
	"github.com/ascli-go/ascli/sandbox/sshd/wire"
)

// kind is what an item is.
type kind int

const (
	file kind = iota
	folder
	link
)

// item is one file, folder or link to make at the destination.
type item struct {
	kind     kind
	source   string // on the source side
	target   string // on the destination side
	size     int64
	modified time.Time
	accessed time.Time // zero where the source side does not tell
	// below is the target as a path with slashes below the destination.
	below string
	// part is what this session moves of the file.
	part wire.Range
	// skip is how many bytes of the source are left out before those that move.
	skip int64
	// isStream: the content is made up while it is read, or a part of a file. It
	// cannot be resumed nor split.
	isStream bool
	// grows: the file may have another size in the end.
	grows bool
	// repeated: another file of the transfer lands at the same target.
	repeated bool
	arg      *argument
}

// isPart says whether other sessions move other parts of the file.
func (i item) isPart() bool { return i.part.Length != i.size }

// mayResume says whether a partial file is worth while to be continued.
func (i item) mayResume() bool { return i.size > smallFile && !i.isStream }

// argument is one source argument and what became of its items. Its counters
// are guarded by tally.
type argument struct {
	source source
	index  int

	pending                            int
	attempted, passed, failed, skipped int64
}

// plan is all that a session has to do.
type plan struct {
	args    []*argument
	folders []item // each after the folder that holds it
	files   []item
	// repeated are the files that land on one before: the last one stays, so
	// they go one after the other, at the end.
	repeated []item
	// elsewhere are the files that other sessions move.
	elsewhere []item
	bytes     int64
	// failures are the sources and entries that could not be scanned.
	failures []fileFailure
	special  int64
	// emptied are the source folders that the transfer may leave empty, each
	// before the folders inside it.
	emptied []string
}

// fileFailure is the error of one path.
type fileFailure struct {
	path string
	err  *Error
	arg  *argument
}

// scanner walks the sources of a job.
type scanner struct {
	job    *job
	source tree
	target tree
	plan   *plan
	// first is the index of the first source: a persistent session scans often.
	first int
	// owners is which session moves the file at a target. A target that comes
	// again belongs to the same one.
	owners map[string]int
}

// scan finds what each source holds and where it lands below the destination.
// Only what stops the session is an error; the failures of single paths are in
// the plan.
func (s *scanner) scan(ctx context.Context, sources []source) (*plan, error) {
	s.plan, s.owners = &plan{}, map[string]int{}
	place, err := s.placement()
	if err != nil {
		return nil, err
	}
	looks := s.lookAt(ctx, sources)
	for i, src := range sources {
		arg := &argument{source: src, index: s.first + i}
		s.plan.args = append(s.plan.args, arg)
		info, err := looks[i].info, looks[i].err
		if err != nil && isLost(err) {
			return nil, failureOf(err, codeLost)
		}
		if err != nil {
			s.fail(src.prefixed, err, arg)
			continue
		}
		if err := s.add(ctx, arg, src.prefixed, place(src), info, 0); err != nil {
			return nil, err
		}
	}
	return s.plan, nil
}

// look is what was found at a source.
type look struct {
	info fs.FileInfo
	err  error
}

// lookAt looks at many sources at once: each is a request to the server, or a
// read of the disk.
func (s *scanner) lookAt(ctx context.Context, sources []source) []look {
	looks := make([]look, len(sources))
	var group errgroup.Group
	group.SetLimit(copiers)
	for i, src := range sources {
		group.Go(func() error {
			if looks[i].err = context.Cause(ctx); ctx.Err() == nil {
				looks[i].info, looks[i].err = s.stat(src.prefixed)
			}
			return nil
		})
	}
	_ = group.Wait() // each source has its own error
	return looks
}

// placement decides where sources land (spec transfer.md section 4): it gives
// the path of a source below the destination.
func (s *scanner) placement() (func(source) string, error) {
	destination := s.job.destination
	inside := func(src source) string {
		if src.destination != "" {
			return path.Clean(filepath.ToSlash(src.destination))
		}
		return s.source.Base(src.prefixed)
	}
	info, err := s.target.Stat(destination)
	switch {
	case err == nil && info.IsDir(), s.job.createDir:
		return inside, nil
	case err == nil && !s.job.mayRename:
		return nil, failf(codeNotFolder, "Target must be a directory: %s", destination)
	case err != nil && failureOf(err, codeASCP).Code != codeNoSuchFile:
		return nil, failureOf(err, codeASCP)
	case !s.job.mayRename:
		return nil, failf(codeNotFolder, "Target must be a directory: %s does not exist", destination)
	}
	if parent, err := s.target.Stat(s.target.Parent(destination)); err != nil || !parent.IsDir() {
		return nil, failf(codeNoSuchFile, "No such file or directory: folder of the destination %s", destination)
	}
	return func(source) string { return "." }, nil
}

// accessTime gives when a file was last read, zero if its side does not tell.
func accessTime(info fs.FileInfo) time.Time {
	remote, ok := info.Sys().(*sftp.FileStat)
	if !ok {
		return filetime.Accessed(info)
	}
	for _, more := range remote.Extended {
		if seconds, err := strconv.ParseInt(more.ExtData, 10, 64); more.ExtType == wire.AccessedAttribute && err == nil {
			return time.Unix(seconds, 0)
		}
	}
	return time.Unix(int64(remote.Atime), 0)
}

// stat looks at a path as the policy for symbolic links says.
func (s *scanner) stat(name string) (fs.FileInfo, error) {
	if s.job.links == "follow" {
		return s.source.Stat(name)
	}
	return s.source.Lstat(name)
}

// maxDepth ends the walk of folders that contain themselves by a link.
const maxDepth = 100

func (s *scanner) add(ctx context.Context, arg *argument, from, below string, info fs.FileInfo, depth int) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	made := item{
		source: from, below: below, target: s.target.Join(s.job.destination, below), modified: info.ModTime(),
		accessed: accessTime(info), arg: arg,
	}
	switch mode := info.Mode(); {
	case mode.IsDir():
		made.kind = folder
		s.plan.folders = append(s.plan.folders, made)
		return s.addFolder(ctx, arg, from, below, depth)
	case mode&fs.ModeSymlink != 0:
		if s.job.links == "skip" {
			return nil
		}
		made.kind = link
	case mode.IsRegular():
		if s.excluded(info.ModTime()) {
			return nil
		}
		made.size = info.Size()
		_, made.grows = parseGrowing(from)
		made.isStream = made.grows
		if err := arg.source.bytes.apply(&made); err != nil {
			s.fail(from, err, arg)
			return nil
		}
		s.job.protection.apply(&made)
		made.target = s.target.Join(s.job.destination, made.below)
	default:
		s.plan.special++
		if !s.job.skipSpecial {
			s.fail(from, failf(codeNotRegular, "Not a regular file: %s", from), arg)
		}
		return nil
	}
	s.share(made)
	return nil
}

// share notes a file if this session has to move it.
func (s *scanner) share(i item) {
	i.part = wire.Range{Length: i.size}
	owner, again := s.owners[i.target]
	if !again && s.isSplit(i) {
		s.owners[i.target] = 0
		i.part = partOf(i.size, s.job.share, s.job.shares)
		s.plan.take(i)
		return
	}
	if !again {
		owner = len(s.owners) % s.job.shares
		s.owners[i.target] = owner
	}
	if owner != s.job.share {
		s.plan.elsewhere = append(s.plan.elsewhere, i)
		return
	}
	i.repeated = again
	s.plan.take(i)
}

// isSplit says whether each session moves a part of the file. A threshold of 0
// is none.
func (s *scanner) isSplit(i item) bool {
	threshold := s.job.splitAbove
	return s.job.shares > 1 && threshold > 0 && i.kind == file && i.size > threshold && i.size > smallFile && !i.isStream && !s.job.discards()
}

// take adds a file to what the session moves.
func (p *plan) take(i item) {
	if i.repeated {
		p.repeated = append(p.repeated, i)
	} else {
		p.files = append(p.files, i)
	}
	p.bytes += i.part.Length
	i.arg.pending++
}

func (s *scanner) addFolder(ctx context.Context, arg *argument, from, below string, depth int) error {
	if depth == maxDepth {
		s.fail(from, failf(codeASCP, "more than %d folders inside each other: %s", maxDepth, from), arg)
		return nil
	}
	if depth > 0 || s.job.removeArg {
		s.plan.emptied = append(s.plan.emptied, from)
	}
	entries, err := s.source.ReadDir(from)
	if err != nil {
		if isLost(err) {
			return failureOf(err, codeLost)
		}
		s.fail(from, err, arg)
		return nil
	}
	// Sessions that share the files must see them in the same order.
	slices.SortFunc(entries, func(a, b fs.FileInfo) int { return strings.Compare(a.Name(), b.Name()) })
	for _, entry := range entries {
		name := entry.Name()
		// A name from the server must not lead out of the destination.
		if !filepath.IsLocal(name) || s.source.Base(name) != name || s.target.Base(name) != name {
			s.fail(from, failf(codeBadPath, "%s holds a name that cannot be used: %q", from, name), arg)
			continue
		}
		inside, info := s.source.Join(from, name), entry
		if s.job.links == "follow" && entry.Mode()&fs.ModeSymlink != 0 {
			if info, err = s.source.Stat(inside); err != nil {
				s.fail(inside, err, arg)
				continue
			}
		}
		if err := s.add(ctx, arg, inside, path.Join(below, name), info, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (s *scanner) excluded(modified time.Time) bool {
	return (!s.job.newest.IsZero() && modified.After(s.job.newest)) || (!s.job.oldest.IsZero() && modified.Before(s.job.oldest))
}

// fail notes an error once for all sessions that share the sources.
func (s *scanner) fail(path string, err error, arg *argument) {
	if s.job.share == 0 {
		s.plan.failures = append(s.plan.failures, fileFailure{path: path, err: pathFailure(path, err), arg: arg})
	}
}
