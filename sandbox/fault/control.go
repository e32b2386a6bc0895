package fault

import (
	"encoding/json"
	"io"
	"net/http"
)

// ControlPath is where rules are added (POST, one rule), looked at (GET) and
// ended (DELETE, all of them).
const ControlPath = "/sandbox/faults"

// maxRule is the most bytes of a rule that a request brings.
const maxRule = 1 << 20

// Serve returns next with the faults, and with [ControlPath] for those whom
// authorized accepts by name and password. Faults never hit ControlPath.
func (i *Injector) Serve(next http.Handler, authorized func(name, password string) bool) http.Handler {
	faulty := i.Wrap(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != ControlPath {
			faulty.ServeHTTP(w, r)
			return
		}
		if name, password, given := r.BasicAuth(); !given || !authorized(name, password) {
			w.Header().Set("WWW-Authenticate", `Basic realm="sandbox faults"`)
			refuse(w, http.StatusUnauthorized, "Faults are for the node user")
			return
		}
		i.control(w, r)
	})
}

func (i *Injector) control(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		body, _ := json.Marshal(i.state()) // numbers and strings can always be written
		answer(w, http.StatusOK, body)
	case http.MethodPost:
		text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRule))
		if err != nil {
			refuse(w, http.StatusBadRequest, err.Error())
			return
		}
		rule, err := Parse(text)
		if err != nil {
			refuse(w, http.StatusBadRequest, err.Error())
			return
		}
		i.Add(rule)
		w.WriteHeader(http.StatusNoContent)
	case http.MethodDelete:
		i.Clear()
		w.WriteHeader(http.StatusNoContent)
	default:
		refuse(w, http.StatusMethodNotAllowed, "Faults know GET, POST and DELETE")
	}
}

func refuse(w http.ResponseWriter, status int, message string) {
	answer(w, status, errorBody(status, message))
}

func answer(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that went away is no error of the server
}
