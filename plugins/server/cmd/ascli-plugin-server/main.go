// Command ascli-plugin-server serves the commands of `ascli server`.
package main

import (
	"github.com/ascli-go/ascli/plugins/server"
	"github.com/ascli-go/ascli/sdk"
)

func main() { sdk.Serve(server.Plugin()) }
