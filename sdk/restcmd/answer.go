package restcmd

import (
	"net/http"
	"strings"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
	"github.com/ascli-go/ascli/sdk/rest"
)

// Reply is a successful answer and what was asked.
type Reply struct {
	*rest.Response
	// ID is the identifier in the request, "" when it has none.
	ID string
	// Body is what was sent.
	Body any
}

// Answer makes the result of a command of a reply.
type Answer struct {
	// Kind and Columns declare the usual result.
	Kind    sdk.ResultKind
	Columns []string
	Of      func(r Reply) (*sdk.Result, error)
}

// Undeclared is the same for an answer in JSON that does not say so.
func (a Answer) Undeclared() Answer {
	of := a.Of
	a.Of = func(r Reply) (*sdk.Result, error) {
		if text, isText := r.Value.(string); isText {
			if v, err := record.Parse([]byte(text)); err == nil {
				parsed := *r.Response
				parsed.Value = v
				r.Response = &parsed
			}
		}
		return of(r)
	}
	return a
}

// Object shows the answer as one record; an answer without content as empty.
func Object() Answer {
	return Answer{Kind: sdk.ResultObject, Of: func(r Reply) (*sdk.Result, error) {
		if r.Value == nil {
			return sdk.Empty(), nil
		}
		o, err := r.Object()
		if err != nil {
			return nil, err
		}
		return sdk.Object(o), nil
	}}
}

// List shows the entities in the answer, or in what stands at a key of it
// (nested keys are a.b). Without key, an answer that is one object is shown as
// such, and no content as empty.
func List(key string, columns ...string) Answer {
	return Answer{Kind: sdk.ResultList, Columns: columns, Of: func(r Reply) (*sdk.Result, error) {
		if key != "" {
			items, err := r.at(key)
			if err != nil {
				return nil, err
			}
			return rows(items)
		}
		switch v := r.Value.(type) {
		case nil:
			return sdk.Empty(), nil
		case *record.Object:
			return sdk.Object(v), nil
		}
		items, err := r.List()
		if err != nil {
			return nil, err
		}
		return rows(items)
	}}
}

// Values shows the scalars at a key, and how many there are when the answer
// says that it has only some.
func Values(key string) Answer {
	return Answer{Kind: sdk.ResultValues, Of: func(r Reply) (*sdk.Result, error) {
		items, err := r.at(key)
		if err != nil {
			return nil, err
		}
		result := sdk.Values("id", items)
		o, _ := r.Value.(*record.Object)
		if total, counted := o.Int("total_count"); counted {
			result.Total = &total
		}
		return result, nil
	}}
}

// Structure shows the answer as it is, and done when it has no content; done ""
// shows it as empty.
func Structure(done string) Answer {
	return Answer{Kind: sdk.ResultStructure, Of: func(r Reply) (*sdk.Result, error) {
		switch {
		case r.Value != nil:
			return sdk.Structure(r.Value), nil
		case done == "":
			return sdk.Empty(), nil
		}
		return sdk.Status(done), nil
	}}
}

// Status shows a text. {id} in it is the identifier of the request, else that
// of the entity in the answer.
func Status(text string) Answer {
	return Answer{Kind: sdk.ResultStatus, Of: func(r Reply) (*sdk.Result, error) {
		return sdk.Status(strings.ReplaceAll(text, placeholder, r.entity())), nil
	}}
}

// entity is the identifier of what the request was about.
func (r Reply) entity() string {
	if r.ID != "" {
		return r.ID
	}
	for _, v := range []any{r.Value, r.Body} {
		if o, ok := v.(*record.Object); ok && o.Has("id") {
			id, _ := o.Get("id")
			return inspect.Plain(id)
		}
	}
	return ""
}

// at returns the array at a key. Some servers leave an empty one out.
func (r Reply) at(key string) ([]any, error) {
	if r.Status == http.StatusNoContent {
		return nil, nil
	}
	o, err := r.Object()
	if err != nil {
		return nil, err
	}
	v, _ := o.At(strings.Split(key, ".")...)
	items, ok := v.([]any)
	if !ok && v != nil {
		return nil, failure.Otherf("RuntimeError", "%s of the answer is a %s but must be Array", key, record.TypeName(v))
	}
	return items, nil
}

// rows shows objects as a list, other values under the title id.
func rows(items []any) (*sdk.Result, error) {
	objects := make([]*record.Object, 0, len(items))
	for i, item := range items {
		o, ok := item.(*record.Object)
		switch {
		case ok:
			objects = append(objects, o)
		case i == 0:
			return sdk.Values("id", items), nil
		default:
			return nil, failure.Otherf("RuntimeError", "item %d of the list is a %s but must be Hash", i, record.TypeName(item))
		}
	}
	return sdk.Rows(objects), nil
}
