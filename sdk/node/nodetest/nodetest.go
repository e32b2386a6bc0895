// Package nodetest serves a scripted Node API for tests: it answers what the
// test wrote down, and keeps what it was asked.
package nodetest

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// Answer is what the server says to one request. Status 0 means 200.
type Answer struct {
	Status int
	Header map[string]string
	Body   string
}

// Script holds answers by request: "GET /files/1?a=b" or, less precise,
// "GET /files/1"; with its body, "POST /files/browse {"path":"/"}". The most
// precise one is used. What is not written down is answered 404.
type Script map[string]Answer

// JSON is an answer with status 200.
func JSON(body string) Answer { return Answer{Body: body} }

// Server is a running server.
type Server struct {
	// URL is its base address.
	URL string

	connections atomic.Int32

	mu       sync.Mutex
	calls    []string
	headers  []http.Header
	replying Script
}

// Serve starts a server that ends with the test.
func Serve(t testing.TB, script Script) *Server {
	t.Helper()
	s := &Server{replying: script}
	server := httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// Calls returns the requests so far: "METHOD /path?query" and the body.
func (s *Server) Calls() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// Connections returns how many connections clients have made.
func (s *Server) Connections() int { return int(s.connections.Load()) }

// Headers returns the headers of the requests so far.
func (s *Server) Headers() []http.Header {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.headers)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	line := strings.TrimSpace(r.Method + " " + r.RequestURI + " " + string(body))
	s.mu.Lock()
	s.calls = append(s.calls, line)
	s.headers = append(s.headers, r.Header)
	s.mu.Unlock()

	answer := s.find(line, r)
	w.Header().Set("Content-Type", "application/json")
	for name, value := range answer.Header {
		w.Header().Set(name, value)
	}
	if answer.Status != 0 {
		w.WriteHeader(answer.Status)
	}
	// A client that went away is no concern of the server.
	_, _ = io.WriteString(w, answer.Body)
}

func (s *Server) find(line string, r *http.Request) Answer {
	for _, key := range []string{line, r.Method + " " + r.RequestURI, r.Method + " " + r.URL.EscapedPath()} {
		if answer, ok := s.replying[key]; ok {
			return answer
		}
	}
	return Answer{
		Status: http.StatusNotFound,
		Body:   `{"error":{"code":404,"reason":"Not Found","user_message":"not in the script"}}`,
	}
}
