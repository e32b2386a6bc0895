package vault

import (
	"encoding/hex"
	"regexp"
	"strings"
	"sync"

	"github.com/ascli-go/ascli/sdk/record"
)

// genericPassword is the class of the items that are entries.
const genericPassword = "genp"

// The attributes of an item, as `security` names them.
const (
	attributeLabel   = "0x00000007"
	attributeAccount = "acct"
	attributeComment = "icmt"
	attributeGeneric = "gena"
	// itemPassword is no attribute: it is printed with option -g.
	itemPassword = "password"
)

// keychainItem is an item of a keychain: its attributes by name.
type keychainItem map[string]string

// entry gives the password under the original's name, too: `@vault:x.secret`.
func (i keychainItem) entry() Entry {
	entry := Entry{
		Label: i[attributeLabel], Username: i[attributeAccount], Password: i[itemPassword],
		URL: i[attributeGeneric], Description: i[attributeComment],
	}
	if entry.Username == noAccount {
		entry.Username = ""
	}
	if entry.Password != "" {
		entry.Extra = record.New("secret", entry.Password)
	}
	return entry
}

// itemLine is a line of an item:
//
//	class: "genp"
//	    0x00000007 <blob>="label"
//	    "acct"<blob>=0x70C3A9  "p\303\251"
//	password: "value"
var itemLine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\s*(?:"(\w{4})"|(0x[0-9a-fA-F]{8}) |(class|password|keychain): )(?:<\w+>=)?(.*)$`)
})

// parseItems reads the output of dump-keychain and find-generic-password. Each
// item begins with the line about its keychain; the password, on the other
// output stream, comes last.
func parseItems(output string) []keychainItem {
	var items []keychainItem
	for line := range strings.Lines(output) {
		match := itemLine().FindStringSubmatch(strings.TrimRight(line, "\r\n"))
		if match == nil {
			continue
		}
		name := match[1] + match[2] + match[3]
		if name == "keychain" {
			items = append(items, keychainItem{})
			continue
		}
		if value := itemValue(match[4]); value != "" && len(items) > 0 {
			items[len(items)-1][name] = value
		}
	}
	return items
}

// itemValue reads `"text"`, or the hexadecimal form that stands before the
// text when that has other than printable ASCII characters. <NULL> is empty.
func itemValue(text string) string {
	if digits, isHex := strings.CutPrefix(text, "0x"); isHex {
		digits, _, _ = strings.Cut(digits, " ")
		value, err := hex.DecodeString(digits)
		if err != nil {
			return ""
		}
		return string(value)
	}
	first, last := strings.IndexByte(text, '"'), strings.LastIndexByte(text, '"')
	if first < 0 || first == last {
		return ""
	}
	return text[first+1 : last]
}
