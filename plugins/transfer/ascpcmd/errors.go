package ascpcmd

import (
	"context"

	"github.com/ascli-go/ascli/sdk"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

func errorCodes(context.Context, *sdk.Invocation) (*sdk.Result, error) {
	var rows []*record.Object
	for _, c := range transfer.Codes() {
		rows = append(rows, record.New("code", c.Number, "mnemonic", c.Mnemonic, "retry", c.Retryable, "info", c.Info))
	}
	return sdk.Rows(rows), nil
}
