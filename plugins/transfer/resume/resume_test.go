package resume

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sdk/transfer"
)

func TestDelay(t *testing.T) {
	for _, tt := range []struct {
		name   string
		policy Policy
		want   []int
	}{
		{"default", Default(), []int{2, 4, 8, 16, 32, 60, 60}},
		{"constant", Policy{SleepInitial: 5, SleepFactor: 1, SleepMax: 60}, []int{5, 5, 5}},
		{"the first is not bounded", Policy{SleepInitial: 90, SleepFactor: 2, SleepMax: 60}, []int{90, 60, 60}},
		{"no wait", Policy{SleepInitial: 0, SleepFactor: 2, SleepMax: 60}, []int{0, 0, 0}},
		{"no overflow", Policy{SleepInitial: 3, SleepFactor: 1 << 62, SleepMax: 70}, []int{3, 70, 70}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for k, want := range tt.want {
				if got := tt.policy.Delay(k); got != time.Duration(want)*time.Second {
					t.Errorf("retry %d: %v, want %ds", k, got, want)
				}
			}
		})
	}
}

// attempts runs a policy over a list of outcomes and returns what happened.
func attempts(p Policy, outcomes ...error) (n int, waits []time.Duration, err error) {
	sleep := func(_ context.Context, d time.Duration) error {
		waits = append(waits, d)
		return nil
	}
	attempt := func(context.Context) error {
		n++
		return outcomes[min(n-1, len(outcomes)-1)]
	}
	err = p.Run(context.Background(), sleep, attempt, func(Retry) {})
	return n, waits, err
}

func TestRun(t *testing.T) {
	lost, auth := transfer.FromCode(16, ""), transfer.FromCode(19, "")
	other := errors.New("mgt port: no")
	twice := Policy{MaxRetries: 2, SleepInitial: 1, SleepFactor: 3, SleepMax: 60}
	for _, tt := range []struct {
		name     string
		policy   Policy
		outcomes []error
		attempts int
		waits    []time.Duration
		err      string
	}{
		{"success", twice, []error{nil}, 1, nil, ""},
		{"retryable, then success", twice, []error{lost, lost, nil}, 3, []time.Duration{time.Second, 3 * time.Second}, ""},
		{"retryable for ever", twice, []error{lost}, 3, []time.Duration{time.Second, 3 * time.Second}, "Maximum number of retry reached (2)"},
		{"fatal gets one chance", twice, []error{auth}, 2, []time.Duration{time.Second}, "Authentication failure"},
		{"fatal later gets none", twice, []error{lost, auth}, 2, []time.Duration{time.Second}, "Authentication failure"},
		{"another kind of error", twice, []error{other}, 1, nil, "mgt port: no"},
		{"no retry wanted", Policy{}, []error{auth}, 1, nil, "Authentication failure"},
		{"cancelled, which is what the user wants", Default(), []error{transfer.FromCode(transfer.CodeCancelled, ""), nil}, 1, nil, "Cancelled by user"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			n, waits, err := attempts(tt.policy, tt.outcomes...)
			if n != tt.attempts || !slices.Equal(waits, tt.waits) {
				t.Errorf("%d attempts, waits %v", n, waits)
			}
			if tt.err == "" != (err == nil) || err != nil && err.Error() != tt.err {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestWaitEndsWithContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := Wait(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
