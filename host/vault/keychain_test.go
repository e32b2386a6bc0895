package vault

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/failure"
	"github.com/ascli-go/ascli/sdk/record"
)

// itemsVariable names the file in which the stand-in for `security` keeps its
// items.
const itemsVariable = "VAULT_TEST_ITEMS"

// testKeychain returns a keychain whose `security` is this program.
func testKeychain(t *testing.T, name string) *keychain {
	t.Setenv(roleVariable, roleSecurity)
	t.Setenv(raceOptions())
	t.Setenv(itemsVariable, filepath.Join(t.TempDir(), "items"))
	return &keychain{name: name, program: os.Args[0]}
}

func TestKeychain(t *testing.T) {
	testStore(t, testKeychain(t, "ascli"), conformance{listsWithoutPasswords: true})
}

func TestKeychainShowsSecret(t *testing.T) {
	store := testKeychain(t, "ascli")
	if err := store.Create(t.Context(), Entry{Label: "l", Password: "p", Description: "d"}); err != nil {
		t.Fatal(err)
	}
	if secret, err := resolve(t, store, "l.secret"); err != nil || secret != "p" {
		t.Errorf("l.secret is %q, %v", secret, err)
	}
}

func TestKeychainRefuses(t *testing.T) {
	if _, err := testKeychain(t, "missing").List(t.Context()); message(err) != "no such keychain missing" || failure.As(err) == nil {
		t.Errorf("got %v", err)
	}
	store := testKeychain(t, "ascli")
	for _, password := range []string{"two\nlines", strings.Repeat("x", 5000), "a\x00b"} {
		err := store.Create(t.Context(), Entry{Label: "l", Password: password})
		if err == nil || strings.Contains(err.Error(), password) {
			t.Errorf("password of %d bytes: %v", len(password), err)
		}
	}
	store.program = filepath.Join(t.TempDir(), "nothing")
	if _, err := store.List(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "cannot run ") {
		t.Errorf("got %v", err)
	}
}

