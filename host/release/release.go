// Package release knows whether a newer version of the program is published
// (spec/cli.md 10.4). The original asks for its gem; this program asks for its
// own releases.
package release

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"golang.org/x/mod/semver"

	"github.com/ascli-go/ascli/host/persist"
)

// Page is where users find the releases.
const Page = "https://github.com/ascli-go/ascli/releases"

// Latest is where the newest release is described, as JSON with the field tag_name.
const Latest = "https://api.github.com/repos/ascli-go/ascli/releases/latest"

// stateID and dateLayout are those of the original: ["2026/11/22"].
const (
	stateID    = "version_last_check"
	dateLayout = "2006/01/02"
)

// maxAnswer bounds what is read of the description, bytes.
const maxAnswer = 4 << 20

// Check asks for the newest release.
type Check struct {
	// URL of the description; see [Latest].
	URL  string
	HTTP *http.Client
}

// Newest returns the version of the newest release, e.g. "0.2.0".
func (c Check) Newest(ctx context.Context) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL, nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("Accept", "application/json")
	answer, err := c.HTTP.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s answers %s", c.URL, answer.Status)
	}
	var described struct {
		TagName string `json:"tag_name"`
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, maxAnswer)).Decode(&described); err != nil {
		return "", fmt.Errorf("%s: %w", c.URL, err)
	}
	version := strings.TrimPrefix(described.TagName, "v")
	if !semver.IsValid("v" + version) {
		return "", fmt.Errorf("%s: %q is no version", c.URL, described.TagName)
	}
	return version, nil
}

// IsNewer tells whether a version follows the current one.
func IsNewer(version, current string) bool {
	return semver.Compare("v"+version, "v"+current) > 0
}

// Due tells whether the last check is at least so many days ago, and remembers
// the day: a check that fails is not repeated before the next one is due.
func Due(ctx context.Context, store persist.Store, days int, today time.Time) (bool, error) {
	if days <= 0 {
		return false, nil
	}
	content, err := store.Read(stateID)
	if err != nil {
		return false, err
	}
	var dates []string
	if json.Unmarshal(content, &dates) == nil && len(dates) > 0 {
		if last, err := time.Parse(dateLayout, dates[0]); err == nil && today.Sub(last) < time.Duration(days)*24*time.Hour {
			return false, nil
		}
	}
	text, err := json.Marshal([]string{today.Format(dateLayout)})
	if err != nil {
		return false, err
	}
	return true, store.Write(ctx, text, stateID)
}
