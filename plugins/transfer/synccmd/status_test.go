package synccmd

import "testing"

func FuzzParseStatus(f *testing.F) {
	f.Add("Name: sess\nLast error:\n1234\nPair:  a: b\n")
	f.Add(":\nx\n")
	f.Add("lonely\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		for key, value := range parseStatus(text).All() {
			if _, isText := value.(string); !isText && value == nil {
				t.Errorf("%q has no value", key)
			}
		}
	})
}
