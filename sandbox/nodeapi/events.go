package nodeapi

import (
	"net/http"

	"github.com/ascli-go/ascli/sandbox/eventlog"
)

// typeGlobs are the names of the parameter: clients write it without the space
// that the OpenAPI document has.
var typeGlobs = []string{"type_glob[]", "type_glob[ ]", "type_glob"}

func listEvents(x *exchange) error {
	given := x.URL.Query()
	q := eventlog.Query{Type: given.Get("type"), Visible: x.visible}
	for _, name := range typeGlobs {
		if globs := given[name]; len(globs) > 0 {
			if len(globs) > 1 || q.Glob != "" {
				return refuse(http.StatusBadRequest, "Only one type_glob can be given")
			}
			q.Glob = globs[0]
		}
	}
	var err error
	if text := given.Get("after_time"); text != "" {
		if q.Since, err = parseTime(text); err != nil {
			return err
		}
	}
	if q.After, err = x.position(); err != nil {
		return err
	}
	if q.Count, err = positive(given, "count", maxEntries); err != nil {
		return err
	}
	found, next, err := x.node.Operations.Events.List(q)
	if err != nil {
		return refuse(http.StatusBadRequest, "type_glob is %q, not a pattern such as file.*", q.Glob)
	}
	x.linkNext(next)
	return x.json(http.StatusOK, found)
}

func showEvent(x *exchange) error {
	e, known := x.node.Operations.Events.Get(x.PathValue("id"), x.visible)
	if !known {
		return refuse(http.StatusNotFound, "No such event: %s", x.PathValue("id"))
	}
	return x.json(http.StatusOK, e)
}
