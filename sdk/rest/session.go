package rest

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/ascli-go/ascli/sdk/record"
)

// Session holds what several API clients of one command share: connections
// that stay open, and the user's HTTP options.
type Session struct {
	settings settings
	http     *http.Client
	log      *slog.Logger
	// secrets tells whether logs show secrets (option log_secrets).
	secrets bool
	proxies *proxies
	// warn tells the user something that no log level hides.
	warn func(text string)
	// exceptions is the file that records refusals, "" for none.
	exceptions string
}

// Setup is what a session takes beside the options of the user.
type Setup func(*Session)

// WithProxyFinder lets a session ask for the proxy of each address before it
// looks at http_proxy.
func WithProxyFinder(find ProxyFinder) Setup {
	return func(s *Session) { s.proxies.find = find }
}

// WithWarnings says how the user is warned of a certificate that is not
// verified; a log message otherwise.
func WithWarnings(warn func(text string)) Setup {
	return func(s *Session) { s.warn = warn }
}

// WithHome names the main folder. Refusals of servers are recorded in its file
// rest_exceptions.log, when the user has made one (spec/cli.md 7.4).
func WithHome(folder string) Setup {
	return func(s *Session) { s.exceptions = filepath.Join(folder, "rest_exceptions.log") }
}

// NewSession makes a session from the values of the global options insecure,
// ignore_certificate, silent_insecure, warn_insecure, cert_stores,
// http_options, http_proxy and log_secrets, by name as in an invocation. log
// may be nil.
func NewSession(options map[string]any, log *slog.Logger, setups ...Setup) (*Session, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	httpOptions, _ := options["http_options"].(*record.Object)
	s := &Session{log: log, warn: func(text string) { log.Warn(text) }}
	s.secrets, _ = options["log_secrets"].(bool)
	var err error
	if s.settings, err = readSettings(httpOptions, log); err != nil {
		return nil, err
	}
	trust, err := readTrust(options, log)
	if err != nil {
		return nil, err
	}
	if s.proxies, err = readProxies(options, log); err != nil {
		return nil, err
	}
	for _, setup := range setups {
		setup(s)
	}
	strict := s.settings.transport()
	strict.Proxy = s.proxies.choose
	strict.OnProxyConnectResponse = proxyAnswered
	strict.TLSClientConfig = trust.config()
	if err := tlsOptions(strict.TLSClientConfig, httpOptions, log); err != nil {
		return nil, err
	}
	lax := strict.Clone()
	lax.TLSClientConfig.InsecureSkipVerify = true
	s.http = &http.Client{
		Transport: &chooser{trust: trust, strict: strict, lax: lax, warn: s.warn},
		// The exchange follows those that its request allows (spec/cli.md 9.1).
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return s, nil
}

// Close closes the idle connections.
func (s *Session) Close() { s.http.CloseIdleConnections() }

// Awaiting returns a session whose servers may take up to d to answer, for those
// that ask a person first. It is closed on its own.
func (s *Session) Awaiting(d time.Duration) *Session {
	other := *s
	if s.settings.readTimeout == 0 || s.settings.readTimeout >= d {
		d = s.settings.readTimeout
	}
	other.settings.readTimeout = d
	same := s.http.Transport.(*chooser)
	strict, lax := same.strict.Clone(), same.lax.Clone()
	strict.ResponseHeaderTimeout, lax.ResponseHeaderTimeout = d, d
	client := *s.http
	client.Transport = &chooser{trust: same.trust, strict: strict, lax: lax, warn: same.warn}
	other.http = &client
	return &other
}

func (s settings) transport() *http.Transport {
	dialer := &net.Dialer{Timeout: s.openTimeout, KeepAlive: 30 * time.Second}
	if s.localHost != nil || s.localPort != 0 {
		dialer.LocalAddr = &net.TCPAddr{IP: s.localHost, Port: s.localPort}
	}
	return &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return &deadlineConn{Conn: conn, write: s.writeTimeout}, nil
		},
		TLSHandshakeTimeout:   s.handshakeTimeout(),
		ResponseHeaderTimeout: s.readTimeout,
		ExpectContinueTimeout: s.expect,
		IdleConnTimeout:       s.keepAlive,
		DisableKeepAlives:     s.keepAlive == 0,
		MaxIdleConnsPerHost:   8,
		// The original speaks HTTP/1.1; so do the servers that it was tested with.
		ForceAttemptHTTP2: false,
	}
}

// deadlineConn bounds each write.
type deadlineConn struct {
	net.Conn
	write time.Duration
}

func (c *deadlineConn) Write(p []byte) (int, error) {
	if c.write > 0 {
		if err := c.SetWriteDeadline(time.Now().Add(c.write)); err != nil {
			return 0, err
		}
	}
	return c.Conn.Write(p)
}

// chooser sends a request with or without verification of the certificate.
type chooser struct {
	trust       *trust
	strict, lax *http.Transport
	warn        func(text string)

	mu     sync.Mutex
	warned map[string]bool
}

func (c *chooser) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" || !c.trust.ignores(r.URL) {
		return c.strict.RoundTrip(r)
	}
	c.warnOnce(origin(r.URL))
	return c.lax.RoundTrip(r)
}

// warnOnce warns of a host:port, written with its port always.
func (c *chooser) warnOnce(origin string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.trust.warn || c.warned[origin] {
		return
	}
	if c.warned == nil {
		c.warned = map[string]bool{}
	}
	c.warned[origin] = true
	c.warn("Ignoring certificate for: https://" + origin + ". Do not deactivate certificate verification in production.")
}

// CloseIdleConnections serves [http.Client.CloseIdleConnections].
func (c *chooser) CloseIdleConnections() {
	c.strict.CloseIdleConnections()
	c.lax.CloseIdleConnections()
}
