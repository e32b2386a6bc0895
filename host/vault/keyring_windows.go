package vault

import (
	"errors"
	"strings"

	"github.com/danieljoos/wincred"
)

// keyringLabels returns the labels of a keyring. The keyring library names a
// credential <service>:<user>, and has no call to list them.
func keyringLabels(name string) ([]string, error) {
	prefix := name + ":"
	credentials, err := wincred.FilteredList(prefix + "*")
	if err != nil && !errors.Is(err, wincred.ErrElementNotFound) {
		return nil, err
	}
	var labels []string
	for _, c := range credentials {
		if label, found := strings.CutPrefix(c.TargetName, prefix); found {
			labels = append(labels, label)
		}
	}
	return labels, nil
}
