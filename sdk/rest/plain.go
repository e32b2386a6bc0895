package rest

import "net/http"

// Transport sends requests with the user's options: certificates, proxies, time
// limits. It follows no redirection and judges no answer. Its errors have labels.
func (s *Session) Transport() http.RoundTripper { return plainTransport{s} }

type plainTransport struct{ session *Session }

func (t plainTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, _ := withRoute(r.Context())
	r = r.Clone(ctx)
	if r.Header.Get("User-Agent") == "" {
		r.Header.Set("User-Agent", t.session.settings.userAgent)
	}
	answer, err := t.session.http.Transport.RoundTrip(r)
	if err != nil {
		return nil, t.session.networkError(r, err)
	}
	return answer, nil
}
