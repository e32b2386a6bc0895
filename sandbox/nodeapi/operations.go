package nodeapi

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/ascli-go/ascli/sandbox/activity"
	"github.com/ascli-go/ascli/sandbox/eventlog"
	"github.com/ascli-go/ascli/sandbox/initiator"
	"github.com/ascli-go/ascli/sandbox/service"
	"github.com/ascli-go/ascli/sandbox/syncjob"
)

// Operations is what a node does besides files: its transfers, its events, and
// the services that are asked for on it.
type Operations struct {
	Transfers *activity.Journal
	Events    *eventlog.Log
	Initiator *initiator.Initiator
	Services  *service.Store
	Syncs     *syncjob.Store
}

// maxEntries is how many entries a list has that asks for no number (node.md
// S7, max_response_entries).
const maxEntries = 1000

// operationRoutes are the endpoints that need Operations.
func operationRoutes() map[string]endpoint {
	routes := map[string]endpoint{
		"GET /ops/transfers":           listTransfers,
		"POST /ops/transfers":          withFiles(startTransfer),
		"GET /ops/transfers/bandwidth": transferBandwidth,
		"GET /ops/transfers/{id}":      showTransfer,
		"PUT /ops/transfers/{id}":      modifyTransfer,
		"CANCEL /ops/transfers/{id}":   cancelTransfer,
		"DELETE /ops/transfers/{id}":   cancelTransfer,

		"POST /streams":        createStream,
		"PUT /streams/{id}":    modifyStream,
		"CANCEL /streams/{id}": cancelStream,

		"GET /events":      listEvents,
		"GET /events/{id}": showEvent,

		"GET /license":                              license,
		"POST /services/soap/Transfer-201210":       sessionInfo,
		"POST /services/rest/transfers/v1/sessions": centralSessions,
		"POST /services/rest/transfers/v1/files":    centralFiles,
		"PUT /services/rest/transfers/v1/files":     judgeFiles,

		"GET /rund/services":         listServices,
		"POST /rund/services":        createService,
		"DELETE /rund/services/{id}": deleteService,

		"GET /v3/watchfolders":            watchFolder(listWatchFolders),
		"POST /v3/watchfolders":           watchFolder(createWatchFolder),
		"GET /v3/watchfolders/{id}":       watchFolder(showWatchFolder),
		"GET /v3/watchfolders/{id}/state": watchFolder(watchFolderState),
		"PUT /v3/watchfolders/{id}":       watchFolder(modifyWatchFolder),
		"DELETE /v3/watchfolders/{id}":    watchFolder(deleteWatchFolder),

		"GET /asyncs":                listAsyncs,
		"POST /asyncs":               createAsync,
		"GET /asyncs/{id}":           withAsync(showAsync),
		"DELETE /asyncs/{id}":        withAsync(deleteAsync),
		"POST /asyncs/{id}/start":    withFiles(startAsync),
		"POST /asyncs/{id}/stop":     withAsync(stopAsync),
		"GET /asyncs/{id}/bandwidth": withAsync(asyncBandwidth),
		"GET /asyncs/{id}/counters":  withAsync(asyncCounters),
		"GET /asyncs/{id}/files":     withAsync(asyncFiles),
		"GET /asyncs/{id}/state":     withAsync(asyncState),
		"GET /asyncs/{id}/summary":   withAsync(asyncSummary),

		"GET /async/list":       syncList,
		"POST /async/summary":   syncSummaries,
		"POST /async/delete":    syncDelete,
		"POST /async/bandwidth": syncBandwidth,
		"POST /async/files":     syncFiles,
		"POST /async/counters":  syncCounters,
	}
	for pattern, serve := range routes {
		routes[pattern] = operation(serve)
	}
	return routes
}

// operation gives the errors of the packages of [Operations] their HTTP status.
func operation(serve endpoint) endpoint {
	return func(x *exchange) error {
		err := serve(x)
		for _, row := range []struct {
			is     error
			status int
		}{
			{activity.ErrUnknown, http.StatusNotFound},
			{activity.ErrRefused, http.StatusBadRequest},
			{activity.ErrVerdict, http.StatusBadRequest},
			{activity.ErrTaken, http.StatusConflict},
			{initiator.ErrSpec, http.StatusBadRequest},
			{initiator.ErrBusy, http.StatusServiceUnavailable},
			{service.ErrInvalid, http.StatusBadRequest},
			{service.ErrUnknown, http.StatusNotFound},
			{service.ErrExists, http.StatusConflict},
			{service.ErrFull, http.StatusServiceUnavailable},
			{syncjob.ErrInvalid, http.StatusBadRequest},
			{syncjob.ErrUnknown, http.StatusNotFound},
			{syncjob.ErrFull, http.StatusServiceUnavailable},
		} {
			if errors.Is(err, row.is) {
				return refuse(row.status, "%v", err)
			}
		}
		return err
	}
}

// happened notes an event that an account has caused (OpenAPI, /events): data is
// what an endpoint answers, the types are constants of package eventlog. A node
// without operations notes nothing.
func (o *Operations) happened(account string, data any, types ...string) {
	if o != nil {
		o.Events.Add(account, data, types...)
	}
}

// visible tells whether the caller may see what belongs to owner.
func (x *exchange) visible(owner string) bool { return x.node.World.Oversees(x.caller, owner) }

// position reads the iteration token of the query.
func (x *exchange) position() (uint64, error) {
	text := x.URL.Query().Get("iteration_token")
	if text == "" {
		return 0, nil
	}
	value, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0, refuse(http.StatusBadRequest, "iteration_token is %q, which this node has not given", text)
	}
	return value, nil
}

// linkNext tells the address of what comes after position (node.md S7).
func (x *exchange) linkNext(position uint64) {
	next := *x.URL
	query := next.Query()
	query.Set("iteration_token", strconv.FormatUint(position, 10))
	next.RawQuery = query.Encode()
	next.Host, next.Scheme = x.Host, "http"
	if x.TLS != nil {
		next.Scheme = "https"
	}
	x.w.Header().Set("Link", "<"+next.String()+`>; rel="next"`)
}
