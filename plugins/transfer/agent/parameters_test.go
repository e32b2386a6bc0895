package agent

import (
	"slices"
	"testing"
	"time"

	"github.com/ascli-go/ascli/sdk/record"
)

func TestParameters(t *testing.T) {
	type values struct {
		wss    bool
		wait   time.Duration
		key    string
		max    int64
		extras []string
	}
	for _, tt := range []struct {
		name, info string
		want       values
		err        string
	}{
		{name: "defaults", info: `{}`, want: values{wss: true, key: "rsa", max: 7}},
		{name: "null keeps the default", info: `{"wss":null,"key":null,"resume":null}`, want: values{wss: true, key: "rsa", max: 7}},
		{
			name: "all", info: `{"wss":false,"wait":2.5,"key":"dsa","resume":{"max":3},"extras":["a","b"]}`,
			want: values{wait: 2500 * time.Millisecond, key: "dsa", max: 3, extras: []string{"a", "b"}},
		},
		{name: "unknown key", info: `{"foo":1}`, err: "unknown keyword: :foo"},
		{name: "unknown inner key", info: `{"resume":{"foo":1}}`, err: "unknown keyword: :foo"},
		{name: "wrong type", info: `{"wss":"yes"}`, err: "transfer_info.wss: expecting a boolean, got String"},
		{name: "wrong value", info: `{"key":"ec"}`, err: "transfer_info.key: unknown value ec, use one of: rsa, dsa"},
		{name: "not a whole number", info: `{"resume":{"max":1.5}}`, err: "transfer_info.resume.max: expecting a whole number, not negative, got Float 1.5"},
		{name: "negative wait", info: `{"wait":-1}`, err: "transfer_info.wait: expecting a number of seconds, got Integer -1"},
		{name: "not strings", info: `{"extras":[1]}`, err: "all of them must be String"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			info, err := record.ParseObject([]byte(tt.info))
			if err != nil {
				t.Fatal(err)
			}
			got := values{wss: true, key: "rsa", max: 7}
			err = Parameters{
				"wss":    Bool(&got.wss),
				"wait":   Seconds(&got.wait),
				"key":    Text(&got.key, "rsa", "dsa"),
				"resume": Group(Parameters{"max": Count(&got.max)}),
				"extras": Texts(&got.extras, "all of them must be String"),
			}.Decode(info)
			if tt.err != "" {
				if err == nil || err.Error() != tt.err {
					t.Errorf("error is %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got.wss != tt.want.wss || got.wait != tt.want.wait || got.key != tt.want.key || got.max != tt.want.max || !slices.Equal(got.extras, tt.want.extras) {
				t.Errorf("got %+v", got)
			}
		})
	}
}
