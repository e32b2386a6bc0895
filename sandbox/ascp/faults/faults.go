// Package faults makes the stand-in for ascp fail on demand, so that a client
// can rehearse what it does then. A file beside the program holds rules: a JSON
// array, of which each run of the program uses the first rule that is due.
//
//	[{"times":3,"after_bytes":1000,"code":15,"description":"Timeout establishing UDP connection"},
//	 {"times":1},
//	 {"kind":"kill","after_percent":50}]
//
// Here three runs fail with a retryable error once 1000 bytes of file data have
// moved, the next one is left alone, and all after it die in the middle.
package faults

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Kind is what happens to a run.
type Kind string

// The kinds of faults. What is stopped by its supervisor ends as always.
const (
	// None leaves the run alone: what a rule without kind and code does.
	None Kind = "none"
	// Error ends the session with Code and Description: what a rule with a code
	// does.
	Error Kind = "error"
	// Kill ends the process at once, without a word.
	Kill Kind = "kill"
	// Mute never connects to the management port, and hangs until it is stopped.
	Mute Kind = "mute"
	// SilentClose closes the management connection and ends.
	SilentClose Kind = "silent_close"
	// Garbage sends a line that is none of the management protocol.
	Garbage Kind = "garbage"
	// Hang moves no more file data until it is stopped.
	Hang Kind = "hang"
)

var kinds = []Kind{None, Error, Kill, Mute, SilentClose, Garbage, Hang}

// Rule is a fault, and which runs it hits.
type Rule struct {
	// Times is how many runs the rule is for; 0 is all.
	Times int `json:"times,omitempty"`
	// Used is how many runs have used the rule.
	Used int `json:"used,omitempty"`

	Kind Kind `json:"kind,omitempty"`
	// Code and Description are those of an ERROR (spec management.md section 7).
	// Without a description it is the code's number.
	Code        int    `json:"code,omitempty"`
	Description string `json:"description,omitempty"`

	// AfterBytes and AfterPercent, of which a rule has one at most, say how much
	// file data this run moves first. Without, the fault comes before the login:
	// right after INIT.
	AfterBytes   int64 `json:"after_bytes,omitempty"`
	AfterPercent int   `json:"after_percent,omitempty"`
}

// maxCode bounds the codes: later servers know more than the table.
const maxCode = 999

// Parse reads one rule written in JSON and checks it.
func Parse(text []byte) (Rule, error) {
	var r Rule
	if err := decode(text, &r); err != nil {
		return r, fmt.Errorf("the fault is not the JSON expected: %w", err)
	}
	return r.complete()
}

// parseAll reads the content of a file of rules.
func parseAll(text []byte) ([]Rule, error) {
	var rules []Rule
	if err := decode(text, &rules); err != nil {
		return nil, fmt.Errorf("expect a JSON array of faults: %w", err)
	}
	for at, r := range rules {
		var err error
		if rules[at], err = r.complete(); err != nil {
			return nil, fmt.Errorf("fault %d: %w", at+1, err)
		}
	}
	return rules, nil
}

func decode(text []byte, into any) error {
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(into); err != nil {
		return err
	}
	if _, more := in.Token(); more != io.EOF {
		return errors.New("there is more than one JSON value")
	}
	return nil
}

// complete checks a rule and gives it the kind that it stands for.
func (r Rule) complete() (Rule, error) {
	switch {
	case r.Kind == "" && r.Code != 0:
		r.Kind = Error
	case r.Kind == "":
		r.Kind = None
	}
	if r.Kind == Error && r.Description == "" {
		r.Description = fmt.Sprintf("Error %d asked for by a fault of the sandbox", r.Code)
	}
	return r, r.check()
}

func (r Rule) check() error {
	switch {
	case !known(r.Kind):
		return fmt.Errorf("kind %q is unknown: expect %s", r.Kind, names())
	case r.Times < 0 || r.Used < 0 || r.AfterBytes < 0:
		return errors.New("times, used and after_bytes cannot be negative")
	case r.AfterPercent < 0 || r.AfterPercent > 100:
		return fmt.Errorf("after_percent %d is not from 0 to 100", r.AfterPercent)
	case r.AfterBytes > 0 && r.AfterPercent > 0:
		return errors.New("a fault has one of after_bytes and after_percent")
	case r.Kind == Error && (r.Code < 1 || r.Code > maxCode):
		return fmt.Errorf("code %d is not from 1 to %d", r.Code, maxCode)
	case r.Kind != Error && (r.Code != 0 || r.Description != ""):
		return fmt.Errorf("a fault of kind %q has no code and no description", r.Kind)
	case (r.Kind == Mute || r.Kind == None) && r.AtSomeData():
		return fmt.Errorf("a fault of kind %q has no after_bytes and no after_percent", r.Kind)
	}
	return nil
}

// AtSomeData says whether the fault waits until file data has moved.
func (r Rule) AtSomeData() bool { return r.AfterBytes > 0 || r.AfterPercent > 0 }

// Threshold is after how many bytes the fault comes in a run that has to move
// size bytes.
func (r Rule) Threshold(size int64) int64 {
	if r.AfterPercent > 0 {
		// In this order neither the product nor the rest is lost.
		return size/100*int64(r.AfterPercent) + size%100*int64(r.AfterPercent)/100
	}
	return r.AfterBytes
}

func known(kind Kind) bool {
	for _, k := range kinds {
		if k == kind {
			return true
		}
	}
	return false
}

func names() string {
	texts := make([]string, len(kinds))
	for i, k := range kinds {
		texts[i] = string(k)
	}
	return strings.Join(texts, ", ")
}
