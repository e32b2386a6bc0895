package direct

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/ascli-go/ascli/plugins/transfer/agent"
	"github.com/ascli-go/ascli/plugins/transfer/mapping"
	"github.com/ascli-go/ascli/plugins/transfer/product"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// maxSessions is the limit of ascp (spec/transfer.md 6.3, multi_session).
const maxSessions = 128

// plan is a job ready to run: what its sessions have in common.
type plan struct {
	executable string
	// args follow those that differ between sessions.
	args []string
	env  []string
	// sessions is 0 when the job is not split.
	sessions int
	// udpBase is the UDP port of the first session; 0: all use that of args.
	udpBase int64
	// temporary files live as long as the job.
	temporary []string
}

// prepare makes the plan of a job. The returned plan is never nil: what was
// created before an error is to be cleaned up too.
func prepare(ctx context.Context, job agent.Job, params parameters) (*plan, error) {
	p := &plan{}
	spec := record.DropNulls(job.Spec.Clone())
	stamp(spec)
	if source, ok := spec.Get(transfer.FieldSourceRoot); ok && source == "" {
		spec.Delete(transfer.FieldSourceRoot)
	}
	ascp, err := p.findExecutable(job, spec)
	if err != nil {
		return p, err
	}
	if p.sessions, err = takeSessions(spec, job.Env.Logger()); err != nil {
		return p, err
	}
	login, err := p.login(ctx, spec, job.Env, params, ascp)
	if err != nil {
		return p, err
	}
	fallback, err := fallbackArgs(spec, job.Env.SDKFolder)
	if err != nil {
		return p, err
	}
	if p.sessions > 0 && params.multiIncrUDP {
		p.udpBase = takeUDPPort(spec)
	}
	mapped, err := p.mapSpec(spec, job.Env.Logger())
	if err != nil {
		return p, err
	}
	sources, err := p.sourceArgs(spec, job.Env, params)
	if err != nil {
		return p, err
	}
	p.args = fallback
	if params.quiet {
		p.args = append(p.args, "-q")
	}
	p.args = append(append(p.args, login...), mapped...)
	if !spec.Bool(transfer.FieldUseAscp4) {
		p.args = append(p.args, "--dest64")
	}
	p.args = append(append(p.args, params.ascpArgs...), sources...)
	p.args = append(p.args, destination(spec))
	return p, nil
}

// mapSpec sets the environment and returns the arguments that come from the
// fields of the spec.
func (p *plan) mapSpec(spec *record.Object, log *slog.Logger) ([]string, error) {
	p.env = append(os.Environ(), "ASPERA_TEST_REDIS_DISABLE=true")
	if secret := splitProxy(spec); secret != "" {
		p.env = append(p.env, "ASPERA_PROXY_PASS="+secret)
	}
	command, err := mapping.Ascp(spec)
	if err != nil {
		return nil, err
	}
	for _, warning := range command.Warnings {
		log.Warn(warning)
	}
	p.env = append(p.env, command.Env...)
	return command.Args, nil
}

// argv returns the arguments of a session, counted from 1, in the order of
// spec/transfer.md 8.3. port is that of its management listener, 0 for none.
func (p *plan) argv(index, port int) []string {
	var args []string
	if port > 0 {
		args = append(args, "-M", strconv.Itoa(port))
	}
	if p.udpBase > 0 {
		args = append(args, "-O", strconv.FormatInt(p.udpBase+int64(index)-1, 10))
	}
	if p.sessions > 0 {
		args = append(args, "-C"+strconv.Itoa(index)+":"+strconv.Itoa(p.sessions))
	}
	return append(args, p.args...)
}

func (p *plan) cleanUp(log *slog.Logger) {
	for _, path := range p.temporary {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			log.Warn("temporary file stays", "path", path, "error", err)
		}
	}
}

func (p *plan) findExecutable(job agent.Job, spec *record.Object) (product.Executable, error) {
	ascp, err := product.Locate(job.Env.SDKFolder, job.Env.AscpPath)
	if err != nil {
		return ascp, err
	}
	p.executable = ascp.Path
	if spec.Bool(transfer.FieldUseAscp4) {
		p.executable, err = ascp.Sibling("ascp4")
	}
	return ascp, err
}

// stamp completes the tags of the products: the server recognizes by xfer_id the
// sessions and retries that belong together.
func stamp(spec *record.Object) {
	value, _ := spec.At(transfer.FieldTags, transfer.TagAspera)
	tags, ok := value.(*record.Object)
	if !ok {
		return
	}
	if !tags.Has("xfer_id") {
		tags.Set("xfer_id", uuid.NewString())
	}
	if !tags.Has(transfer.TagRetry) {
		tags.Set(transfer.TagRetry, 3600)
	}
}

// takeSessions removes multi_session from the spec and returns its value.
func takeSessions(spec *record.Object, log *slog.Logger) (int, error) {
	value, ok := spec.Get(transfer.FieldMultiSession)
	if !ok {
		return 0, nil
	}
	spec.Delete(transfer.FieldMultiSession)
	text, _ := value.(string)
	if number, ok := value.(json.Number); ok {
		text = number.String()
	}
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return 0, failure.Argumentf("multi_session is : %s (%s), shall be [:int], ", record.TypeName(value), record.JSON(value))
	case n > maxSessions:
		return 0, failure.Argumentf("multi_session is %d, at most %d sessions are possible", n, maxSessions)
	case n < 0:
		log.Error("multi_session(" + text + ") shall be integer >= 0")
		return 0, nil
	}
	return n, nil
}

func takeUDPPort(spec *record.Object) int64 {
	port, ok := spec.Int(transfer.FieldFaspPort)
	spec.Delete(transfer.FieldFaspPort)
	if !ok {
		return transfer.DefaultUDPPort
	}
	return port
}

// splitProxy takes the password out of the address of the FASP proxy,
// dnat[s]://[user[:password]@]host:port: arguments are visible to other users.
func splitProxy(spec *record.Object) (password string) {
	address := spec.Text(transfer.FieldProxy)
	scheme, rest, found := strings.Cut(address, "://")
	at := strings.LastIndex(rest, "@")
	if !found || at < 0 {
		return ""
	}
	user, password, found := strings.Cut(rest[:at], ":")
	if !found {
		return ""
	}
	spec.Set(transfer.FieldProxy, scheme+"://"+user+rest[at:])
	return password
}

// destination is the last argument. Only ascp takes it in base64.
func destination(spec *record.Object) string {
	folder := spec.Text(transfer.FieldDestinationRoot)
	if folder == "" {
		folder = "/"
	}
	if spec.Bool(transfer.FieldUseAscp4) {
		return folder
	}
	return base64.StdEncoding.EncodeToString([]byte(folder))
}
