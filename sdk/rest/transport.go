package rest

import (
	"fmt"
	"net/http"
	"net/url"
)

// TransportTo returns a transport of its own for connections that are no API
// calls, such as those of a transfer: the session's TLS and proxy options, as
// they hold for one address.
func (s *Session) TransportTo(address string) *http.Transport {
	c := s.http.Transport.(*chooser)
	if u, err := url.Parse(address); err == nil && c.trust.ignores(u) {
		c.warnOnce(origin(u))
		return c.lax.Clone()
	}
	return c.strict.Clone()
}

// Ignores tells whether the user accepts any certificate from an address.
func (s *Session) Ignores(host string, port int) bool {
	return s.http.Transport.(*chooser).trust.ignores(&url.URL{Scheme: "https", Host: fmt.Sprintf("%s:%d", host, port)})
}

// TrustedFiles returns the files of certificates that option cert_stores names;
// none when it is not given or names only the system's own.
func TrustedFiles(options map[string]any) ([]string, error) {
	var files []string
	for _, place := range textList(options["cert_stores"]) {
		if place == systemStore {
			continue
		}
		found, err := certificateFiles(place)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	return files, nil
}
