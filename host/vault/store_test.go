package vault

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
)

// conformance is what the suite allows a store to do its own way.
type conformance struct {
	// overwrites: Create replaces an entry.
	overwrites bool
	// listsWithoutPasswords: List leaves them out.
	listsWithoutPasswords bool
}

// testStore checks an empty store against the contract of [Store].
func testStore(t *testing.T, store Store, may conformance) {
	ctx := t.Context()
	full := Entry{
		Label: "my label", Username: "u'1", Password: `p"w $HOME é€` + "'", URL: "https://h.example.com",
		Description: "with é and €",
	}
	symbolic := Entry{Label: "0x10", Password: ":2020-01-01"}

	if entries, err := store.List(ctx); err != nil || len(entries) != 0 {
		t.Fatalf("a new store holds %v, %v", entries, err)
	}
	if _, err := store.Show(ctx, full.Label); !errors.Is(err, ErrNotFound) {
		t.Errorf("show of an unknown label: %v", err)
	}
	if err := store.Delete(ctx, full.Label); err != nil {
		t.Errorf("delete of an unknown label: %v", err)
	}
	for _, entry := range []Entry{full, symbolic} {
		if err := store.Create(ctx, entry); err != nil {
			t.Fatal(err)
		}
		checkEntry(t, store, entry)
	}
	err := store.Create(ctx, full)
	if may.overwrites && err != nil || !may.overwrites && !errors.Is(err, ErrExists) {
		t.Errorf("create of a taken label: %v", err)
	}
	checkList(t, store, may, full, symbolic)
	if err := store.Delete(ctx, full.Label); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Show(ctx, full.Label); !errors.Is(err, ErrNotFound) {
		t.Errorf("show of a deleted label: %v", err)
	}
	checkList(t, store, may, symbolic)

	label, err := CreateNumbered(ctx, store, symbolic)
	if err != nil || label != "0x100" {
		t.Errorf("label %q, %v; want the next free one", label, err)
	}
	label, err = CreateNumbered(ctx, store, symbolic)
	if err != nil || label != "0x101" {
		t.Errorf("label %q, %v; want the next free one", label, err)
	}
}

func checkEntry(t *testing.T, store Store, want Entry) {
	t.Helper()
	got, err := store.Show(t.Context(), want.Label)
	if err != nil {
		t.Fatal(err)
	}
	got.Extra = nil
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func checkList(t *testing.T, store Store, may conformance, want ...Entry) {
	t.Helper()
	entries, err := store.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(entries, func(a, b Entry) int { return len(b.Label) - len(a.Label) })
	if len(entries) != len(want) {
		t.Fatalf("list has %d entries, want %d", len(entries), len(want))
	}
	for i, entry := range entries {
		entry.Extra = nil
		if may.listsWithoutPasswords {
			entry.Password = want[i].Password
		}
		if entry != want[i] {
			t.Errorf("entry %d is %+v, want %+v", i, entry, want[i])
		}
	}
}

// resolve is what decoder @vault: does.
func resolve(t *testing.T, store Store, reference string) (string, error) {
	named, err := ParseReference(reference)
	if err != nil {
		return "", err
	}
	return named.Resolve(t.Context(), store)
}

func TestResolve(t *testing.T) {
	store := open(t, t.TempDir(), "pw")
	entry := Entry{Label: "mynode", Username: "u", Password: "p"}
	if err := store.Create(t.Context(), entry); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ reference, want, problem string }{
		{"mynode.password", "p", ""},
		{"mynode.label", "mynode", ""},
		{"mynode.url", "", "no such entry value: url"},
		{"other.password", "", "Label not found: other"},
		{"mynode", "", "vault name shall match <name>.<param>"},
		{"my.node.password", "", "vault name shall match <name>.<param>"},
		{".password", "", "vault name shall match <name>.<param>"},
		{"mynode.", "", "vault name shall match <name>.<param>"},
	} {
		t.Run(c.reference, func(t *testing.T) {
			got, err := resolve(t, store, c.reference)
			if got != c.want || message(err) != c.problem {
				t.Errorf("got %q, %v; want %q, %s", got, err, c.want, c.problem)
			}
		})
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// takenMeanwhile is a store where another process is always first.
type takenMeanwhile struct {
	Store
	rivals int
}

func (s *takenMeanwhile) Create(ctx context.Context, entry Entry) error {
	if s.rivals > 0 {
		s.rivals--
		return exists(entry.Label)
	}
	return s.Store.Create(ctx, entry)
}

func TestCreateNumberedAmongOthers(t *testing.T) {
	store := &takenMeanwhile{Store: open(t, t.TempDir(), "pw"), rivals: 2}
	label, err := CreateNumbered(t.Context(), store, Entry{Label: "l", Password: "p"})
	if err != nil || label != "l1" {
		t.Errorf("got %q, %v", label, err)
	}
}

func TestNewEntry(t *testing.T) {
	for _, c := range []struct {
		name, label string
		fields      *record.Object
		want        Entry
		problem     string
	}{
		{"label apart", "l", record.New("username", "u", "password", "p", "url", "x", "description", "d"),
			Entry{Label: "l", Username: "u", Password: "p", URL: "x", Description: "d"}, ""},
		{"label inside", "", record.New("password", "p", "label", "l"), Entry{Label: "l", Password: "p"}, ""},
		{"same label twice", "l", record.New("label", "l"), Entry{Label: "l"}, ""},
		{"two labels", "l", record.New("label", "m"), Entry{}, "label is given twice: l and m"},
		{"no label", "", record.New("password", "p"), Entry{}, "label is required"},
		{"unknown field", "l", record.New("foo", "x", "bar", "y"), Entry{},
			"unsupported options: [:foo, :bar], use label, username, password, url, description"},
		{"other type", "l", record.New("username", 1), Entry{}, "username: expecting String, but have 1"},
		{"a secret is not shown", "l", record.New("password", 1234), Entry{}, "password: expecting String, but have 🔑"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := NewEntry(c.label, c.fields)
			if got != c.want || message(err) != c.problem {
				t.Errorf("got %+v, %v; want %+v, %s", got, err, c.want, c.problem)
			}
		})
	}
}

func TestEntryObjects(t *testing.T) {
	entry := Entry{Label: "l", Password: "p", Extra: record.New("port", 22)}
	if got := string(record.JSON(entry.Object())); got != `{"label":"l","password":"p","port":22}` {
		t.Errorf("object %s", got)
	}
	want := `{"label":"l","url":"","username":"","password":"p","description":"","port":22}`
	if got := string(record.JSON(entry.Row())); got != want {
		t.Errorf("row %s, want %s", got, want)
	}
	if port, ok := entry.Field("port"); port != "22" || !ok {
		t.Errorf("field port is %q, %v", port, ok)
	}
}
