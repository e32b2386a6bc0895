package activity_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ascli-go/ascli/sandbox/activity"
)

func TestACanceledTransferStopsAndItsClientCannotComeBack(t *testing.T) {
	j := open(t, t.TempDir(), nil)
	o := upload("ak1")
	o.Spec.Tags = tagged(sharedID)
	stopped := make(chan struct{})
	o.Stop = func() { close(stopped) }
	s := begin(t, j, o)
	if err := j.Cancel(sharedID); err != nil {
		t.Fatal(err)
	}
	<-stopped
	s.End(activity.Lost())
	if got := get(t, j, sharedID); got.Status != activity.Canceled || got.Sessions[0].Status != activity.Canceled {
		t.Errorf("after the cancellation: %+v", got)
	}
	if _, err := j.Start(o); !errors.Is(err, activity.ErrCanceled) {
		t.Errorf("retry: %v", err)
	}
	if err := j.Cancel("nothing"); !errors.Is(err, activity.ErrUnknown) {
		t.Errorf("unknown transfer: %v", err)
	}
}

// fake is a control that notes what it was asked.
type fake struct {
	mu    sync.Mutex
	asked []string
}

func (f *fake) SetRate(target, _ *int64, _ *string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if target != nil {
		f.asked = append(f.asked, "rate")
	}
	return nil
}

func (f *fake) Resume() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, "resume")
	return nil
}

func word(s string) *string { return &s }

func TestPauseAndResumeOfATransferOfTheNode(t *testing.T) {
	j := open(t, t.TempDir(), nil)
	control := &fake{}
	o := create(t, j, sharedID, control)
	id := o.ID
	if got := get(t, j, id); got.Status != activity.Waiting {
		t.Errorf("created: %s", got.Status)
	}
	stopped := make(chan struct{}, 1)
	o.Stop = func() { stopped <- struct{}{} }
	s := begin(t, j, o)
	for _, c := range []activity.Change{{TargetRateKbps: new(float64)}, {Status: word("paused")}} {
		if err := j.Modify(id, c); err != nil {
			t.Fatal(err)
		}
	}
	<-stopped
	s.End(&activity.Failure{Code: 28, Description: "Cancelled by user"})
	if got := get(t, j, id); got.Status != activity.Paused || got.ErrorCode != "0" {
		t.Errorf("paused: %+v", got)
	}
	if err := j.Modify(id, activity.Change{Status: word("resume")}); err != nil {
		t.Fatal(err)
	}
	begin(t, j, o).End(nil)
	if got := get(t, j, id); got.Status != activity.Completed {
		t.Errorf("resumed: %+v", got)
	}
	if !slices.Equal(control.asked, []string{"rate", "resume"}) {
		t.Errorf("asked %q", control.asked)
	}
}

func TestWhatCannotBeChangedIsRefused(t *testing.T) {
	j := open(t, t.TempDir(), nil)
	ended := begin(t, j, upload("ak1"))
	ended.End(nil)
	elsewhere := begin(t, j, upload("ak1"))
	negative := -1.0
	tests := map[string]struct {
		id     string
		change activity.Change
		text   string
	}{
		"nothing asked":    {elsewhere.ID(), activity.Change{}, "give status"},
		"unknown status":   {elsewhere.ID(), activity.Change{Status: word("sleepy")}, "sleepy"},
		"unknown policy":   {elsewhere.ID(), activity.Change{RatePolicy: word("greedy")}, "greedy"},
		"bad rate":         {elsewhere.ID(), activity.Change{TargetRateKbps: &negative}, "no rate"},
		"client elsewhere": {elsewhere.ID(), activity.Change{TargetRateKbps: new(float64)}, "not on this node"},
		"pause elsewhere":  {elsewhere.ID(), activity.Change{Status: word("paused")}, "only be canceled"},
		"ended":            {ended.ID(), activity.Change{Status: word("canceled")}, "completed"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			err := j.Modify(test.id, test.change)
			if !errors.Is(err, activity.ErrRefused) || !strings.Contains(err.Error(), test.text) {
				t.Errorf("error = %v, want one with %q", err, test.text)
			}
		})
	}
}

func TestAValidatorGetsEachCompleteFileOnce(t *testing.T) {
	j := open(t, t.TempDir(), nil)
	s := begin(t, j, upload("ak1"))
	s.FileDone("/a", 1, 0)
	s.FileDone("/b", 1, 0)
	s.FileAt("/c", 9, 1)
	files := func(limit int, validator string) []activity.TransferredFile {
		t.Helper()
		found, err := j.Files(activity.FileQuery{Visible: everybody, Most: limit, Validator: validator})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if got := files(100, ""); len(got) != 3 || got[2].Validation.Status != activity.Running {
		t.Errorf("all: %+v", got)
	}
	taken := files(1, "v1")
	if len(taken) != 1 || taken[0].Validation.Status != activity.Validating {
		t.Fatalf("first take: %+v", taken)
	}
	if got := files(100, "v2"); len(got) != 1 || got[0].File.Path != "/b" {
		t.Errorf("another validator: %+v", got)
	}
	verdict := activity.Validation{Validator: "v2", Status: activity.Completed}
	if err := j.Judge(everybody, taken[0].File.SessionID, taken[0].File.ID, verdict); !errors.Is(err, activity.ErrTaken) {
		t.Errorf("verdict of another: %v", err)
	}
	verdict.Validator, verdict.Status = "v1", activity.Erroneous
	if err := j.Judge(everybody, taken[0].File.SessionID, taken[0].File.ID, verdict); err != nil {
		t.Fatal(err)
	}
	if got := files(1, ""); got[0].Validation.Status != activity.Erroneous {
		t.Errorf("after the verdict: %+v", got)
	}
	if err := j.Judge(everybody, "x", "y", verdict); !errors.Is(err, activity.ErrUnknown) {
		t.Errorf("unknown file: %v", err)
	}
}

func TestAStreamWaitsOverARestartUntilItIsCanceled(t *testing.T) {
	folder := t.TempDir()
	first := open(t, folder, nil)
	o := upload("ak1")
	o.ID = sharedID
	if err := first.CreateStream(o); err != nil {
		t.Fatal(err)
	}
	rate := 500.0
	if err := first.Modify(sharedID, activity.Change{TargetRateKbps: &rate, Status: word("paused")}); err != nil {
		t.Fatal(err)
	}
	first.Close()
	second := open(t, folder, nil)
	if got := get(t, second, sharedID); got.Status != activity.Paused || got.StartSpec.TargetRateKbps != 500 {
		t.Errorf("after the restart: %+v", got)
	}
	if err := second.Modify(sharedID, activity.Change{Status: word("running")}); err != nil {
		t.Fatal(err)
	}
	if got := get(t, second, sharedID); got.Status != activity.Waiting {
		t.Errorf("resumed: %s", got.Status)
	}
	if err := second.Cancel(sharedID); err != nil {
		t.Fatal(err)
	}
	if got := get(t, second, sharedID); got.Status != activity.Canceled || got.EndTimeUsec == 0 {
		t.Errorf("canceled: %+v", got)
	}
}
