package activity

import "fmt"

// Change is what PUT /ops/transfers/{id} asks for. A nil field stays as it is.
type Change struct {
	Status         *string  `json:"status"`
	TargetRateKbps *float64 `json:"target_rate_kbps"`
	MinRateKbps    *float64 `json:"min_rate_kbps"`
	RatePolicy     *string  `json:"rate_policy"`
}

// Control acts on a transfer that this node runs. Its methods may be called
// from any goroutine, also when the transfer is at its end.
type Control interface {
	// SetRate changes the rates of the running session; a nil value stays.
	SetRate(target, min *int64, policy *string) error
	// Resume starts a paused transfer again; partial files go on.
	Resume() error
}

// Cancel stops a transfer. One that has ended stays as it is.
func (j *Journal) Cancel(id string) error {
	return j.halt(id, func(r *Record) { r.Canceled, r.Paused = true, false })
}

// Remove forgets a transfer that has ended. One that has not is refused.
func (j *Journal) Remove(id string) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	r, err := j.get(id)
	if err != nil {
		return err
	}
	if r.Transfer.Status.Active() {
		return fmt.Errorf("%w: it is %s", ErrRefused, r.Transfer.Status)
	}
	delete(j.live, id)
	return j.log.Delete(id)
}

// halt stops the sessions of a transfer for the reason that mark notes. The
// sessions tell their end themselves.
func (j *Journal) halt(id string, mark func(*Record)) error {
	j.mu.Lock()
	l := j.live[id]
	if l == nil {
		_, err := j.get(id)
		j.mu.Unlock()
		return err
	}
	mark(&l.record)
	var stops []func()
	for _, s := range l.sessions {
		if s.stop != nil {
			stops = append(stops, s.stop)
		}
	}
	ended := j.changed(l)
	j.mu.Unlock()
	j.tell(ended)
	for _, stop := range stops {
		stop()
	}
	return nil
}

// Modify changes a running transfer. The error wraps ErrRefused when that is
// not possible, and nothing has changed then.
func (j *Journal) Modify(id string, c Change) error {
	if err := c.check(); err != nil {
		return err
	}
	j.mu.Lock()
	r, err := j.get(id)
	var control Control
	if l := j.live[id]; l != nil {
		control = l.control
	}
	j.mu.Unlock()
	if err != nil {
		return err
	}
	status := r.Transfer.Status
	if !status.Active() && status != Paused {
		return fmt.Errorf("%w: it is %s", ErrRefused, status)
	}
	if r.Stream {
		return j.modifyStream(id, c)
	}
	if err := j.setRate(id, c, control, status); err != nil {
		return err
	}
	if c.Status == nil {
		return nil
	}
	return j.setStatus(id, *c.Status, control, status)
}

// statusWords are the words of "status" (OpenAPI, PUT /ops/transfers/{id}).
var statusWords = map[string]Status{
	"canceled": Canceled, "cancelled": Canceled, "stopped": Canceled, "paused": Paused, "running": Running, "resume": Running,
}

func (c Change) check() error {
	if c == (Change{}) {
		return fmt.Errorf("%w: give status, target_rate_kbps, min_rate_kbps or rate_policy", ErrRefused)
	}
	for name, value := range map[string]*float64{"target_rate_kbps": c.TargetRateKbps, "min_rate_kbps": c.MinRateKbps} {
		if value != nil && (*value < 0 || *value > maxRateKbps) {
			return fmt.Errorf("%w: %s %v is no rate", ErrRefused, name, *value)
		}
	}
	if c.RatePolicy != nil && !RatePolicies[*c.RatePolicy] {
		return fmt.Errorf("%w: rate_policy is %q, not fixed, high, fair or low", ErrRefused, *c.RatePolicy)
	}
	if c.Status != nil && statusWords[*c.Status] == "" {
		return fmt.Errorf("%w: status is %q, not canceled, paused or running", ErrRefused, *c.Status)
	}
	return nil
}

// maxRateKbps is far above any rate, and far from overflow.
const maxRateKbps = 1e12

// RatePolicies are the values of rate_policy (OpenAPI).
var RatePolicies = map[string]bool{"fixed": true, "high": true, "fair": true, "low": true}

func (j *Journal) setRate(id string, c Change, control Control, status Status) error {
	if c.TargetRateKbps == nil && c.MinRateKbps == nil && c.RatePolicy == nil {
		return nil
	}
	if control == nil {
		return fmt.Errorf("%w: its client is not on this node, and sets its rates itself", ErrRefused)
	}
	if status != Running {
		return fmt.Errorf("%w: it is %s, and has no rate", ErrRefused, status)
	}
	if err := control.SetRate(whole(c.TargetRateKbps), whole(c.MinRateKbps), c.RatePolicy); err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if l := j.live[id]; l != nil {
		spec := &l.record.Transfer.StartSpec
		if c.RatePolicy != nil {
			spec.RatePolicy = *c.RatePolicy
		}
		j.changed(l)
	}
	return nil
}

func whole(kbps *float64) *int64 {
	if kbps == nil {
		return nil
	}
	value := int64(*kbps)
	return &value
}

func (j *Journal) setStatus(id, word string, control Control, status Status) error {
	switch wanted := statusWords[word]; {
	case wanted == Canceled:
		return j.Cancel(id)
	case wanted == status:
		return nil
	case control == nil:
		return fmt.Errorf("%w: its client is not on this node: it can only be canceled", ErrRefused)
	case wanted == Paused:
		return j.halt(id, func(r *Record) { r.Paused = true })
	case status == Waiting:
		return nil
	}
	return control.Resume()
}
