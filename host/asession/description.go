package asession

import (
	"context"
	"os"
	"os/user"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/host/config"
	"github.com/ascli-go/ascli/host/value"
	"github.com/ascli-go/ascli/host/value/yaml11"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/lambda"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/ruby"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// description is the argument of the program (spec/management.md 9.1).
type description struct {
	// spec is the transfer spec, agent the parameters of agent direct.
	spec, agent              *record.Object
	logLevel, fileLists, sdk string
}

// fromStdin is the argument of a user who gives none. The usage of 4.21.0 shows it
// without its last colon.
const (
	fromStdin   = "@json:@stdin:"
	noLastColon = "@json:@stdin"
)

// usageError is an argument that is not as it should be. The usage follows.
type usageError struct{ error }

func (e *usageError) Unwrap() error { return e.error }

func usageErrorf(format string, args ...any) error {
	return &usageError{failure.Argumentf(format, args...)}
}

func (p *program) describe(ctx context.Context, args []string, in *input) (*description, error) {
	if len(args) > 1 {
		return nil, usageErrorf("exactly one argument is expected")
	}
	text := fromStdin
	if len(args) == 1 && args[0] != noLastColon {
		text = args[0]
	}
	v, err := p.evaluate(ctx, text, in)
	if err != nil && ctx.Err() != nil {
		return nil, err
	}
	if err != nil {
		// Further lines would show what is wrong, and with it secrets.
		reason, _, _ := strings.Cut(err.Error(), "\n")
		return nil, usageErrorf("Cannot parse argument: %s (%s)", withoutContent(text), reason)
	}
	o, ok := v.(*record.Object)
	switch {
	case !ok && text == fromStdin:
		return nil, usageErrorf("The value must be a Hash (JSON on stdin)")
	case !ok:
		return nil, usageErrorf(`The value must be a Hash (argument), did you specify: "@json:" ?`)
	}
	return p.read(o)
}

// withoutContent is an argument as an error may show it: what stands in braces may
// hold secrets.
func withoutContent(text string) string {
	if at := strings.IndexAny(text, "{["); at >= 0 {
		return text[:at+1] + "..."
	}
	return text
}

func (p *program) evaluate(ctx context.Context, text string, in *input) (any, error) {
	lookup := config.LookupIn(p.Environ)
	// Without a home folder "~" stands for nothing.
	home, _ := config.UserHome(lookup)
	interpreter := ruby.New(ruby.Env{
		LookupEnv: lookup, Environ: p.Environ, Stdin: in, Stdout: p.Err, Stderr: p.Err, Home: home, Log: p.log, YAML: yaml11.Text{},
	})
	values := value.New(value.Env{LookupEnv: lookup, Stdin: in, Home: home, Log: p.log, Ruby: func(ctx context.Context, code string) (any, error) {
		return lambda.EvaluateRuby(ctx, interpreter, code)
	}})
	return values.Evaluate(ctx, text)
}

// read takes the keys of a description.
func (p *program) read(o *record.Object) (*description, error) {
	d := &description{spec: o.Object("spec"), agent: record.New()}
	if d.spec == nil {
		return nil, usageErrorf("The value must contain key spec with Hash value")
	}
	texts := map[string]*string{"loglevel": &d.logLevel, "file_list_folder": &d.fileLists, "sdk": &d.sdk}
	for key, v := range o.All() {
		target, isText := texts[key]
		given, ok := v.(string)
		switch {
		case key == "spec" || v == nil:
		case key == "agent":
			if o.Object(key) == nil {
				return nil, usageErrorf("key agent must be a Hash, got %s", record.TypeName(v))
			}
			d.agent = o.Object(key).Clone()
		case !isText:
			p.log.Warn("key " + key + " is not known and has no effect")
		case !ok:
			return nil, usageErrorf("key %s must be a String, got %s", key, record.TypeName(v))
		default:
			*target = given
		}
	}
	if d.logLevel != "" && !slices.Contains(sdk.LevelNames(), d.logLevel) {
		return nil, usageErrorf("log level %q is none of %s", d.logLevel, strings.Join(sdk.LevelNames(), " "))
	}
	d.agent.Set("quiet", true)
	return d, nil
}

// request is the job for agent direct. cleanUp removes what only it needs.
func (p *program) request(d *description) (request *ascliv1.RunRequest, cleanUp func(), err error) {
	home, homeErr := config.UserHome(config.LookupIn(p.Environ))
	if d.sdk == "" {
		if homeErr != nil {
			return nil, nil, homeErr
		}
		d.sdk = config.SDKFolder(home)
	}
	lists, cleanUp, err := listFolder(d.fileLists)
	if err != nil {
		return nil, nil, failure.Toolf("lists of files need a folder: %w", err)
	}
	return &ascliv1.RunRequest{
		Agent: transfer.AgentDirect, Spec: record.JSON(d.spec), Info: record.JSON(d.agent), ManagementEvents: true,
		Surroundings: &ascliv1.AgentSurroundings{
			SdkFolder: d.sdk, FileListFolder: lists,
			Surroundings: &ascliv1.Surroundings{HostVersion: p.Version, LogLevel: sdk.LevelName(p.level.Level())},
		},
	}, cleanUp, nil
}

// listFolder makes the folder for lists of files. One of the user's stays: the
// agent removes what is too old in it. Without one it is temporary
// (spec/transfer.md 16).
func listFolder(given string) (folder string, cleanUp func(), err error) {
	if given != "" {
		return given, func() {}, os.MkdirAll(given, 0o700)
	}
	folder, err = os.MkdirTemp("", "asession_filelists_"+userName()+"_*")
	// What stays is in a folder that the system cleans.
	return folder, func() { _ = os.RemoveAll(folder) }, err
}

func userName() string {
	account, err := user.Current()
	switch {
	case err != nil:
		return "unknown_user"
	case account.Username != "":
		return strings.NewReplacer(`\`, "_", "/", "_").Replace(account.Username)
	}
	return account.Uid
}
