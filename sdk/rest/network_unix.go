//go:build !windows

package rest

import "syscall"

func brokenConnection() []error { return []error{syscall.ECONNRESET, syscall.EPIPE} }

func dialFailures() []dialFailure {
	return []dialFailure{
		{syscall.ECONNREFUSED, refusedKind, "Connection refused"},
		{syscall.EHOSTUNREACH, "Errno::EHOSTUNREACH", "No route to host"},
		{syscall.ENETUNREACH, "Errno::ENETUNREACH", "Network is unreachable"},
		{syscall.EADDRNOTAVAIL, "Errno::EADDRNOTAVAIL", "Cannot assign requested address"},
	}
}
