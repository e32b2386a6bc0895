package rest

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/record/inspect"
	"github.com/ascli-go/ascli/sdk/secret"
)

// Error is an error that an API answered.
type Error struct {
	// Status is the HTTP status code. Some APIs report errors with 200.
	Status int
	// Host is host[:port] of the server.
	Host         string
	Method, Path string
	// Lines is the message, composed from the answer (spec/cli.md 7.3).
	Lines []string
	// Answer is the decoded answer: JSON, text or nil.
	Answer any
}

func (e *Error) Error() string { return strings.Join(e.Lines, "\n") }

// IsFinal tells that asking again is useless: the server understood, and refused.
func IsFinal(err error) bool {
	var refusal *Error
	return errors.As(err, &refusal) && refusal.Status/100 == 4 &&
		refusal.Status != http.StatusRequestTimeout && refusal.Status != http.StatusTooManyRequests
}

// newError composes the error of an answer; nil when it is none.
func (s *Session) newError(r *http.Response, answer any) error {
	found := findings(r, answer)
	if len(found) == 0 {
		return nil
	}
	s.recordRefusal(r, answer, found)
	e := &Error{
		Status: r.StatusCode, Host: r.Request.URL.Host, Method: r.Request.Method,
		Path: r.Request.URL.Path, Answer: answer,
	}
	for _, f := range found {
		e.Lines = append(e.Lines, f.line)
	}
	labelled := &failure.Error{Label: failure.Rest, Message: e.Error(), Cause: e}
	if location := r.Header.Get("Location"); isRedirect(r.StatusCode) && location != "" {
		place, _, _ := strings.Cut(location, "?")
		labelled.Hint("the server redirects to %s: check option url", withoutUser(place))
	}
	return labelled
}

func isSuccess(status int) bool { return status >= 200 && status < 300 }

func isRedirect(status int) bool { return status >= 300 && status < 400 }

// rule makes message lines of an answer of some product.
type rule struct {
	name string
	// always: the rule also holds for an answer with status 2xx.
	always bool
	lines  func(answer *record.Object) []string
}

// rules is the table of spec/cli.md 7.3, in its order.
func rules() []rule {
	return []rule{
		{"Orchestrator", false, orchestratorLines},
		{"GraphQL of AoC", true, graphQLLines},
		{"Faspex 4", false, textLines("user_message")},
		{"IBM Cloud IAM", false, textLines("errorMessage")},
		{"transfer setup of node", true, transferSetupLines},
		{"Shares", true, sharesLines},
		{"error", false, textLines("error")},
		{"failure", true, textLines("failure")},
		{"message", false, textLines("message")},
		{"OAuth", false, textLines("error_description")},
		{"error.internal_message", false, errorLines("internal_message")},
		{"error.description", false, errorLines("description")},
		{"error.user_message", true, errorLines("user_message")},
	}
}

// finding is a line of a message and the rule that found it.
type finding struct{ rule, line string }

// findings applies the rules to an answer, without its secrets. Any status but
// 2xx gives a line of its own at the end.
func findings(r *http.Response, answer any) []finding {
	var found []finding
	success := isSuccess(r.StatusCode)
	// To look for secrets costs more than to look for errors, which are few.
	if o, ok := answer.(*record.Object); ok && len(ruled(o, success)) > 0 {
		hidden, _ := secret.Redact(o).(*record.Object)
		found = ruled(hidden, success)
	}
	if !success {
		found = append(found, finding{"status", strings.TrimSpace(r.Request.URL.Host + " " + r.Status)})
	}
	return found
}

func ruled(answer *record.Object, success bool) []finding {
	var found []finding
	for _, rule := range rules() {
		if !rule.always && success {
			continue
		}
		for _, line := range rule.lines(answer) {
			found = append(found, finding{rule.name, line})
		}
	}
	return found
}

// textLines takes the text at key, and what stands beside it.
func textLines(key string) func(*record.Object) []string {
	return func(o *record.Object) []string {
		v, _ := o.Get(key)
		text, ok := v.(string)
		if !ok {
			return nil
		}
		return append([]string{text}, others(o, key)...)
	}
}

// errorLines is textLines for the object at "error".
func errorLines(key string) func(*record.Object) []string {
	inner := textLines(key)
	return func(o *record.Object) []string {
		if e := o.Object("error"); e != nil {
			return inner(e)
		}
		return nil
	}
}

// others shows the other texts and whole numbers of an object.
func others(o *record.Object, except string) []string {
	var lines []string
	for key, value := range o.All() {
		switch value.(type) {
		case string, json.Number:
			if key != except && record.TypeName(value) != "Float" {
				lines = append(lines, key+": "+inspect.Plain(value))
			}
		}
	}
	return lines
}

func orchestratorLines(o *record.Object) []string {
	order := o.Object("work_order")
	if order == nil {
		return nil
	}
	lines := []string{order.Text("statusDetails")}
	for _, parameter := range o.List("missing_parameters") {
		lines = append(lines, "missing parameter: "+inspect.Plain(parameter))
	}
	return lines
}

func graphQLLines(o *record.Object) []string {
	var lines []string
	for _, item := range o.List("errors") {
		e, ok := item.(*record.Object)
		if !ok {
			continue
		}
		if v, _ := e.Get("message"); record.TypeName(v) == "String" {
			lines = append(lines, e.Text("message"))
		}
	}
	return lines
}

// transferSetupLines finds refusals inside a 200 answer of upload_setup and
// download_setup (spec/plugins/node.md 9).
func transferSetupLines(o *record.Object) []string {
	var lines []string
	for _, item := range o.List("transfer_specs") {
		element, ok := item.(*record.Object)
		if !ok {
			continue
		}
		e := element.Object("error")
		if spec := element.Object("transfer_spec"); spec != nil && spec.Object("error") != nil {
			e = spec.Object("error")
		}
		if e == nil {
			continue
		}
		var parts []string
		for _, key := range []string{"code", "reason", "user_message"} {
			if v, _ := e.Get(key); v != nil {
				parts = append(parts, inspect.Plain(v))
			}
		}
		lines = append(lines, strings.Join(parts, ": "))
	}
	return lines
}

// sharesLines skips the login answer of Shares, whose "errors" is no error.
func sharesLines(o *record.Object) []string {
	errors := o.Object("errors")
	if errors == nil || o.Has("min_connect_version") {
		return nil
	}
	var lines []string
	for key, value := range errors.All() {
		lines = append(lines, key+": "+inspect.Plain(value))
	}
	return lines
}
