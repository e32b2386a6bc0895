package command

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// userSpec returns option ts, once its values are found fit for the chosen agent:
// a mistake is told before anything is asked of a server.
func (s *session) userSpec(ctx context.Context) (*record.Object, error) {
	ts, err := s.options.Object(ctx, "ts")
	if err != nil || ts == nil {
		return nil, err
	}
	name, err := s.options.Text(ctx, "transfer")
	if err != nil {
		return nil, err
	}
	agent, err := transfer.ResolveAgent(name)
	if err != nil {
		return nil, err
	}
	unsupported, err := transfer.CheckOption(ts, agent)
	if len(unsupported) > 0 {
		s.log.Info(fmt.Sprintf("agent %s does not support, of option ts: %s", agent.Name, strings.Join(unsupported, ", ")))
	}
	return ts, err
}

// agentInfo returns the parameters of the chosen agent. Agent node takes the
// node that the user has as default, unless told which (spec/transfer.md 7).
func (s *session) agentInfo(ctx context.Context) (agent string, info *record.Object, err error) {
	if agent, err = s.options.Text(ctx, "transfer"); err != nil {
		return "", nil, err
	}
	if info, err = s.options.Object(ctx, "transfer_info"); err != nil {
		return "", nil, err
	}
	if info == nil {
		info = record.New()
	}
	chosen, err := transfer.ResolveAgent(agent)
	if err != nil {
		return "", nil, err
	}
	if chosen.Name == transfer.AgentNode {
		if !info.Has(transfer.InfoURL) {
			if info, err = s.defaultNode(ctx, info); err != nil {
				return "", nil, err
			}
		}
		s.learnSecret(info.Text(transfer.InfoPassword))
	}
	return chosen.Name, info, nil
}

// defaultNode lays the default preset of plugin node over info.
func (s *session) defaultNode(ctx context.Context, info *record.Object) (*record.Object, error) {
	preset := map[string]any{}
	if err := s.defaultPreset(ctx, func(name string, v any) { preset[name] = v }, "node"); err != nil {
		return nil, err
	}
	if preset[transfer.InfoURL] == nil {
		return nil, failure.Argumentf("No default node configured. Please specify --transfer-info")
	}
	info = info.Clone()
	for _, name := range slices.Sorted(maps.Keys(preset)) {
		switch name {
		case transfer.InfoURL, transfer.InfoUsername, transfer.InfoPassword, transfer.InfoRootID:
		default:
			continue
		}
		v := preset[name]
		switch text := v.(type) {
		case string:
			var err error
			if v, err = s.values.Evaluate(ctx, text); err != nil {
				return nil, err
			}
		case json.Number:
			// YAML makes numbers of names and ids that are digits.
			v = text.String()
		}
		info.Set(name, v)
	}
	return info, nil
}
