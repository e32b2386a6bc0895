package command

import (
	"context"
	"strings"

	"github.com/ascli-go/ascli/host/grammar"
	"github.com/ascli-go/ascli/host/options"
	"github.com/ascli-go/ascli/host/value"
	ascliv1 "github.com/ascli-go/ascli/proto/ascli/v1"
	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// invocation resolves the command words and evaluates arguments and options.
func (s *session) invocation(ctx context.Context, manifest *ascliv1.Manifest) (*sdk.Invocation, error) {
	if err := s.schemaAsked(ctx); err != nil {
		return nil, err
	}
	branch, err := s.resolve(ctx, manifest)
	if err != nil {
		return nil, err
	}
	parsed, err := grammar.Parse(branch, flags(s.options.Definitions()), s.given)
	if err != nil {
		return nil, failure.Argumentf("%w", err)
	}
	s.stopped = branch.Leaf().Stopped
	inv := &sdk.Invocation{
		Command: branch.Path(), Args: map[string]any{}, Options: map[string]any{},
		Host: s, Log: s.log.With("plugin", manifest.Name), Home: s.home, TempFolder: s.tempFolder, HostVersion: s.Version,
		Shown: s.display.shown,
	}
	for _, a := range branch.Arguments {
		v, given, err := s.argument(ctx, a.Declared, parsed.Arguments[a.Declared.Name])
		if err != nil {
			return nil, err
		}
		if given {
			inv.Args[a.Declared.Name] = v
		}
	}
	if err := s.sharedOptions(ctx, inv); err != nil {
		return nil, err
	}
	s.display.expect(branch.Leaf().Result)
	return inv, nil
}

// schemaAsked evaluates the options with the value help before anything else: to
// know what a Hash may hold, no complete command is needed.
func (s *session) schemaAsked(ctx context.Context) error {
	for _, g := range s.given {
		if g.Value != "help" {
			continue
		}
		if _, err := s.options.Value(ctx, g.Name); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) resolve(ctx context.Context, manifest *ascliv1.Manifest) (*grammar.Branch, error) {
	sources, err := s.options.Value(ctx, "sources")
	if err != nil {
		return nil, err
	}
	resolver := grammar.Resolver{Evaluate: s.values.Evaluate, SourcesElsewhere: sources != nil && sources != transfer.SourcesArgs}
	asks, err := s.interactive(ctx)
	if err != nil {
		return nil, err
	}
	if asks {
		resolver.Ask = s.askWords
	}
	if resolver.AskCommands, err = s.asksCommands(ctx); err != nil {
		return nil, err
	}
	branch, err := resolver.Resolve(ctx, manifest, s.rest)
	s.rest = branch.Rest
	return branch, err
}

// argument evaluates the words of one positional argument.
func (s *session) argument(ctx context.Context, declared *ascliv1.Argument, words []string) (v any, given bool, err error) {
	if declared.Sources {
		v, err = s.sources(ctx, words)
		return v, true, err
	}
	if len(words) == 0 {
		return nil, false, nil
	}
	if err := options.ArgumentHelp(declared, words[0]); err != nil {
		return nil, false, err
	}
	if !declared.Multiple {
		if v, err = s.word(ctx, declared, words); err != nil {
			return nil, false, err
		}
		if v, err = s.selector(ctx, declared, v); err != nil {
			return nil, false, err
		}
		v, err = options.Argument(declared, v)
		return v, true, err
	}
	list, err := s.list(ctx, words)
	if err != nil {
		return nil, false, err
	}
	for i := range list {
		if list[i], err = options.Argument(declared, list[i]); err != nil {
			return nil, false, err
		}
	}
	return list, true, nil
}

// word evaluates an argument of one word, or "@:" with the words after it.
func (s *session) word(ctx context.Context, declared *ascliv1.Argument, words []string) (v any, err error) {
	end, collects := value.CollectMarker(words[0])
	if !collects {
		return s.values.EvaluateFor(ctx, words[0], grammar.ValueTypes(declared.Types)...)
	}
	v, s.rest, err = s.values.Collect(ctx, "argument: "+declared.Description, end, words[1:])
	return v, err
}

// selector evaluates the value in %field:value where an entity is named
// (spec/cli.md 10.7).
func (s *session) selector(ctx context.Context, declared *ascliv1.Argument, v any) (any, error) {
	text, _ := v.(string)
	selector, selects := sdk.ParseSelector(text)
	if !declared.Identifier || !selects {
		return v, nil
	}
	evaluated, err := s.values.Evaluate(ctx, selector.Value)
	if err != nil {
		return nil, err
	}
	return "%" + selector.Field + ":" + inspect.Plain(evaluated), nil
}

// list evaluates all remaining words; one that evaluates to an array is the
// list (spec/cli.md 1.8).
func (s *session) list(ctx context.Context, words []string) ([]any, error) {
	var list []any
	for _, w := range words {
		v, err := s.values.Evaluate(ctx, w)
		if err != nil {
			return nil, err
		}
		if items, ok := v.([]any); ok && len(words) == 1 {
			return items, nil
		}
		list = append(list, v)
	}
	return list, nil
}

// sources computes the files of a transfer (spec/transfer.md 2.1).
func (s *session) sources(ctx context.Context, words []string) (any, error) {
	in := transfer.SourceInput{}
	if len(words) > 0 {
		list, err := s.list(ctx, words)
		if err != nil {
			return nil, err
		}
		in.Args = []string{}
		for _, v := range list {
			text, ok := v.(string)
			if !ok {
				return nil, failure.Argumentf("Argument source file list (String) is a %s but must be String", record.TypeName(v))
			}
			in.Args = append(in.Args, text)
		}
	}
	if err := s.sourceOptions(ctx, &in); err != nil {
		return nil, err
	}
	sources, warnings, err := transfer.Sources(in)
	for _, w := range warnings {
		s.log.Warn(w)
	}
	list := []any{}
	for _, src := range sources {
		o := record.New("source", src.Source)
		if src.Destination != "" {
			o.Set("destination", src.Destination)
		}
		list = append(list, o)
	}
	return list, err
}

func (s *session) sourceOptions(ctx context.Context, in *transfer.SourceInput) (err error) {
	if in.Option, err = s.options.Value(ctx, "sources"); err != nil {
		return err
	}
	if in.Type, err = s.options.Text(ctx, "src_type"); err != nil {
		return err
	}
	if in.Agent, err = s.options.Text(ctx, "transfer"); err != nil {
		return err
	}
	if in.AgentInfo, err = s.options.Object(ctx, "transfer_info"); err != nil {
		return err
	}
	in.TS, err = s.userSpec(ctx)
	return err
}

// sharedOptions evaluates what the plugin gets: its own options and the global
// ones that concern plugins.
func (s *session) sharedOptions(ctx context.Context, inv *sdk.Invocation) error {
	asksAll, err := s.options.Flag(ctx, "ask_options")
	if err != nil {
		return err
	}
	if asksAll {
		if asksAll, err = s.interactive(ctx); err != nil {
			return err
		}
	}
	for _, d := range s.options.Definitions() {
		if !d.Shared {
			continue
		}
		v, err := s.options.Value(ctx, d.Name)
		if err != nil {
			return err
		}
		if v == nil && d.Mandatory {
			v, err = s.requireOption(ctx, d.Name)
		} else if v == nil && asksAll && d.Own {
			v, err = s.askOption(ctx, d.Name)
		}
		if err != nil {
			return err
		}
		if v == nil {
			continue
		}
		if text, ok := v.(string); ok && d.Secret {
			s.learnSecret(text)
		}
		inv.Options[d.Name] = v
	}
	return nil
}

// take stores options of the command line.
func (s *session) take(given []grammar.Given) {
	for _, g := range given {
		s.options.Add(g.Name, options.Setting{
			Layer: options.CommandLine, Text: g.Value, Path: g.Path,
			Typed: "--" + strings.ReplaceAll(g.Name, "_", "-") + "=" + g.Value,
		})
	}
	s.given = append(s.given, given...)
}
