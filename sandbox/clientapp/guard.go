package clientapp

import (
	"net"
	"net/http"
	"net/url"
	"strings"
)

// Guard keeps pages of other sites away from the API of a client, which acts with
// the rights of its user: it answers programs and pages of this computer only.
func Guard(api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		if !isHere(r.Host) || !isLocal(origin) {
			http.Error(w, "this client answers programs and pages of its computer only", http.StatusForbidden)
			return
		}
		if origin != "" {
			w.Header().Set("Access-Control-Allow-Origin", origin)
			w.Header().Set("Vary", "Origin")
		}
		if r.Method == http.MethodOptions {
			w.Header().Set("Access-Control-Allow-Methods", "GET, POST")
			w.Header().Set("Access-Control-Allow-Headers", "Content-Type")
			w.WriteHeader(http.StatusNoContent)
			return
		}
		api.ServeHTTP(w, r)
	})
}

// isLocal tells whether an origin is a program, or a page of this computer.
func isLocal(origin string) bool {
	if !strings.Contains(origin, "://") {
		// Programs give a name; "null" is a page that hides where it comes from.
		return origin != "null"
	}
	u, err := url.Parse(origin)
	return err == nil && isHere(u.Host)
}

// isHere tells whether host, with or without port, is this computer.
func isHere(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
