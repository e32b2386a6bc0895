package failure

import (
	"slices"
	"strings"
)

// advice is what to do about the errors whose message contains a text.
type advice struct {
	// labels it holds for; none means all.
	labels   []Label
	contains string
	text     string
}

// Advice returns what to do about an error that is known (spec/cli.md 7.2), a
// line each.
func Advice(label Label, message string) []string {
	var lines []string
	for _, a := range known() {
		if len(a.labels) > 0 && !slices.Contains(a.labels, label) {
			continue
		}
		if strings.Contains(message, a.contains) && !slices.Contains(lines, a.text) {
			lines = append(lines, a.text)
		}
	}
	return lines
}

func known() []advice {
	const acceptServer = "To accept this server anyway: --insecure=yes, or --ignore-certificate=@list:,https://<address>[:<port>]"
	return []advice{
		{[]Label{Transfer}, "Remote host is not who we expected", "Read section #error-remote-host-is-not-who-we-expected of the manual, " +
			`or add this option to ignore the fingerprint of the server: --ts=@json:'{"sshfp":null}'`},
		{[]Label{Rest}, "Signature has expired", "There is too much time difference between your computer and the server. Check your local time: is time synchronization enabled?"},
		{[]Label{SSL}, "does not match the server certificate", acceptServer},
		{[]Label{SSL}, "certificate verify failed", acceptServer},
		{[]Label{SSL}, "unexpected eof while reading", `Ignore it with: --http-options=@json:'{"ssl_options":["IGNORE_UNEXPECTED_EOF"]}'`},
		{nil, "Neither PUB key nor PRIV key", "Option private_key takes the key in PEM format, not a path: --private-key=@file:/path/to/key.pem"},
		{[]Label{Other}, "unexpected last event type: INIT", "ascp exited unexpectedly, maybe because the SSH handshake failed: check with ssh"},
		{[]Label{Other, Transfer}, "Wrong remote host:", "For Cloud Pak for Integration: check the load balancer and the external address of the tcp-proxy pod."},
		{[]Label{SSH}, "Could not chdir to home directory", "The home folder of the user was not created on the server."},
		{[]Label{Rest}, "Invalid subject.", "The user name is not registered on the server."},
		{[]Label{Rest}, "Server is not configured for this request", "The transfer user needs authorization_transfer_in_value and authorization_transfer_out_value set to token."},
		{[]Label{Rest}, "invalid_grant", "Check the public key in the AoC user profile."},
		{[]Label{Rest}, "Please configure ACLs for this URI", "On the server: asnodeadmin -mu <node user> --acl-add=internal --internal"},
	}
}
