package rest_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

// TestAwaiting: a server that asks a person has more time than the user gives to
// others.
func TestAwaiting(t *testing.T) {
	arrived, agreed := make(chan struct{}, 2), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		select {
		case <-agreed:
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"agreed":true}`)
		case <-r.Context().Done():
		}
	}))
	defer server.Close()
	options := map[string]any{"http_options": record.New("read_timeout", 0.05)}
	hasty, err := rest.NewSession(options, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer hasty.Close()
	patient := hasty.Awaiting(time.Minute)
	defer patient.Close()
	get := func(session *rest.Session) (*rest.Response, error) {
		api, err := session.Client(server.URL, nil)
		if err != nil {
			return nil, err
		}
		return api.Post(t.Context(), "", nil)
	}
	answers := make(chan *rest.Response, 1)
	go func() {
		answer, err := get(patient)
		if err != nil {
			t.Error(err)
		}
		answers <- answer
	}()
	<-arrived
	if _, err := get(hasty); err == nil || !strings.HasSuffix(err.Error(), "sent nothing for 50ms") {
		t.Errorf("got %v", err)
	}
	close(agreed)
	if answer := <-answers; answer == nil || string(record.JSON(answer.Value)) != `{"agreed":true}` {
		t.Errorf("got %+v", answer)
	}
}

func TestWhatAnErrorMeans(t *testing.T) {
	session, err := rest.NewSession(nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	status := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	api, err := session.Client(server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	for answered, final := range map[int]bool{400: true, 404: true, 408: false, 429: false, 500: false} {
		status = answered
		_, err := api.Get(t.Context(), "", nil)
		if rest.IsFinal(err) != final || rest.IsRefused(err) {
			t.Errorf("%d: final %v, refused %v", answered, rest.IsFinal(err), rest.IsRefused(err))
		}
	}
	server.Close()
	if _, err := api.Get(t.Context(), "", nil); !rest.IsRefused(err) || rest.IsFinal(err) {
		t.Errorf("nobody there: %v", err)
	}
}