func TestParseItems(t *testing.T) {
	for _, c := range []struct {
		name, output string
		want         []Entry
	}{
		{"nothing", "", nil},
		{"quoted", `keychain: "/Users/me/Library/Keychains/ascli.keychain-db"
version: 512
class: "genp"
attributes:
    0x00000007 <blob>="my label"
    0x00000008 <blob>=<NULL>
    "acct"<blob>="none"
    "cdat"<timedate>=0x32303236303130313030303030305A00  "20260101000000Z\000"
    "crtr"<uint32>=<NULL>
    "icmt"<blob>="for "this" account"
    "svce"<blob>="my label"
password: "my_"password"
`, []Entry{{
			Label: "my label", Password: `my_"password`, Description: `for "this" account`,
			Extra: record.New("secret", `my_"password`),
		}}},
		{"hexadecimal", `keychain: "/k"
    0x00000007 <blob>=0x6CC3A9  "l\303\251"
    "acct"<blob>="u"
password: 0x70E282AC  "p\342\202\254"
`, []Entry{{Label: "lé", Username: "u", Password: "p€", Extra: record.New("secret", "p€")}}},
		{"two items, no passwords", "keychain: \"/k\"\n    0x00000007 <blob>=\"a\"\nkeychain: \"/k\"\r\n    0x00000007 <blob>=\"b\"\r\n",
			[]Entry{{Label: "a"}, {Label: "b"}}},
		{"empty password", "keychain: \"/k\"\n    0x00000007 <blob>=\"a\"\npassword: \n", []Entry{{Label: "a"}}},
		{"broken hexadecimal", "keychain: \"/k\"\n    0x00000007 <blob>=\"a\"\npassword: 0x7Z\n", []Entry{{Label: "a"}}},
		{"attributes of no item", "    \"acct\"<blob>=\"u\"\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []Entry
			for _, item := range parseItems(c.output) {
				got = append(got, item.entry())
			}
			if !sameEntries(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func FuzzParseItems(f *testing.F) {
	f.Add("keychain: \"/k\"\n    0x00000007 <blob>=0x6C  \"l\"\n    \"acct\"<blob>=\"u\"\npassword: \"p\"\n")
	f.Fuzz(func(t *testing.T, output string) {
		if got := len(parseItems(output)); got > strings.Count(output, "keychain: ") {
			t.Errorf("%d items", got)
		}
	})
}

// securityItem is what the stand-in keeps, by the switches of `security`.
type securityItem map[string]string

// securityMain is a stand-in for `security`, with one keychain.
func securityMain(arguments []string, stdin io.Reader, stdout, stderr io.Writer) int {
	const path = "/Users/me/Library/Keychains/ascli.keychain-db"
	var items []securityItem
	if content, err := os.ReadFile(os.Getenv(itemsVariable)); err == nil {
		if err := json.Unmarshal(content, &items); err != nil {
			fmt.Fprintln(stderr, err)
			return 1
		}
	}
	switch command := arguments[0]; command {
	case "list-keychains":
		fmt.Fprintf(stdout, "    %q\n    %q\n", "/Users/me/Library/Keychains/login.keychain-db", path)
		return 0
	case "dump-keychain":
		for _, item := range items {
			item.print(stdout, path)
		}
		fmt.Fprintf(stdout, "keychain: %q\nclass: \"inet\"\nattributes:\n    0x00000007 <blob>=\"a web site\"\n", path)
		return 0
	case "-i":
		line, err := io.ReadAll(stdin)
		item := parseCommand(strings.TrimSuffix(string(line), "\n"))
		taken := slices.ContainsFunc(items, func(other securityItem) bool { return other["-s"] == item["-s"] })
		if err != nil || taken {
			fmt.Fprintln(stderr, "security: SecKeychainItemCreateFromContent: The specified item already exists in the keychain.")
			fmt.Fprintln(stderr, "security: returned 45")
			return 0
		}
		return save(append(items, item), stderr)
	case "find-generic-password", "delete-generic-password":
		i := slices.IndexFunc(items, func(item securityItem) bool { return item["-s"] == arguments[2] })
		if i < 0 {
			fmt.Fprintln(stderr, "security: SecKeychainSearchCopyNext: The specified item could not be found in the keychain.")
			return securityNotFound
		}
		if command == "delete-generic-password" {
			return save(slices.Delete(items, i, i+1), stderr)
		}
		items[i].print(stdout, path)
		fmt.Fprintln(stderr, "password: "+printed(items[i]["-w"]))
		return 0
	}
	fmt.Fprintln(stderr, "security: unknown command")
	return 1
}

func (i securityItem) print(to io.Writer, path string) {
	fmt.Fprintf(to, "keychain: %q\nversion: 512\nclass: \"genp\"\nattributes:\n    0x00000007 <blob>=%s\n", path, printed(i["-s"]))
	for _, attribute := range []struct{ name, option string }{{"acct", "-a"}, {"gena", "-G"}, {"icmt", "-j"}, {"svce", "-s"}} {
		fmt.Fprintf(to, "    \"%s\"<blob>=%s\n", attribute.name, printed(i[attribute.option]))
	}
}

// printed is how `security` prints a value.
func printed(value string) string {
	switch {
	case value == "":
		return "<NULL>"
	case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' || r == '\\' }):
		return fmt.Sprintf("0x%X  \"...\"", value)
	}
	return `"` + value + `"`
}

func save(items []securityItem, stderr io.Writer) int {
	content, err := json.Marshal(items)
	if err == nil {
		err = os.WriteFile(os.Getenv(itemsVariable), content, 0o600)
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

// parseCommand splits a line of `security -i` and returns its options.
func parseCommand(line string) securityItem {
	var words []string
	var word strings.Builder
	var quote rune
	for _, r := range line {
		switch {
		case quote == 0 && (r == '\'' || r == '"'):
			quote = r
		case r == quote:
			quote = 0
		case quote == 0 && r == ' ':
			words = append(words, word.String())
			word.Reset()
		default:
			word.WriteRune(r)
		}
	}
	item := securityItem{}
	for i := 1; i+1 < len(words); i += 2 {
		item[words[i]] = words[i+1]
	}
	return item
}
