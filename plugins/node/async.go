package node

import (
	"context"
	"regexp"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
	"github.com/ascli-go/ascli/sdk/rest"
	"github.com/ascli-go/ascli/sdk/restcmd"
)

// allSyncs stands for every synchronization.
const allSyncs = "ALL"

// bandwidthSpan is how far back `async bandwidth` looks, seconds.
const bandwidthSpan = 100

// asyncs show statistics of synchronizations with clients, by the older API
// (spec/plugins/node.md 13.1).
func asyncs() sdk.Command {
	list := restcmd.Resource{Connect: connectAPI}
	return sdk.Command{Name: "async", Summary: "Statistics of synchronizations", Commands: []sdk.Command{
		list.Command(restcmd.Call{Name: "list", Summary: "List synchronizations", Path: "async/list", Answer: restcmd.Values("sync_ids")}),
		syncCommand("delete", "Forget a synchronization, or ALL", sdk.ResultObject, deleteSyncs),
		syncCommand("files", "List the files of a synchronization", sdk.ResultList, syncFiles),
		syncCommand("show", "Show a synchronization, or ALL", sdk.ResultObject, showSyncs),
		syncCommand("counters", "Show the last counters of a synchronization", sdk.ResultObject, syncCounters),
		syncCommand("bandwidth", "List the bandwidth of a synchronization over time", sdk.ResultList, syncBandwidth),
	}}
}

// syncs are those that a command is about.
type syncs struct {
	api *rest.Client
	ids []any
	all bool
}

func syncCommand(name, summary string, kind sdk.ResultKind, run func(context.Context, *sdk.Invocation, syncs) (*sdk.Result, error)) sdk.Command {
	return sdk.Command{
		Name: name, Summary: summary, Result: kind,
		// With option sync_name there is none.
		Args: []sdk.Arg{{Name: "id", Description: "identifier", Identifier: true, Optional: true}},
		Run: func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
			api, err := connectAPI(ctx, inv)
			if err != nil {
				return nil, err
			}
			found, err := findSyncs(ctx, inv, api, name == "show" || name == "delete")
			if err != nil {
				return nil, err
			}
			return run(ctx, inv, found)
		},
	}
}

// findSyncs reads the identifier of a command: a number, %name:, ALL where it
// makes sense, or option sync_name instead.
func findSyncs(ctx context.Context, inv *sdk.Invocation, api *rest.Client, several bool) (syncs, error) {
	found := syncs{api: api}
	named := inv.OptionText("sync_name")
	id := inv.Text("id")
	selector, selects := sdk.ParseSelector(id)
	var err error
	switch {
	case named != "" && id != "":
		return found, failure.Argumentf("give either the identifier %s or option sync_name", id)
	case named == "" && id == "":
		return found, failure.Argumentf("missing argument: identifier (String)").Hint("or name the synchronization: --sync-name=<name>")
	case selects:
		if err = onlyName(selector); err == nil {
			found.ids, err = found.named(ctx, selector.Value, failure.New(failure.Identifier, "sync with name=%s: not found", selector.Value))
		}
	case named != "":
		found.ids, err = found.named(ctx, named, noSuchSync(named))
	case id == allSyncs && several:
		found.all = true
		found.ids, err = found.list(ctx)
	case id == allSyncs:
		err = failure.Argumentf("ALL only for show and delete")
	case !regexp.MustCompile(`^[+-]?[0-9]+$`).MatchString(id):
		err = failure.Argumentf("invalid value for Integer(): %s", inspect.Text(id))
	default:
		found.ids = []any{id}
	}
	return found, err
}

func (s syncs) list(ctx context.Context) ([]any, error) {
	answer, err := object(s.api.Get(ctx, "async/list", nil))
	if err != nil {
		return nil, err
	}
	return answer.List("sync_ids"), nil
}

// named finds a synchronization by its name in the summaries of all.
func (s syncs) named(ctx context.Context, name string, notFound error) ([]any, error) {
	all, err := s.list(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := object(s.api.Post(ctx, "async/summary", record.New("syncs", all)))
	if err != nil {
		return nil, err
	}
	for _, summary := range objects(answer.List("sync_summaries")) {
		if summary.Text("name") == name {
			id, _ := summary.Get("snid")
			return []any{id}, nil
		}
	}
	return nil, notFound
}

// ask calls an operation on the synchronizations; more goes beside their ids.
func (s syncs) ask(ctx context.Context, operation string, more *record.Object) (*record.Object, error) {
	answer, err := s.api.Post(ctx, "async/"+operation, record.Merge(record.New("syncs", s.ids), more))
	if err != nil || answer.Value == nil {
		return nil, err
	}
	return answer.Object()
}

// key is how answers name the synchronization.
func (s syncs) key() string { return inspect.Plain(s.ids[0]) }

// of returns what an answer holds for the synchronization: its first element
// at key, which is an object by id.
func (s syncs) of(answer *record.Object, key string) any {
	for _, byID := range objects(answer.List(key)) {
		v, _ := byID.Get(s.key())
		return v
	}
	return nil
}

func deleteSyncs(ctx context.Context, _ *sdk.Invocation, s syncs) (*sdk.Result, error) {
	answer, err := s.ask(ctx, "delete", nil)
	if err != nil {
		return nil, err
	}
	if answer == nil {
		return sdk.Empty(), nil
	}
	return sdk.Object(answer), nil
}

func showSyncs(ctx context.Context, _ *sdk.Invocation, s syncs) (*sdk.Result, error) {
	answer, err := s.ask(ctx, "summary", nil)
	if err != nil {
		return nil, err
	}
	summaries := objects(answer.List("sync_summaries"))
	switch {
	case len(summaries) == 0:
		return sdk.Empty(), nil
	case s.all:
		return sdk.Rows(summaries, "snid", "name", "local_dir", "remote_dir"), nil
	}
	return sdk.Object(summaries[0]), nil
}

func syncCounters(ctx context.Context, _ *sdk.Invocation, s syncs) (*sdk.Result, error) {
	answer, err := s.ask(ctx, "counters", nil)
	if err != nil {
		return nil, err
	}
	list, _ := s.of(answer, "sync_counters").([]any)
	counters := objects(list)
	if len(counters) == 0 {
		return sdk.Empty(), nil
	}
	return sdk.Object(counters[len(counters)-1]), nil
}

func syncBandwidth(ctx context.Context, _ *sdk.Invocation, s syncs) (*sdk.Result, error) {
	answer, err := s.ask(ctx, "bandwidth", record.New("seconds", bandwidthSpan))
	if err != nil {
		return nil, err
	}
	data, _ := s.of(answer, "bandwidth_data").(*record.Object)
	return listOrEmpty(objects(data.List("data"))), nil
}

func object(answer *rest.Response, err error) (*record.Object, error) {
	if err != nil {
		return nil, err
	}
	return answer.Object()
}

// objects keeps the objects of a list.
func objects(list []any) []*record.Object {
	var found []*record.Object
	for _, item := range list {
		if o, ok := item.(*record.Object); ok {
			found = append(found, o)
		}
	}
	return found
}

func listOrEmpty(list []*record.Object) *sdk.Result {
	if len(list) == 0 {
		return sdk.Empty()
	}
	return sdk.Rows(list)
}
