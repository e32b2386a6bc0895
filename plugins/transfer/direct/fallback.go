package direct

import (
	"github.com/ascli-go/ascli/plugins/transfer/product"
	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/transfer"
)

// fallbackArgs names the certificate of the HTTP fallback, which is made when it
// is missing (spec/transfer.md 8.3).
func fallbackArgs(spec *record.Object, sdkFolder string) ([]string, error) {
	if value, _ := spec.Get(transfer.FieldHTTPFallback); value != true && value != "force" {
		return nil, nil
	}
	if sdkFolder == "" {
		return nil, failure.Argumentf("http_fallback needs option sdk_folder, where its certificate is kept")
	}
	fallback, err := product.EnsureFallback(sdkFolder)
	if err != nil {
		return nil, err
	}
	return []string{"-I", fallback.Certificate, "-Y", fallback.Key}, nil
}
