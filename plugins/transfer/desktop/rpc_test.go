package desktop

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ascli-go/ascli/plugins/transfer/localapp"
	"github.com/ascli-go/ascli/sdk/record"
)

func TestReadResponse(t *testing.T) {
	for _, c := range []struct{ name, text, want, err string }{
		{"result", `{"jsonrpc":"2.0","id":7,"result":{"a":1}}`, `{"a":1}`, ""},
		{"null is a result", `{"jsonrpc":"2.0","id":7,"result":null}`, `null`, ""},
		{"error", `{"jsonrpc":"2.0","id":7,"error":{"code":-1,"message":"no"}}`, "", "no"},
		{"error about what it could not read", `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}`, "", "Parse error"},
		{"no object", `[]`, "", "it is no JSON object"},
		{"no version", `{"id":7,"result":1}`, "", "jsonrpc is not 2.0"},
		{"no id", `{"jsonrpc":"2.0","result":1}`, "", "it has no id"},
		{"id of another request", `{"jsonrpc":"2.0","id":8,"result":1}`, "", "its id is not that of the request"},
		{"id as text", `{"jsonrpc":"2.0","id":"7","result":1}`, "", "its id is not that of the request"},
		{"both", `{"jsonrpc":"2.0","id":7,"result":1,"error":{"code":1,"message":"no"}}`, "", "it has both result and error"},
		{"neither", `{"jsonrpc":"2.0","id":7}`, "", "it has neither result nor error"},
		{"error is a text", `{"jsonrpc":"2.0","id":7,"error":"no"}`, "", "its error has no code"},
		{"code is no whole number", `{"jsonrpc":"2.0","id":7,"error":{"code":1.5,"message":"no"}}`, "", "its error has no code"},
		{"no message", `{"jsonrpc":"2.0","id":7,"error":{"code":1}}`, "", "its error has no code"},
	} {
		t.Run(c.name, func(t *testing.T) {
			value, err := record.Parse([]byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			got, err := readResponse(value, 7)
			if c.err != "" {
				if err == nil || !strings.HasPrefix(err.Error(), c.err) {
					t.Errorf("error is %v", err)
				}
				return
			}
			if err != nil || string(record.JSON(got)) != c.want {
				t.Errorf("got %s, %v", record.JSON(got), err)
			}
		})
	}
}

func FuzzReadResponse(f *testing.F) {
	f.Add([]byte(`{"jsonrpc":"2.0","id":7,"result":{"status":"running"}}`))
	f.Add([]byte(`{"jsonrpc":"2.0","id":7,"error":{"code":-32602,"message":"no"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		value, err := record.Parse(text)
		if err != nil {
			return
		}
		_, err = readResponse(value, 7)
		o, _ := value.(*record.Object)
		var refusal *localapp.Refusal
		switch {
		case err == nil && (!o.Has("result") || o.Has("error")):
			t.Errorf("taken as a success: %s", text)
		case errors.As(err, &refusal) && refusal.Message != o.Object("error").Text("message"):
			t.Errorf("%q is not what it says: %s", refusal.Message, text)
		}
	})
}

func TestServerAddress(t *testing.T) {
	long := strings.Repeat("x", 3<<20)
	for _, c := range []struct{ name, log, want string }{
		{"no log", "", "http://127.0.0.1:33024"},
		{"nothing told", "hello\n", "http://127.0.0.1:33024"},
		{"the last start counts", "JSON-RPC server listening on 127.0.0.1:1\n" + long + "\r\n[i] JSON-RPC server listening on [::1]:2 \nbye", "http://[::1]:2"},
		{"no port", "JSON-RPC server listening on here\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder := t.TempDir()
			if c.log != "" {
				if err := os.WriteFile(filepath.Join(folder, logName), []byte(c.log), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if got, err := serverAddress(folder); got != c.want || (err == nil) != (c.want != "") {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func FuzzServerAddress(f *testing.F) {
	f.Add("JSON-RPC server listening on 127.0.0.1:33024\n")
	f.Fuzz(func(t *testing.T, log string) {
		address, err := readAddress(strings.NewReader(log))
		if err == nil && strings.ContainsAny(address, " \n") {
			t.Errorf("the address is %q", address)
		}
	})
}
