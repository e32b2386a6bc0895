package node

import "testing"

// FuzzNextToken reads any header Link: a token, or an error that shows it.
func FuzzNextToken(f *testing.F) {
	f.Add(`<https://h/?iteration_token=1>; rel="next", <x>; rel=prev`)
	f.Add(`<http://h/%zz?iteration_token=%zz>`)
	f.Add(`><;rel=next`)
	f.Fuzz(func(t *testing.T, header string) {
		token, err := nextToken(header)
		if err != nil && (token != "" || err.Error() != "Cannot parse iteration in Link: "+header) {
			t.Errorf("%q gave %q, %v", header, token, err)
		}
	})
}
