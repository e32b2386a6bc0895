package release_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/ascli-go/ascli/host/persist"
	"github.com/ascli-go/ascli/host/release"
)

func TestNewest(t *testing.T) {
	tests := []struct {
		name, body, want string
		status           int
	}{
		{"release", `{"tag_name":"v1.2.3"}`, "1.2.3", 200},
		{"without letter", `{"tag_name":"1.2.3"}`, "1.2.3", 200},
		{"no version", `{"tag_name":"latest"}`, "", 200},
		{"no JSON", `<html>`, "", 200},
		{"refused", `{"tag_name":"v1.2.3"}`, "", 403},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body)
			}))
			defer server.Close()
			got, err := release.Check{URL: server.URL, HTTP: server.Client()}.Newest(t.Context())
			if got != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestIsNewer(t *testing.T) {
	for _, tt := range []struct {
		version, current string
		want             bool
	}{
		{"0.2.0", "0.1.0", true}, {"0.10.0", "0.9.0", true}, {"0.1.0", "0.1.0+abc", false},
		{"0.1.0", "0.2.0", false}, {"0.1.1-rc1", "0.1.1", false},
	} {
		if got := release.IsNewer(tt.version, tt.current); got != tt.want {
			t.Errorf("%s over %s: got %v", tt.version, tt.current, got)
		}
	}
}

func TestDue(t *testing.T) {
	store := persist.New(t.TempDir())
	day := func(n int) time.Time { return time.Date(2026, 11, n, 12, 0, 0, 0, time.UTC) }
	for _, step := range []struct {
		name  string
		days  int
		today time.Time
		want  bool
	}{
		{"never", 0, day(1), false},
		{"first time", 7, day(1), true},
		{"same day", 7, day(1), false},
		{"six days later", 7, day(7), false},
		{"seven days later", 7, day(8), true},
		{"after that", 7, day(9), false},
	} {
		got, err := release.Due(t.Context(), store, step.days, step.today)
		if err != nil || got != step.want {
			t.Errorf("%s: got %v, %v, want %v", step.name, got, err, step.want)
		}
	}
	if content, _ := store.Read("version_last_check"); string(content) != `["2026/11/08"]` {
		t.Errorf("kept %s", content)
	}
	if err := store.Write(t.Context(), []byte("garbage"), "version_last_check"); err != nil {
		t.Fatal(err)
	}
	if due, err := release.Due(t.Context(), store, 7, day(9)); err != nil || !due {
		t.Errorf("unreadable date: got %v, %v", due, err)
	}
}
