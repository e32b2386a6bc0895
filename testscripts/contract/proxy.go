package contract

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"log"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
)

// Proxy is a reverse proxy of a Node API on loopback. A judge hears all that
// passes, which is otherwise left as it is.
type Proxy struct {
	// URL is what clients use in place of the server's.
	URL    string
	server *httptest.Server
}

// StartProxy serves in front of target, with the TLS settings of a server. trust
// holds the authorities for target's certificate.
func StartProxy(target string, serve, trust *tls.Config, judge *Judge) (*Proxy, error) {
	base, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	forward := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = base.Scheme, base.Host
			r.Out.URL.RawQuery = r.In.URL.RawQuery
			// The server makes links to itself from this.
			r.Out.Host = r.In.Host
		},
		Transport:      &http.Transport{TLSClientConfig: trust, DisableCompression: true},
		FlushInterval:  -1,
		ErrorLog:       log.New(io.Discard, "", 0),
		ModifyResponse: func(answer *http.Response) error { return hear(judge, answer) },
		// A server that breaks off is one that breaks off, with the proxy as well.
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		forward.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestBody{}, body)))
	}))
	server.TLS = serve
	// Clients that break off are part of what is tested.
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	return &Proxy{URL: server.URL, server: server}, nil
}

// Close ends the proxy.
func (p *Proxy) Close() { p.server.Close() }

// requestBody is the key of a request's body in its context.
type requestBody struct{}

// hear lets the judge hear an exchange. Of the body only JSON is read: files may
// be large.
func hear(judge *Judge, answer *http.Response) error {
	x := Exchange{Request: answer.Request, Answer: answer}
	x.RequestBody, _ = answer.Request.Context().Value(requestBody{}).([]byte)
	if kind, _, _ := mime.ParseMediaType(answer.Header.Get("Content-Type")); kind == "application/json" {
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			return err
		}
		answer.Body.Close()
		answer.Body = io.NopCloser(bytes.NewReader(body))
		x.AnswerBody = body
	}
	judge.Hear(x)
	return nil
}
