package sshd

import (
	"encoding/json"
	"testing"
)

func FuzzDecodeBegin(f *testing.F) {
	f.Add([]byte(`{"session_id":"s","direction":"send","sources":["/a"],"destination":"/","tags":{"aspera":{}}}`))
	f.Add([]byte(`{"direction":"receive","target_rate_kbps":-1}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		begin, ok := decodeBegin(text)
		if !ok {
			return
		}
		if begin.Direction != "send" && begin.Direction != "receive" || begin.TargetKbps < 0 {
			t.Errorf("accepted %+v", begin)
		}
		if _, err := json.Marshal(begin); err != nil {
			t.Error(err)
		}
	})
}
