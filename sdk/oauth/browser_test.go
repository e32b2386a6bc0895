package oauth_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/oauth"
)

func TestCheckBrowser(t *testing.T) {
	pages := make(chan string, 1)
	err := oauth.CheckBrowser(t.Context(), func(ctx context.Context, address string) error {
		go func() {
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
			if err != nil {
				pages <- err.Error()
				return
			}
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				pages <- err.Error()
				return
			}
			defer answer.Body.Close()
			text, _ := io.ReadAll(answer.Body)
			pages <- string(text)
		}()
		return nil
	}, "1.2.3")
	if page := <-pages; err != nil || !strings.Contains(page, "ascli v1.2.3") {
		t.Errorf("got %v, page %.200q", err, page)
	}
}
