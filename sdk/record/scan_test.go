package record_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
)

// scan returns what Scan finds, "text|id|name" an object.
func scan(data string) (string, error) {
	var found []string
	err := record.Scan(data, []string{"id", "name"}, func(text string, members []record.Member) error {
		found = append(found, fmt.Sprintf("%s|%s|%s", text, members[0].Text(), members[1].Text()))
		return nil
	})
	return strings.Join(found, "\n"), err
}

func TestScan(t *testing.T) {
	for _, c := range []struct{ name, data, want string }{
		{"nothing", ` [ ] `, ""},
		{"texts and numbers", `[{"id":"1","name":"a"}, {"name":"b","id":2}]`, `{"id":"1","name":"a"}|1|a` + "\n" + `{"name":"b","id":2}|2|b`},
		{"absent", `[{"x":[{"id":"inner"}]}]`, `{"x":[{"id":"inner"}]}||`},
		{"other types", `[{"id":null,"name":[1]}]`, `{"id":null,"name":[1]}||`},
		{"escapes", `[{"id":"\u00e9\n","\u006eame":"b"}]`, `{"id":"\u00e9\n","\u006eame":"b"}|` + "é\n|b"},
		{"the last one wins", `[{"id":"1","id":"2"}]`, `{"id":"1","id":"2"}|2|`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := scan(c.data); err != nil || got != c.want {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestScanErrors(t *testing.T) {
	for _, c := range []struct{ data, want string }{
		{``, "unexpected EOF"},
		{`{}`, "expecting an array"},
		{`[1]`, "expecting an object"},
		{`[{"id":"1"}`, "unexpected EOF"},
		{`[{"id":"1"},]`, "expecting an object"},
		{`[{"x":tru}]`, "expecting true"},
		{`[{"x":1e}]`, "expecting a digit"},
		{`[{"x":"` + "\n" + `"}]`, "no control character"},
		{`[{"x":"\q"}]`, "string at byte"},
		{`[{}] x`, "unexpected text after the JSON value"},
		{`[{"x":` + nested(2000) + `}]`, "nested deeper"},
	} {
		if _, err := scan(c.data); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.40s: got %v, want %s", c.data, err, c.want)
		}
	}
}

func TestScanEndsWithTheErrorOfItsCaller(t *testing.T) {
	enough := errors.New("enough")
	n := 0
	err := record.Scan(`[{},{}]`, nil, func(string, []record.Member) error { n++; return enough })
	if !errors.Is(err, enough) || n != 1 {
		t.Errorf("%d objects, %v", n, err)
	}
}

// What Scan accepts, Parse accepts, and both find the same.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{`[{"id":"1","name":2}]`, `[{"id":{"a":[1.5e3,true]},"name":null}]`, `[{"id":"\ud83d\ude00"}] `, "[{\"id\":\"\xff\"}]", `[`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data string) {
		var ids []string
		err := record.Scan(data, []string{"id"}, func(text string, members []record.Member) error {
			if _, err := record.ParseObject([]byte(text)); err != nil {
				t.Errorf("%q: the object %q is none: %v", data, text, err)
			}
			ids = append(ids, members[0].Text())
			return nil
		})
		whole, parseErr := record.Parse([]byte(data))
		list, isList := whole.([]any)
		if err != nil {
			return
		}
		if parseErr != nil || !isList || len(list) != len(ids) {
			t.Fatalf("%q: Parse gives %v, %v", data, whole, parseErr)
		}
		for i, item := range list {
			o, isObject := item.(*record.Object)
			if id, isText := o.Get("id"); !isObject || isText && record.TypeName(id) == "String" && id != ids[i] {
				t.Errorf("%q: item %d is %v, id %q", data, i, item, ids[i])
			}
		}
	})
}
