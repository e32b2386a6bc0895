package sftp

import (
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// Values of fields (spec/transfer.md 6.3).
const (
	overwriteNever     = "never"
	overwriteAlways    = "always"
	overwriteDiff      = "diff"
	overwriteOlder     = "older"
	overwriteDiffOlder = "diff+older"

	resumeNone   = "none"
	resumeAttrs  = "attrs"
	resumeSparse = "sparse_csum"
	resumeFull   = "full_csum"

	linksFollow    = "follow"
	linksCopy      = "copy"
	linksCopyForce = "copy+force"
	linksSkip      = "skip"
)

// order is what a transfer spec asks for.
type order struct {
	login
	direction   transfer.Direction
	sources     []transfer.Source
	sourceRoot  string
	sourceBase  string
	destination string
	createDir   bool
	// discard: the destination is faux.
	discard bool

	overwrite, resume, links    string
	saveBefore, deleteBefore    bool
	modTime, accessTime         bool
	newerThan, olderThan        *time.Time
	remove, removeSkipped       bool
	removeFolders, removeSource bool
	archive                     string
	quietSpecials               bool
	precalculate                bool
	// targetRate is in bytes a second, 0 for no limit.
	targetRate int64
}

// login is where to connect, as whom.
type login struct {
	host, user, password, keyText, keyPath, passphrase, fingerprint, cipher string
	port                                                                    int
}

func parseSpec(spec *record.Object, log *slog.Logger) (order, error) {
	spec = record.DropNulls(spec.Clone())
	if err := checkFields(spec, log); err != nil {
		return order{}, err
	}
	r := reader{spec: spec}
	o := order{
		direction:  transfer.Direction(r.choice(transfer.FieldDirection, "", string(transfer.Send), string(transfer.Receive))),
		sourceRoot: r.text(transfer.FieldSourceRoot), sourceBase: r.text("src_base"),
		destination: r.text(transfer.FieldDestinationRoot), createDir: r.bool(transfer.FieldCreateDir),
		overwrite:  r.choice("overwrite", overwriteDiff, overwriteNever, overwriteAlways, overwriteDiff, overwriteOlder, overwriteDiffOlder),
		resume:     r.choice(transfer.FieldResumePolicy, resumeSparse, resumeNone, resumeAttrs, resumeSparse, resumeFull),
		links:      r.choice("symlink_policy", linksFollow, linksFollow, linksCopy, linksCopyForce, linksSkip),
		saveBefore: r.bool("save_before_overwrite"), deleteBefore: r.bool("delete_before_transfer"),
		modTime:    r.bool("preserve_times") || r.bool("preserve_modification_time"),
		accessTime: r.bool("preserve_times") || r.bool("preserve_access_time"),
		newerThan:  r.time("exclude_newer_than"), olderThan: r.time("exclude_older_than"),
		remove: r.bool("remove_after_transfer") || r.bool("delete_source"), removeSkipped: r.bool("remove_skipped"),
		removeFolders: r.bool("remove_empty_directories") || r.bool("remove_empty_source_directory"),
		removeSource:  r.bool("remove_empty_source_directory"),
		archive:       r.text("move_after_transfer"), quietSpecials: r.bool("skip_special_files"),
		precalculate: !r.has("precalculate_job_size") || r.bool("precalculate_job_size"),
		targetRate:   r.number("target_rate_kbps") * 1000 / 8,
	}
	o.login = login{
		host: r.text(transfer.FieldRemoteHost), user: r.text(transfer.FieldRemoteUser), port: int(r.number(transfer.FieldSSHPort)),
		password: r.text(transfer.FieldRemotePassword), keyText: r.text(transfer.FieldSSHPrivateKey), keyPath: r.text(transfer.FieldSSHPrivateKeyPath),
		passphrase: r.text("ssh_private_key_passphrase"), fingerprint: r.text(transfer.FieldSSHFingerprint), cipher: r.text("cipher"),
	}
	if r.err != nil {
		return order{}, r.err
	}
	var err error
	if o.sources, err = transfer.SourcesOf(spec); err != nil {
		return order{}, err
	}
	return o, o.check(spec)
}

func (o *order) check(spec *record.Object) error {
	for _, field := range []string{transfer.FieldDirection, transfer.FieldRemoteHost, transfer.FieldRemoteUser} {
		if spec.Text(field) == "" {
			return failure.Argumentf("Missing mandatory parameter: %s", field)
		}
	}
	switch {
	case len(o.sources) == 0:
		return failure.Argumentf("Missing mandatory parameter: paths")
	case spec.Has(transfer.FieldToken) && o.password == "" && o.keyText == "" && o.keyPath == "":
		return failure.Argumentf("agent sftp needs remote_password or ssh_private_key: a token opens a transfer with ascp, and a server that takes tokens only gives no SFTP").
			Hint(`Give them with --ts=@json:'{"remote_user":"...","ssh_private_key_path":"..."}', or use another agent, e.g. --transfer=direct`)
	case o.port < 0 || o.port > 65535:
		return failure.Argumentf("ssh_port is %d, shall be from 1 to 65535", o.port)
	case o.archive != "" && o.remove:
		return failure.Argumentf("move_after_transfer and remove_after_transfer exclude each other")
	case o.removeSkipped && !o.remove:
		return failure.Argumentf("remove_skipped needs remove_after_transfer")
	case o.sourceBase == ".":
		return failure.Argumentf("src_base: . is not a valid base")
	case discards(o.destination) && o.direction == transfer.Send:
		return failure.Argumentf("destination_root %s: a server cannot discard what it gets by SFTP", o.destination)
	}
	o.discard = discards(o.destination)
	if o.destination == "" {
		o.destination = transfer.Destination("", nil, o.direction)
	}
	return nil
}

// reader takes the values of fields; the first that is wrong is its error.
type reader struct {
	spec *record.Object
	err  error
}

func (r *reader) fail(name string, value any) {
	if r.err == nil {
		field, _ := transfer.LookupField(name)
		r.err = failure.Argumentf("%s is : %s (%s), shall be %s", name, record.TypeName(value), shown(field, value), field.TypeNames())
	}
}

func shown(field transfer.Field, value any) string {
	if field.Secret {
		return "secret"
	}
	return string(record.JSON(value))
}

func (r *reader) has(name string) bool { return r.spec.Has(name) }

func (r *reader) text(name string) string {
	value, ok := r.spec.Get(name)
	s, isText := value.(string)
	if ok && !isText {
		r.fail(name, value)
	}
	return s
}

func (r *reader) bool(name string) bool {
	value, ok := r.spec.Get(name)
	b, isBool := value.(bool)
	if ok && !isBool {
		r.fail(name, value)
	}
	return b
}

func (r *reader) number(name string) int64 {
	n, ok := r.spec.Int(name)
	if value, there := r.spec.Get(name); there && (!ok || n < 0) {
		r.fail(name, value)
	}
	return n
}

func (r *reader) choice(name, otherwise string, allowed ...string) string {
	s := r.text(name)
	if s == "" {
		return otherwise
	}
	if !slices.Contains(allowed, s) && r.err == nil {
		r.err = failure.Argumentf("Enum value %s is not allowed for %s, use one of: %s", s, name, strings.Join(allowed, ", "))
	}
	return s
}

// time reads seconds of the epoch; negative: before now.
func (r *reader) time(name string) *time.Time {
	value, ok := r.spec.Get(name)
	if !ok {
		return nil
	}
	text := strings.Trim(string(record.JSON(value)), `"`)
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil {
		r.fail(name, value)
		return nil
	}
	at := time.Unix(int64(seconds), 0)
	if seconds < 0 {
		at = time.Now().Add(time.Duration(seconds * float64(time.Second)))
	}
	return &at
}
