package transfer

import "testing"

func TestGatewayRoot(t *testing.T) {
	const root = "https://gw.example.com:8443/aspera/http-gwy"
	for _, tt := range []struct{ url, want, err string }{
		{"gw.example.com:8443", root, ""},
		{"https://gw.example.com:8443", root, ""},
		{"https://gw.example.com:8443//", root, ""},
		{"https://gw.example.com:8443/aspera/http-gwy", root, ""},
		{"https://gw.example.com:8443/aspera/http-gwy/v1/", root, ""},
		{"http://gw.example.com", "", "GW URL shall be with scheme https"},
	} {
		t.Run(tt.url, func(t *testing.T) {
			got, err := GatewayRoot(tt.url)
			if got != tt.want || message(err) != tt.err {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}
