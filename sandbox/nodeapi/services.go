package nodeapi

import (
	"encoding/json"
	"net/http"

	"github.com/ascli-go/ascli/sandbox/service"
)

// raw reads the body of the request as one JSON value.
func (x *exchange) raw() (json.RawMessage, error) {
	var body json.RawMessage
	err := x.decode(&body)
	return body, err
}

// createItem keeps a service or watch folder, and answers with its id.
func (x *exchange) createItem(kind service.Kind) error {
	body, err := x.raw()
	if err != nil {
		return err
	}
	item, err := x.node.Operations.Services.Create(kind, x.caller.Name, body)
	if err != nil {
		return err
	}
	return x.json(http.StatusCreated, idOnly{item.ID})
}

// item returns the one that the path of the request names.
func (x *exchange) item(kind service.Kind) (service.Item, error) {
	return x.node.Operations.Services.Get(kind, x.PathValue("id"), x.visible)
}

func (x *exchange) deleteItem(kind service.Kind) error {
	if err := x.node.Operations.Services.Delete(kind, x.PathValue("id"), x.visible); err != nil {
		return err
	}
	return x.noContent()
}

// withID is the body of an item with what the node adds.
func withID(item service.Item, more map[string]any) (map[string]any, error) {
	var shown map[string]any
	if err := json.Unmarshal(item.Body, &shown); err != nil {
		return nil, err
	}
	shown["id"] = item.ID
	for name, value := range more {
		shown[name] = value
	}
	return shown, nil
}

func listServices(x *exchange) error {
	shown := []map[string]any{}
	for _, item := range x.node.Operations.Services.List(service.RunDaemon, x.visible) {
		var asked struct {
			Enabled *bool `json:"enabled"`
		}
		if err := json.Unmarshal(item.Body, &asked); err != nil {
			return err
		}
		// What the run daemon would make of it: no daemon runs here.
		state := "RUNNING"
		if asked.Enabled != nil && !*asked.Enabled {
			state = "STOPPED"
		}
		one, err := withID(item, map[string]any{"state": state})
		if err != nil {
			return err
		}
		shown = append(shown, one)
	}
	return x.json(http.StatusOK, map[string]any{"services": shown})
}

func createService(x *exchange) error { return x.createItem(service.RunDaemon) }
func deleteService(x *exchange) error { return x.deleteItem(service.RunDaemon) }

// Watch folders need the version of their format (node.md 12.3).
const (
	watchFolderHeader  = "X-aspera-WF-version"
	watchFolderVersion = "2017_10_23"
)

// watchFolder checks the version that the client speaks.
func watchFolder(serve endpoint) endpoint {
	return func(x *exchange) error {
		if given := x.Header.Get(watchFolderHeader); given != watchFolderVersion {
			return refuse(http.StatusBadRequest, "%s: header %s is %q, not %s", service.OldFormat, watchFolderHeader, given, watchFolderVersion)
		}
		return serve(x)
	}
}

func listWatchFolders(x *exchange) error {
	ids := []string{}
	for _, item := range x.node.Operations.Services.List(service.WatchFolder, x.visible) {
		ids = append(ids, item.ID)
	}
	return x.json(http.StatusOK, map[string]any{"ids": ids})
}

func createWatchFolder(x *exchange) error { return x.createItem(service.WatchFolder) }
func deleteWatchFolder(x *exchange) error { return x.deleteItem(service.WatchFolder) }

func showWatchFolder(x *exchange) error {
	item, err := x.item(service.WatchFolder)
	if err != nil {
		return err
	}
	shown, err := withID(item, nil)
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, shown)
}

// watchFolderState tells that nothing watches: no watch folder daemon runs here.
func watchFolderState(x *exchange) error {
	item, err := x.item(service.WatchFolder)
	if err != nil {
		return err
	}
	return x.json(http.StatusOK, map[string]any{
		"id": item.ID, "state": "STOPPED", "reason": "The sandbox has no watch folder daemon", "configuration_version": item.Changes + 1,
		"created": wireTime(item.Created),
	})
}

func modifyWatchFolder(x *exchange) error {
	body, err := x.raw()
	if err != nil {
		return err
	}
	if err := x.node.Operations.Services.Modify(service.WatchFolder, x.PathValue("id"), x.visible, body); err != nil {
		return err
	}
	return x.noContent()
}
