module github.com/ascli-go/ascli/testscripts

go 1.26.0

require github.com/rogpeppe/go-internal v1.16.0

require (
	github.com/creack/pty v1.1.24
	github.com/gorilla/websocket v1.5.3
	golang.org/x/sys v0.26.0 // indirect
	golang.org/x/tools v0.26.0 // indirect
)
