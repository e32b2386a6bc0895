package localapp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// app has one transfer, t1. Each look at it gives the next of states; the last one
// stays. "" is an answer that tells nothing, "broken" an error, "refused" a refusal.
type app struct {
	states []string
	err    error // of Start
	calls  []string
}

func (a *app) Name() string { return "The App" }

func (a *app) Start(_ context.Context, spec *record.Object) (string, error) {
	a.calls = append(a.calls, "start "+string(record.JSON(spec)))
	return "t1", a.err
}

func (a *app) Look(ctx context.Context, id string) (*record.Object, error) {
	a.calls = append(a.calls, "look "+id)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	state := a.states[0]
	if len(a.states) > 1 {
		a.states = a.states[1:]
	}
	switch state {
	case "":
		return nil, nil
	case "broken":
		return nil, errors.New("broken connection")
	case "refused":
		return nil, fmt.Errorf("get: %w", &Refusal{Code: 1, Message: "no such transfer"})
	}
	return record.ParseObject([]byte(state))
}

func (a *app) Stop(_ context.Context, id string) error {
	a.calls = append(a.calls, "stop "+id)
	return nil
}

// trial is one job on an app.
type trial struct {
	desktop Desktop
	log     bytes.Buffer
	events  []string
	waits   []time.Duration
}

func newTrial() *trial {
	tr := &trial{}
	tr.desktop = Desktop{Grace: time.Minute, Sleep: func(ctx context.Context, d time.Duration) error {
		tr.waits = append(tr.waits, d)
		return ctx.Err()
	}}
	return tr
}

func (tr *trial) run(ctx context.Context, a *app) error {
	outcomes, err := tr.desktop.Run(ctx, slog.New(slog.NewTextHandler(&tr.log, nil)), a, record.New("direction", "send"), func(e transfer.Event) {
		word := string(e.Kind)
		switch e.Kind {
		case transfer.SessionsInit:
			word = "<" + e.Text + ">"
		case transfer.SessionSize, transfer.Transfer:
			word += fmt.Sprintf(" %d", e.Bytes)
		}
		tr.events = append(tr.events, word)
	})
	return errors.Join(append(outcomes, err)...)
}

func TestStatuses(t *testing.T) {
	const (
		begun = `{"status":"running","bytes_expected":0,"bytes_written":0}`
		half  = `{"status":"running","bytes_expected":100,"bytes_written":50}`
		done  = `{"status":"completed","bytes_expected":100,"bytes_written":100}`
		gone  = "The App tells nothing about transfer t1: "
	)
	for _, c := range []struct {
		name   string
		states []string
		story  string
		err    string
		code   int
	}{
		{"quick", []string{done}, "session_start, session_size 100, transfer 100, session_end", "", 0},
		{"slow", []string{"", `{"status":"initiating"}`, `{"status":"queued"}`, `{"status":"queued"}`, begun, half, half, done},
			"<initiating>, <queued>, session_start, transfer 0, session_size 100, transfer 50, transfer 50, transfer 100, session_end", "", 0},
		{"empty", []string{`{"status":"completed","bytes_expected":0,"bytes_written":0}`}, "session_start, transfer 0, session_end", "", 0},
		{"paused and tried again", []string{`{"status":"paused"}`, `{"status":"willretry"}`, half, done},
			"<paused>, <willretry>, session_start, session_size 100, transfer 50, transfer 100, session_end", "", 0},
		{"a few looks fail", []string{half, "broken", "broken", "broken", half, "broken", done},
			"session_start, session_size 100, transfer 50, transfer 50, transfer 100, session_end", "", 0},
		{"failed", []string{half, `{"status":"failed","error_desc":"Authentication failure","error_code":19}`},
			"session_start, session_size 100, transfer 50, session_end", "Authentication failure", 19},
		{"lost connection", []string{`{"status":"failed","error_desc":"Connection lost","error_code":16}`}, "", "Connection lost", 16},
		{"failed without reason", []string{`{"status":"failed"}`}, "", "the transfer failed, the application does not say why", 0},
		{"cancelled", []string{`{"status":"cancelled"}`}, "", "Transfer cancelled by user", 0},
		{"unknown", []string{`{"status":"dancing","error_desc":"tired"}`}, "", "unknown status: dancing: tired", 0},
		{"no status", []string{`{}`}, "", "unknown status: : ", 0},
		{"the application vanishes", []string{half, "broken"}, "session_start, session_size 100, transfer 50, session_end", gone + "broken connection", 0},
		{"it does not know the transfer", []string{"refused"}, "", gone + "get: no such transfer", 0},
		{"it tells nothing for long", []string{""}, "", gone + "it does not know the transfer", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr := newTrial()
			err := tr.run(t.Context(), &app{states: c.states})
			if message(err) != c.err {
				t.Errorf("error is %v", err)
			}
			if got := strings.Join(tr.events, ", "); got != c.story {
				t.Errorf("got  %s\nwant %s", got, c.story)
			}
			if slices.ContainsFunc(tr.waits, func(d time.Duration) bool { return d != time.Second }) {
				t.Errorf("waits %v", tr.waits)
			}
			var failed *transfer.Error
			if c.code != 0 && (!errors.As(err, &failed) || failed.Code != c.code || failed.Retryable != (c.code == 16)) {
				t.Errorf("got %+v", failed)
			}
			if c.err != "" && !errors.As(err, &failed) && failure.As(err).Label != failure.Transfer {
				t.Errorf("it is no error of the transfer: %#v", err)
			}
		})
	}
}

