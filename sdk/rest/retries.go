package rest

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

const (
	// maxRepeats bounds the numbers of retries that a user may ask for.
	maxRepeats = 1000
	// busyRepeats is how often a patient request asks a busy server again.
	busyRepeats = 6
	// minBusyPause and maxBusyPause bound the pauses that it chooses itself:
	// half a minute in all.
	minBusyPause, maxBusyPause = 500 * time.Millisecond, 15 * time.Second
	// maxAskedPause bounds those that the server asks for.
	maxAskedPause = time.Minute
)

// retries says when a request is sent again (spec/cli.md 9.3). Without options
// it is what 4.21.0 does: only for a time-out behind the server, up to five
// tries, without pause. What 4.22 added comes with its own defaults, one more
// try after four seconds, when the user asks for it.
type retries struct {
	// resends is how often an idempotent request is sent again after its
	// connection broke.
	resends int

	// errorCount is the number that 4.21.0 takes as retry_on_error.
	errorCount                        int
	onError, onTimeout, onUnavailable bool
	// most and pause are retry_max and retry_sleep, nil when not given.
	most  *int
	pause *time.Duration
}

func defaultRetries() retries { return retries{resends: 1, onTimeout: true} }

func (t *retries) set(key string, value any) (known bool, err error) {
	switch key {
	case "max_retries":
		t.resends, err = count(value, maxRepeats)
	case "retry_max":
		var most int
		most, err = count(value, maxRepeats)
		t.most = &most
	case "retry_sleep":
		var pause time.Duration
		pause, err = timeout(value)
		t.pause = &pause
	case "retry_on_error":
		t.errorCount, t.onError = 0, false
		if _, isNumber := value.(json.Number); isNumber {
			t.errorCount, err = count(value, maxRepeats)
		} else {
			t.onError, err = flag(value)
		}
	case "retry_on_timeout":
		t.onTimeout, err = flag(value)
	case "retry_on_unavailable":
		t.onUnavailable, err = flag(value)
	default:
		return false, nil
	}
	return true, err
}

// repeats returns how often a refused request may be sent again in all, and
// the pause before.
func (t *retries) repeats(status int, message string) (times int, pause time.Duration) {
	if t.onTimeout && strings.Contains(message, "failed: connect timed out") {
		times = t.upTo(4)
	}
	times = max(times, t.errorCount)
	if t.onError || t.onUnavailable && status == http.StatusServiceUnavailable {
		times = max(times, t.upTo(1))
		pause = 4 * time.Second
	}
	if t.pause != nil {
		pause = *t.pause
	}
	return times, pause
}

func (t *retries) upTo(standard int) int {
	if t.most != nil {
		return *t.most
	}
	return standard
}

// isBusy tells the answers of a server that asks for patience.
func isBusy(status int) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
}

// busyPause is what the server asks for (Retry-After), else what the user gave
// as retry_sleep, else twice as long each time.
func (t *retries) busyPause(repeated int, r *http.Response) time.Duration {
	if t.pause != nil && r.Header.Get("Retry-After") == "" {
		return *t.pause
	}
	return min(retryablehttp.DefaultBackoff(minBusyPause, maxBusyPause, repeated, r), maxAskedPause)
}
