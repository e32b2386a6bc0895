package transfer

import (
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// Values of option "sources" that are words; else it is an array of paths.
const (
	SourcesArgs = "@args"
	SourcesTS   = "@ts"
)

// Values of option "src_type".
const (
	SourceList = "list"
	SourcePair = "pair"
)

// SourceInput is all that decides which files a job transfers.
type SourceInput struct {
	// Option is the value of option "sources": nil, a word or an array.
	Option any
	// Type is the value of option "src_type"; empty means SourceList.
	Type string
	// Args are the positional arguments that are left. nil means that there are
	// none, an empty slice that the user gave an empty list.
	Args []string
	// Default is used when there is no argument; most commands have none.
	Default []string
	// TS is the value of option "ts".
	TS *record.Object
	// Agent and AgentInfo are the values of options "transfer" and
	// "transfer_info": agent direct may be given its own list of files.
	Agent     string
	AgentInfo *record.Object
}

// Sources computes the list of sources of a job (spec/transfer.md 2.1). An
// empty list without error means that the agent has its own. The warnings are
// for the user.
func Sources(in SourceInput) (sources []Source, warnings []string, err error) {
	var items []string
	switch option := in.Option.(type) {
	case nil:
		items, err = argumentItems(in)
	case string:
		switch option {
		case SourcesArgs:
			items, err = argumentItems(in)
		case SourcesTS:
			sources, err = specSources(in)
			return sources, nil, err
		default:
			err = failure.Argumentf("sources must be a Array, not String")
		}
	case []any:
		items, err = texts(option)
	default:
		err = failure.Argumentf("sources must be a Array, not %s", record.TypeName(option))
	}
	if err != nil {
		return nil, nil, err
	}
	if in.TS != nil && in.TS.Has(FieldPaths) {
		warnings = append(warnings, "--sources overrides paths from --ts")
	}
	sources, err = arrange(items, in.Type)
	return sources, warnings, err
}

func argumentItems(in SourceInput) ([]string, error) {
	switch {
	case len(in.Args) > 0:
		return in.Args, nil
	case len(in.Default) > 0:
		return in.Default, nil
	case in.Args == nil:
		return nil, failure.Argumentf("missing argument: source file list (String)")
	}
	return nil, failure.Argumentf("specify at least one file on command line or use --sources=@ts to use transfer spec")
}

func texts(list []any) ([]string, error) {
	items := make([]string, len(list))
	for i, v := range list {
		s, ok := v.(string)
		if !ok {
			return nil, failure.Argumentf("sources must be a Array of String")
		}
		items[i] = s
	}
	return items, nil
}

func specSources(in SourceInput) ([]Source, error) {
	if in.TS == nil || !in.TS.Has(FieldPaths) {
		if in.Agent == AgentDirect && in.AgentInfo != nil && HasFileList(in.AgentInfo.List("ascp_args")) {
			return nil, nil
		}
		return nil, failure.Argumentf("transfer spec on command line must have sources")
	}
	return SourcesOf(in.TS)
}

// HasFileList tells whether extra arguments of ascp bring a list of files.
func HasFileList(ascpArgs []any) bool {
	for _, a := range ascpArgs {
		s, _ := a.(string)
		for _, option := range []string{"--file-list", "--file-pair-list"} {
			if s == option || strings.HasPrefix(s, option+"=") {
				return true
			}
		}
	}
	return false
}

func arrange(items []string, srcType string) ([]Source, error) {
	var sources []Source
	switch srcType {
	case "", SourceList:
		for _, s := range items {
			sources = append(sources, Source{Source: s})
		}
	case SourcePair:
		if len(items)%2 != 0 {
			return nil, failure.Argumentf("When using pair, provide an even number of paths: %d", len(items))
		}
		for i := 0; i < len(items); i += 2 {
			sources = append(sources, Source{Source: items[i], Destination: items[i+1]})
		}
	default:
		return nil, failure.Argumentf("unknown value for src_type: %s, expect: %s, %s", srcType, SourceList, SourcePair)
	}
	return sources, nil
}

// SourcesOf reads the field "paths" of a transfer spec. Absent, it is nil.
func SourcesOf(spec *record.Object) ([]Source, error) {
	value, ok := spec.Get(FieldPaths)
	if !ok {
		return nil, nil
	}
	list, ok := value.([]any)
	if !ok {
		return nil, failure.Argumentf("paths must be a Array, not %s", record.TypeName(value))
	}
	sources := make([]Source, len(list))
	for i, v := range list {
		path, _ := v.(*record.Object)
		if path == nil || path.Text(FieldSource) == "" {
			return nil, failure.Argumentf("All elements of paths must have a 'source' key")
		}
		sources[i] = Source{Source: path.Text(FieldSource), Destination: path.Text(FieldDestination)}
	}
	return sources, nil
}

// PathsValue is the field "paths" for a list of sources.
func PathsValue(sources []Source) []any {
	paths := make([]any, len(sources))
	for i, s := range sources {
		path := record.New(FieldSource, s.Source)
		if s.Destination != "" {
			path.Set(FieldDestination, s.Destination)
		}
		paths[i] = path
	}
	return paths
}
