package contract

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	faults "github.com/pb33f/libopenapi-validator/errors"
)

// Exchange is a request and its answer, as they were on the wire. A body that is
// not JSON may be left out.
type Exchange struct {
	Request     *http.Request
	RequestBody []byte
	Answer      *http.Response
	AnswerBody  []byte
}

// Judge collects what breaks the contract, and does not count what a table of
// deviations allows. It may be used by many goroutines.
type Judge struct {
	document   *Document
	deviations []Deviation

	mu       sync.Mutex
	judged   int
	occurred []bool // of the deviations
	heard    map[string]bool
	broken   map[string]Violation
}

func NewJudge(document *Document, deviations []Deviation) *Judge {
	return &Judge{document: document, deviations: deviations, occurred: make([]bool, len(deviations)), broken: map[string]Violation{}, heard: map[string]bool{}}
}

// Hear judges an exchange.
func (j *Judge) Hear(x Exchange) {
	heard, violations := j.document.judge(x)
	j.mu.Lock()
	defer j.mu.Unlock()
	j.judged++
	j.heard[heard] = true
	for _, v := range violations {
		allowed := false
		for i, d := range j.deviations {
			if d.covers(v) {
				j.occurred[i], allowed = true, true
			}
		}
		key := fmt.Sprint(v.Side, v.Method, v.Path, v.Rule)
		if _, known := j.broken[key]; !allowed && !known {
			j.broken[key] = v
		}
	}
}

// Judged returns the number of exchanges heard.
func (j *Judge) Judged() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.judged
}

// Broken returns one violation of each kind that no deviation allows.
func (j *Judge) Broken() []Violation {
	j.mu.Lock()
	defer j.mu.Unlock()
	list := make([]Violation, 0, len(j.broken))
	for _, v := range j.broken {
		list = append(list, v)
	}
	slices.SortFunc(list, func(a, b Violation) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method), cmp.Compare(a.Side, b.Side), cmp.Compare(a.Rule, b.Rule))
	})
	return list
}

// Unmet returns the deviations that did not occur.
func (j *Judge) Unmet() []Deviation {
	j.mu.Lock()
	defer j.mu.Unlock()
	var list []Deviation
	for i, d := range j.deviations {
		if !j.occurred[i] {
			list = append(list, d)
		}
	}
	return list
}

// Unheard returns the operations of the document that no exchange was about.
func (j *Judge) Unheard() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	var list []string
	for _, o := range j.document.operations {
		if !j.heard[o] {
			list = append(list, o)
		}
	}
	return list
}

// judge tells which operation an exchange is, and lists all that is wrong with it.
func (d *Document) judge(x Exchange) (heard string, _ []Violation) {
	request := x.Request.Clone(x.Request.Context())
	request.Method = documentedMethod(x.Request.Method)
	path, listed := d.route(request)
	heard = operation(request.Method, path)
	finding := finder{method: x.Request.Method, path: path, line: requestLine(x.Request)}
	if !listed {
		finding.add(Request, undocumented, "the document does not list it", "")
		return heard, finding.violations
	}
	// What the server refuses as malformed or without credentials is what a user
	// typed, not what the client made of it.
	if x.Answer.StatusCode != http.StatusBadRequest && x.Answer.StatusCode != http.StatusUnauthorized {
		request.Body = io.NopCloser(bytes.NewReader(x.RequestBody))
		_, errs := d.validator.ValidateHttpRequestSync(request)
		finding.addFaults(Request, errs, x.RequestBody)
	}
	answer := *x.Answer
	answer.Body = io.NopCloser(bytes.NewReader(x.AnswerBody))
	_, errs := d.validator.ValidateHttpResponse(request, &answer)
	for _, fault := range errs {
		// The document lists few statuses of errors; all have one shape.
		if fault.ValidationSubType == "statusCode" {
			finding.add(Answer, fmt.Sprintf("status %d", answer.StatusCode), fault.Message, "")
			if answer.StatusCode >= http.StatusBadRequest {
				_, errs := d.schemas.ValidateSchemaBytesWithVersion(d.problem, x.AnswerBody, 3.0)
				finding.addFaults(Answer, errs, x.AnswerBody)
			}
			continue
		}
		finding.addFaults(Answer, []*faults.ValidationError{fault}, x.AnswerBody)
	}
	return heard, finding.violations
}

// finder collects the violations of one exchange.
type finder struct {
	method, path, line string
	violations         []Violation
}

func (f *finder) add(side Side, rule, detail, value string) {
	f.violations = append(f.violations, Violation{Side: side, Method: f.method, Path: f.path, Rule: rule, Line: f.line, Detail: detail, Value: value})
}

func (f *finder) addFaults(side Side, list []*faults.ValidationError, body []byte) {
	for _, fault := range list {
		rules, places := rulesOf(fault)
		for i, rule := range rules {
			detail := fault.Message
			if len(fault.SchemaValidationErrors) > i {
				detail = fault.SchemaValidationErrors[i].Reason
			}
			f.add(side, rule, detail, valueAt(body, places[i]))
		}
	}
}

// requestLine is the first line of a request, without the values of secrets.
func requestLine(r *http.Request) string {
	line := r.Method + " " + r.URL.EscapedPath()
	if r.URL.RawQuery == "" {
		return line
	}
	var query []string
	for pair := range strings.SplitSeq(r.URL.RawQuery, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err != nil || secret.MatchString(plain) {
			pair = name + "=(not shown)"
		}
		query = append(query, pair)
	}
	return line + "?" + strings.Join(query, "&")
}
