package httpgw

import (
	"strings"
	"testing"
)

func TestParseReply(t *testing.T) {
	for _, tt := range []struct {
		text string
		want reply
		err  string
	}{
		{"end upload", frameAccepted, ""},
		{"end_slice_upload", markAccepted, ""},
		{errorText("bad"), 0, "bad"},
		{`{"message":"bad","code":1}`, 0, "bad"},
		{`{"code":1}`, 0, `unknown message from gateway: [{"code":1}]`},
		{`"%%%"`, 0, `unknown message from gateway: ["%%%"]`},
		{"hello", 0, "unknown message from gateway: [hello]"},
		{"", 0, "unknown message from gateway: []"},
	} {
		t.Run(tt.text, func(t *testing.T) {
			got, err := parseReply(tt.text)
			if got != tt.want || tt.err == "" != (err == nil) || err != nil && err.Error() != tt.err {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func FuzzParseReply(f *testing.F) {
	for _, text := range []string{"end upload", errorText("x"), `{"message":"x"}`, `"`, `""`} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseReply(text)
		if err == nil && !strings.Contains(text, "end") {
			t.Errorf("%q acknowledges %v", text, got)
		}
		if err != nil && err.Error() == "" {
			t.Errorf("%q gives an error without text", text)
		}
	})
}

func TestSlicesOf(t *testing.T) {
	for size, want := range map[int64]int64{0: 0, 1: 1, 79: 1, 80: 1, 81: 2, 160: 2, 161: 3} {
		if got := slicesOf(size, 80); got != want {
			t.Errorf("%d bytes: %d slices, want %d", size, got, want)
		}
	}
}
