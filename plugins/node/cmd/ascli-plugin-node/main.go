// Command ascli-plugin-node serves the commands of `ascli node`.
package main

import (
	"github.com/ascli-go/ascli/plugins/node"
	"github.com/ascli-go/ascli/sdk"
)

func main() { sdk.Serve(node.Plugin()) }
