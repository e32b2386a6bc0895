// Package restcmd makes commands of requests: a command on a resource of a REST
// API is a line of a table (spec/cli.md 10.6).
//
//	keys := restcmd.Resource{Connect: connect}
//	keys.Commands(
//		restcmd.Call{Name: "list", Path: "access_keys", Query: true, Answer: restcmd.List("")},
//		restcmd.Call{Name: "show", Path: "access_keys/{id}", Answer: restcmd.Object()},
//		restcmd.Delete("access_keys/{id}", "Delete an access key"),
//	)
package restcmd

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

// placeholder stands for the identifier in paths and texts.
const placeholder = "{id}"

// Names of the arguments that commands read.
const (
	idArg   = "id"
	idsArg  = "ids"
	dataArg = "data"
)

// Resource is what the commands on one kind of entity have in common.
type Resource struct {
	// Connect returns the API that paths are relative to.
	Connect func(ctx context.Context, inv *sdk.Invocation) (*rest.Client, error)
	// Lookup finds the identifier that a selector names; nil accepts no selector.
	Lookup func(ctx context.Context, api *rest.Client, s sdk.Selector) (string, error)
}

// Call is a command that is one request.
type Call struct {
	Name, Summary, Since string
	// Method is GET when empty.
	Method string
	// Path is relative to the API. {id} stands for the identifier, which makes
	// it an argument of the command.
	Path string
	// Query: option query goes with the request.
	Query bool
	// Body is what is sent; nil sends none.
	Body *Body
	// Answer makes the result.
	Answer Answer

	bulk bool
}

// Body is the content of a request.
type Body struct {
	// Arg, when set, is the argument that Of reads.
	Arg *sdk.Arg
	Of  func(inv *sdk.Invocation) (any, error)
}

// Parameters is a body that the user gives as a Hash. command is the word that
// the description names.
func Parameters(command string) *Body {
	return &Body{
		Arg: Data(command, sdk.Hash),
		Of:  func(inv *sdk.Invocation) (any, error) { return inv.Object(dataArg), nil },
	}
}

// Data declares the argument with the data of an entity.
func Data(command string, types ...sdk.Type) *sdk.Arg {
	return &sdk.Arg{Name: dataArg, Description: "parameters for " + command, Types: types}
}

// Content is a body that is always the same.
func Content(v any) *Body {
	return &Body{Of: func(*sdk.Invocation) (any, error) { return v, nil }}
}

// Create is the command that makes an entity from a Hash, or with option bulk
// one from each Hash of an Array.
func Create(path, summary string) Call {
	return Call{
		Name: "create", Summary: summary, Method: http.MethodPost, Path: path,
		Body: &Body{Arg: Data("create", sdk.Hash, sdk.Array)}, Answer: Answer{Kind: sdk.ResultObject}, bulk: true,
	}
}

// Delete is the command that deletes an entity, or with option bulk several.
// Option query goes with each request.
func Delete(path, summary string) Call {
	return Call{
		Name: "delete", Summary: summary, Method: http.MethodDelete, Path: path, Query: true,
		Answer: Answer{Kind: sdk.ResultObject}, bulk: true,
	}
}

// Commands declares the commands of a table.
func (r Resource) Commands(calls ...Call) []sdk.Command {
	commands := make([]sdk.Command, len(calls))
	for i, c := range calls {
		commands[i] = r.Command(c)
	}
	return commands
}

// Command declares one command.
func (r Resource) Command(c Call) sdk.Command {
	return sdk.Command{
		Name: c.Name, Summary: c.Summary, Since: c.Since, Args: c.arguments(),
		Result: c.Answer.Kind, Columns: c.Answer.Columns,
		Run: func(ctx context.Context, inv *sdk.Invocation) (*sdk.Result, error) {
			api, err := r.Connect(ctx, inv)
			if err != nil {
				return nil, err
			}
			return r.run(ctx, inv, api, c)
		},
	}
}

func (c Call) arguments() []sdk.Arg {
	var args []sdk.Arg
	switch {
	case !c.identifies():
	case c.bulk:
		args = append(args, sdk.Arg{Name: idsArg, Description: "identifier", Multiple: true})
	default:
		args = append(args, sdk.Arg{Name: idArg, Description: "identifier", Identifier: true})
	}
	if c.Body != nil && c.Body.Arg != nil {
		args = append(args, *c.Body.Arg)
	}
	return args
}

func (c Call) identifies() bool { return strings.Contains(c.Path, placeholder) }

func (r Resource) run(ctx context.Context, inv *sdk.Invocation, api *rest.Client, c Call) (*sdk.Result, error) {
	switch {
	case c.bulk && c.identifies():
		return r.each(ctx, inv, api, c)
	case c.bulk:
		return inv.Create(ctx, dataArg, func(ctx context.Context, data *record.Object) (*record.Object, error) {
			answer, err := c.send(ctx, inv, api, "", data)
			if err != nil || answer.Value == nil {
				return nil, err
			}
			return answer.Object()
		})
	}
	id := ""
	if c.identifies() {
		var err error
		if id, err = r.identify(ctx, inv.Text(idArg), api); err != nil {
			return nil, err
		}
	}
	body, err := c.body(inv)
	if err != nil {
		return nil, err
	}
	answer, err := c.send(ctx, inv, api, id, body)
	if err != nil {
		return nil, err
	}
	return c.Answer.Of(Reply{answer, id, body})
}

// each calls the API for each identifier. A selector is no part of a bulk list
// (spec/cli.md 10.7).
func (r Resource) each(ctx context.Context, inv *sdk.Invocation, api *rest.Client, c Call) (*sdk.Result, error) {
	ids := inv.Texts(idsArg)
	if len(ids) == 1 && !inv.Flag("bulk") {
		id, err := r.identify(ctx, ids[0], api)
		if err != nil {
			return nil, err
		}
		ids = []string{id}
	}
	return inv.Each(ctx, "id", ids, "deleted", func(ctx context.Context, id string) error {
		_, err := c.send(ctx, inv, api, id, nil)
		return err
	})
}

func (r Resource) identify(ctx context.Context, text string, api *rest.Client) (string, error) {
	if r.Lookup == nil {
		return sdk.Identify(ctx, text, nil)
	}
	return sdk.Identify(ctx, text, func(ctx context.Context, s sdk.Selector) (string, error) { return r.Lookup(ctx, api, s) })
}

// Path puts an identifier in the place of {id}.
func Path(path, id string) string { return strings.ReplaceAll(path, placeholder, url.PathEscape(id)) }

func (c Call) body(inv *sdk.Invocation) (any, error) {
	if c.Body == nil {
		return nil, nil
	}
	return c.Body.Of(inv)
}

func (c Call) send(ctx context.Context, inv *sdk.Invocation, api *rest.Client, id string, body any) (*rest.Response, error) {
	if c.identifies() && id == "" {
		return nil, failure.Argumentf("the identifier is empty")
	}
	request := rest.Request{Method: c.Method, Path: Path(c.Path, id), Body: body}
	if request.Method == "" {
		request.Method = http.MethodGet
	}
	if c.Query {
		request.Query = inv.Option("query")
	}
	return api.Do(ctx, request)
}
