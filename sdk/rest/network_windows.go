package rest

import "golang.org/x/sys/windows"

func brokenConnection() []error { return []error{windows.WSAECONNRESET, windows.WSAECONNABORTED} }

func dialFailures() []dialFailure {
	return []dialFailure{
		{windows.WSAECONNREFUSED, refusedKind, "No connection could be made because the target machine actively refused it."},
		{windows.WSAEHOSTUNREACH, "Errno::EHOSTUNREACH", "A socket operation was attempted to an unreachable host."},
		{windows.WSAENETUNREACH, "Errno::ENETUNREACH", "A socket operation was attempted to an unreachable network."},
	}
}
