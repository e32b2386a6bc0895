// Command barecopy copies a file between two processes with nothing around it:
// by WebSocket messages or by an HTTP answer, over TLS. It is the yardstick for
// agent httpgw in the benchmarks.
//
//	barecopy serve TLS-FOLDER FOLDER
//	barecopy upload CA-FILE URL FILE
//	barecopy download CA-FILE URL FILE
//
// TLS-FOLDER is the folder tls of a sandbox. The server prints its URL and runs
// until its standard input ends.
package main

import (
	"fmt"
	"os"
)

// chunk is the size of a WebSocket message, bytes: that of agent httpgw.
const chunk = 64000

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "barecopy:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 3 && args[0] == "serve":
		return serve(args[1], args[2])
	case len(args) == 4 && args[0] == "upload":
		return upload(args[1], args[2], args[3])
	case len(args) == 4 && args[0] == "download":
		return download(args[1], args[2], args[3])
	}
	return fmt.Errorf("usage: barecopy serve TLS-FOLDER FOLDER | upload CA-FILE URL FILE | download CA-FILE URL FILE")
}
