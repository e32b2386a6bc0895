package rest

import "net/http"

// Auth puts credentials on requests.
type Auth interface {
	// Authorize sets the credentials of a request. It may call an
	// authorization server, under the request's context.
	Authorize(r *http.Request) error
}

// Renewer is an [Auth] whose credentials expire. After an answer 401 the
// client calls Renew once and repeats the request (spec/cli.md 9.7).
type Renewer interface {
	Auth
	// Renew replaces the credentials that the server refused on r.
	Renew(r *http.Request) error
}

type authFunc func(r *http.Request)

func (f authFunc) Authorize(r *http.Request) error { f(r); return nil }

// None sends no credentials.
func None() Auth { return authFunc(func(*http.Request) {}) }

// Basic sends a user name and password.
func Basic(username, password string) Auth {
	return authFunc(func(r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			r.SetBasicAuth(username, password)
		}
	})
}

// Verbatim sends an Authorization header as given, e.g. "Bearer <token>".
func Verbatim(authorization string) Auth {
	return authFunc(func(r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			r.Header.Set("Authorization", authorization)
		}
	})
}

// URLParameters adds query parameters to every request, for APIs that
// authenticate that way. values is already encoded by [EncodeQuery].
func URLParameters(values string) Auth {
	return authFunc(func(r *http.Request) {
		if r.URL.RawQuery != "" && values != "" {
			r.URL.RawQuery += "&"
		}
		r.URL.RawQuery += values
	})
}
