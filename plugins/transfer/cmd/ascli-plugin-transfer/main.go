// Command ascli-plugin-transfer moves the bytes of all products.
package main

import (
	"github.com/ascli-go/ascli/plugins/transfer"
	"github.com/ascli-go/ascli/sdk"
)

func main() { sdk.Serve(transfer.Plugin()) }
