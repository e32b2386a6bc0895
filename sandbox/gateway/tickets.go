package gateway

import (
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/ascli-go/ascli/sandbox/docroot"
)

const (
	// ticketLife is the time between the request of a download and its start.
	ticketLife = 5 * time.Minute
	maxTickets = 256
)

var (
	errNoTicket       = errors.New("unknown download: its address is valid once, and for 5 minutes")
	errTooManyTickets = errors.New("too many downloads are waiting: start them, or try again later")
)

// prepared is a download that was allowed and has not started.
type prepared struct {
	folder *docroot.Folder
	// names of the sources, for the methods of os.Root.
	names []string
	// archive is the name of the zip, "" for one plain file.
	archive string
	spec    *transferSpec
	size    int64 // bytes of a plain file
	expiry  *time.Timer
}

// tickets are the downloads that wait for their start.
type tickets struct {
	mu      sync.Mutex
	waiting map[string]*prepared
}

func newTickets() *tickets { return &tickets{waiting: map[string]*prepared{}} }

// issue keeps a download for a while under a name that cannot be guessed.
func (t *tickets) issue(p *prepared) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.waiting) >= maxTickets {
		return "", errTooManyTickets
	}
	id := uuid.NewString()
	p.expiry = time.AfterFunc(ticketLife, func() {
		if expired, err := t.redeem(id); err == nil {
			_ = expired.folder.Close() // nothing was read from it
		}
	})
	t.waiting[id] = p
	return id, nil
}

// redeem gives a download once.
func (t *tickets) redeem(id string) (*prepared, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p, ok := t.waiting[id]
	if !ok {
		return nil, errNoTicket
	}
	delete(t.waiting, id)
	p.expiry.Stop()
	return p, nil
}
