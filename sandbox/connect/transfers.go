package connect

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/ascli-go/ascli/sandbox/clientapp"
)

// start starts transfers. The answer has their specs with the ids in the tags.
func (a *api) start(_ *http.Request, asked request) (any, error) {
	if len(asked.Transfers) == 0 {
		return nil, fmt.Errorf("%w: transfer_specs is missing", clientapp.ErrRequest)
	}
	started := []any{}
	for _, one := range asked.Transfers {
		by := one.Settings
		if by == (settings{}) {
			by = asked.Settings
		}
		if by.AppID == "" {
			return nil, fmt.Errorf("%w: app_id is missing", clientapp.ErrRequest)
		}
		id, err := a.config.Client.Start(by.AppID, one.Spec, by.WholePath)
		if err != nil {
			return nil, err
		}
		a.mu.Lock()
		a.requests[id] = by.RequestID
		a.mu.Unlock()
		spec, err := withID(one.Spec, id)
		if err != nil {
			return nil, err
		}
		started = append(started, map[string]any{"transfer_spec": spec, "aspera_connect_settings": by})
	}
	return map[string]any{"transfer_specs": started}, nil
}

// withID puts the id of a transfer into its spec, which the client has accepted.
func withID(spec json.RawMessage, id string) (map[string]any, error) {
	var fields map[string]any
	if err := json.Unmarshal(spec, &fields); err != nil {
		return nil, err
	}
	tags, _ := fields["tags"].(map[string]any)
	if tags == nil {
		tags = map[string]any{}
	}
	aspera, _ := tags["aspera"].(map[string]any)
	if aspera == nil {
		aspera = map[string]any{}
	}
	aspera["xfer_id"] = id
	tags["aspera"] = aspera
	fields["tags"] = tags
	return fields, nil
}

// told is a transfer as Connect tells it.
type told struct {
	clientapp.Transfer
	Settings settings `json:"aspera_connect_settings"`
}

func (a *api) tell(t clientapp.Transfer) told {
	a.mu.Lock()
	defer a.mu.Unlock()
	return told{t, settings{AppID: t.Program, RequestID: a.requests[t.UUID]}}
}

func (a *api) info(r *http.Request, _ request) (any, error) {
	t, err := a.config.Client.Get(r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return map[string]told{"transfer_info": a.tell(t)}, nil
}

// activity tells the transfers of a program that have changed.
func (a *api) activity(_ *http.Request, asked request) (any, error) {
	found, next := a.config.Client.After(asked.Settings.AppID, asked.Iteration)
	transfers := []told{}
	for _, t := range found {
		transfers = append(transfers, a.tell(t))
	}
	return map[string]any{"iteration_token": next, "result_count": len(transfers), "transfers": transfers}, nil
}

// change makes the endpoint of a change of a transfer.
func (a *api) change(do func(c *clientapp.Client, id string) error) endpoint {
	return func(r *http.Request, _ request) (any, error) {
		return struct{}{}, do(a.config.Client, r.PathValue("id"))
	}
}

func (a *api) remove(r *http.Request, _ request) (any, error) {
	return struct{}{}, a.config.Client.Remove(r.Context(), r.PathValue("id"))
}

func (a *api) modify(r *http.Request, asked request) (any, error) {
	return struct{}{}, a.config.Client.SetRates(r.PathValue("id"), asked.Target, asked.Min)
}
