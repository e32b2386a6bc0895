package desktop

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/ascli-go/ascli/sandbox/clientapp"
)

// table has the methods by name.
func (a *api) table() map[string]method {
	return map[string]method{
		"get_info":     func(context.Context, parameters) (any, error) { return info(), nil },
		"rpc.discover": a.discover,

		"start_transfer":    a.start,
		"get_transfer":      a.get,
		"get_all_transfers": a.list,
		"stop_transfer":     a.change((*clientapp.Client).Stop),
		"resume_transfer":   a.change((*clientapp.Client).Resume),
		"remove_transfer":   a.remove,
		"modify_transfer":   a.modify,

		// There are no windows here.
		"show_about":            nothing,
		"open_preferences":      nothing,
		"show_transfer_manager": nothing,
		"show_transfer_monitor": nothing,
		"show_directory":        nothing,
		"init_drag_drop":        nothing,
	}
}

func info() any {
	return map[string]any{"name": "IBM Aspera for desktop", "version": version}
}

func nothing(context.Context, parameters) (any, error) { return struct{}{}, nil }

// discover lists the methods (OpenRPC).
func (a *api) discover(context.Context, parameters) (any, error) {
	methods := []map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(a.methods)) {
		methods = append(methods, map[string]string{"name": name})
	}
	return map[string]any{"openrpc": "1.2.6", "info": info(), "methods": methods}, nil
}

func (a *api) start(ctx context.Context, p parameters) (any, error) {
	if p.AppID == "" || len(p.Spec) == 0 {
		return nil, &failure{codeParams, "Invalid params: app_id or transfer_spec is missing"}
	}
	id, err := a.config.Client.Start(p.AppID, p.Spec, p.How.WholePath)
	if err != nil {
		return nil, err
	}
	return a.get(ctx, parameters{ID: id})
}

func (a *api) get(_ context.Context, p parameters) (any, error) {
	return a.config.Client.Get(p.ID)
}

func (a *api) list(_ context.Context, p parameters) (any, error) {
	found, _ := a.config.Client.After(p.AppID, 0)
	return found, nil
}

// change makes the method of a change of a transfer.
func (a *api) change(do func(c *clientapp.Client, id string) error) method {
	return func(_ context.Context, p parameters) (any, error) {
		return struct{}{}, do(a.config.Client, p.ID)
	}
}

func (a *api) remove(ctx context.Context, p parameters) (any, error) {
	return struct{}{}, a.config.Client.Remove(ctx, p.ID)
}

func (a *api) modify(_ context.Context, p parameters) (any, error) {
	var rates struct {
		Target *float64 `json:"target_rate_kbps"`
		Min    *float64 `json:"min_rate_kbps"`
	}
	if err := json.Unmarshal(p.Spec, &rates); err != nil {
		return nil, &failure{codeParams, "Invalid params: transfer_spec: " + err.Error()}
	}
	return struct{}{}, a.config.Client.SetRates(p.ID, rates.Target, rates.Min)
}
