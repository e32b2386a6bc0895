package httpgw

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/ascli-go/ascli/sdk/failure"
)

const fauxPrefix = "faux:///"

// fauxSize needs its unit here, unlike that of ascp (spec/transfer.md 5.1).
var fauxSize = regexp.MustCompile(`^(\d+)([kmgtpe])$`)

// parseFaux reads faux:///name?size, a file of zeros that exists nowhere.
func parseFaux(source string) (name string, size int64, err error) {
	name, text, found := strings.Cut(strings.TrimPrefix(source, fauxPrefix), "?")
	if !found || name == "" {
		return "", 0, failure.Argumentf("%s: expecting %s<name>?<size>", source, fauxPrefix)
	}
	parts := fauxSize.FindStringSubmatch(strings.ToLower(text))
	if parts == nil {
		return "", 0, failure.Argumentf("Format: <integer>[k,m,g,t,p,e]")
	}
	unit := int64(1) << (10 * (strings.Index("kmgtpe", parts[2]) + 1))
	count, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || count > math.MaxInt64/unit {
		return "", 0, failure.Argumentf("%s: the size is too large", source)
	}
	return name, count * unit, nil
}
