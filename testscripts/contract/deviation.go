package contract

import (
	"fmt"
	"path"
	"strings"
)

// Deviation is a breach of the contract on purpose.
type Deviation struct {
	Side Side
	// Method may be "*". Path is one of the document, or a pattern of
	// [path.Match] for the path of a request that the document does not list;
	// "*" alone is any.
	Method, Path string
	// Rule is that of the violation. One that ends in "*" covers all that begin so.
	Rule string
	// Reason says why the document is not followed.
	Reason string
}

func (d Deviation) covers(v Violation) bool {
	if d.Side != v.Side || d.Method != every && d.Method != v.Method {
		return false
	}
	if d.Path != every && d.Path != v.Path {
		if match, err := path.Match(d.Path, v.Path); err != nil || !match {
			return false
		}
	}
	if start, isPrefix := strings.CutSuffix(d.Rule, "*"); isPrefix {
		return strings.HasPrefix(v.Rule, start)
	}
	return d.Rule == v.Rule
}

func (d Deviation) String() string {
	return fmt.Sprintf("%s %s %s: %s (%s)", d.Side, d.Method, d.Path, d.Rule, d.Reason)
}