func TestStartThatFails(t *testing.T) {
	tr := newTrial()
	if err := tr.run(t.Context(), &app{err: errors.New("refused by user")}); message(err) != "refused by user" || len(tr.events) != 0 {
		t.Errorf("got %v, %v", err, tr.events)
	}
}

func TestInterruption(t *testing.T) {
	for _, c := range []struct {
		name, after string // what the app tells after the stop
		log         string
	}{
		{"it stops", `{"status":"cancelled"}`, ""},
		{"it has completed just now", `{"status":"completed"}`, ""},
		{"it forgets the transfer", "", ""},
		{"it vanishes", "broken", "does not tell whether it has ended"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			tr := newTrial()
			sleep := tr.desktop.Sleep
			a := &app{states: []string{`{"status":"running","bytes_written":1}`, `{"status":"running"}`, c.after}}
			tr.desktop.Sleep = func(ctx context.Context, d time.Duration) error {
				if d == pollInterval {
					cancel()
				}
				return sleep(ctx, d)
			}
			err := tr.run(ctx, a)
			if e := failure.As(err); e == nil || e.Label != failure.Interruption {
				t.Errorf("got %v", err)
			}
			want := []string{`start {"direction":"send"}`, "look t1", "stop t1", "look t1", "look t1"}
			if !slices.Equal(a.calls, want) {
				t.Errorf("calls %q", a.calls)
			}
			if got := strings.Join(tr.events, ", "); got != "session_start, transfer 1, session_end" {
				t.Errorf("events %s", got)
			}
			if got := tr.log.String(); !strings.Contains(got, c.log) || c.log == "" && got != "" {
				t.Errorf("log %s", got)
			}
		})
	}
}

func TestReach(t *testing.T) {
	down := errors.New("nobody there")
	for _, c := range []struct {
		name     string
		attempts []error // what they give; the last one stays
		openErr  error
		err      string
		opened   int
	}{
		{"it runs", []error{nil}, nil, "", 0},
		{"the second URL starts it", []error{down, down, nil}, nil, "", 2},
		{"it does not start", []error{down}, nil, "Unable to start it 3 times", 3},
		{"another error", []error{down, errors.New("bad answer")}, nil, "bad answer", 1},
		{"nothing opens", []error{down}, errors.New("no opener"), "not installed: no opener", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr := newTrial()
			var opened []string
			tr.desktop.Open = func(_ context.Context, url string) error {
				opened = append(opened, url)
				return c.openErr
			}
			launch := Launch{
				Name: "The App", ErrorName: "it", URLs: []string{"app://1", "app://2", "app://3"},
				IsDown:    func(err error) bool { return errors.Is(err, down) },
				NotOpened: func(cause error) error { return fmt.Errorf("not installed: %w", cause) },
			}
			log := slog.New(slog.NewTextHandler(&tr.log, nil))
			err := tr.desktop.Reach(t.Context(), log, launch, func(context.Context) error {
				result := c.attempts[0]
				if len(c.attempts) > 1 {
					c.attempts = c.attempts[1:]
				}
				return result
			})
			if message(err) != c.err {
				t.Errorf("error is %v", err)
			}
			if !slices.Equal(opened, launch.URLs[:c.opened]) {
				t.Errorf("opened %q", opened)
			}
			waits := c.opened
			if c.openErr != nil {
				waits--
			}
			if !slices.Equal(tr.waits, slices.Repeat([]time.Duration{5 * time.Second}, waits)) {
				t.Errorf("waits %v", tr.waits)
			}
			for n := range c.opened {
				if want := fmt.Sprintf("The App is not started (nobody there). Trying to start it #%d...", n+1); !strings.Contains(tr.log.String(), want) {
					t.Errorf("log lacks %q: %s", want, tr.log.String())
				}
			}
		})
	}
}

func TestReachIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	tr := newTrial()
	tr.desktop.Open = func(context.Context, string) error { cancel(); return nil }
	launch := Launch{URLs: []string{"app://1", "app://2"}, IsDown: func(error) bool { return true }}
	err := tr.desktop.Reach(ctx, slog.New(slog.DiscardHandler), launch, func(context.Context) error { return errors.New("down") })
	if e := failure.As(err); e == nil || e.Label != failure.Interruption {
		t.Errorf("got %v", err)
	}
}

func TestCheck(t *testing.T) {
	graphical := false
	d := Desktop{Graphical: func() bool { return graphical }}
	if err := d.Check("client"); message(err) != "Using client requires a graphical environment" {
		t.Errorf("got %v", err)
	}
	graphical = true
	if err := d.Check("client"); err != nil {
		t.Error(err)
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
