//go:build !unix

package logs

import (
	"runtime"

	"github.com/ascli-go/ascli/sdk/failure"
)

// Syslog tells that this system has no system log of that kind.
func Syslog(network, address string) (Target, error) {
	return nil, failure.Argumentf("logger syslog is not available on %s: use stderr or stdout", runtime.GOOS)
}
