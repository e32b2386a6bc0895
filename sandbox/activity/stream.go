package activity

import "fmt"

// A stream is a transfer without end between two addresses of a network
// (node.md 12.1). No stream of FASP exists here, so nothing flows: the entry is
// what is real. It waits, until it is paused or canceled, also over a restart.

// CreateStream enters a stream, whose id must be new.
func (j *Journal) CreateStream(o Opening) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	l := j.newLive(o, o.ID)
	l.record.Stream = true
	return j.saveNew(l)
}

// modifyStream changes the entry of a stream: it has no session that could
// refuse.
func (j *Journal) modifyStream(id string, c Change) error {
	j.mu.Lock()
	l := j.live[id]
	if l == nil {
		j.mu.Unlock()
		return fmt.Errorf("%w: it has ended", ErrRefused)
	}
	spec := &l.record.Transfer.StartSpec
	if c.TargetRateKbps != nil {
		spec.TargetRateKbps = int64(*c.TargetRateKbps)
	}
	if c.MinRateKbps != nil {
		spec.MinRateKbps = int64(*c.MinRateKbps)
	}
	if c.RatePolicy != nil {
		spec.RatePolicy = *c.RatePolicy
	}
	if c.Status != nil {
		wanted := statusWords[*c.Status]
		l.record.Paused, l.record.Canceled = wanted == Paused, wanted == Canceled
	}
	ended := j.changed(l)
	j.save(l)
	j.mu.Unlock()
	j.tell(ended)
	return nil
}
