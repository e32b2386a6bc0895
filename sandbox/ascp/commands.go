package ascp

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"

	"github.com/ascli-go/ascli/sandbox/ascp/management"
)

// obey takes the commands of the supervisor (spec management.md section 4)
// until the port is closed. If the supervisor closes it, the session ends: the
// real ascp does not outlive its management connection either.
func (s *session) obey(ctx context.Context) {
	for {
		command, err := s.port.Read()
		if err != nil {
			s.cancel(failf(codeCancelled, "The management connection is lost: %v", err))
			return
		}
		switch command.Type {
		case management.Cancel:
			s.cancel(failf(codeCancelled, "Cancelled by user"))
		case management.Rate:
			s.changeRate(command)
		case management.Start:
			s.startSource(ctx, command)
		case management.Stop:
			s.stopSource(command)
		case management.Done:
			s.end(command)
		}
	}
}

// rates are what RATE changes and NOTIFICATION tells.
type rates struct {
	target, min rateKbps
	adaptive    string
	priority    int64
}

// policies are the values of field Adaptive (spec management.md section 4) by
// those of --policy.
var policies = map[string]string{"": "Adaptive", "high": "Adaptive", "fair": "Adaptive", "fixed": "Fixed", "low": "Trickle"}

func newRates(j *job) rates {
	r := rates{target: j.targetRate, min: j.minRate, adaptive: policies[j.policy], priority: 2}
	if j.policy == "high" {
		r.priority = 1
	}
	return r
}

// tell adds what holds now to a message.
func (r rates) tell(message *management.Message) *management.Message {
	return message.Text("Adaptive", r.adaptive).Int("MinRate", int64(r.min)).Int("Priority", r.priority).Int("Rate", int64(r.target))
}

// changeRate sets the target rate and answers with what holds now (spec
// management.md section 6.5).
func (s *session) changeRate(command *management.Message) {
	if kbps, ok := number(command, "Rate"); ok {
		s.rates.target = rateKbps(kbps)
		s.meter.limit(s.rates.target)
	}
	if kbps, ok := number(command, "MinRate"); ok {
		s.rates.min = rateKbps(kbps)
	}
	if priority, ok := number(command, "Priority"); ok {
		s.rates.priority = priority
	}
	if adaptive, ok := command.Get("Adaptive"); ok {
		s.rates.adaptive = adaptive
	}
	s.send(s.rates.tell(management.New(management.Notification)))
}

func number(command *management.Message, field string) (int64, bool) {
	text, ok := command.Get(field)
	if !ok {
		return 0, false
	}
	value, err := strconv.ParseInt(text, 10, 64)
	return value, err == nil && value >= 0
}

// startSource adds a source to a persistent session.
func (s *session) startSource(ctx context.Context, command *management.Message) {
	added, err := s.readStart(command)
	if err != nil {
		s.sendFileError(added.path, "", failureOf(err, codeUsage))
		return
	}
	s.stops.forget(added.path)
	select {
	case s.starts <- added:
	case <-ctx.Done():
	}
}

// readStart reads a START command.
func (s *session) readStart(command *management.Message) (source, error) {
	name, _ := command.Get("Source")
	target, _ := command.Get("Destination")
	added := source{path: name, destination: target}
	switch {
	case !s.job.keepalive || s.ended:
		return added, failf(codeUsage, "START needs a persistent session (--keepalive)")
	case name == "":
		return added, failf(codeUsage, "START without Source")
	}
	if text, ranged := command.Get("FileBytes"); ranged {
		bytes, err := parseFileBytes(text)
		if err != nil {
			return added, err
		}
		added.bytes = &bytes
	}
	return added, s.job.complete(&added)
}

// fileBytes is a range of a file to transfer: what arrives is a file of these
// bytes. A last byte of -1 is that of the file.
type fileBytes struct{ first, last int64 }

// parseFileBytes reads "first:last", of which both may be left out (spec
// management.md section 4).
func parseFileBytes(text string) (fileBytes, error) {
	first, last, ok := strings.Cut(text, ":")
	bytes := fileBytes{0, -1}
	var err1, err2 error
	if first != "" {
		bytes.first, err1 = strconv.ParseInt(first, 10, 64)
	}
	if last != "" {
		bytes.last, err2 = strconv.ParseInt(last, 10, 64)
	}
	if !ok || err1 != nil || err2 != nil || bytes.first < 0 || last != "" && bytes.last < bytes.first {
		return bytes, failf(codeUsage, "FileBytes %q: expect first:last", text)
	}
	return bytes, nil
}

// apply makes an item of the scan the range of its file.
func (b *fileBytes) apply(i *item) error {
	if b == nil || i.kind != file {
		return nil
	}
	if b.first > i.size {
		return failf(codeUsage, "FileBytes begins behind the end of %s, which has %d bytes", i.source, i.size)
	}
	end := i.size
	if b.last >= 0 {
		end = min(end, b.last+1)
	}
	i.skip, i.size, i.isStream = b.first, end-b.first, true
	return nil
}

// stopSource stops a file, or a source with all its files, of the session. Its
// partial files stay.
func (s *session) stopSource(command *management.Message) {
	name, ok := command.Get("Source")
	if !ok || name == "" {
		s.sendFileError(name, "", failf(codeUsage, "STOP without Source"))
		return
	}
	s.stops.ask(name)
}

// errStopped ends a file that the supervisor does not want any more.
var errStopped = errors.New("stopped by the supervisor")

// stops are the files and sources that are not wanted any more.
type stops struct {
	mu      sync.Mutex
	asked   map[string]bool
	running map[*running]context.CancelCauseFunc
}

func (i item) isOf(name string) bool { return i.source == name || i.arg.source.path == name }

// ask stops what runs of a name, and what will come of it.
func (s *stops) ask(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked == nil {
		s.asked = map[string]bool{}
	}
	s.asked[name] = true
	for r, stop := range s.running {
		if r.item.isOf(name) {
			stop(errStopped)
		}
	}
}

// forget lets a name come again.
func (s *stops) forget(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.asked, name)
}

// enter gives the context of a file that begins; leave is to be called at its
// end.
func (s *stops) enter(ctx context.Context, r *running) (_ context.Context, leave func()) {
	ctx, stop := context.WithCancelCause(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked[r.item.source] || s.asked[r.item.arg.source.path] {
		stop(errStopped)
	}
	if s.running == nil {
		s.running = map[*running]context.CancelCauseFunc{}
	}
	s.running[r] = stop
	return ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.running, r)
		stop(nil)
	}
}

// end ends a persistent session: after what is pending, or at once.
func (s *session) end(command *management.Message) {
	if operation, _ := command.Get("Operation"); operation != "Linger" {
		s.cancel(errEnded)
		return
	}
	if s.job.keepalive && !s.ended {
		s.ended = true
		close(s.starts)
	}
}
