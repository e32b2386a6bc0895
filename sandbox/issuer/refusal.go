package issuer

import (
	"errors"
	"fmt"
	"net/http"
)

// refusal is an error of OAuth 2 (RFC 6749 section 5.2, RFC 6750 section 3.1).
type refusal struct {
	status            int
	code, description string
	// iam is the code of the error in the form of IBM Cloud, "" for the usual one.
	iam string
}

func (r *refusal) Error() string { return r.code + ": " + r.description }

func invalidGrant(format string, args ...any) error {
	return &refusal{status: http.StatusBadRequest, code: "invalid_grant", description: fmt.Sprintf(format, args...)}
}

func invalidRequest(format string, args ...any) error {
	return &refusal{status: http.StatusBadRequest, code: "invalid_request", description: fmt.Sprintf(format, args...)}
}

func invalidClient(description string) error {
	return &refusal{status: http.StatusUnauthorized, code: "invalid_client", description: description}
}

func unauthorizedClient(description string) error {
	return &refusal{status: http.StatusBadRequest, code: "unauthorized_client", description: description}
}

func invalidToken(description string) error {
	return &refusal{status: http.StatusUnauthorized, code: "invalid_token", description: description}
}

// Refuse answers an error, such as one of [Issuer.Authenticate], in the form
// that its client reads.
func (i *Issuer) Refuse(w http.ResponseWriter, err error) {
	var r *refusal
	if !errors.As(err, &r) {
		i.config.Log.Error("token request", "error", err)
		r = &refusal{status: http.StatusInternalServerError, code: "server_error", description: "the issuer failed, see its log"}
	}
	if r.iam != "" {
		answer(w, r.status, struct {
			Code    string `json:"errorCode"`
			Message string `json:"errorMessage"`
		}{r.iam, r.description})
		return
	}
	if r.code == "invalid_token" {
		w.Header().Set("WWW-Authenticate", fmt.Sprintf("Bearer error=%q, error_description=%q", r.code, r.description))
	}
	answer(w, r.status, struct {
		Code        string `json:"error"`
		Description string `json:"error_description"`
	}{r.code, r.description})
}
