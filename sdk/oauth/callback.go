package oauth

import (
	"bytes"
	"context"
	"crypto/tls"
	_ "embed"
	"errors"
	"html/template"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/ascli-go/ascli/sdk/certificate"
	"github.com/ascli-go/ascli/sdk/failure"
)

const (
	// goodbye bounds the wait for the browser to take the page.
	goodbye = time.Second
	// headerTimeout bounds the wait for a request on an open connection.
	headerTimeout = 10 * time.Second
)

// callback is the listener to which the browser comes back from the login.
type callback struct {
	server    *http.Server
	listeners []net.Listener
	state     string
	// version stands on the page.
	version string
	// arrival has the answer of the first browser that comes.
	arrival chan arrival
}

// arrival is what the browser brought.
type arrival struct {
	code string
	err  error
}

// listen begins to listen at a redirect URI. Of port 0 it makes the port found.
func listen(ctx context.Context, redirect *url.URL, state, version string) (*callback, error) {
	listeners, err := openListeners(ctx, redirect)
	if err != nil {
		return nil, failure.Toolf("cannot wait for the end of the login at redirect_uri %s: %w", redirect, err).
			Hint("if another program has the port, use a redirect_uri with another one that is registered for the client")
	}
	c := &callback{listeners: listeners, state: state, version: version, arrival: make(chan arrival, 1)}
	path := redirect.Path
	if path == "" {
		path = "/"
	}
	c.server = &http.Server{
		Handler: c.handler(path), ReadHeaderTimeout: headerTimeout,
		// Browsers break off connections to which they do not trust.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	if redirect.Scheme == "https" {
		// The browser asks the user to accept it.
		own, err := certificate.ForHost(redirect.Hostname())
		if err != nil {
			closeAll(listeners)
			return nil, failure.Toolf("make the certificate of redirect_uri: %w", err)
		}
		c.server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12}
		for i, l := range listeners {
			listeners[i] = tls.NewListener(l, c.server.TLSConfig)
		}
	}
	for _, l := range listeners {
		go func() {
			if err := c.server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				c.arrive(arrival{err: failure.Toolf("wait for the end of the login: %w", err)})
			}
		}()
	}
	return c, nil
}

// openListeners opens the port of a redirect URI. localhost is two addresses, of
// which a browser may take either.
func openListeners(ctx context.Context, redirect *url.URL) ([]net.Listener, error) {
	hosts := []string{redirect.Hostname()}
	if redirect.Hostname() == "localhost" {
		hosts = []string{"127.0.0.1", "::1"}
	}
	var listeners []net.Listener
	for i, host := range hosts {
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, redirect.Port()))
		if err != nil {
			if i > 0 {
				break // not every machine has IPv6
			}
			return nil, err
		}
		listeners = append(listeners, l)
		if redirect.Port() == "0" {
			port := l.Addr().(*net.TCPAddr).Port
			redirect.Host = net.JoinHostPort(redirect.Hostname(), strconv.Itoa(port))
		}
	}
	return listeners, nil
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		l.Close()
	}
}

// await returns the code that the browser brings.
func (c *callback) await(ctx context.Context) (string, error) {
	select {
	case a := <-c.arrival:
		return a.code, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// close stops listening, once the browser has the page.
func (c *callback) close() {
	ctx, cancel := context.WithTimeout(context.Background(), goodbye)
	defer cancel()
	if c.server.Shutdown(ctx) != nil {
		// A connection that a browser opened for later, and left silent.
		_ = c.server.Close()
	}
	// The server does not know of one that it has not begun to serve.
	closeAll(c.listeners)
}

func (c *callback) handler(path string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != path:
			http.NotFound(w, r)
		case r.Method != http.MethodGet:
			w.Header().Set("Allow", http.MethodGet)
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		default:
			a := c.read(r.URL.Query())
			c.show(w, a.err)
			c.arrive(a)
		}
	})
}

// read judges what the browser brought. The first one is used whatever it is
// (spec/cli.md 9.6).
func (c *callback) read(query url.Values) arrival {
	if query.Get("state") != c.state {
		return arrival{err: failure.Otherf("RuntimeError", "wrong received state").
			Hint("the answer is not that of this login: run the command again and use the page that it opens")}
	}
	if refusal := query.Get("error"); refusal != "" {
		e := failure.Otherf("RuntimeError", "the authorization server refused the login: %s", refusal)
		if description := query.Get("error_description"); description != "" {
			e.Message += ": " + description
		}
		return arrival{err: e}
	}
	code := query.Get("code")
	if code == "" {
		return arrival{err: failure.Otherf("RuntimeError", "the authorization server sent no code")}
	}
	return arrival{code: code}
}

func (c *callback) arrive(a arrival) {
	select {
	case c.arrival <- a:
	default: // the login has ended
	}
}

//go:embed callback.html
var callbackPage string

var pageTemplate = sync.OnceValues(func() (*template.Template, error) {
	return template.New("callback").Parse(callbackPage)
})

func (c *callback) show(w http.ResponseWriter, problem error) {
	text := ""
	if problem != nil {
		text = problem.Error()
	}
	page, err := pageTemplate()
	var body bytes.Buffer
	if err == nil {
		err = page.Execute(&body, struct{ Version, Problem string }{c.version, text})
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(body.Len()))
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	h.Set("Cache-Control", "no-store")
	// The address of the page has the code.
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Connection", "close")
	_, _ = w.Write(body.Bytes())
}
