package simulator

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// parseSpec reads the transfer spec that a request has as body.
func parseSpec(body []byte) (*record.Object, error) {
	spec, err := record.ParseObject(body)
	if err != nil {
		return nil, malformed("the body of the request is no JSON object: %v", err)
	}
	spec = record.DropNulls(spec)
	direction := spec.Text(transfer.FieldDirection)
	if direction != string(transfer.Send) && direction != string(transfer.Receive) {
		return nil, malformed("direction of a transfer is %s or %s", transfer.Send, transfer.Receive)
	}
	if spec.Text(transfer.FieldRemoteHost) == "" {
		return nil, malformed("%s is missing", transfer.FieldRemoteHost)
	}
	paths, err := transfer.SourcesOf(spec)
	if err != nil {
		return nil, malformed("%v", err)
	}
	if len(paths) == 0 {
		return nil, malformed("%s is missing", transfer.FieldPaths)
	}
	return spec, nil
}

// transferID finds the id in a path that has /ops/transfers/<id>.
func transferID(path string) (id string, found bool) {
	_, id, found = strings.Cut(path, pathTransfers+"/")
	id, _, _ = strings.Cut(id, "/")
	return id, found && id != ""
}

// transfers are those that the node has started, in order.
type transfers struct {
	life    context.Context // of the node: it ends all transfers
	host    Host
	wait    time.Duration
	running sync.WaitGroup

	mu   sync.Mutex
	jobs []*job
}

func newTransfers(life context.Context, host Host, wait time.Duration) *transfers {
	return &transfers{life: life, host: host, wait: wait}
}

// start begins a transfer and describes it as it is when its first session runs,
// when it has failed, or when that takes too long.
func (t *transfers) start(ctx context.Context, spec *record.Object) *record.Object {
	life, cancel := context.WithCancel(t.life)
	j := newJob(uuid.NewString(), spec, cancel)
	t.mu.Lock()
	t.jobs = append(t.jobs, j)
	t.mu.Unlock()
	t.running.Go(func() {
		defer cancel()
		j.finish(t.host.Transfer(life, spec, j.take), life.Err() != nil)
	})
	patience := time.NewTimer(t.wait)
	defer patience.Stop()
	select {
	case <-j.begun:
	case <-patience.C:
	case <-ctx.Done():
	}
	return j.show()
}

func (t *transfers) list() []any {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := make([]any, len(t.jobs))
	for i, j := range t.jobs {
		list[i] = j.show()
	}
	return list
}

// find returns a transfer, nil when there is none of that id.
func (t *transfers) find(id string) *job {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, j := range t.jobs {
		if j.id == id {
			return j
		}
	}
	return nil
}

// show describes a transfer, also one that was never started, as the original.
func (t *transfers) show(id string) *record.Object {
	if j := t.find(id); j != nil {
		return j.show()
	}
	return newJob(id, record.New(), nil).show()
}

// cancel stops a transfer; one that has ended stays as it is.
func (t *transfers) cancel(path string) error {
	id, found := transferID(path)
	if !found {
		return errBad
	}
	j := t.find(id)
	if j == nil {
		return &refusal{http.StatusNotFound, "no such transfer: " + id}
	}
	j.cancel()
	return nil
}
