package world

import (
	"testing"
	"time"
)

func TestTokensExpire(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	ts := newTokens(func() time.Time { return now })
	text := ts.issue(transferToken{}, time.Hour)

	now = now.Add(time.Hour - time.Second)
	if _, valid := ts.find(text); !valid {
		t.Error("the token expired early")
	}
	now = now.Add(time.Second)
	if _, valid := ts.find(text); valid {
		t.Error("the token did not expire")
	}
	ts.issue(transferToken{}, time.Hour)
	if len(ts.given) != 1 {
		t.Errorf("%d tokens are held, want the new one only", len(ts.given))
	}
}
