package record_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/sdk/record"
)

func TestParse(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"blanks anywhere", " \t\r\n{ \"a\" : [ 1 , 2 ] , \"b\" : { } }\n", `{"a":[1,2],"b":{}}`},
		{"empty containers", `[{},[],""]`, `[{},[],""]`},
		{"the last duplicate wins, at the first one's place", `{"a":1,"b":2,"a":{"c":3}}`, `{"a":{"c":3},"b":2}`},
		{"order of keys", `{"z":1,"a":2,"m":3}`, `{"z":1,"a":2,"m":3}`},
		{"digits of numbers", `[-0,0.10,1E+2,1e-400,123456789012345678901234567890]`, `[-0,0.10,1E+2,1e-400,123456789012345678901234567890]`},
		{"escapes", `"\u0041\n\/\\\"\ud83d\udd11"`, `"A\n/\\\"🔑"`},
		{"half a surrogate pair", `"\ud83d!"`, `"�!"`},
		{"invalid UTF-8", "[\"\xff\",\"é\"]", `["�","é"]`},
		{"as deep as allowed", nested(1000), nested(1000)},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := record.Parse([]byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			if got := string(record.JSON(v)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func nested(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"text after the value", `{"a":1} x`, "unexpected text after the JSON value, at byte 8"},
		{"comma at the end", `[1,]`, `invalid character ']' at byte 3, expecting a value`},
		{"no quotes", `{a:1}`, `invalid character 'a' at byte 1, expecting a key`},
		{"no colon", `{"a" 1}`, `invalid character '1' at byte 5, expecting ":"`},
		{"no comma", `{"a":1 "b"}`, `invalid character '"' at byte 7, expecting "," or "}"`},
		{"wrong bracket", `[1}`, `invalid character '}' at byte 2, expecting "," or "]"`},
		{"not a number", `NaN`, `invalid character 'N' at byte 0, expecting a value`},
		{"zero before digits", `01`, "unexpected text after the JSON value, at byte 1"},
		{"no fraction", `1.e1`, `invalid character 'e' at byte 2, expecting a digit`},
		{"misspelt", `[truE]`, `invalid character 'E' at byte 4, expecting true`},
		{"newline in a string", "\"a\nb\"", `invalid character '\n' at byte 2, expecting no control character in a string`},
		{"unknown escape", `["\x"]`, `string at byte 1: invalid character 'x' in string escape code`},
		{"too deep", nested(1001), "JSON nested deeper than 1000 levels"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if v, err := record.Parse([]byte(c.text)); err == nil || err.Error() != c.want {
				t.Errorf("got %v, error %v, want %s", v, err, c.want)
			}
		})
	}
}

func TestParseTruncated(t *testing.T) {
	const whole = `{"a":[true,-1.5e+3,"x\n"],"b":null}`
	for end := range whole {
		if v, err := record.Parse([]byte(whole[:end])); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: got %v, error %v", whole[:end], v, err)
		}
	}
}

// TestLargeObject has more members than are searched one by one.
func TestLargeObject(t *testing.T) {
	o := record.New()
	var want []string
	for i := range 100 {
		key := fmt.Sprint("key", i)
		o.Set(key, i)
		if i%3 != 0 {
			want = append(want, key)
		}
	}
	for i := 0; i < 100; i += 3 {
		o.Delete(fmt.Sprint("key", i))
	}
	o.Set("key50", "new")
	copied := o.Clone()
	copied.Set("more", true)
	if got := o.Keys(); !reflect.DeepEqual(got, want) {
		t.Errorf("keys are %v", got)
	}
	if n, _ := o.Int("key98"); n != 98 || o.Text("key50") != "new" || o.Has("key99") || o.Has("more") {
		t.Errorf("object is %s", record.JSON(o))
	}
	if !copied.Bool("more") || copied.Len() != len(want)+1 {
		t.Errorf("copy is %s", record.JSON(copied))
	}
}

// FuzzParse compares with encoding/json, which knows neither order nor depth.
func FuzzParse(f *testing.F) {
	for _, text := range []string{
		`{"a":[1,{"b":null}],"a":2}`, `"\u2028"`, `[-0.0e+1,true]`, `"\ud800"`, "\"\xff\"", `{"a":"\`, ` [ ] `, "1\x00",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := record.Parse(data)
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		var want any
		wantErr := d.Decode(&want)
		if wantErr == nil && !json.Valid(data) {
			wantErr = errors.New("text after the value")
		}
		if err != nil && strings.Contains(err.Error(), "nested deeper") {
			return
		}
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("error is %v, that of encoding/json %v", err, wantErr)
		}
		if err != nil {
			return
		}
		if got := plain(v); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %#v, encoding/json has %#v", got, want)
		}
		again, err := record.Parse(record.JSON(v))
		if err != nil || !reflect.DeepEqual(plain(again), want) {
			t.Fatalf("written as %s, read as %v, error %v", record.JSON(v), again, err)
		}
	})
}

// plain turns objects into maps.
func plain(v any) any {
	switch v := v.(type) {
	case *record.Object:
		m := map[string]any{}
		for key, x := range v.All() {
			m[key] = plain(x)
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i, x := range v {
			list[i] = plain(x)
		}
		return list
	}
	return v
}

func BenchmarkParseRow(b *testing.B) {
	row := []byte(`{"path":"/folder/file 17.bin","basename":"file 17.bin","type":"file","size":1048576,` +
		`"mtime":"2026-01-02T03:04:05Z","permissions":[{"name":"view"},{"name":"edit"}],"id":9223372036854775807,"flag":null}`)
	b.SetBytes(int64(len(row)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := record.Parse(row); err != nil {
			b.Fatal(err)
		}
	}
}

func TestParseOnly(t *testing.T) {
	wanted := func(key string) bool { return key == "id" || key == "spec" }
	for _, c := range []struct{ name, data, want string }{
		{"a list", `[{"id":1,"x":{"id":2},"spec":{"x":[1],"y":"é"}},{"x":1}]`, `[{"id":1,"spec":{"x":[1],"y":"é"}},{}]`},
		{"an object", `{"id":1,"x":{"id":2}}`, `{"id":1,"x":{"id":2}}`},
		{"an object in an object, as errors are", `{"error":{"code":400,"id":1}}`, `{"error":{"code":400,"id":1}}`},
		{"deeper lists", `[[{"x":1}]]`, `[[{"x":1}]]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := record.ParseOnly([]byte(c.data), wanted)
			if err != nil || string(record.JSON(v)) != c.want {
				t.Errorf("got %s, %v", record.JSON(v), err)
			}
		})
	}
	if _, err := record.ParseOnly([]byte(`[{"x":tru}]`), wanted); err == nil {
		t.Error("a member that is not wanted may be anything")
	}
}
