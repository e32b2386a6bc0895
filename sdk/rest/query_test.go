package rest_test

import (
	"net/url"
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
	"github.com/ascli-go/ascli/sdk/rest"
)

// The examples of spec/cli.md 10.5.
func TestEncodeQuery(t *testing.T) {
	for _, c := range []struct{ name, query, want string }{
		{"scalars", `{"a":1,"b":"x y","e":null,"f":"","g":true,"h":"é&="}`, `a=1&b=x+y&e&f=&g=true&h=%C3%A9%26%3D`},
		{"array repeats the name", `{"c":[1,2]}`, `c=1&c=2`},
		{"array that asks for brackets", `{"d":["[]",1,2]}`, `d[]=1&d[]=2`},
		{"brackets in the name", `{"a[]":["v1","v2"]}`, `a[]=v1&a[]=v2`},
		{"pairs", `[["a",1],["b[]",2],["b[]",3],["c",null]]`, `a=1&b[]=2&b[]=3&c`},
		{"nested object is inspected", `{"h":{"x":1}}`, `h=%7B%22x%22%3D%3E1%7D`},
		{"kept and escaped characters", `{"a":"*-._~/[]"}`, `a=*-._%7E%2F%5B%5D`},
		{"null in an array", `{"c":[null,1]}`, `c&c=1`},
		{"big number keeps its digits", `{"id":9223372036854775807.10}`, `id=9223372036854775807.10`},
		{"empty object", `{}`, ``},
		{"empty array", `[]`, ``},
		{"null", `null`, ``},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := rest.EncodeQuery(parse(t, c.query))
			if err != nil {
				t.Fatal(err)
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestEncodeQueryRefuses(t *testing.T) {
	const manual = "Query must be an extended value (Hash, Array) which can be encoded with URI.encode_www_form. Refer to manual. "
	for _, c := range []struct{ name, query, want string }{
		{"array of scalars", `[1]`, "Query must be array of arrays or 2 elements"},
		{"array of three", `[[1,2,3]]`, "Query must be array of arrays or 2 elements"},
		{"text", `"a=1"`, manual + "(String)"},
		{"number", `1`, manual + "(Integer)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := rest.EncodeQuery(parse(t, c.query))
			if err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func FuzzEncodeQuery(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"b":null}],"c[]":"é"}`))
	f.Add([]byte(`[["a b","*~"],["c",[true,"[]"]]]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		query, err := record.Parse(data)
		if err != nil {
			t.Skip()
		}
		text, err := rest.EncodeQuery(query)
		if err != nil {
			return
		}
		if _, err := url.ParseQuery(text); err != nil {
			t.Errorf("%s gave %q: %v", data, text, err)
		}
	})
}

func parse(t testing.TB, text string) any {
	t.Helper()
	v, err := record.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}
