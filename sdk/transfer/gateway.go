package transfer

import (
	"regexp"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
)

const gatewayPath = "/aspera/http-gwy"

var schemePrefix = regexp.MustCompile(`^[a-z]{1,6}://`)

// GatewayRoot returns the root URL of an Aspera HTTP Gateway for what users type
// (spec/transfer.md 12.1): with or without scheme, path and version.
func GatewayRoot(url string) (string, error) {
	if !schemePrefix.MatchString(url) {
		url = "https://" + url
	}
	if !strings.HasPrefix(url, "https://") {
		return "", failure.Argumentf("GW URL shall be with scheme https")
	}
	url = strings.TrimSuffix(strings.TrimRight(url, "/"), "/v1")
	if !strings.HasSuffix(url, gatewayPath) {
		url += gatewayPath
	}
	return url, nil
}
